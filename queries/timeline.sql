-- One page of the history of a patient, the newest first, of the kinds asked for: those before an instant, and of that
-- instant before an id. Each kind reads no more rows than the page has, and one that is not asked for reads none. day
-- is the day of the instant at the clinic, or a later one; zone is the clinic's. What a kind keeps in code, detail,
-- amount, of_id and also is told by internal/timeline, where a kind is added as well.
-- name: ListTimeline :many
SELECT h.kind, h.id, h.at, h.untimed, h.by_id, h.code, h.detail, h.entered_at, h.amount, h.of_id, h.void, h.sealed, h.also
FROM (
  (SELECT 'note'::text AS kind, n.id AS id, n.event_at AS at, false::boolean AS untimed, n.author_id AS by_id, CASE WHEN n.import_id IS NULL THEN '' ELSE 'imported' END AS code,
    CASE WHEN EXISTS (SELECT FROM handovers AS h WHERE h.tenant_id = @tenant_id AND h.id = n.id)
      AND NOT EXISTS (SELECT FROM cosignatures AS c WHERE c.tenant_id = @tenant_id AND c.id = n.id) THEN 'waits' ELSE '' END AS detail,
    n.signed_at AS entered_at, (SELECT count(*) FROM addenda AS a WHERE a.tenant_id = @tenant_id AND a.note_id = n.id)::bigint AS amount, n.visit_id AS of_id, EXISTS (SELECT FROM note_voids AS x WHERE x.tenant_id = @tenant_id AND x.note_id = n.id)::boolean AS void, n.sealed AS sealed, ''::bytea AS also
  FROM notes AS n
  WHERE n.tenant_id = @tenant_id AND n.patient_id = @patient_id AND 'note' = ANY(@kinds::text[])
    AND (n.event_at, n.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY n.event_at DESC, n.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'visit'::text AS kind, v.id AS id, v.starts_at AS at, false::boolean AS untimed, NULL::uuid AS by_id, v.state AS code, t.name AS detail,
    v.starts_at AS entered_at, 0::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, v.sealed AS sealed, ''::bytea AS also
  FROM appointments AS v
  JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = v.type_id
  WHERE v.tenant_id = @tenant_id AND v.patient_id = @patient_id AND v.state IN ('done', 'no_show') AND 'visit' = ANY(@kinds::text[])
    AND (v.starts_at, v.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY v.starts_at DESC, v.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'weight'::text AS kind, w.id AS id, w.at AS at, false::boolean AS untimed, w.recorded_by AS by_id, w.unit || ' ' || CASE WHEN w.import_id IS NULL THEN w.source ELSE 'imported' END AS code, w.entered AS detail,
    w.recorded_at AS entered_at, w.grams::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM weights AS w
  WHERE w.tenant_id = @tenant_id AND w.patient_id = @patient_id AND w.struck_at IS NULL AND 'weight' = ANY(@kinds::text[])
    AND (w.at, w.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY w.at DESC, w.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'dose'::text AS kind, d.id AS id, (d.given_on::timestamp AT TIME ZONE @zone::text) AS at, true::boolean AS untimed, coalesce(d.giver_id, d.vet_id) AS by_id, CASE WHEN d.historical THEN 'elsewhere' ELSE '' END AS code, d.protects AS detail,
    d.recorded_at AS entered_at, 0::bigint AS amount, d.visit_id AS of_id, false::boolean AS void, d.sealed AS sealed, ''::bytea AS also
  FROM doses AS d
  WHERE d.tenant_id = @tenant_id AND d.patient_id = @patient_id AND 'dose' = ANY(@kinds::text[]) AND d.given_on <= @day::date
    AND (d.given_on::timestamp AT TIME ZONE @zone::text, d.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM dose_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = d.id)
  ORDER BY d.given_on DESC, d.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'certificate'::text AS kind, c.id AS id, c.issued_at AS at, false::boolean AS untimed, c.issued_by AS by_id, c.protects AS code, s.prefix AS detail,
    c.issued_at AS entered_at, c.number::bigint AS amount, c.dose_id AS of_id, EXISTS (SELECT FROM certificate_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = c.id)::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM certificates AS c
  JOIN certificate_series AS s ON s.tenant_id = @tenant_id AND s.id = c.series_id
  WHERE c.tenant_id = @tenant_id AND c.patient_id = @patient_id AND 'certificate' = ANY(@kinds::text[])
    AND (c.issued_at, c.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY c.issued_at DESC, c.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'medicine'::text AS kind, p.id AS id, p.signed_at AS at, false::boolean AS untimed, p.signed_by AS by_id, y.state AS code, p.quantity::text || ' ' || p.unit AS detail,
    p.signed_at AS entered_at, y.supplies_left * 1000 + p.supplies::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, p.sealed AS sealed, ''::bytea AS also
  FROM prescriptions AS p
  JOIN prescription_states AS y ON y.tenant_id = @tenant_id AND y.id = p.id
  WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id AND 'medicine' = ANY(@kinds::text[])
    AND (p.signed_at, p.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY p.signed_at DESC, p.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'supply'::text AS kind, u.id AS id, u.at AS at, false::boolean AS untimed, u.by_id AS by_id, p.unit AS code, u.quantity::text AS detail,
    u.at AS entered_at, u.number::bigint AS amount, u.prescription_id AS of_id, false::boolean AS void, p.sealed AS sealed, u.sealed AS also
  FROM prescription_supplies AS u
  JOIN prescriptions AS p ON p.tenant_id = @tenant_id AND p.id = u.prescription_id
  WHERE u.tenant_id = @tenant_id AND u.patient_id = @patient_id AND 'supply' = ANY(@kinds::text[])
    AND (u.at, u.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY u.at DESC, u.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'file'::text AS kind, f.id AS id, (f.taken_on::timestamp AT TIME ZONE @zone::text) AS at, true::boolean AS untimed, f.added_by AS by_id, f.kind AS code, f.media AS detail,
    f.added_at AS entered_at, f.bytes::bigint AS amount, f.visit_id AS of_id, false::boolean AS void, f.sealed AS sealed, ''::bytea AS also
  FROM files AS f
  WHERE f.tenant_id = @tenant_id AND f.patient_id = @patient_id AND 'file' = ANY(@kinds::text[]) AND f.taken_on <= @day::date
    AND (f.taken_on::timestamp AT TIME ZONE @zone::text, f.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM file_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = f.id)
  ORDER BY f.taken_on DESC, f.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'alert'::text AS kind, r.id AS id, r.made_at AS at, false::boolean AS untimed, r.made_by AS by_id, r.level AS code, r.topic AS detail,
    r.made_at AS entered_at, coalesce(extract(epoch FROM r.ended_at)::bigint, 0)::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, r.sealed AS sealed, ''::bytea AS also
  FROM alerts AS r
  WHERE r.tenant_id = @tenant_id AND r.patient_id = @patient_id AND 'alert' = ANY(@kinds::text[])
    AND (r.made_at, r.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY r.made_at DESC, r.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'move'::text AS kind, m.id AS id, m.at AS at, false::boolean AS untimed, m.by_id AS by_id, m.to_state AS code, coalesce(m.on_day::text, '') || ' ' || coalesce(m.manner, '') AS detail,
    m.at AS entered_at, 0::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, m.sealed AS sealed, ''::bytea AS also
  FROM patient_moves AS m
  WHERE m.tenant_id = @tenant_id AND m.patient_id = @patient_id AND 'move' = ANY(@kinds::text[])
    AND (m.at, m.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY m.at DESC, m.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'lab'::text AS kind, l.id AS id, l.at AS at, false::boolean AS untimed, l.recorded_by AS by_id, ''::text AS code, ''::text AS detail,
    l.recorded_at AS entered_at, 0::bigint AS amount, l.request_id AS of_id, false::boolean AS void, l.sealed AS sealed, ''::bytea AS also
  FROM lab_reports AS l
  WHERE l.tenant_id = @tenant_id AND l.patient_id = @patient_id AND 'lab' = ANY(@kinds::text[])
    AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM lab_reports AS x WHERE x.tenant_id = @tenant_id AND x.corrects_id = l.id)
  ORDER BY l.at DESC, l.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'problem'::text AS kind, s.id AS id, s.at AS at, false::boolean AS untimed, s.by_id AS by_id, s.state AS code, ''::text AS detail,
    s.at AS entered_at, s.version AS amount, s.problem_id AS of_id, false::boolean AS void, s.sealed AS sealed, ''::bytea AS also
  FROM problem_states AS s
  WHERE s.tenant_id = @tenant_id AND s.patient_id = @patient_id AND 'problem' = ANY(@kinds::text[])
    AND (s.at, s.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY s.at DESC, s.id DESC LIMIT @most)
) AS h
ORDER BY h.at DESC, h.id DESC LIMIT @most;

-- The same for those who read no clinical text: what is sealed of notes, doses, files and moves is not selected.
-- name: ListTimelineHeads :many
SELECT h.kind, h.id, h.at, h.untimed, h.by_id, h.code, h.detail, h.entered_at, h.amount, h.of_id, h.void, h.sealed, h.also
FROM (
  (SELECT 'note'::text AS kind, n.id AS id, n.event_at AS at, false::boolean AS untimed, n.author_id AS by_id, CASE WHEN n.import_id IS NULL THEN '' ELSE 'imported' END AS code,
    CASE WHEN EXISTS (SELECT FROM handovers AS h WHERE h.tenant_id = @tenant_id AND h.id = n.id)
      AND NOT EXISTS (SELECT FROM cosignatures AS c WHERE c.tenant_id = @tenant_id AND c.id = n.id) THEN 'waits' ELSE '' END AS detail,
    n.signed_at AS entered_at, (SELECT count(*) FROM addenda AS a WHERE a.tenant_id = @tenant_id AND a.note_id = n.id)::bigint AS amount, n.visit_id AS of_id, EXISTS (SELECT FROM note_voids AS x WHERE x.tenant_id = @tenant_id AND x.note_id = n.id)::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM notes AS n
  WHERE n.tenant_id = @tenant_id AND n.patient_id = @patient_id AND 'note' = ANY(@kinds::text[])
    AND (n.event_at, n.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY n.event_at DESC, n.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'visit'::text AS kind, v.id AS id, v.starts_at AS at, false::boolean AS untimed, NULL::uuid AS by_id, v.state AS code, t.name AS detail,
    v.starts_at AS entered_at, 0::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, v.sealed AS sealed, ''::bytea AS also
  FROM appointments AS v
  JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = v.type_id
  WHERE v.tenant_id = @tenant_id AND v.patient_id = @patient_id AND v.state IN ('done', 'no_show') AND 'visit' = ANY(@kinds::text[])
    AND (v.starts_at, v.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY v.starts_at DESC, v.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'weight'::text AS kind, w.id AS id, w.at AS at, false::boolean AS untimed, w.recorded_by AS by_id, w.unit || ' ' || CASE WHEN w.import_id IS NULL THEN w.source ELSE 'imported' END AS code, w.entered AS detail,
    w.recorded_at AS entered_at, w.grams::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM weights AS w
  WHERE w.tenant_id = @tenant_id AND w.patient_id = @patient_id AND w.struck_at IS NULL AND 'weight' = ANY(@kinds::text[])
    AND (w.at, w.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY w.at DESC, w.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'dose'::text AS kind, d.id AS id, (d.given_on::timestamp AT TIME ZONE @zone::text) AS at, true::boolean AS untimed, coalesce(d.giver_id, d.vet_id) AS by_id, CASE WHEN d.historical THEN 'elsewhere' ELSE '' END AS code, d.protects AS detail,
    d.recorded_at AS entered_at, 0::bigint AS amount, d.visit_id AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM doses AS d
  WHERE d.tenant_id = @tenant_id AND d.patient_id = @patient_id AND 'dose' = ANY(@kinds::text[]) AND d.given_on <= @day::date
    AND (d.given_on::timestamp AT TIME ZONE @zone::text, d.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM dose_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = d.id)
  ORDER BY d.given_on DESC, d.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'certificate'::text AS kind, c.id AS id, c.issued_at AS at, false::boolean AS untimed, c.issued_by AS by_id, c.protects AS code, s.prefix AS detail,
    c.issued_at AS entered_at, c.number::bigint AS amount, c.dose_id AS of_id, EXISTS (SELECT FROM certificate_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = c.id)::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM certificates AS c
  JOIN certificate_series AS s ON s.tenant_id = @tenant_id AND s.id = c.series_id
  WHERE c.tenant_id = @tenant_id AND c.patient_id = @patient_id AND 'certificate' = ANY(@kinds::text[])
    AND (c.issued_at, c.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY c.issued_at DESC, c.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'medicine'::text AS kind, p.id AS id, p.signed_at AS at, false::boolean AS untimed, p.signed_by AS by_id, y.state AS code, p.quantity::text || ' ' || p.unit AS detail,
    p.signed_at AS entered_at, y.supplies_left * 1000 + p.supplies::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, p.sealed AS sealed, ''::bytea AS also
  FROM prescriptions AS p
  JOIN prescription_states AS y ON y.tenant_id = @tenant_id AND y.id = p.id
  WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id AND 'medicine' = ANY(@kinds::text[])
    AND (p.signed_at, p.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY p.signed_at DESC, p.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'supply'::text AS kind, u.id AS id, u.at AS at, false::boolean AS untimed, u.by_id AS by_id, p.unit AS code, u.quantity::text AS detail,
    u.at AS entered_at, u.number::bigint AS amount, u.prescription_id AS of_id, false::boolean AS void, p.sealed AS sealed, u.sealed AS also
  FROM prescription_supplies AS u
  JOIN prescriptions AS p ON p.tenant_id = @tenant_id AND p.id = u.prescription_id
  WHERE u.tenant_id = @tenant_id AND u.patient_id = @patient_id AND 'supply' = ANY(@kinds::text[])
    AND (u.at, u.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY u.at DESC, u.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'file'::text AS kind, f.id AS id, (f.taken_on::timestamp AT TIME ZONE @zone::text) AS at, true::boolean AS untimed, f.added_by AS by_id, f.kind AS code, f.media AS detail,
    f.added_at AS entered_at, f.bytes::bigint AS amount, f.visit_id AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM files AS f
  WHERE f.tenant_id = @tenant_id AND f.patient_id = @patient_id AND 'file' = ANY(@kinds::text[]) AND f.taken_on <= @day::date
    AND (f.taken_on::timestamp AT TIME ZONE @zone::text, f.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM file_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = f.id)
  ORDER BY f.taken_on DESC, f.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'alert'::text AS kind, r.id AS id, r.made_at AS at, false::boolean AS untimed, r.made_by AS by_id, r.level AS code, r.topic AS detail,
    r.made_at AS entered_at, coalesce(extract(epoch FROM r.ended_at)::bigint, 0)::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, r.sealed AS sealed, ''::bytea AS also
  FROM alerts AS r
  WHERE r.tenant_id = @tenant_id AND r.patient_id = @patient_id AND 'alert' = ANY(@kinds::text[])
    AND (r.made_at, r.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY r.made_at DESC, r.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'move'::text AS kind, m.id AS id, m.at AS at, false::boolean AS untimed, m.by_id AS by_id, m.to_state AS code, coalesce(m.on_day::text, '') || ' ' || coalesce(m.manner, '') AS detail,
    m.at AS entered_at, 0::bigint AS amount, NULL::uuid AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM patient_moves AS m
  WHERE m.tenant_id = @tenant_id AND m.patient_id = @patient_id AND 'move' = ANY(@kinds::text[])
    AND (m.at, m.id) < (@before::timestamptz, @before_id::uuid)
  ORDER BY m.at DESC, m.id DESC LIMIT @most)
  UNION ALL
  (SELECT 'lab'::text AS kind, l.id AS id, l.at AS at, false::boolean AS untimed, l.recorded_by AS by_id, ''::text AS code, ''::text AS detail,
    l.recorded_at AS entered_at, 0::bigint AS amount, l.request_id AS of_id, false::boolean AS void, ''::bytea AS sealed, ''::bytea AS also
  FROM lab_reports AS l
  WHERE l.tenant_id = @tenant_id AND l.patient_id = @patient_id AND 'lab' = ANY(@kinds::text[])
    AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid)
    AND NOT EXISTS (SELECT FROM lab_reports AS x WHERE x.tenant_id = @tenant_id AND x.corrects_id = l.id)
  ORDER BY l.at DESC, l.id DESC LIMIT @most)
) AS h
ORDER BY h.at DESC, h.id DESC LIMIT @most;

-- The later words of some notes, the first one first.
-- name: ListAddendaOfNotes :many
SELECT id, note_id, author_id, kind, event_at, signed_at, sealed
FROM addenda WHERE tenant_id = @tenant_id AND note_id = ANY(@notes::uuid[])
ORDER BY note_id, signed_at, id;

-- Why some notes were entered in error.
-- name: ListNoteVoids :many
SELECT id, note_id, sealed, at, by_id
FROM note_voids WHERE tenant_id = @tenant_id AND note_id = ANY(@notes::uuid[])
ORDER BY note_id, at, id;

-- What was done for some notes, in that order, but what was declined.
-- name: ListActsOfNotes :many
SELECT a.id, a.note_id, a.quantity, a.unit, a.sealed, a.at, a.by_id
FROM acts AS a
JOIN charges AS c ON c.tenant_id = @tenant_id AND c.id = a.charge_id AND c.state <> 'declined'
WHERE a.tenant_id = @tenant_id AND a.note_id = ANY(@notes::uuid[])
ORDER BY a.note_id, a.at, a.id;
