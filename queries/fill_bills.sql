-- Takes numbers of a series for a fill: the first of them. The row is held to the end of the transaction.
-- name: TakeInvoiceNumbers :one
UPDATE invoice_series SET next = next + @many::bigint WHERE tenant_id = @tenant_id AND id = @id AND ended_at IS NULL
RETURNING (next - @many::bigint)::bigint AS first;

-- Billed charges of the past with the move that billed them, in one statement since each names the other; one array per
-- column, as in all below. Thousandths are of the unit.
-- name: InsertPastCharges :exec
WITH moves AS (
  INSERT INTO charge_moves (tenant_id, id, charge_id, from_state, to_state, invoice_id, sealed, key_version, at, by_id)
  SELECT @tenant_id, unnest(@move_ids::uuid[]), unnest(@ids::uuid[]), 'open', 'billed', unnest(@invoice_ids::uuid[]),
    unnest(@move_sealed::bytea[]), @key_version::integer, unnest(@ats::timestamptz[]), @by_id::uuid
)
INSERT INTO charges (tenant_id, id, patient_id, visit_id, item_id, quantity, unit, price, tax_class_id, context, state, last_move_id,
  sealed, key_version, day, made_at, made_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), unnest(@visit_ids::uuid[]), unnest(@item_ids::uuid[]),
  unnest(@thousandths::bigint[])::numeric / 1000, unnest(@units::text[]), unnest(@prices::bigint[]), unnest(@classes::uuid[]),
  unnest(@contexts::text[]), 'billed', unnest(@move_ids::uuid[]), unnest(@sealed::bytea[]), @key_version::integer, unnest(@days::date[]),
  unnest(@ats::timestamptz[]), @by_id::uuid;

-- Numbered on from the first, in the order given.
-- name: InsertPastInvoices :exec
INSERT INTO invoices (tenant_id, id, series_id, number, client_id, visit_id, day, due_on, currency, tax_included, net, tax, sealed,
  key_version, issued_at, issued_by)
SELECT @tenant_id, i.id, @series_id::uuid, i.nth + @first_number::bigint, i.client_id, i.visit_id, i.day, i.day + @due_days::integer, @currency::text,
  @tax_included::boolean, i.net, i.tax, i.sealed, @key_version::integer, i.at, @by_id::uuid
FROM (SELECT unnest(@nths::bigint[]) AS nth, unnest(@ids::uuid[]) AS id, unnest(@client_ids::uuid[]) AS client_id,
    unnest(@visit_ids::uuid[]) AS visit_id, unnest(@days::date[]) AS day, unnest(@nets::bigint[]) AS net, unnest(@taxes::bigint[]) AS tax,
    unnest(@sealed::bytea[]) AS sealed, unnest(@ats::timestamptz[]) AS at) AS i;

-- Ten-thousandths are of a percent.
-- name: InsertPastInvoiceLines :exec
INSERT INTO invoice_lines (tenant_id, id, invoice_id, position, charge_id, patient_id, item_id, quantity, unit, price, discount_bp,
  tax_class_id, context, species, rate, amount, net, tax, sealed, key_version)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@invoice_ids::uuid[]), unnest(@positions::integer[]), unnest(@charge_ids::uuid[]),
  unnest(@patient_ids::uuid[]), unnest(@item_ids::uuid[]), unnest(@thousandths::bigint[])::numeric / 1000, unnest(@units::text[]),
  unnest(@prices::bigint[]), 0, unnest(@classes::uuid[]), unnest(@contexts::text[]), unnest(@species::text[]),
  unnest(@ten_thousandths::bigint[])::numeric / 10000, unnest(@amounts::bigint[]), unnest(@nets::bigint[]), unnest(@taxes::bigint[]),
  unnest(@sealed::bytea[]), @key_version::integer;

-- Payments of the past and what they settle, the same amount of one invoice each.
-- name: InsertPastPayments :exec
INSERT INTO payments (tenant_id, id, client_id, kind, method, amount, rounding, day, sealed, key_version, at, by_id)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@client_ids::uuid[]), 'payment', unnest(@methods::text[]), unnest(@amounts::bigint[]),
  unnest(@roundings::bigint[]), unnest(@days::date[]), unnest(@sealed::bytea[]), @key_version::integer, unnest(@ats::timestamptz[]), @by_id::uuid;

-- name: InsertPastAllocations :exec
INSERT INTO allocations (tenant_id, id, client_id, invoice_id, payment_id, amount, at, by_id)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@client_ids::uuid[]), unnest(@invoice_ids::uuid[]), unnest(@payment_ids::uuid[]),
  unnest(@amounts::bigint[]), unnest(@ats::timestamptz[]), @by_id::uuid;

-- name: InsertPastLedger :exec
INSERT INTO ledger_entries (tenant_id, id, source_id, account, client_id, amount, day, at)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@source_ids::uuid[]), unnest(@accounts::text[]), nullif(unnest(@client_ids::text[]), '')::uuid,
  unnest(@amounts::bigint[]), unnest(@days::date[]), unnest(@ats::timestamptz[]);
