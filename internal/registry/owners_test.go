package registry_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func (c clinic) setOwners(t *testing.T, patient id.ID, version int64, bonds ...registry.Bond) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.SetOwners(ctx, tx, c.Keys, patient, version, bonds)
	})
}

func (c clinic) pastOwners(t *testing.T, patient id.ID) (out []registry.PastOwner) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = registry.PastOwners(ctx, tx, c.Keys, patient)
		return err
	})
	return out
}

func (c clinic) clientPatients(t *testing.T, client id.ID) (out []registry.ClientPatient) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = registry.ClientPatients(ctx, tx, c.Keys, client)
		return err
	})
	return out
}

func bond(client id.ID, role string, share int) registry.Bond {
	return registry.Bond{Client: client, Role: role, Share: share, MayConsent: true, GetsReminders: true}
}

// linked are the clients linked to an animal, in order, with role and share.
func linked(v registry.PatientView) string {
	var out []string
	for _, o := range v.Owners {
		out = append(out, o.Name()+" "+o.Bond.Role+" "+registry.FormatShare(o.Bond.Share))
	}
	return strings.Join(out, ", ")
}

func TestAnAnimalHasSeveralOwnersWhoAreFoundAndKept(t *testing.T) {
	c := newClinic(t)
	h := c.addClient(t, helen())
	quill := c.addClient(t, registry.Client{FirstName: "Anna", LastName: "Quill"})
	stables := c.addClient(t, registry.Client{LastName: "Redbrick Stables"})
	animal := c.addPatient(t, h, biscuit())
	v := c.patient(t, animal)
	if linked(v) != "Helen Thompson owner 100 %" || v.OwnersVersion != 1 || v.Bonds()[0].Since.IsZero() {
		t.Fatalf("a new animal belongs to %s at %d", linked(v), v.OwnersVersion)
	}
	if err := c.setOwners(t, animal, 1, bond(stables, registry.RoleTrainer, 0), bond(quill, registry.RolePayer, 3333), bond(h, registry.RoleOwner, 6667)); err != nil {
		t.Fatal(err)
	}
	v = c.patient(t, animal)
	if got := linked(v); got != "Helen Thompson owner 66.67 %, Anna Quill payer 33.33 %, Redbrick Stables trainer 0 %" || v.OwnersVersion != 2 || v.Version != 1 {
		t.Errorf("linked: %s at %d and %d", got, v.OwnersVersion, v.Version)
	}
	for typed, want := range map[string]string{"biscuit quill": "Biscuit", "biscuit redbrick": "Biscuit", "biscuit thompson": "Biscuit"} {
		if got := names(c.search(t, typed)); got != want {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	if r := c.search(t, "biscuit"); len(r.Patients) != 1 || len(r.Patients[0].Owners) != 3 {
		t.Errorf("a search shows %+v", r.Patients)
	}

	// The payer becomes an owner, the owner leaves.
	if err := c.setOwners(t, animal, 2, bond(quill, registry.RoleOwner, 10000), bond(stables, registry.RoleTrainer, 0)); err != nil {
		t.Fatal(err)
	}
	if got := linked(c.patient(t, animal)); got != "Anna Quill owner 100 %, Redbrick Stables trainer 0 %" {
		t.Errorf("linked after the change: %s", got)
	}
	past := c.pastOwners(t, animal)
	if len(past) != 2 || !slices.ContainsFunc(past, func(p registry.PastOwner) bool { return p.ID == h && p.Role == "owner" && !p.Until.IsZero() }) ||
		!slices.ContainsFunc(past, func(p registry.PastOwner) bool { return p.ID == quill && p.Role == "payer" }) {
		t.Errorf("past owners %+v", past)
	}
	if got := names(c.search(t, "biscuit thompson")); got != "" {
		t.Errorf("found by one who has it no more: %q", got)
	}
	if list := c.clientPatients(t, h); len(list) != 1 || list[0].Until.IsZero() || list[0].ID != animal {
		t.Errorf("the animals Helen had: %+v", list)
	}
	if list := c.clientPatients(t, quill); len(list) != 1 || !list[0].Until.IsZero() || list[0].Role != "owner" || list[0].Share != 10000 {
		t.Errorf("Anna's animals: %+v", list)
	}
	if got := c.leaves(t, animal); !slices.Equal(got, []string{"created"}) {
		t.Errorf("a change of owners counts as one of the patient: %v", got)
	}

	// Nobody.
	if err := c.setOwners(t, animal, 3); err != nil {
		t.Fatal(err)
	}
	if got := linked(c.patient(t, animal)); got != "" {
		t.Errorf("linked to %s", got)
	}
	if got := names(c.search(t, "biscuit")); got != "Biscuit" {
		t.Errorf("without owners: %q", got)
	}
}

func TestARenamedCoOwnerAndARenamedAnimalAreFound(t *testing.T) {
	c := newClinic(t)
	h, q := c.addClient(t, helen()), c.addClient(t, registry.Client{FirstName: "Rose", LastName: "Quill"})
	p := biscuit()
	p.Name = "Rose"
	animal := c.addPatient(t, h, p)
	if err := c.setOwners(t, animal, 1, bond(h, registry.RoleOwner, 5000), bond(q, registry.RoleCarer, 0), bond(c.addClient(t, registry.Client{LastName: "Payne"}), registry.RolePayer, 5000)); err != nil {
		t.Fatal(err)
	}
	p.Name = "Max"
	if err := c.editPatient(t, animal, p); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "max rose")); got != "Max" {
		t.Errorf("by the name of the carer, which the animal had too: %q", got)
	}
	if err := c.editClient(t, q, 1, registry.Client{FirstName: "Rosalind", LastName: "Quentin"}); err != nil {
		t.Fatal(err)
	}
	if a, b := names(c.search(t, "max quentin")), names(c.search(t, "max quill")); a != "Max" || b != "" {
		t.Errorf("by the carer's new name %q, by the old %q", a, b)
	}
	if err := c.setOwners(t, animal, 2, bond(h, registry.RoleOwner, 10000)); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "max quentin")); got != "" {
		t.Errorf("by one who cares no more: %q", got)
	}
}

func TestBondsThatMayNotBeAreRefusedInWords(t *testing.T) {
	c := newClinic(t)
	a, b := c.addClient(t, helen()), c.addClient(t, registry.Client{LastName: "Quill"})
	animal := c.addPatient(t, a, biscuit())
	many := []registry.Bond{bond(a, registry.RoleOwner, 10000)}
	for range 8 {
		many = append(many, bond(id.New(), registry.RoleCarer, 0))
	}
	for what, try := range map[string]struct {
		bonds       []registry.Bond
		input, says string
	}{
		"too little":       {[]registry.Bond{bond(a, registry.RoleOwner, 4000), bond(b, registry.RolePayer, 5000)}, "share_1", "The shares come to 90 %. They must come to 100 %."},
		"too much":         {[]registry.Bond{bond(a, registry.RoleOwner, 10000), bond(b, registry.RolePayer, 1)}, "share_1", "100.01 %"},
		"less than none":   {[]registry.Bond{bond(a, registry.RoleOwner, 10001), bond(b, registry.RolePayer, -1)}, "share_2", "0 to 100"},
		"a carer who pays": {[]registry.Bond{bond(a, registry.RoleOwner, 5000), bond(b, registry.RoleCarer, 5000)}, "share_2", "payer"},
		"carers alone":     {[]registry.Bond{bond(a, registry.RoleCarer, 0)}, "role_1", "owner or payer"},
		"one twice":        {[]registry.Bond{bond(a, registry.RoleOwner, 5000), bond(a, registry.RolePayer, 5000)}, "role_2", "once"},
		"no such role":     {[]registry.Bond{bond(a, "friend", 10000)}, "role_1", "Choose"},
		"nobody at all":    {[]registry.Bond{bond(id.ID{}, registry.RoleOwner, 10000)}, "role_1", "once"},
		"too many":         {many, "", "eight"},
	} {
		err := c.setOwners(t, animal, 1, try.bonds...)
		var bad fault.Fields
		if !errors.As(err, &bad) || !strings.Contains(bad.Message(try.input), try.says) {
			t.Errorf("%s: %v %v", what, err, bad)
		}
	}
	if got := linked(c.patient(t, animal)); got != "Helen Thompson owner 100 %" {
		t.Errorf("stored %s", got)
	}
}

func TestOwnersOfAnotherClinicAreNotThere(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	mine, theirs := a.addClient(t, helen()), b.addClient(t, registry.Client{LastName: "Quill"})
	animal, foreign := a.addPatient(t, mine, biscuit()), b.addPatient(t, theirs, biscuit())
	for what, err := range map[string]error{
		"another clinic's client":  a.setOwners(t, animal, 1, bond(mine, registry.RoleOwner, 5000), bond(theirs, registry.RolePayer, 5000)),
		"nobody's client":          a.setOwners(t, animal, 1, bond(mine, registry.RoleOwner, 5000), bond(id.New(), registry.RolePayer, 5000)),
		"another clinic's patient": a.setOwners(t, foreign, 1, bond(mine, registry.RoleOwner, 10000)),
		"nobody's patient":         a.setOwners(t, id.New(), 1, bond(mine, registry.RoleOwner, 10000)),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := linked(a.patient(t, animal)); got != "Helen Thompson owner 100 %" {
		t.Errorf("ours: %s", got)
	}
	if got := linked(b.patient(t, foreign)); got != "Quill owner 100 %" {
		t.Errorf("theirs: %s", got)
	}
	// The twin: a client of our own.
	if err := a.setOwners(t, animal, 1, bond(mine, registry.RoleOwner, 5000), bond(a.addClient(t, registry.Client{LastName: "Quill"}), registry.RolePayer, 5000)); err != nil {
		t.Fatal(err)
	}
	if list := a.clientPatients(t, theirs); len(list) != 0 {
		t.Errorf("A lists B's animals %+v", list)
	}
	if list := a.pastOwners(t, foreign); len(list) != 0 {
		t.Errorf("A lists B's owners %+v", list)
	}
}

func TestALateChangeOfOwnersGetsBothAndWhatTheyBeganWith(t *testing.T) {
	c := newClinic(t)
	a, b := c.addClient(t, helen()), c.addClient(t, registry.Client{LastName: "Quill"})
	animal := c.addPatient(t, a, biscuit())
	theirs := []registry.Bond{bond(a, registry.RoleOwner, 5000), bond(b, registry.RolePayer, 5000)}
	if err := c.setOwners(t, animal, 1, theirs...); err != nil {
		t.Fatal(err)
	}
	if err := c.setOwners(t, animal, 1, theirs[1], theirs[0]); err != nil {
		t.Errorf("setting what is stored already: %v", err)
	}
	err := c.setOwners(t, animal, 1)
	var clash *registry.Conflict[[]registry.Bond]
	if !errors.As(err, &clash) || fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a late change gave %v", err)
	}
	if clash.TheirVersion != 2 || clash.By != c.who.Person || clash.At.IsZero() || len(clash.Theirs) != 2 {
		t.Errorf("conflict %+v", clash)
	}
	if clash.Base == nil || len(*clash.Base) != 1 || (*clash.Base)[0].Client != a || (*clash.Base)[0].Share != 10000 {
		t.Errorf("the form was made from %+v", clash.Base)
	}
	// A change of the patient itself knows nothing of the owners'.
	p := biscuit()
	p.Colour = "black"
	if err := c.editPatient(t, animal, p); err != nil {
		t.Errorf("after a change of the owners: %v", err)
	}
}

// The second waits for the first, and is told what became of it.
func TestOfTwoChangesOfOwnersAtOnceOneWins(t *testing.T) {
	c := newClinic(t)
	a, b, d := c.addClient(t, helen()), c.addClient(t, registry.Client{LastName: "Quill"}), c.addClient(t, registry.Client{LastName: "Payne"})
	animal := c.addPatient(t, a, biscuit())
	late := make(chan error, 1)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		if err := registry.SetOwners(ctx, tx, c.Keys, animal, 1, []registry.Bond{bond(b, registry.RoleOwner, 10000)}); err != nil {
			return err
		}
		go func() { late <- c.setOwners(t, animal, 1, bond(d, registry.RoleOwner, 10000)) }()
		select {
		case err := <-late:
			t.Errorf("the second did not wait: %v", err)
		case <-time.After(300 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var clash *registry.Conflict[[]registry.Bond]
	if err := <-late; !errors.As(err, &clash) || clash.Theirs[0].Client != b {
		t.Errorf("the second got %v", err)
	}
	if got := linked(c.patient(t, animal)); got != "Quill owner 100 %" {
		t.Errorf("stored %s", got)
	}
}

// Whatever is asked for, right or wrong, one after another or at once: the shares of an animal's present
// clients come to 100 %, each is linked once, one of them pays, and who is found is who is linked.
func TestTheSharesAlwaysComeToTheWhole(t *testing.T) {
	c := newClinic(t)
	var clients []id.ID
	for _, name := range []string{"Aldous", "Bertha", "Cyprian", "Dorothea", "Eustace"} {
		clients = append(clients, c.addClient(t, registry.Client{LastName: name}))
	}
	animal := c.addPatient(t, clients[0], biscuit())
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	check := func() {
		bonds := c.patient(t, animal).Bonds()
		sum, pays, seen := 0, false, map[id.ID]bool{}
		for _, b := range bonds {
			sum += b.Share
			pays = pays || b.Pays()
			if seen[b.Client] || b.Share < 0 {
				t.Errorf("stored %+v", bonds)
			}
			seen[b.Client] = true
		}
		if len(bonds) > 0 && (sum != 10000 || !pays) {
			t.Errorf("the shares come to %d: %+v", sum, bonds)
		}
	}
	try := func(r *rand.Rand) {
		v := c.patient(t, animal).OwnersVersion
		if r.IntN(8) == 0 {
			v--
		}
		err := c.setOwners(t, animal, v, anyBonds(r, clients)...)
		if k := fault.KindOf(err); err != nil && k != fault.Invalid && k != fault.Conflict {
			t.Errorf("a change of owners gave %v", err)
		}
	}
	for n := range 40 {
		try(rand.New(rand.NewPCG(seed, uint64(n))))
		check()
	}
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(1000+n)))
			for range 12 {
				try(r)
			}
		})
	}
	for range 10 {
		check()
	}
	all.Wait()
	check()
	v := c.patient(t, animal)
	for i, name := range []string{"Aldous", "Bertha", "Cyprian", "Dorothea", "Eustace"} {
		want := slices.ContainsFunc(v.Owners, func(o registry.Owner) bool { return o.ID == clients[i] })
		if got := len(c.search(t, "biscuit "+name).Patients) == 1; got != want {
			t.Errorf("found by %s: %v, linked: %v", name, got, want)
		}
	}
}

// anyBonds are bonds of some clients, most of them as they may be.
func anyBonds(r *rand.Rand, clients []id.ID) (out []registry.Bond) {
	left := 10000
	for _, i := range r.Perm(len(clients))[:r.IntN(len(clients)+1)] {
		role := []string{registry.RoleOwner, registry.RolePayer, registry.RoleCarer, registry.RoleTrainer}[r.IntN(4)]
		b := registry.Bond{Client: clients[i], Role: role, MayConsent: r.IntN(2) == 0}
		if b.Pays() {
			b.Share = r.IntN(left + 1)
			left -= b.Share
		}
		out = append(out, b)
	}
	if at := slices.IndexFunc(out, registry.Bond.Pays); at >= 0 && r.IntN(4) > 0 {
		out[at].Share += left
	}
	return out
}

func TestSharesAreReadAndSplit(t *testing.T) {
	for typed, want := range map[string]int{
		"": 0, "50": 5000, "50 %": 5000, " 50% ": 5000, "33.33": 3333, "33,33 %": 3333, "0": 0, "100": 10000, "100.00": 10000, "12.5": 1250, "7.": 700,
	} {
		if got, err := registry.ParseShare(typed); err != nil || got != want {
			t.Errorf("%q is read as %d, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"half", "-1", "101", "33.333", ".5", "1/3", "5 0", "1e2", "9999999999"} {
		if got, err := registry.ParseShare(typed); err == nil {
			t.Errorf("%q is read as %d", typed, got)
		}
	}
	rows := registry.SplitEvenly([]registry.BondRow{{Role: "owner", Share: "x"}, {Role: "carer"}, {Role: "payer"}, {Role: "owner", Remove: true}, {Role: "owner"}})
	var got []string
	for _, r := range rows {
		got = append(got, r.Share)
	}
	if want := []string{"33.34 %", "", "33.33 %", "", "33.33 %"}; !slices.Equal(got, want) {
		t.Errorf("split: %q", got)
	}
	bonds, bad := registry.ParseBonds([]registry.BondRow{{Client: id.New(), Role: "owner", Share: "x", Remove: true}, {Client: id.New(), Role: " Owner", Share: "40 %"}, {Client: id.New(), Role: "payer", Share: "50"}})
	if len(bonds) != 2 || bad.Message("share_2") != "The shares come to 90 %. They must come to 100 %." {
		t.Errorf("read %+v, %v", bonds, bad)
	}
}
