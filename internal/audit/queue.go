package audit

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
)

// queue puts the one statement that do sends into a batch instead of onto a connection, so that the
// scribe's statements are the generated ones too.
func queue(b *pgx.Batch, do func(q *db.Queries) error) {
	_ = do(db.New(queued{b})) // queued never fails; the batch's answer tells
}

type queued struct{ b *pgx.Batch }

func (q queued) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	q.b.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

func (q queued) Query(context.Context, string, ...any) (pgx.Rows, error) {
	panic("audit: the scribe reads nothing")
}

func (q queued) QueryRow(context.Context, string, ...any) pgx.Row {
	panic("audit: the scribe reads nothing")
}
