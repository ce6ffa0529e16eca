package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/live"
)

// rhythm is how often an open stream shows that it is alive, and how often is asked whether it still may be.
type rhythm struct{ beat, check time.Duration }

// The page calls itself not live after two beats that did not come; see static/js/live.js.
var liveRhythm = rhythm{beat: 15 * time.Second, check: 45 * time.Second}

const (
	// streamPatience is how long a browser may take to accept a few bytes.
	streamPatience = 10 * time.Second
	// checkPatience is how long it may take to find out whether a stream still may be. With those 45 s it
	// stays below a minute.
	checkPatience = 10 * time.Second
)

// mark is what a page that is made now hears from on: everything it shows is read later than this.
func (v *visit) mark() string { return live.Mark(v.began) }

// hears are the topics this person's pages are told of: where they may see nothing, they hear nothing.
func (v *visit) hears() []live.Topic {
	list := []live.Topic{live.Session}
	if v.may(access.ScheduleRead) {
		list = append(list, live.Board, live.Schedule)
	}
	if v.may(access.BillRead) {
		list = append(list, live.Bills)
	}
	if v.readsNotes() {
		list = append(list, live.Results, live.Writing)
	}
	return list
}

// listens reports whether somebody is there who may have a stream.
func (v *visit) listens() bool {
	return v.current != nil && !v.current.Ended && !v.current.Locked && !v.clinic.Suspended() && !v.closed() && v.may(v.route.needs)
}

// openStream is the stream of one person's page: names of events, and no content. It is not recorded and
// does not count as activity; what the page then fetches is judged and recorded like any page.
func (s *Server) openStream(v *visit) (answer, error) {
	cookie, hears, epoch := v.sessionToken(), v.hears(), v.current.ClinicEpoch
	return v.stream(v.current.ID, hears, func(ctx context.Context) bool {
		_, now, err := s.Sessions.Load(ctx, v.as(actor.Session), cookie)
		if err != nil || now == nil || now.Ended || now.Locked || now.ClinicState != "active" || now.ClinicEpoch != epoch {
			return false
		}
		v.current, v.policy = now, now.Policy
		return v.may(v.route.needs) && slices.Equal(v.hears(), hears)
	})
}

// sessionToken is the token the session was found by.
func (v *visit) sessionToken() string {
	c, err := v.r.Cookie(identity.SessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// stream keeps the line open for a holder, a session or a screen, until the browser hangs up, the process
// ends, or may says no, which ends it with a word so that the page asks what became of it.
func (v *visit) stream(holder id.ID, hears []live.Topic, may func(ctx context.Context) bool) (answer, error) {
	joined, err := v.s.Live.Join(v.keys, holder, v.r.URL.Query().Get("since"), hears...)
	if errors.Is(err, live.ErrTooMany) {
		return answer{status: http.StatusTooManyRequests}, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answer{raw: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer joined.Leave()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // proxies pass each event on as it comes
		w.WriteHeader(http.StatusOK)
		if r.Method != http.MethodHead {
			l := line{w: w, control: http.NewResponseController(w), hub: v.s.Live, clock: v.s.Clock}
			l.keep(v.line, joined, v.s.rhythm, may)
		}
	})}, nil
}

// line is one open answer.
type line struct {
	w       io.Writer
	control *http.ResponseController
	hub     *live.Hub
	clock   clock.Clock
}

// keep sends what there is to be told. It holds no connection to the database but for the moment of a check.
func (l line) keep(ctx context.Context, joined *live.Stream, every rhythm, may func(ctx context.Context) bool) {
	_ = l.control.SetReadDeadline(time.Time{}) // the request has been read; a writer without a line has no deadlines
	beat, check := time.NewTicker(every.beat), time.NewTicker(every.check)
	defer beat.Stop()
	defer check.Stop()
	if l.beat() != nil {
		return
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-joined.Done():
			return
		case <-beat.C:
			err = l.beat()
		case <-joined.Woken():
			news := joined.Take()
			if slices.Contains(news, live.Session) && !judged(ctx, may) {
				_ = l.send("over")
				return
			}
			err = l.tell(news)
		case <-check.C:
			if !judged(ctx, may) {
				_ = l.send("over") // it ends either way
				return
			}
		}
		if err != nil {
			return // the browser is gone
		}
	}
}

// judged asks whether a stream still may be, for as long as that may take.
func judged(ctx context.Context, may func(ctx context.Context) bool) bool {
	asking, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	return may(asking)
}

// beat says that whatever changes is heard; while it is not, nothing is said, and the page notices.
func (l line) beat() error {
	if !l.hub.Live() {
		return l.send("")
	}
	return l.send("beat")
}

func (l line) tell(news []live.Topic) error {
	if err := l.beat(); err != nil {
		return err
	}
	for _, t := range news {
		if err := l.send(t.Event()); err != nil {
			return err
		}
	}
	return nil
}

// send writes one event, or a comment that keeps the line open. Its id is the mark from which the page
// would have to catch up.
func (l line) send(event string) error {
	_ = l.control.SetWriteDeadline(clock.System.Now().Add(streamPatience)) // see SetReadDeadline
	text := ":\n\n"
	if event != "" {
		text = "event: " + event + "\nid: " + live.Mark(l.clock.Now()) + "\ndata:\n\n"
	}
	if _, err := io.WriteString(l.w, text); err != nil {
		return err
	}
	return l.control.Flush()
}
