-- name: GetMoneySettings :one
SELECT currency, tax_included, tax_by, cash_step, due_days, version FROM money_settings WHERE tenant_id = @tenant_id;

-- The same, so that no day is closed before the transaction ends.
-- name: HoldMoneySettings :one
SELECT currency, tax_included, tax_by, cash_step, due_days, version FROM money_settings WHERE tenant_id = @tenant_id FOR SHARE;

-- Waits for all who take money, and keeps others from it until the transaction ends.
-- name: LockMoneySettings :one
SELECT currency, tax_included, tax_by, cash_step, due_days, version FROM money_settings WHERE tenant_id = @tenant_id FOR UPDATE;

-- name: InsertMoneySettings :execrows
INSERT INTO money_settings (tenant_id, currency, tax_included, tax_by, cash_step, due_days)
VALUES (@tenant_id, @currency, @tax_included, @tax_by, @cash_step, @due_days)
ON CONFLICT (tenant_id) DO NOTHING;

-- name: UpdateMoneySettings :execrows
UPDATE money_settings SET tax_by = @tax_by, tax_included = @tax_included, currency = @currency, cash_step = @cash_step, due_days = @due_days, version = version + 1
WHERE tenant_id = @tenant_id AND version = @version;

-- Whether anything was issued or paid in the currency there is: 1, else 0. Ordered, so that no plan looks for the
-- first one in the whole table.
-- name: CountFirstLedgerEntry :one
SELECT count(*) FROM (SELECT e.day FROM ledger_entries AS e WHERE e.tenant_id = @tenant_id ORDER BY e.day, e.account LIMIT 1) AS first;

-- name: ListTaxClasses :many
SELECT id, key, name, ended_at FROM tax_classes WHERE tenant_id = @tenant_id ORDER BY key LIMIT 100;

-- name: InsertTaxClass :exec
INSERT INTO tax_classes (tenant_id, id, key, name) VALUES (@tenant_id, @id, @key, @name);

-- name: EndTaxClass :execrows
UPDATE tax_classes SET ended_at = @ended_at WHERE tenant_id = @tenant_id AND id = @id AND tax_classes.ended_at IS NULL;

-- name: ListTaxRates :many
SELECT id, tax_class_id, context, species, rate, valid_from FROM tax_rates
WHERE tenant_id = @tenant_id ORDER BY tax_class_id, valid_from, id LIMIT 2000;

-- name: InsertTaxRate :exec
INSERT INTO tax_rates (tenant_id, id, tax_class_id, context, species, rate, valid_from)
VALUES (@tenant_id, @id, @tax_class_id, sqlc.narg('context'), sqlc.narg('species'), @rate, @valid_from);

-- The price list in the order of the codes, from after one on.
-- name: ListPriceItems :many
SELECT id, code, name, unit, price, tax_class_id, context, barcode, version, ended_at FROM price_items
WHERE tenant_id = @tenant_id AND code > @after AND (ended_at IS NULL OR @ended::boolean)
ORDER BY code LIMIT @most;

-- What is sold and has a word in its name, or a code, that begins as typed (in small letters).
-- name: FindPriceItems :many
SELECT id, code, name, unit, price, tax_class_id, context, barcode, version, ended_at FROM price_items
WHERE tenant_id = @tenant_id AND ended_at IS NULL
  AND (strpos(' ' || lower(name), ' ' || @typed::text) > 0 OR strpos(lower(code), @typed::text) = 1)
ORDER BY code LIMIT @most;

-- What is sold under exactly this code, or has this barcode.
-- name: ListPriceItemsOfCode :many
SELECT id, code, name, unit, price, tax_class_id, context, barcode, version, ended_at FROM price_items
WHERE tenant_id = @tenant_id AND (barcode = @typed::text OR code = upper(@typed::text)) AND ended_at IS NULL
ORDER BY code LIMIT 10;

-- name: GetPriceItem :one
SELECT id, code, name, unit, price, tax_class_id, context, barcode, version, ended_at FROM price_items
WHERE tenant_id = @tenant_id AND id = @id;

-- name: LockPriceItem :one
SELECT id, code, name, unit, price, tax_class_id, context, barcode, version, ended_at FROM price_items
WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertPriceItem :exec
INSERT INTO price_items (tenant_id, id, code, name, unit, price, tax_class_id, context, barcode)
VALUES (@tenant_id, @id, @code, @name, @unit, @price, @tax_class_id, @context, sqlc.narg('barcode'));

-- name: UpdatePriceItem :execrows
UPDATE price_items SET code = @code, name = @name, unit = @unit, price = @price, tax_class_id = @tax_class_id, context = @context,
  barcode = sqlc.narg('barcode'), version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: EndPriceItem :execrows
UPDATE price_items SET ended_at = @ended_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND price_items.ended_at IS NULL;

-- The tax classes, rates and prices that a clinic begins with, each kind in one statement.
-- name: InsertTaxClasses :exec
INSERT INTO tax_classes (tenant_id, id, key, name)
SELECT @tenant_id, n.id, n.key, n.name
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@keys::text[]) AS key, unnest(@names::text[]) AS name) AS n;

-- name: InsertTaxRates :exec
INSERT INTO tax_rates (tenant_id, id, tax_class_id, rate, valid_from)
SELECT @tenant_id, n.id, n.class, n.millionths::numeric / 10000, n.valid_from
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@classes::uuid[]) AS class, unnest(@millionths::bigint[]) AS millionths,
  unnest(@days::date[]) AS valid_from) AS n;

-- name: InsertPriceItems :exec
INSERT INTO price_items (tenant_id, id, code, name, unit, price, tax_class_id, context)
SELECT @tenant_id, n.id, n.code, n.name, n.unit, n.price, n.class, n.context
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@codes::text[]) AS code, unnest(@names::text[]) AS name, unnest(@units::text[]) AS unit,
  unnest(@prices::bigint[]) AS price, unnest(@classes::uuid[]) AS class, unnest(@contexts::text[]) AS context) AS n;
