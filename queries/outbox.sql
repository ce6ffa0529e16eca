-- A job left in the clinic's outbox by the transaction of the act that asks for it.
-- name: InsertOutbox :exec
INSERT INTO outbox (tenant_id, id, kind, object_id, person_id, epoch, mac, created_at)
VALUES (@tenant_id, @id, @kind, @object_id, sqlc.narg('person_id'), @epoch, @mac, @created_at);

-- Where the clinic is now, whether it is open, and by which version of its roles an act is judged; 0 where
-- it has no roles. Asked before each run of a job.
-- name: GetThisClinic :one
SELECT c.state, c.tier, c.cluster, c.epoch, coalesce(e.epoch, 0)::bigint AS policy_epoch
FROM sec.this_clinic AS c
LEFT JOIN policy_epochs AS e ON e.tenant_id = @tenant_id
WHERE c.tenant_id = @tenant_id;
