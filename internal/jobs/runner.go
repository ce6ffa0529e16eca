package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/vault"
)

const (
	// pollEvery is how often the outboxes and the queue are each looked into. Nothing is listened for:
	// whoever can connect could send what River takes for orders to its workers.
	pollEvery = 250 * time.Millisecond
	// relayMost is how many rows become jobs in one transaction.
	relayMost = 100
	// atOnce is how many jobs run side by side in one process; the pages need the processor too.
	atOnce = 2
	// attempts with River's backoff (the fourth power of the attempt, in seconds) are over after an hour
	// and a half.
	attempts = 8
	// longest is how long one run may take. A job that takes longer is cut off and begun again.
	longest = 5 * time.Minute
	// takenForDead is when a job of a process that was killed is begun anew.
	takenForDead = longest + time.Minute
	// lastWords is how long a job that was cut off when stopping may take to end.
	lastWords = 2 * time.Second
)

// Config is what the work needs.
type Config struct {
	Queue *db.Jobs
	Store *db.Store
	Vault *vault.Vault
	// Works are the kinds that this process can do.
	Works map[Kind]Work
	// Patience is how long running jobs may take to finish when the work is stopped, before they are cut
	// off; they go on with the next start.
	Patience time.Duration
	// Log gets ids only.
	Log *slog.Logger
	// Report is told of each job whose MAC is wrong. The clinic is the one it named, if there is one; who
	// wrote it is not known. It must not block.
	Report func(who actor.Who, kind string)
}

// Runner relays the outboxes into the queue, and works. Several processes may each have one.
type Runner struct {
	queue  *db.Jobs
	client *river.Client[pgx.Tx]
	log    *slog.Logger

	stop   context.CancelFunc
	relays sync.WaitGroup
}

// Open prepares the work. Nothing is asked of the database yet.
func Open(_ context.Context, c Config) (*Runner, error) {
	for kind := range c.Works {
		if !kinds.MatchString(string(kind)) || kind.purpose() == "" {
			return nil, fmt.Errorf("there is no purpose for jobs of kind %q", kind)
		}
	}
	if c.Report == nil {
		c.Report = func(actor.Who, string) {}
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{config: c}); err != nil {
		return nil, fmt.Errorf("preparing the queue: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(c.Queue.Pool()), &river.Config{
		Schema: db.JobsSchema, PollOnly: true, FetchPollInterval: pollEvery,
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		Workers: workers, MaxAttempts: attempts, JobTimeout: longest, RescueStuckJobsAfter: takenForDead,
		SoftStopTimeout:     c.Patience,
		ReindexerIndexNames: []string{}, // its role owns no index
		Logger:              c.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the queue: %w", err)
	}
	return &Runner{queue: c.Queue, client: client, log: c.Log}, nil
}

// Start begins to relay and to work, and returns. It goes on until Stop, also after the context has ended.
func (r *Runner) Start(ctx context.Context) error {
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		r.stop()
		return fmt.Errorf("starting to work: %w", err)
	}
	r.relays.Go(func() { r.relay(ctx) })
	return nil
}

// Stop relays no more and lets running jobs finish; those that take longer than Patience are cut off and
// go on with the next start, here or elsewhere.
func (r *Runner) Stop(ctx context.Context) error {
	r.stop()
	r.relays.Wait()
	err := r.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		err = r.client.StopAndCancel(ctx)
	}
	if err != nil {
		return fmt.Errorf("stopping the work: %w", err)
	}
	return nil
}

// relay looks into the outboxes until the context ends. What fails is tried again, more slowly.
func (r *Runner) relay(ctx context.Context) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	failed := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		n, err := r.queue.AllTenantsRelay(ctx, relayMost, r.insert)
		next := pollEvery
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failed++
			next = min(time.Duration(failed)*time.Second, 10*time.Second)
			r.log.WarnContext(ctx, "the outboxes could not be relayed", "err", err)
		case n == relayMost:
			failed, next = 0, 0
		default:
			failed = 0
		}
		wait.Reset(next)
	}
}

// insert makes jobs of the rows, in the transaction that takes them out of the outboxes.
func (r *Runner) insert(ctx context.Context, tx pgx.Tx, rows []db.OutboxRow) error {
	params := make([]river.InsertManyParams, len(rows))
	for i, row := range rows {
		params[i] = river.InsertManyParams{
			Args: argsOf(row), InsertOpts: &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}},
		}
	}
	done, err := r.client.InsertManyTx(ctx, tx, params)
	if err == nil && len(done) != len(rows) {
		err = errors.New("the queue did not answer for each")
	}
	return err
}
