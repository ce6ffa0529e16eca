package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"paddock/internal/clock"
	"paddock/internal/id"
)

// work is one kind of request.
type work struct {
	name   string
	status int
	least  int // bytes of the body
	write  func(b *bytes.Buffer, at *seat, n int)
}

// seat is somebody signed in at a clinic, with the patients they open.
type seat struct {
	host, cookie string
	token        string // for forms
	patients     []id.ID
	clients      []id.ID // who comes with each of the patients
	person       id.ID   // who they are
	kind         id.ID   // of appointment
	bills        *pile
	notes        *notePile
}

var openPatient = work{"open a patient", http.StatusOK, 4 << 10, func(b *bytes.Buffer, at *seat, _ int) {
	row := at.patients[rand.IntN(len(at.patients))] //nolint:gosec // which patient is no secret
	fmt.Fprintf(b, "GET /patients/%s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", row, at.host, at.cookie)
}}

var listPatients = work{"list 50 patients", http.StatusOK, 16 << 10, func(b *bytes.Buffer, at *seat, _ int) {
	fmt.Fprintf(b, "GET /patients HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", at.host, at.cookie)
}}

// works are all kinds of request.
var works = []work{openPatient, listPatients, search, createClient}

// searched are beginnings of names that every clinic of the benchmark has.
var searched = []string{"hel", "tho", "bis", "clov", "pep", "oli", "mil", "bel", "char", "luc"}

var search = work{"search by a beginning", http.StatusOK, 2 << 10, func(b *bytes.Buffer, at *seat, n int) {
	at.post(b, "/search", url.Values{"csrf": {at.token}, "q": {pick(n, searched...)}})
}}

var createClient = work{"create a client", http.StatusSeeOther, 0, func(b *bytes.Buffer, at *seat, n int) {
	c := invented(n)
	at.post(b, "/clients", url.Values{
		"csrf": {at.token}, "new_id": {id.New().String()}, "given_name": {c.FirstName}, "family_name": {c.LastName},
		"phone_1": {c.Phones[0].Number}, "phone_1_note": {c.Phones[0].Label}, "email": {c.Email}, "anyway": {"1"},
	})
}}

// post writes a form sent from a page of the same host, with more headers, each with its end of line.
func (at *seat) post(b *bytes.Buffer, path string, form url.Values, more ...string) {
	text := form.Encode()
	fmt.Fprintf(b, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n%s\r\n%s", path, at.host, at.cookie, len(text), strings.Join(more, ""), text)
}

// load asks one process by a fixed number of connections, each of which waits for its answer before it
// asks again, for a length of time. It gives how long each answer took, sorted. One wrong answer ends
// the run: what is measured must be what is meant.
func (s *stand) load(ctx context.Context, p *process, w work, connections int, length time.Duration) ([]time.Duration, error) {
	var all sync.WaitGroup
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	until := clock.System.Now().Add(length)
	for i := range connections {
		all.Go(func() { took[i], errs[i] = s.ask(ctx, p, w, until) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%s at %d connections: %w", w.name, connections, err)
	}
	times := slices.Concat(took...)
	slices.Sort(times)
	return times, nil
}

func (s *stand) ask(ctx context.Context, p *process, w work, until time.Time) ([]time.Duration, error) {
	var dial net.Dialer
	conn, err := dial.DialContext(ctx, "tcp", p.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var took []time.Duration
	var request bytes.Buffer
	answer := textproto.NewReader(bufio.NewReaderSize(conn, 32<<10))
	n := rand.IntN(1 << 20) //nolint:gosec // which name is no secret
	for now := clock.System.Now(); now.Before(until) && ctx.Err() == nil; n++ {
		request.Reset()
		w.write(&request, p.seats[rand.IntN(len(p.seats))], n) //nolint:gosec // who asks is no secret
		if request.Len() == 0 {
			break // there is no more to ask for
		}
		began := clock.System.Now()
		_ = conn.SetDeadline(began.Add(20 * time.Second)) // a connection just dialled takes one
		if _, err := conn.Write(request.Bytes()); err != nil {
			return nil, err
		}
		if err := w.check(answer); err != nil {
			return nil, err
		}
		now = clock.System.Now()
		took = append(took, now.Sub(began))
	}
	return took, ctx.Err()
}

// check reads one answer and throws its body away.
func (w work) check(r *textproto.Reader) error {
	first, err := r.ReadLineBytes()
	if err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if want := []byte(" " + strconv.Itoa(w.status) + " "); !bytes.Contains(first, want) {
		return fmt.Errorf("the answer was %q", first)
	}
	length, chunked := -1, false
	for {
		line, err := r.ReadLineBytes()
		if err != nil {
			return fmt.Errorf("reading an answer: %w", err)
		}
		if len(line) == 0 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return fmt.Errorf("reading an answer: %w", err)
			}
		}
		if bytes.Equal(line, []byte("Transfer-Encoding: chunked")) {
			chunked = true
		}
	}
	if chunked {
		n, err := io.Copy(io.Discard, httputil.NewChunkedReader(r.R))
		if err == nil { // NewChunkedReader leaves the empty line behind the last chunk
			_, err = r.ReadLineBytes()
		}
		if err != nil {
			return fmt.Errorf("reading an answer: %w", err)
		}
		length = int(n)
	}
	if length < w.least {
		return fmt.Errorf("the answer has %d bytes", length)
	}
	if chunked {
		return nil
	}
	_, err = io.CopyN(io.Discard, r.R, int64(length))
	return err
}
