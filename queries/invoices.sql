-- name: InsertInvoiceSeries :execrows
INSERT INTO invoice_series (tenant_id, id, prefix, kind) VALUES (@tenant_id, @id, @prefix, @kind)
ON CONFLICT (tenant_id, prefix) DO NOTHING;

-- The series a kind of document is numbered in.
-- name: GetInvoiceSeries :one
SELECT id, prefix FROM invoice_series
WHERE tenant_id = @tenant_id AND kind = @kind AND ended_at IS NULL ORDER BY id LIMIT 1;

-- A document under the next number of its series, whose row is held from here to the end of the transaction: what
-- is rolled back gives its number to the next.
-- name: InsertInvoice :one
WITH given AS (
  UPDATE invoice_series SET next = next + 1 WHERE tenant_id = @tenant_id AND id = @series_id AND ended_at IS NULL
  RETURNING next - 1 AS number
)
INSERT INTO invoices (tenant_id, id, series_id, number, credits_id, client_id, visit_id, day, due_on, currency, tax_included, net, tax,
  share_bp, sealed, key_version, issued_at, issued_by)
SELECT @tenant_id, @id, @series_id, given.number, @credits_id, @client_id, @visit_id, @day, @due_on, @currency, @tax_included, @net, @tax,
  @share_bp, @sealed, @key_version, @issued_at, @issued_by
FROM given
RETURNING number;

-- The lines of a document in their order; quantities in thousandths, rates in ten-thousandths of a percent.
-- name: InsertInvoiceLines :exec
INSERT INTO invoice_lines (tenant_id, id, invoice_id, position, charge_id, patient_id, item_id, quantity, unit, price, discount_bp,
  tax_class_id, context, species, rate, amount, net, tax, sealed, key_version)
SELECT @tenant_id, l.id, @invoice_id, l.position, l.charge, l.patient, l.item, l.thousandths::numeric / 1000, l.unit, l.price, l.discount,
  l.class, l.context, l.species, l.millionths::numeric / 10000, l.amount, l.net, l.tax, l.sealed, @key_version
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@positions::integer[]) AS position, unnest(@charges::uuid[]) AS charge,
    unnest(@patients::uuid[]) AS patient, unnest(@items::uuid[]) AS item, unnest(@thousandths::bigint[]) AS thousandths,
    unnest(@units::text[]) AS unit, unnest(@prices::bigint[]) AS price, unnest(@discounts::integer[]) AS discount,
    unnest(@classes::uuid[]) AS class, unnest(@contexts::text[]) AS context, unnest(@species::text[]) AS species,
    unnest(@millionths::bigint[]) AS millionths, unnest(@amounts::bigint[]) AS amount, unnest(@nets::bigint[]) AS net,
    unnest(@taxes::bigint[]) AS tax, unnest(@sealed::bytea[]) AS sealed) AS l;

-- A document, what was allocated to it, and what credit notes took back of it.
-- name: GetInvoice :one
SELECT i.id, s.prefix, i.number, i.credits_id, i.client_id, i.visit_id, i.day, i.due_on, i.currency, i.tax_included, i.net, i.tax,
  i.share_bp, i.sealed, i.issued_at, i.issued_by,
  coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.invoice_id = i.id), 0)::bigint AS settled,
  coalesce((SELECT sum(n.total) FROM invoices AS n WHERE n.tenant_id = @tenant_id AND n.credits_id = i.id), 0)::bigint AS credited
FROM invoices AS i
JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
WHERE i.tenant_id = @tenant_id AND i.id = @id;

-- Documents of the clinic, the newest first. state as Go computes it: unpaid has the part paid too.
-- name: ListInvoices :many
SELECT id, prefix, number, credits_id, client_id, visit_id, day, due_on, currency, tax_included, net, tax,
  share_bp, sealed, issued_at, issued_by, settled, credited
FROM (
  SELECT i.id, s.prefix, i.number, i.credits_id, i.client_id, i.visit_id, i.day, i.due_on, i.currency, i.tax_included, i.net, i.tax, i.total,
    i.share_bp, i.sealed, i.issued_at, i.issued_by,
    coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.invoice_id = i.id), 0)::bigint AS settled,
    coalesce((SELECT sum(n.total) FROM invoices AS n WHERE n.tenant_id = @tenant_id AND n.credits_id = i.id), 0)::bigint AS credited
  FROM invoices AS i
  JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
  WHERE i.tenant_id = @tenant_id AND i.day BETWEEN @from_day::date AND @to_day::date AND (i.day, i.id) < (@before_day::date, @before_id::uuid)
) AS v
WHERE CASE @state::text
  WHEN '' THEN true
  WHEN 'credit-note' THEN v.credits_id IS NOT NULL
  WHEN 'unpaid' THEN v.credits_id IS NULL AND v.settled < v.total
  WHEN 'part-paid' THEN v.credits_id IS NULL AND v.settled < v.total AND v.settled > 0
  WHEN 'overdue' THEN v.credits_id IS NULL AND v.settled < v.total AND v.due_on < @today::date
  WHEN 'credited' THEN v.credits_id IS NULL AND v.credited = v.total AND v.total > 0
  WHEN 'paid' THEN v.credits_id IS NULL AND v.settled = v.total AND NOT (v.credited = v.total AND v.total > 0)
END
ORDER BY v.day DESC, v.id DESC LIMIT @most;

-- The same of one client.
-- name: ListClientInvoices :many
SELECT id, prefix, number, credits_id, client_id, visit_id, day, due_on, currency, tax_included, net, tax,
  share_bp, sealed, issued_at, issued_by, settled, credited
FROM (
  SELECT i.id, s.prefix, i.number, i.credits_id, i.client_id, i.visit_id, i.day, i.due_on, i.currency, i.tax_included, i.net, i.tax, i.total,
    i.share_bp, i.sealed, i.issued_at, i.issued_by,
    coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.invoice_id = i.id), 0)::bigint AS settled,
    coalesce((SELECT sum(n.total) FROM invoices AS n WHERE n.tenant_id = @tenant_id AND n.credits_id = i.id), 0)::bigint AS credited
  FROM invoices AS i
  JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
  WHERE i.tenant_id = @tenant_id AND i.client_id = @client_id AND i.day BETWEEN @from_day::date AND @to_day::date
    AND (i.day, i.id) < (@before_day::date, @before_id::uuid)
) AS v
WHERE CASE @state::text
  WHEN '' THEN true
  WHEN 'credit-note' THEN v.credits_id IS NOT NULL
  WHEN 'unpaid' THEN v.credits_id IS NULL AND v.settled < v.total
  WHEN 'part-paid' THEN v.credits_id IS NULL AND v.settled < v.total AND v.settled > 0
  WHEN 'overdue' THEN v.credits_id IS NULL AND v.settled < v.total AND v.due_on < @today::date
  WHEN 'credited' THEN v.credits_id IS NULL AND v.credited = v.total AND v.total > 0
  WHEN 'paid' THEN v.credits_id IS NULL AND v.settled = v.total AND NOT (v.credited = v.total AND v.total > 0)
END
ORDER BY v.day DESC, v.id DESC LIMIT @most;

-- The documents of a visit, oldest first, credit notes included.
-- name: ListVisitInvoices :many
SELECT i.id, s.prefix, i.number, i.credits_id, i.client_id, i.visit_id, i.day, i.due_on, i.currency, i.tax_included, i.net, i.tax,
  i.share_bp, i.sealed, i.issued_at, i.issued_by,
  coalesce((SELECT sum(a.amount) FROM allocations AS a WHERE a.tenant_id = @tenant_id AND a.invoice_id = i.id), 0)::bigint AS settled,
  coalesce((SELECT sum(n.total) FROM invoices AS n WHERE n.tenant_id = @tenant_id AND n.credits_id = i.id), 0)::bigint AS credited
FROM invoices AS i
JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
WHERE i.tenant_id = @tenant_id AND i.visit_id = @visit_id
ORDER BY i.issued_at, i.id;

-- The credit notes over an invoice, oldest first.
-- name: ListCreditNotes :many
SELECT i.id, s.prefix, i.number, i.credits_id, i.client_id, i.visit_id, i.day, i.due_on, i.currency, i.tax_included, i.net, i.tax,
  i.share_bp, i.sealed, i.issued_at, i.issued_by, 0::bigint AS settled, 0::bigint AS credited
FROM invoices AS i
JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
WHERE i.tenant_id = @tenant_id AND i.credits_id = @invoice_id
ORDER BY i.issued_at, i.id;

-- name: ListInvoiceLines :many
SELECT id, charge_id, patient_id, item_id, quantity, unit, price, discount_bp, tax_class_id, context, species, rate, amount, net, tax, sealed
FROM invoice_lines WHERE tenant_id = @tenant_id AND invoice_id = @invoice_id ORDER BY position;

-- What credit notes over an invoice took back of each charge.
-- name: ListCreditedCharges :many
SELECT l.charge_id, sum(l.amount)::bigint AS amount, sum(l.net)::bigint AS net, sum(l.tax)::bigint AS tax
FROM invoices AS n
JOIN invoice_lines AS l ON l.tenant_id = @tenant_id AND l.invoice_id = n.id
WHERE n.tenant_id = @tenant_id AND n.credits_id = @invoice_id
GROUP BY l.charge_id;

-- What of charges is billed on all their documents and was not taken back, a sum for each, and how many lines.
-- name: ListBilledAmounts :many
SELECT l.charge_id, sum(CASE WHEN i.credits_id IS NULL THEN l.amount ELSE -l.amount END)::bigint AS amount
FROM invoice_lines AS l
JOIN invoices AS i ON i.tenant_id = @tenant_id AND i.id = l.invoice_id
WHERE l.tenant_id = @tenant_id AND l.charge_id = ANY(@charges::uuid[])
GROUP BY l.charge_id;
