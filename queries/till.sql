-- Whether a day is closed, and was not opened again since.
-- name: IsDayClosed :one
SELECT EXISTS (
  SELECT FROM till_closings AS c WHERE c.tenant_id = @tenant_id AND c.day = @day
    AND NOT EXISTS (SELECT FROM till_reopenings AS r WHERE r.tenant_id = @tenant_id AND r.closing_id = c.id)
);

-- The closing of a day that holds.
-- name: GetTillClosing :one
SELECT c.id, c.day, c.cash_expected, c.cash_counted, c.card_expected, c.card_counted, c.transfer_expected, c.transfer_counted, c.sealed, c.closed_at, c.closed_by
FROM till_closings AS c WHERE c.tenant_id = @tenant_id AND c.day = @day
  AND NOT EXISTS (SELECT FROM till_reopenings AS r WHERE r.tenant_id = @tenant_id AND r.closing_id = c.id);

-- One closing by its id, opened again since or not.
-- name: GetTillClosingByID :one
SELECT id, day, cash_expected, cash_counted, card_expected, card_counted, transfer_expected, transfer_counted, sealed, closed_at, closed_by
FROM till_closings WHERE tenant_id = @tenant_id AND id = @id;

-- The closings that hold, the latest day first.
-- name: ListTillClosings :many
SELECT c.id, c.day, c.cash_expected, c.cash_counted, c.card_expected, c.card_counted, c.transfer_expected, c.transfer_counted, c.sealed, c.closed_at, c.closed_by
FROM till_closings AS c WHERE c.tenant_id = @tenant_id AND c.day < @before
  AND NOT EXISTS (SELECT FROM till_reopenings AS r WHERE r.tenant_id = @tenant_id AND r.closing_id = c.id)
ORDER BY c.day DESC LIMIT @most;

-- name: InsertTillClosing :exec
INSERT INTO till_closings (tenant_id, id, day, cash_expected, cash_counted, card_expected, card_counted, transfer_expected, transfer_counted,
  reopening_id, sealed, key_version, closed_at, closed_by)
VALUES (@tenant_id, @id, @day, @cash_expected, @cash_counted, @card_expected, @card_counted, @transfer_expected, @transfer_counted,
  @reopening_id, @sealed, @key_version, @closed_at, @closed_by);

-- The times a day was opened again, the first one first.
-- name: ListTillReopenings :many
SELECT r.id, r.closing_id, r.sealed, r.opened_at, r.opened_by FROM till_reopenings AS r
JOIN till_closings AS c ON c.tenant_id = @tenant_id AND c.id = r.closing_id
WHERE r.tenant_id = @tenant_id AND c.day = @day
ORDER BY r.opened_at, r.id;

-- name: InsertTillReopening :exec
INSERT INTO till_reopenings (tenant_id, id, closing_id, day, round, sealed, key_version, opened_at, opened_by)
VALUES (@tenant_id, @id, @closing_id, @day, @round, @sealed, @key_version, @opened_at, @opened_by);
