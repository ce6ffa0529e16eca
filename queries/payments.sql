-- name: InsertPayment :exec
INSERT INTO payments (tenant_id, id, client_id, kind, method, amount, rounding, refunds_id, day, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @client_id, @kind, @method, @amount, @rounding, @refunds_id, @day, @sealed, @key_version, @at, @by_id);

-- A payment, what it settles, and what of it was paid back.
-- name: GetPayment :one
SELECT p.id, p.client_id, p.kind, p.method, p.amount, p.rounding, p.refunds_id, p.day, p.sealed, p.at, p.by_id,
  coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.payment_id = p.id), 0)::bigint AS allocated,
  coalesce((SELECT sum(r.amount) FROM payments AS r WHERE r.tenant_id = @tenant_id AND r.refunds_id = p.id), 0)::bigint AS refunded
FROM payments AS p WHERE p.tenant_id = @tenant_id AND p.id = @id;

-- The money of a client that settles nothing yet, oldest first.
-- name: ListUnappliedPayments :many
SELECT id, client_id, kind, method, amount, rounding, refunds_id, day, sealed, at, by_id, allocated, refunded
FROM (
  SELECT p.id, p.client_id, p.kind, p.method, p.amount, p.rounding, p.refunds_id, p.day, p.sealed, p.at, p.by_id,
    coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.payment_id = p.id), 0)::bigint AS allocated,
    coalesce((SELECT sum(r.amount) FROM payments AS r WHERE r.tenant_id = @tenant_id AND r.refunds_id = p.id), 0)::bigint AS refunded
  FROM payments AS p WHERE p.tenant_id = @tenant_id AND p.client_id = @client_id AND p.kind <> 'refund'
) AS v
WHERE v.amount > v.allocated + v.refunded
ORDER BY v.at, v.id;

-- The money of a day, in the order it was taken.
-- name: ListPaymentsOfDay :many
SELECT p.id, p.client_id, p.kind, p.method, p.amount, p.rounding, p.refunds_id, p.day, p.sealed, p.at, p.by_id,
  coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.payment_id = p.id), 0)::bigint AS allocated,
  coalesce((SELECT sum(r.amount) FROM payments AS r WHERE r.tenant_id = @tenant_id AND r.refunds_id = p.id), 0)::bigint AS refunded
FROM payments AS p WHERE p.tenant_id = @tenant_id AND p.day = @day
ORDER BY p.at, p.id LIMIT 2000;

-- name: InsertAllocation :exec
INSERT INTO allocations (tenant_id, id, client_id, invoice_id, payment_id, credit_id, amount, at, by_id)
VALUES (@tenant_id, @id, @client_id, @invoice_id, @payment_id, @credit_id, @amount, @at, @by_id);

-- name: GetAllocation :one
SELECT id, invoice_id, payment_id, amount FROM allocations WHERE tenant_id = @tenant_id AND id = @id;

-- name: ListAllocationsOfInvoice :many
SELECT id, invoice_id, payment_id, credit_id, amount, at, by_id FROM allocations
WHERE tenant_id = @tenant_id AND invoice_id = @invoice_id ORDER BY at, id;

-- What a payment settles, by the bill: less what was taken back from it.
-- name: ListSettledBy :many
SELECT i.id, s.prefix, i.number, a.amount FROM (
  SELECT y.invoice_id, sum(y.amount)::bigint AS amount FROM allocations AS y
  WHERE y.tenant_id = @tenant_id AND y.payment_id = @payment_id GROUP BY y.invoice_id
) AS a
JOIN invoices AS i ON i.tenant_id = @tenant_id AND i.id = a.invoice_id
JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
WHERE a.amount <> 0
ORDER BY i.issued_at, i.id;
