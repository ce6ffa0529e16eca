package db_test

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// code is the SQLSTATE of an error, or "".
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}
