package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Raw sends a statement that no query file has, as an injection would.
func Raw(ctx context.Context, tx *Tx, sql string, args ...any) pgx.Row {
	return tx.f.QueryRow(ctx, sql, args...)
}

// Age makes a transaction's context look older than it is.
func Age(tx *Tx, by time.Duration) { tx.f.signedAt = tx.f.signedAt.Add(-by) }
