package imports

import (
	"context"
	"errors"

	"paddock/internal/fault"
	"paddock/internal/jobs"
)

// Works is what is done for each kind of job of this slice.
func Works() map[jobs.Kind]jobs.Work {
	return map[jobs.Kind]jobs.Work{
		CheckJob: work(func(ctx context.Context, j jobs.Job) error {
			_, err := Check(ctx, j.Store, j.Keys, j.Who, j.Object, nil)
			return err
		}),
		RunJob: work(func(ctx context.Context, j jobs.Job) error {
			_, err := Run(ctx, j.Store, j.Keys, j.Who, j.Object, nil)
			return err
		}),
		WithdrawJob: work(func(ctx context.Context, j jobs.Job) error {
			_, err := TakeBack(ctx, j.Store, j.Keys, j.Who, j.Object)
			return err
		}),
	}
}

// work does a job and says of its error whether trying again may help: a fault of the file will be there
// again, and where the import has moved on there is nothing to do.
func work(do jobs.Work) jobs.Work {
	return func(ctx context.Context, j jobs.Job) error {
		err := do(ctx, j)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errElsewhere), errors.Is(err, errOvertaken), errors.Is(err, fault.Missing):
			return jobs.Never(err)
		case ctx.Err() != nil:
			return err // the process ends; the job is tried again by the next
		case readable(err) != nil, j.Last():
			return jobs.Never(errors.Join(err, GiveUp(ctx, j.Store, j.Keys, j.Who, j.Object, err)))
		}
		return err
	}
}

// readable is the sentence in an error that a person may read, nil where there is none.
func readable(err error) error {
	var said *fault.Error
	var bad fault.Fields
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &bad) && len(bad) > 0:
		return fault.New(fault.Invalid, bad[0].Message+".")
	}
	return nil
}
