package postgres

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// logMax is the size in bytes at which the log is put aside; the one before it is dropped, so a
// server's logs never take more than twice this.
const logMax = 4 << 20

// boundedLog writes the server's messages to a file of bounded size.
type boundedLog struct {
	tail
	mu   sync.Mutex // guards what follows
	path string
	file *os.File
	size int64
}

func openLog(path string) (*boundedLog, error) {
	l := &boundedLog{path: path}
	return l, l.open()
}

func (l *boundedLog) open() error {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return err
	}
	l.file, l.size = f, info.Size()
	return nil
}

// Write never fails on a full disk: a server that cannot log should still stop properly.
func (l *boundedLog) Write(p []byte) (int, error) {
	_, _ = l.tail.Write(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return len(p), nil
	}
	if l.size > 0 && l.size+int64(len(p)) > logMax {
		_ = l.file.Close()
		l.file = nil
		if err := os.Rename(l.path, l.path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return len(p), nil
		}
		if err := l.open(); err != nil {
			return len(p), nil
		}
	}
	n, _ := l.file.Write(p)
	l.size += int64(n)
	return len(p), nil
}

// Close ends the writing; later messages are dropped.
func (l *boundedLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// tail keeps the last few kilobytes a program said, to name a reason when it ends.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailMax = 8 << 10

// Write keeps the end of what was written.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailMax; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// String is what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// reason is the line that best says why the program ended: PostgreSQL's last FATAL or PANIC, else an
// error, else its last words.
func (t *tail) reason() string {
	lines := strings.Split(strings.TrimSpace(t.String()), "\n")
	for _, mark := range []string{"FATAL:", "PANIC:", "error:", "ERR!"} {
		for i := len(lines) - 1; i >= 0; i-- {
			if _, text, found := strings.Cut(lines[i], mark); found && strings.TrimSpace(text) != "" {
				return strings.TrimSpace(text)
			}
		}
	}
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return "it said nothing"
}
