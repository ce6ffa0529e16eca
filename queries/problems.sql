-- name: InsertProblem :exec
INSERT INTO problems (tenant_id, id, patient_id, made_at, by_id) VALUES (@tenant_id, @id, @patient_id, @made_at, @by_id);

-- name: InsertProblemState :exec
INSERT INTO problem_states (tenant_id, id, problem_id, patient_id, version, state, since_on, onset_on, note_id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @problem_id, @patient_id, @version, @state, @since_on, sqlc.narg('onset_on'), sqlc.narg('note_id'), @sealed, @key_version, @at, @by_id);

-- How each problem of a patient stands, those that last before the resolved; for those who may read clinical text.
-- name: ListProblems :many
SELECT s.id, s.problem_id, s.version, s.state, s.since_on, s.onset_on, s.sealed, s.at, s.by_id,
  (SELECT count(DISTINCT n.note_id) FROM problem_states AS n
    WHERE n.tenant_id = @tenant_id AND n.problem_id = s.problem_id AND n.note_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = n.note_id))::bigint AS notes
FROM problem_states AS s
WHERE s.tenant_id = @tenant_id AND s.patient_id = @patient_id
  AND NOT EXISTS (SELECT FROM problem_states AS later
    WHERE later.tenant_id = @tenant_id AND later.problem_id = s.problem_id AND later.version > s.version)
ORDER BY s.state, s.since_on DESC, s.problem_id
LIMIT 200;

-- name: GetProblem :one
SELECT id, patient_id, made_at, by_id FROM problems WHERE tenant_id = @tenant_id AND id = @id;

-- All that was said of a problem, the newest first, with the note it came up in: none for a draft.
-- name: ListProblemStates :many
SELECT s.id, s.version, s.state, s.since_on, s.onset_on, s.sealed, s.at, s.by_id, s.note_id, n.event_at,
  EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = s.note_id) AS voided
FROM problem_states AS s
LEFT JOIN notes AS n ON n.tenant_id = @tenant_id AND n.id = s.note_id
WHERE s.tenant_id = @tenant_id AND s.problem_id = @problem_id
ORDER BY s.version DESC
LIMIT 500;

-- The problems that came up in one note or draft, each once, as they stood then.
-- name: ListProblemsOfNote :many
SELECT DISTINCT ON (s.problem_id) s.id, s.problem_id, s.state, s.sealed
FROM problem_states AS s
WHERE s.tenant_id = @tenant_id AND s.note_id = @note_id
ORDER BY s.problem_id, s.version DESC
LIMIT 100;
