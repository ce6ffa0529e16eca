package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Raw sends a statement that no query file has, as an injection would.
func Raw(ctx context.Context, tx *Tx, sql string, args ...any) pgx.Row {
	return tx.f.QueryRow(ctx, sql, args...)
}
