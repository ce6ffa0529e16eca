package main

import (
	"bufio"
	"net/http"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"
)

func TestProcessorTimeIsReadWhateverTheProcessIsCalled(t *testing.T) {
	const stat = "4711 (a name) with (signs) S 42 4711 4711 0 -1 4194560 100 0 0 0 150 25 7 3 20 0 9 0 100 1000 200"
	u, err := parseUsage(4711, stat)
	want := usage{pid: 4711, parent: 42, own: 1750 * time.Millisecond, children: 100 * time.Millisecond}
	if err != nil || u != want {
		t.Fatalf("read %+v, %v; want %+v", u, err, want)
	}
	if _, err := parseUsage(1, "1 (init) S 0"); err == nil {
		t.Error("half a line was believed")
	}
}

func TestOwnProcessorTimeGrows(t *testing.T) {
	before, err := serverTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 200*time.Millisecond; {
		_ = strings.Repeat("x", 1<<16)
	}
	if after, err := serverTime(os.Getpid()); err != nil || after <= before {
		t.Fatalf("from %v to %v: %v", before, after, err)
	}
	if now, most, err := resident(os.Getpid()); err != nil || now < 1<<20 || most < now {
		t.Fatalf("resident %d of at most %d: %v", now, most, err)
	}
}

func TestClientRefusesWhatWasNotAsked(t *testing.T) {
	page := work{"a page", http.StatusOK, 3, nil}
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"a page":              {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", true},
		"a page in pieces":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", true},
		"another status":      {"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nbody", false},
		"too little":          {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nbo", false},
		"cut short":           {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", false},
		"too little in piece": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n0\r\n\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := textproto.NewReader(bufio.NewReader(strings.NewReader(c.text + "next")))
			err := page.check(r)
			if (err == nil) != c.good {
				t.Fatalf("got %v", err)
			}
			if rest, _ := r.ReadLine(); c.good && rest != "next" {
				t.Errorf("the next answer begins with %q", rest)
			}
		})
	}
}

func TestMediansAndPercentiles(t *testing.T) {
	turns := []figures{{perSecond: 9, p50: 1}, {perSecond: 1, p50: 3}, {perSecond: 5, p50: 2}}
	if m := medians(turns); m.perSecond != 5 || m.p50 != 2 {
		t.Errorf("medians are %+v", m)
	}
	times := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if at(times, 0.5) != 6 || at(times, 0.99) != 10 || at(times, 1) != 10 {
		t.Errorf("percentiles are %v, %v, %v", at(times, 0.5), at(times, 0.99), at(times, 1))
	}
}

func TestPagesDifferInTokensOnly(t *testing.T) {
	const a = `<meta name="csrf" content="one"><script nonce="n1"></script><input name="new_id" value="r1"><i data-since="m1" data-fresh="f1"></i><p>Biscuit`
	b := strings.NewReplacer("one", "two", "n1", "n2", "r1", "r2", "m1", "m2", "f1", "f2").Replace(a)
	if sameEachTime(a) != sameEachTime(b) {
		t.Error("tokens were left in")
	}
	if sameEachTime(a) == sameEachTime(strings.Replace(b, "Biscuit", "Clover", 1)) {
		t.Error("a different page passed for the same")
	}
}

func TestFlagsAreChecked(t *testing.T) {
	if o, err := parse([]string{"-levels", "1, 8", "-each", "5s"}); err != nil || len(o.levels) != 2 || o.each != 5*time.Second {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, wrong := range [][]string{{"-levels", "0"}, {"-levels", "x"}, {"-rounds", "0"}, {"-each", "1ms"}, {"-patients", "1"}, {"-years", "10,1"}, {"-years", "1,1"}} {
		if _, err := parse(wrong); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}
