package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Together runs the functions side by side and sends what they wait for as one batch: a page of five
// queries costs one round trip. Only one function runs at a time, so they may share variables; a
// function that asks again after its first answer joins the next batch. One that calls Together itself
// adds all it asks to the same batch. The first error in order is returned, after all have ended.
func Together(ctx context.Context, tx *Tx, do ...func(ctx context.Context, tx *Tx) error) error {
	return tx.f.together(ctx, tx.in, do, false)
}

// lane is the DBTX of one function of Together. Its calls park the function until the batch is back.
type lane struct {
	f      *fence
	wait   chan []*statement // from the function: this is what I wait for; nil: I am done
	resume chan struct{}
	over   chan struct{} // closed when Together has ended
	failed error
}

// together runs the functions; where in is not nil, they are part of a function of another Together.
func (f *fence) together(ctx context.Context, in *lane, do []func(context.Context, *Tx) error, last bool) error {
	lanes := make([]*lane, len(do))
	waiting := make([][]*statement, len(do))
	errs := make([]error, len(do))
	panics := make([]any, len(do))
	over := make(chan struct{})
	defer close(over)
	for i, fn := range do {
		l := &lane{f: f, wait: make(chan []*statement), resume: make(chan struct{}), over: over}
		lanes[i] = l
		run(func() {
			defer func() {
				panics[i] = recover()
				l.wait <- nil
			}()
			tx := f.tx(l)
			tx.in = l
			errs[i] = fn(ctx, tx)
		})
		waiting[i] = <-l.wait
	}
	for {
		var list []*statement
		for _, asked := range waiting {
			list = append(list, asked...)
		}
		if len(list) == 0 {
			break
		}
		var err error
		if in != nil {
			err = in.pass(list)
		} else {
			err = f.flush(ctx, list, last)
		}
		for i, asked := range waiting {
			if asked == nil {
				continue
			}
			lanes[i].failed = err
			lanes[i].resume <- struct{}{}
			waiting[i] = <-lanes[i].wait
		}
	}
	for _, p := range panics {
		if p != nil {
			panic(p) // on the goroutine of the request, where it becomes the 500 page
		}
	}
	return errors.Join(errs...)
}

// runners are goroutines that wait for another function to run: a new one begins with a small stack, and
// what a page does in it would make it grow each time.
var runners = make(chan chan func(), 64)

// run runs do, which does not panic, on a goroutine of its own.
func run(do func()) {
	select {
	case r := <-runners:
		r <- do
	default:
		r := make(chan func(), 1)
		r <- do
		go func() {
			for do := range r {
				do()
				select {
				case runners <- r:
				default:
					return
				}
			}
		}()
	}
}

// pass waits until the statements are answered, in the next batch.
func (l *lane) pass(list []*statement) error {
	select {
	case l.wait <- list:
		<-l.resume
	case <-l.over:
		return ErrClosed
	}
	return l.failed
}

func (l *lane) ask(sql string, args []any) *statement {
	s := &statement{sql: sql, args: args}
	if err := l.pass([]*statement{s}); err != nil {
		s.err = err
	} else if s.err == nil && s.tag.String() == "" {
		s.err = errors.New("an earlier statement of the batch failed")
	}
	return s
}

func (l *lane) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	s := l.ask(sql, args)
	return s.tag, s.err
}

func (l *lane) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	s := l.ask(sql, args)
	return s.answer(l.f.types), s.err
}

func (l *lane) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	return one{l.ask(sql, args).answer(l.f.types)}
}
