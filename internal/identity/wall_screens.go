package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// WallCookie is the cookie of a screen on the wall. It shows the board and nothing else: no other route
// looks at it.
const WallCookie = "__Host-wall"

const (
	// WallCodeLife is how long the code of a new screen can be used, once.
	WallCodeLife = time.Hour
	// wallCookieLife is as long as browsers keep a cookie; a screen is ended by its clinic.
	wallCookieLife = 400 * 24 * time.Hour
	longestName    = 60
	codeSize       = 12 // letters of 5 bits
)

// ErrCodeOver is the answer to a code that is unknown here, used, or too old; the three cannot be told apart.
var ErrCodeOver = fault.New(fault.NotFound, "This code is no longer good. A code works once, for an hour. Make a new screen under Practice.")

// WallScreen is a screen on the wall.
type WallScreen struct {
	ID     id.ID
	Name   string
	MadeAt time.Time
	MadeBy id.ID
	// OpenedAt is when its browser used the code, EndedAt when somebody ended it; zero for not yet.
	OpenedAt, EndedAt time.Time
}

// Waits reports whether its code can still be used.
func (w WallScreen) Waits(now time.Time) bool {
	return w.OpenedAt.IsZero() && w.EndedAt.IsZero() && now.Before(w.MadeAt.Add(WallCodeLife))
}

// Code is what is typed at the screen to open it. It is computed, so that it need not be kept.
func (w WallScreen) Code(keys *vault.Clinic) string {
	text := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(keys.Commit([]byte("wall code"), w.ID[:]))
	return text[:4] + "-" + text[4:8] + "-" + text[8:codeSize]
}

// codeHash is what the database keeps of a code, however it was typed. A code is short, so the hash is keyed.
func codeHash(keys *vault.Clinic, code string) []byte {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	return keys.Commit([]byte("wall code used"), []byte(plain))
}

// WallScreens lists the screens of a clinic, those that stand first, the newest of them first.
func WallScreens(ctx context.Context, tx *db.Tx) ([]WallScreen, error) {
	rows, err := tx.ListWallScreens(ctx, db.ListWallScreensParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("listing screens: %w", err)
	}
	list := make([]WallScreen, len(rows))
	for i, r := range rows {
		list[i] = wallScreen(db.GetWallScreenRow(r))
	}
	slices.SortStableFunc(list, func(a, b WallScreen) int { return a.EndedAt.Compare(b.EndedAt) })
	return list, nil
}

// OpenWallScreen is one screen of the clinic. It gives fault.Missing.
func OpenWallScreen(ctx context.Context, tx *db.Tx, row id.ID) (WallScreen, error) {
	r, err := tx.GetWallScreen(ctx, db.GetWallScreenParams{TenantID: tx.Tenant, ID: row})
	if db.NoRows(err) {
		return WallScreen{}, fault.Missing
	}
	if err != nil {
		return WallScreen{}, fmt.Errorf("reading a screen: %w", err)
	}
	return wallScreen(r), nil
}

func wallScreen(r db.GetWallScreenRow) WallScreen {
	w := WallScreen{ID: r.ID, Name: r.Name, MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy}
	if r.OpenedAt != nil {
		w.OpenedAt = r.OpenedAt.UTC()
	}
	if r.EndedAt != nil {
		w.EndedAt = r.EndedAt.UTC()
	}
	return w
}

// AddWallScreen makes a screen that waits for its code. Making the same row twice makes one. It gives
// fault.Fields for name.
func AddWallScreen(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, name string) error {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return fault.Fields{{Name: "name", Message: "Enter a name, like Prep room"}}
	case len([]rune(name)) > longestName:
		return fault.Fields{{Name: "name", Message: "Enter 60 letters at most"}}
	}
	w := WallScreen{ID: row}
	n, err := tx.InsertWallScreen(ctx, db.InsertWallScreenParams{
		TenantID: tx.Tenant, ID: row, TokenHash: codeHash(keys, w.Code(keys)), Name: name, MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if err != nil {
		return fmt.Errorf("making a screen: %w", err)
	}
	if n == 0 {
		return nil // sent twice
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "wall-screen", ObjectID: row, Group: "staff", After: map[string]string{"name": name}})
}

// EndWallScreen ends a screen for good: its page shows nothing any more within a minute. Ending twice ends
// once. It gives fault.Missing.
func EndWallScreen(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) error {
	w, err := OpenWallScreen(ctx, tx, row)
	if err != nil {
		return err
	}
	at := tx.Now()
	n, err := tx.UpdateWallScreenEnded(ctx, db.UpdateWallScreenEndedParams{TenantID: tx.Tenant, ID: row, EndedAt: &at})
	if err != nil {
		return fmt.Errorf("ending a screen: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "wall-screen", ObjectID: row, Group: "staff",
		Before: map[string]string{"name": w.Name}, After: map[string]string{"name": w.Name, "ended_at": at.Format(time.RFC3339)},
	})
}

// Walls recognises screens on walls.
type Walls struct{ store *db.Store }

// NewWalls makes the recogniser of an installation.
func NewWalls(store *db.Store) *Walls { return &Walls{store} }

// Greet gives the name of the screen a code is for, without using it up. It gives ErrCodeOver.
func (s *Walls) Greet(ctx context.Context, who actor.Who, keys *vault.Clinic, code string) (name string, err error) {
	who.Purpose = actor.SignIn
	err = s.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetWallScreenToOpen(ctx, db.GetWallScreenToOpenParams{TenantID: tx.Tenant, TokenHash: codeHash(keys, code), MadeAfter: tx.Now().Add(-WallCodeLife)})
		name = r.Name
		return err
	})
	if db.NoRows(err) {
		return "", ErrCodeOver
	}
	if err != nil {
		return "", fmt.Errorf("looking for a screen: %w", err)
	}
	return name, nil
}

// Open uses a code up and makes the browser that sent it the screen. It gives ErrCodeOver.
func (s *Walls) Open(ctx context.Context, w http.ResponseWriter, who actor.Who, keys *vault.Clinic, code string) error {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // crypto/rand.Read never fails
	token := base64.RawURLEncoding.EncodeToString(raw)
	who.Purpose = actor.SignIn
	err := s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		at := tx.Now()
		row, err := tx.UpdateWallScreenOpened(ctx, db.UpdateWallScreenOpenedParams{
			TenantID: tx.Tenant, CodeHash: codeHash(keys, code), TokenHash: TokenHash(token), OpenedAt: &at, MadeAfter: at.Add(-WallCodeLife),
		})
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.SignedIn, Object: "wall-screen", ObjectID: row})
	})
	if db.NoRows(err) {
		return ErrCodeOver
	}
	if err != nil {
		return fmt.Errorf("opening a screen: %w", err)
	}
	http.SetCookie(w, &http.Cookie{
		Name: WallCookie, Value: token, Path: "/", MaxAge: int(wallCookieLife / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	return nil
}

// Wall is the screen of a request, as of that request.
type Wall struct {
	ID          id.ID
	Name        string
	ClinicState string
	ClinicEpoch int64
}

// Find gives the screen of a cookie; ok is false where this clinic has none that stands.
func (s *Walls) Find(ctx context.Context, who actor.Who, token string) (w Wall, ok bool, err error) {
	if len(token) != tokenLength {
		return Wall{}, false, nil
	}
	who.Purpose = actor.Session
	err = s.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetWallScreenOf(ctx, db.GetWallScreenOfParams{TenantID: tx.Tenant, TokenHash: TokenHash(token)})
		w = Wall{ID: r.ID, Name: r.Name, ClinicState: r.ClinicState, ClinicEpoch: r.ClinicEpoch}
		return err
	})
	if db.NoRows(err) {
		return Wall{}, false, nil
	}
	if err != nil {
		return Wall{}, false, fmt.Errorf("looking for a screen: %w", err)
	}
	return w, true, nil
}
