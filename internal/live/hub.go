package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// StreamsMost is how many streams one session or screen may have open at a process.
const StreamsMost = 20

// ErrTooMany refuses one more stream.
var ErrTooMany = errors.New("too many live pages are open in this session")

const (
	// remembered is how many tokens are kept for pages that connect later, twice as many at most. Whoever
	// comes later still is told that all may have changed.
	remembered = 2048
	// skew is by how much the clocks of two processes may differ.
	skew = 2 * time.Second
	// again bounds the waiting before a lost line to the database is opened anew.
	againFirst, againMost = 250 * time.Millisecond, 5 * time.Second
)

// Hub hands what is heard to the open streams of one process. It holds one connection to the database
// however many streams there are.
type Hub struct {
	line  *db.Live
	clock clock.Clock
	log   *slog.Logger
	end   context.CancelFunc
	gone  chan struct{} // closed when nothing listens any more

	mu       sync.Mutex
	since    time.Time          // from when on all that was heard is in past; zero while nothing is heard
	warned   bool               // that nothing is heard
	clinics  map[id.Tenant]*all // those with open streams
	meanings map[string]meaning // of the tokens of those clinics
	holders  map[id.ID]int      // streams of each session and screen
	past     []heard            // oldest first
	over     bool               // no more streams
}

// all is every stream of a clinic.
type all struct {
	tokens  []string // by topic, as topics
	streams map[*Stream]struct{}
}

type meaning struct {
	clinic *all
	topic  int
}

type heard struct {
	token string
	at    time.Time
}

// Open begins to listen, and goes on until Close: a lost line is opened anew, and then every stream is
// told that all may have changed.
func Open(line *db.Live, c clock.Clock, log *slog.Logger) *Hub {
	ctx, end := context.WithCancel(context.Background())
	h := &Hub{
		line: line, clock: c, log: log, end: end, gone: make(chan struct{}),
		clinics: map[id.Tenant]*all{}, meanings: map[string]meaning{}, holders: map[id.ID]int{},
	}
	go h.listen(ctx)
	return h
}

// Close ends every stream and the line.
func (h *Hub) Close() {
	h.Dismiss()
	h.end()
	<-h.gone
}

// Dismiss ends every stream and opens none any more, so that a process that is told to stop need not wait
// for them; the pages find another or the next one.
func (h *Hub) Dismiss() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return
	}
	h.over = true
	for _, c := range h.clinics {
		for s := range c.streams {
			close(s.done)
		}
	}
}

func (h *Hub) listen(ctx context.Context) {
	defer close(h.gone)
	wait := againFirst
	for {
		err := h.line.AllTenantsHear(ctx, func() { wait = againFirst; h.listening() }, h.tell)
		if ctx.Err() != nil {
			return
		}
		if h.deaf() {
			h.log.WarnContext(ctx, "pages are not live, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			wait = min(2*wait, againMost)
		}
	}
}

// listening notes that from now on everything is heard. What happened before was not, so all pages are
// told that all may have changed.
func (h *Hub) listening() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since, h.past, h.warned = h.clock.Now(), h.past[:0], false
	for _, c := range h.clinics {
		for s := range c.streams {
			s.wake(everything)
		}
	}
}

// deaf notes that nothing is heard, and reports whether that is new.
func (h *Hub) deaf() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := !h.warned
	h.since, h.warned = time.Time{}, true
	return fresh
}

// tell hands a token to the streams of the clinic whose it is. Nobody here knows what a token of a clinic
// without streams means.
func (h *Hub) tell(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(token)
	m, ok := h.meanings[token]
	if !ok {
		return
	}
	for s := range m.clinic.streams {
		s.wake(1 << m.topic)
	}
}

// remember keeps what was heard for those who connect later. h.mu is held.
func (h *Hub) remember(token string) {
	if len(h.past) == 2*remembered {
		h.since = h.past[remembered-1].at
		h.past = h.past[:copy(h.past, h.past[remembered:])]
	}
	h.past = append(h.past, heard{token, h.clock.Now()})
}

// Mark stands for an instant: what a page shows that was read after it holds all that was heard before.
func Mark(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 36) }

// missed are the topics that may have changed since a mark. h.mu is held.
func (h *Hub) missed(c *all, mark string) bits {
	ms, err := strconv.ParseInt(mark, 36, 64)
	since := time.UnixMilli(ms).Add(-skew)
	if err != nil || h.since.IsZero() || since.Before(h.since) {
		return everything
	}
	var changed bits
	for _, p := range h.past {
		if i := slices.Index(c.tokens, p.token); i >= 0 && !p.at.Before(since) {
			changed |= 1 << i
		}
	}
	return changed
}

// Join opens a stream of a clinic for a session or a screen, which hears of these topics and no others.
// mark is that of the page, or of the last thing it heard: what it may have missed since is told at once.
// The caller must Leave.
func (h *Hub) Join(keys *vault.Clinic, holder id.ID, mark string, may ...Topic) (*Stream, error) {
	s := &Stream{hub: h, clinic: keys.ID(), holder: holder, woken: make(chan struct{}, 1), done: make(chan struct{})}
	for _, t := range may {
		if i := slices.Index(topics, t); i >= 0 {
			s.may |= 1 << i
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holders[holder] >= StreamsMost {
		return nil, ErrTooMany
	}
	if h.over {
		close(s.done)
		return s, nil // ends at once; Leave finds nothing to leave
	}
	c, ok := h.clinics[keys.ID()]
	if !ok {
		c = &all{streams: map[*Stream]struct{}{}}
		for i, t := range topics {
			word := token(keys, t)
			c.tokens = append(c.tokens, word)
			h.meanings[word] = meaning{c, i}
		}
		h.clinics[keys.ID()] = c
	}
	c.streams[s] = struct{}{}
	h.holders[holder]++
	s.wake(h.missed(c, mark))
	return s, nil
}

// leave forgets a stream, and with the last one of a clinic the meaning of its tokens.
func (h *Hub) leave(s *Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.clinics[s.clinic]
	if !ok {
		return
	}
	if _, ok := c.streams[s]; !ok {
		return
	}
	delete(c.streams, s)
	if h.holders[s.holder]--; h.holders[s.holder] == 0 {
		delete(h.holders, s.holder)
	}
	if len(c.streams) == 0 {
		for _, word := range c.tokens {
			delete(h.meanings, word)
		}
		delete(h.clinics, s.clinic)
	}
}

// Live reports whether everything is heard now. While it is not, no page is told that it is live.
func (h *Hub) Live() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.since.IsZero()
}

// Streams tells how many are open.
func (h *Hub) Streams() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.clinics {
		n += len(c.streams)
	}
	return n
}
