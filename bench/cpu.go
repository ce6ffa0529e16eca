package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc/PID/stat: 1/100 s on every Linux (USER_HZ).
const tick = 10 * time.Millisecond

// usage is the processor time of one process and where it comes from.
type usage struct {
	pid, parent   int
	own, children time.Duration // of children that ended and were waited for
}

// readUsage reads /proc/PID/stat (proc(5)): the name in the second field may hold anything.
func readUsage(pid int) (usage, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return usage{}, fmt.Errorf("reading the processor time of process %d: %w", pid, err)
	}
	return parseUsage(pid, string(text))
}

func parseUsage(pid int, text string) (usage, error) {
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(f) < 15 {
		return usage{}, fmt.Errorf("the processor time of process %d cannot be read", pid)
	}
	var n [5]int // parent, then utime, stime, cutime, cstime
	for i, at := range []int{1, 11, 12, 13, 14} {
		var err error
		if n[i], err = strconv.Atoi(f[at]); err != nil {
			return usage{}, fmt.Errorf("the processor time of process %d: %w", pid, err)
		}
	}
	return usage{pid: pid, parent: n[0], own: time.Duration(n[1]+n[2]) * tick, children: time.Duration(n[3]+n[4]) * tick}, nil
}

// serverTime is the processor time of one process so far.
func serverTime(pid int) (time.Duration, error) {
	u, err := readUsage(pid)
	return u.own, err
}

// databaseTime is the processor time so far of a PostgreSQL with all its backends, those that ended
// included.
func databaseTime(postmaster int) (time.Duration, error) {
	u, err := readUsage(postmaster)
	if err != nil {
		return 0, err
	}
	sum := u.own + u.children
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("listing processes: %w", err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if u, err := readUsage(pid); err == nil && u.parent == postmaster { // it may have ended meanwhile
			sum += u.own
		}
	}
	return sum, nil
}

// resident is how much memory a process holds now and held at most, in bytes.
func resident(pid int) (now, most int64, err error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64) // other lines are no numbers
		switch name {
		case "VmRSS":
			now = kb << 10
		case "VmHWM":
			most = kb << 10
		}
	}
	return now, most, nil
}
