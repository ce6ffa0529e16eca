package packs

import (
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func TestTheFilesAreReadWhole(t *testing.T) {
	b, err := readAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"rabies", "weight"} {
		if len(b.topics[topic]) == 0 {
			t.Errorf("no rules of %s", topic)
		}
	}
	if len(b.version) != 12 || b.version != Version() {
		t.Errorf("version %q", b.version)
	}
}

const rules = `jurisdiction,key,value,stricter,from,to,citation,reviewer,reviewed
*,days,28,most,,,a,,
US,days,30,most,,,b,,
US-NY,days,14,most,,,c,,
*,limit,10,least,,,d,,
US,limit,12,least,,,e,,
US-TX,limit,5,least,2027-01-01,,f,,
US-CA,limit,6,least,,2026-01-01,g,,
*,onset,28,near,,,h,,
US-NY,onset,14,near,,,i,,
*,field,name,every,,,j,,
US,field,name,every,,,k,,
US-TX,field,address,every,,,l,,
GB,field,prescriber,every,,,m,,
`

func TestTheStricterOfSeveralWins(t *testing.T) {
	rows, err := readTopic("made", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	read().topics["made"] = rows
	t.Cleanup(func() { delete(read().topics, "made") })
	for _, c := range []struct {
		in    []string
		key   string
		value int
	}{
		{nil, "days", 28},
		{[]string{"US"}, "days", 30},
		{[]string{"US-NY"}, "days", 30},
		{[]string{"GB"}, "days", 28},
		{[]string{"US"}, "limit", 10},
		{[]string{"US-TX"}, "limit", 10},
		{[]string{"US-CA"}, "limit", 10},
		{[]string{"US-NY"}, "onset", 14},
		{[]string{"US-TX"}, "onset", 28},
	} {
		if got, ok := In("made", c.in, today).Number(c.key); !ok || got != c.value {
			t.Errorf("%s in %v is %d, not %d", c.key, c.in, got, c.value)
		}
	}
	if got, _ := In("made", []string{"US-TX"}, today.AddDate(1, 0, 0)).Number("limit"); got != 5 {
		t.Errorf("a rule that begins later is not met then: %d", got)
	}
	if _, ok := In("made", nil, today).Row("unknown"); ok {
		t.Error("a key without a row has one")
	}
	var fields []string
	for _, r := range In("made", []string{"US-TX"}, today).Every("field") {
		fields = append(fields, r.Value)
	}
	if got := strings.Join(fields, " "); got != "name address" {
		t.Errorf("the fields in Texas are %q", got)
	}
}

func TestAWrongRowIsNamed(t *testing.T) {
	head := "jurisdiction,key,value,stricter,from,to,citation,reviewer,reviewed\n"
	for _, line := range []string{"US,days,many,most,,,a,,", "US,days,1,more,,,a,,", "US,days,1,most,,,,,", "US,days,1,most,first of May,,a,,", ",days,1,most,,,a,,"} {
		if _, err := readTopic("made", []byte(head+line)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s gave %v", line, err)
		}
	}
}
