package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// process is a child that ends when we do, where the system can promise that.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; read after done is closed
}

// launch starts a command. The parent-death signal follows the thread that started the child, not
// the process, so that thread is kept for as long as the child lives.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, <-started
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal sends s unless the process has ended.
func (p *process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = p.cmd.Process.Signal(s) // it may have ended meanwhile
	}
}

// stop sends s and waits; what has not ended after that is stopped at once, then killed. The error
// says how a process ended that had to be forced.
func (p *process) stop(s syscall.Signal, wait time.Duration) error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{s, wait}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		p.signal(step.signal)
		select {
		case <-p.done:
			return nil
		case <-time.After(step.wait):
		}
	}
	<-p.done
	return p.err
}

// forget removes what a server that ended badly says of itself. PostgreSQL would take the number in
// it for its own if any other process has got it since; that a backend still lives it would notice
// all the same, by the shared memory.
func forget(data string) error {
	err := os.Remove(filepath.Join(data, "postmaster.pid"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing what an earlier PostgreSQL left behind: %w", err)
	}
	return nil
}
