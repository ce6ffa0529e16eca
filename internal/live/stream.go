package live

import (
	"sync/atomic"

	"paddock/internal/id"
)

// bits is a set of topics, by their place among topics.
type bits = uint32

const everything bits = 1<<32 - 1

// Stream is one open page's. It keeps what changed and not how often, so a page that is slow to listen
// costs nothing and misses nothing.
type Stream struct {
	hub    *Hub
	clinic id.Tenant
	holder id.ID
	may    bits
	news   atomic.Uint32
	woken  chan struct{}
	done   chan struct{}
}

// wake tells the stream of what it may hear among these.
func (s *Stream) wake(changed bits) {
	if changed &= s.may; changed == 0 {
		return
	}
	s.news.Or(changed)
	select {
	case s.woken <- struct{}{}:
	default: // it has been woken and has not looked yet
	}
}

// Woken gives a sign when there is something to Take.
func (s *Stream) Woken() <-chan struct{} { return s.woken }

// Done is closed when the process has no more streams.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Take gives the topics that changed since the last time.
func (s *Stream) Take() []Topic {
	changed := s.news.Swap(0)
	var list []Topic
	for i, t := range topics {
		if changed&(1<<i) != 0 {
			list = append(list, t)
		}
	}
	return list
}

// Leave ends the stream. Leaving twice is no mistake.
func (s *Stream) Leave() { s.hub.leave(s) }
