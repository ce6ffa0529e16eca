-- name: IsDayClosed :one
SELECT EXISTS (SELECT FROM till_closings WHERE tenant_id = @tenant_id AND day = @day);

-- name: GetTillClosing :one
SELECT id, day, cash_expected, cash_counted, card_expected, card_counted, transfer_expected, transfer_counted, sealed, closed_at, closed_by
FROM till_closings WHERE tenant_id = @tenant_id AND day = @day;

-- name: ListTillClosings :many
SELECT id, day, cash_expected, cash_counted, card_expected, card_counted, transfer_expected, transfer_counted, sealed, closed_at, closed_by
FROM till_closings WHERE tenant_id = @tenant_id AND day < @before ORDER BY day DESC LIMIT @most;

-- name: InsertTillClosing :exec
INSERT INTO till_closings (tenant_id, id, day, cash_expected, cash_counted, card_expected, card_counted, transfer_expected, transfer_counted,
  sealed, key_version, closed_at, closed_by)
VALUES (@tenant_id, @id, @day, @cash_expected, @cash_counted, @card_expected, @card_counted, @transfer_expected, @transfer_counted,
  @sealed, @key_version, @closed_at, @closed_by);
