-- What is open and on no bill yet, by animal and visit, the newest first.
-- name: ListOpenBills :many
SELECT patient_id, client_id, visit_id, count(*) AS charges, min(day)::date AS since, max(made_at)::timestamptz AS latest
FROM charges WHERE tenant_id = @tenant_id AND state = 'open'
GROUP BY patient_id, client_id, visit_id
ORDER BY latest DESC, patient_id, visit_id LIMIT @most;
