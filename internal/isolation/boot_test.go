package isolation

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/dbtest"
)

func TestTheApplicationMayServeACleanDatabase(t *testing.T) {
	if err := Boot(context.Background(), dbtest.Shared(t).As(t, db.RoleApp)); err != nil {
		t.Fatal(err)
	}
}

func TestVersionsBelowTheFloorAreRefused(t *testing.T) { // T18
	for num, refused := range map[int]bool{
		90624: true, 140099: true, 150000: true, 150013: true, 150014: false, 160009: true, 160010: false,
		170005: true, 170006: false, 180000: false, 190001: false,
	} {
		if found := version(num); (len(found) > 0) != refused {
			t.Errorf("version %d: %v", num, found)
		}
	}
}

// older is a connection to a server that says it is another.
type older struct {
	Querier
	version string
}

func (o older) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return o.Querier.Query(ctx, strings.Replace(sql, "current_setting('server_version_num')", "'"+o.version+"'", 1), args...)
}

func TestBootRefusesATooOldServer(t *testing.T) { // T18
	conn := dbtest.Shared(t).As(t, db.RoleApp)
	if err := Boot(context.Background(), older{conn, "150013"}); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "T18") {
		t.Errorf("a server with known faults: %v", err)
	}
	if err := Boot(context.Background(), older{conn, "150014"}); err != nil {
		t.Errorf("a server without: %v", err)
	}
}

func TestBootRefusesEveryOtherRole(t *testing.T) { // T19
	e := dbtest.Shared(t)
	ctx := context.Background()
	owner := e.As(t, db.RoleMigrate)
	if _, err := owner.Exec(ctx, "SET ROLE paddock_owner"); err != nil {
		t.Fatal(err)
	}
	posing := e.Admin(t)
	if _, err := posing.Exec(ctx, "SET ROLE paddock_app"); err != nil {
		t.Fatal(err)
	}
	for name, conn := range map[string]*pgx.Conn{
		"the superuser": e.Admin(t), "the superuser posing as the application": posing, "the owner": owner,
		"the migrator": e.As(t, db.RoleMigrate), "the watch": e.As(t, db.RoleWatch), "the queue": e.As(t, db.RoleJobs), "live pages": e.As(t, db.RoleLive),
		"the scribe": e.As(t, db.RoleScribe), "the control plane": e.As(t, db.RolePlatform),
	} {
		if err := Boot(ctx, conn); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "T19") {
			t.Errorf("%s may serve: %v", name, err)
		}
	}
}

func TestBootRefusesOnAFinding(t *testing.T) {
	e := dbtest.New(t)
	if _, err := e.Admin(t).Exec(context.Background(), "ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY; GRANT TRUNCATE ON app.notes TO paddock_app"); err != nil {
		t.Fatal(err)
	}
	err := Boot(context.Background(), e.As(t, db.RoleApp))
	if !errors.Is(err, ErrRefused) {
		t.Fatalf("a broken database may be served: %v", err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], "T1 app.notes: ") || !strings.HasPrefix(lines[2], "T14 app.notes: ") {
		t.Errorf("want one sentence per finding, got %q", lines)
	}
}

func TestACheckOfACleanDatabaseIsGood(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	for _, lintOnly := range []bool{true, false} {
		r, err := Check(context.Background(), d, lintOnly)
		if err != nil || !r.Good() {
			t.Fatalf("lint only %v: %v %v", lintOnly, err, r.Lines())
		}
		if len(r.Lines()) != 1 {
			t.Errorf("a good report has one line, not %v", r.Lines())
		}
		if !lintOnly && (r.Tables < 15 || len(r.Results) != 27) {
			t.Errorf("only %d tables and %d probes", r.Tables, len(r.Results))
		}
	}
	if _, err := e.Admin(t).Exec(context.Background(), "DROP POLICY tenant_gate ON app.notes"); err != nil {
		t.Fatal(err)
	}
	r, err := Check(context.Background(), d, false)
	if err != nil || r.Good() {
		t.Fatalf("a broken database passes: %v %v", err, r.Lines())
	}
	if text := strings.Join(r.Lines(), "\n"); !strings.Contains(text, "T4 app.notes: ") || !strings.Contains(text, "\nT20 ") {
		t.Errorf("the report does not name what is wrong:\n%s", text)
	}
}

func TestAReportOfNothingIsNotGood(t *testing.T) {
	for _, r := range []Report{{}, {Rules: 50}, {Rules: 50, Tables: 10}, {lintOnly: true}} {
		if r.Good() {
			t.Errorf("%+v is taken for good", r)
		}
	}
	b := &Bench{}
	if r := b.run(context.Background(), Probe{Run: func(context.Context, *Bench) error { return nil }}); r.Err == nil {
		t.Error("a probe that tried nothing is taken for good")
	}
}

func TestTheCanariesAreFound(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	if _, _, err := Canaries(ctx, e.Platform); err == nil {
		t.Error("canaries were found where there are none")
	}
	want := deps(t, e)
	if _, err := e.Admin(t).Exec(ctx, "UPDATE platform.clinic SET state = 'canary'"); err != nil {
		t.Fatal(err)
	}
	a, b, err := Canaries(ctx, e.Platform)
	if err != nil || a != want.A || b != want.B {
		t.Errorf("found %v and %v: %v", a, b, err)
	}
}
