-- The entries of one source in one statement; the client is that of each entry on the client account.
-- name: InsertLedgerEntries :exec
INSERT INTO ledger_entries (tenant_id, id, source_id, account, client_id, amount, day, at)
SELECT @tenant_id, e.id, @source_id, e.account, CASE WHEN e.account = 'client' THEN @client_id::uuid END, e.amount, @day, @at
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@accounts::text[]) AS account, unnest(@amounts::bigint[]) AS amount) AS e;

-- What a client owes; below 0 what stands to the client's credit.
-- name: GetClientBalance :one
SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries WHERE tenant_id = @tenant_id AND client_id = @client_id;

-- name: GetClientBalanceBefore :one
SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries
WHERE tenant_id = @tenant_id AND client_id = @client_id AND day < @day;

-- The entries of a client with what made them, in the order of the days.
-- name: ListStatement :many
SELECT e.source_id, e.amount, e.day, e.at, i.number, i.credits_id, s.prefix, p.kind, p.method
FROM ledger_entries AS e
LEFT JOIN invoices AS i ON i.tenant_id = @tenant_id AND i.id = e.source_id
LEFT JOIN invoice_series AS s ON s.tenant_id = @tenant_id AND s.id = i.series_id
LEFT JOIN payments AS p ON p.tenant_id = @tenant_id AND p.id = e.source_id
WHERE e.tenant_id = @tenant_id AND e.client_id = @client_id AND e.day BETWEEN @from_day::date AND @to_day::date
ORDER BY e.day, e.at, e.id LIMIT 2000;

-- A day's sums by account.
-- name: ListDaySums :many
SELECT account, sum(amount)::bigint AS amount, count(*) AS entries FROM ledger_entries
WHERE tenant_id = @tenant_id AND day = @day GROUP BY account ORDER BY account;
