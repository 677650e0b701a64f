package openbis_test

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/wire"
)

// The contract suite says what every openBIS must do for the client. It only
// reads, apart from opening and ending a session. It runs against the built-in
// server, and against a real one where these are set:
//
//	ZENOBIS_TEST_OPENBIS_URL, ZENOBIS_TEST_OPENBIS_USER, ZENOBIS_TEST_OPENBIS_PASSWORD
//
// ZENOBIS_TEST_OPENBIS_CA names a PEM file with a CA that is trusted as well.
func TestContract(t *testing.T) {
	t.Run("built-in", func(t *testing.T) {
		s := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()})
		t.Cleanup(func() { // after the logout
			if n := s.OpenSessions(); n != 0 {
				t.Errorf("%d sessions were left open", n)
			}
		})
		contract(t, s.URL, s.User, s.Password, wire.Options{})
	})
	t.Run("real", func(t *testing.T) {
		env := func(name string) string { return os.Getenv("ZENOBIS_TEST_OPENBIS_" + name) }
		if env("URL") == "" || env("USER") == "" || env("PASSWORD") == "" {
			t.Skip("no openBIS in ZENOBIS_TEST_OPENBIS_URL, _USER and _PASSWORD")
		}
		contract(t, env("URL"), env("USER"), env("PASSWORD"), wire.Options{CAFile: env("CA")})
	})
}

// most bounds what is looked at of a real server.
const most = 20

func contract(t *testing.T, url, user, password string, w wire.Options) {
	h, err := wire.Client(w)
	if err != nil {
		t.Fatal(err)
	}
	connect := func(t *testing.T) *openbis.Client {
		t.Helper()
		c, err := openbis.New(openbis.Options{URL: url, HTTP: h, UserAgent: "zenobis/contract"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := connect(t)
	t.Run("before the login", func(t *testing.T) {
		if _, err := c.PublicInfo(t.Context()); err != nil {
			t.Error(err)
		}
		if err := connect(t).UseToken(t.Context(), "junk"); !errors.Is(err, openbis.ErrSession) {
			t.Errorf("a wrong token: %v", err)
		}
		if _, err := c.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) {
			t.Errorf("nobody logged in: %v", err)
		}
	})
	if err := c.Login(t.Context(), user, password); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := c.Logout(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Run("session", func(t *testing.T) { sessionContract(t, c, user) })
	t.Run("entities", func(t *testing.T) { entityContract(t, c) })
	t.Run("files", func(t *testing.T) { fileContract(t, c) })
	t.Run("settings", func(t *testing.T) { settingsContract(t, c) })
}

func sessionContract(t *testing.T, c *openbis.Client, user string) {
	if s := c.Session(); s.UserID != user || !s.Owned || s.PAT {
		t.Errorf("%+v", s)
	}
	if err := c.KeepAlive(t.Context()); err != nil {
		t.Error(err)
	}
	i, err := c.Info(t.Context())
	if err != nil || i.APIVersion == "" {
		t.Errorf("%+v, %v", i, err)
	}
}

// tour visits entities of each kind, a bounded number of them.
type tour struct {
	spaces, projects, collections, objects, dataSets []openbis.Entity
}

func visit(t *testing.T, c *openbis.Client) tour {
	t.Helper()
	ctx := t.Context()
	var r tour
	var err error
	if r.spaces, err = c.Spaces(ctx); err != nil {
		t.Fatal(err)
	}
	add := func(to *[]openbis.Entity, l openbis.Listing, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		*to = append(*to, l.Entities...)
	}
	few := openbis.Page{Count: most}
	for _, s := range r.spaces {
		l, err := c.Projects(ctx, s.Code, few)
		add(&r.projects, l, err)
		l, err = c.SpaceObjects(ctx, s.Code, few)
		add(&r.objects, l, err)
	}
	for _, p := range first(r.projects) {
		l, err := c.Collections(ctx, p.PermID, few)
		add(&r.collections, l, err)
		l, err = c.ProjectObjects(ctx, p.PermID, few)
		add(&r.objects, l, err)
	}
	for _, e := range first(r.collections) {
		l, err := c.CollectionObjects(ctx, e.PermID, few)
		add(&r.objects, l, err)
		l, err = c.CollectionDataSets(ctx, e.PermID, few)
		add(&r.dataSets, l, err)
	}
	for _, o := range r.objects[:min(len(r.objects), 4*most)] {
		l, err := c.ObjectDataSets(ctx, o.PermID, few)
		add(&r.dataSets, l, err)
	}
	return r
}

func first(all []openbis.Entity) []openbis.Entity { return all[:min(len(all), most)] }

func entityContract(t *testing.T, c *openbis.Client) {
	r := visit(t, c)
	if !slices.IsSortedFunc(r.spaces, func(a, b openbis.Entity) int { return compare(a.Code, b.Code) }) {
		t.Error("spaces are not in the order of their codes")
	}
	for kind, all := range map[openbis.Kind][]openbis.Entity{openbis.KindSpace: r.spaces, openbis.KindProject: r.projects,
		openbis.KindCollection: r.collections, openbis.KindObject: r.objects, openbis.KindDataSet: r.dataSets} {
		t.Run(string(kind), func(t *testing.T) {
			if len(all) == 0 {
				t.Skip("this user sees none")
			}
			sameWhenGot(t, c, kind, all)
		})
	}
	t.Run("paging", func(t *testing.T) { pagingContract(t, c, r) })
	t.Run("types", func(t *testing.T) { typeContract(t, c, r) })
	t.Run("search", func(t *testing.T) {
		if len(r.objects) == 0 {
			t.Skip("nothing to search for")
		}
		if found, err := c.SearchText(t.Context(), r.objects[0].Code, 5); err != nil || len(found) > 5 {
			t.Errorf("%d found, %v", len(found), err)
		}
	})
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// sameWhenGot: what a listing names is found by permId and by identifier.
func sameWhenGot(t *testing.T, c *openbis.Client, kind openbis.Kind, all []openbis.Entity) {
	ids := []string{"NO_SUCH-404", "/NO_SUCH/NO_SUCH/NO_SUCH"}
	for _, e := range first(all) {
		if e.Kind != kind || e.PermID == "" || e.Identifier == "" || e.Code == "" {
			t.Errorf("incomplete: %+v", e.Ref)
		}
		ids = append(ids, e.PermID, e.Identifier)
	}
	got, err := c.Get(t.Context(), kind, ids...)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[:2] {
		if _, ok := got[id]; ok {
			t.Errorf("%s was found", id)
		}
	}
	for _, e := range first(all) {
		for _, id := range []string{e.PermID, e.Identifier} {
			if g := got[id]; g.PermID != e.PermID || g.Name != e.Name || g.Type != e.Type || g.Space != e.Space {
				t.Errorf("%s: listed as %+v, got %+v", id, e.Ref, g.Ref)
			}
		}
	}
}

// pagingContract: pages put together are the whole listing.
func pagingContract(t *testing.T, c *openbis.Client, r tour) {
	if len(r.collections) == 0 {
		t.Skip("no collection")
	}
	of := r.collections[0].PermID
	best := 0
	for _, e := range first(r.collections) {
		l, err := c.CollectionObjects(t.Context(), e.PermID, openbis.Page{Count: 1})
		if err != nil {
			t.Fatal(err)
		}
		if l.Total > best && l.Total < 500 {
			of, best = e.PermID, l.Total
		}
	}
	whole, err := c.CollectionObjects(t.Context(), of, openbis.Page{})
	if err != nil || whole.Next != -1 {
		t.Fatalf("next %d, %v", whole.Next, err)
	}
	var pieces []string
	for from := 0; from >= 0; {
		l, err := c.CollectionObjects(t.Context(), of, openbis.Page{From: from, Count: 7})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Entities {
			pieces = append(pieces, e.PermID)
		}
		from = l.Next
	}
	var want []string
	for _, e := range whole.Entities {
		want = append(want, e.PermID)
		for _, p := range e.Parents {
			if p.PermID == "" {
				t.Errorf("%s has a parent without id", e.Code)
			}
		}
	}
	if !slices.Equal(pieces, want) {
		t.Errorf("in pages %v, as a whole %v", pieces, want)
	}
	beyond, err := c.CollectionObjects(t.Context(), of, openbis.Page{From: 1_000_000, Count: 7})
	if err != nil || len(beyond.Entities) != 0 || beyond.Next != -1 {
		t.Errorf("beyond the end: %+v, %v", beyond, err)
	}
}

// typeContract: every property of an entity is assigned to its type.
func typeContract(t *testing.T, c *openbis.Client, r tour) {
	for kind, all := range map[openbis.Kind][]openbis.Entity{openbis.KindCollection: r.collections, openbis.KindObject: r.objects,
		openbis.KindDataSet: r.dataSets} {
		types, err := c.Types(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range first(all) {
			assigned := map[string]bool{}
			for _, a := range types[e.Type].Properties {
				assigned[a.Code] = true
			}
			for code := range e.Properties {
				if !assigned[code] {
					t.Errorf("%s %s has %s, its type %s has not", kind, e.Code, code, e.Type)
				}
			}
		}
	}
}

// fileContract: what a data store lists it delivers, with that length and CRC.
func fileContract(t *testing.T, c *openbis.Client) {
	ctx := t.Context()
	sets, files := 0, 0
	var store openbis.DataStore
	for _, e := range visit(t, c).dataSets {
		if e.Data.Kind != openbis.Physical || e.Data.Archived() || c.NeedsConsent(e.Data.Store) || sets == most {
			continue
		}
		sets++
		store = e.Data.Store
		var small []openbis.File
		if err := c.Files(ctx, store, e.Code, func(f openbis.File) error {
			if f.Size < 1<<20 && len(small) < 3 {
				small = append(small, f)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, f := range small {
			b, err := download(ctx, c, store, e.Code, f)
			if errors.Is(err, openbis.ErrBadName) {
				continue
			}
			if err != nil || (f.HasCRC && crc32.ChecksumIEEE(b) != f.CRC) {
				t.Errorf("%s of %s: %d bytes, %v", f.Path, e.Code, len(b), err)
			}
			files++
		}
		if _, err := download(ctx, c, store, e.Code, openbis.File{Path: "original/no such file", Size: 1}); !errors.Is(err, openbis.ErrNoBytes) {
			t.Errorf("a file that does not exist: %v", err)
		}
	}
	if sets == 0 {
		t.Skip("no data set with files on the disk")
	}
	t.Logf("%d files of %d data sets", files, sets)
	if err := c.Files(ctx, store, "20010101000000000-404", func(openbis.File) error { return errors.New("a file") }); err != nil {
		t.Errorf("a data set that does not exist lists %v", err)
	}
}

func download(ctx context.Context, c *openbis.Client, s openbis.DataStore, dataSet string, f openbis.File) ([]byte, error) {
	r, err := c.Download(ctx, s, dataSet, f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func settingsContract(t *testing.T, c *openbis.Client) {
	ctx := t.Context()
	if v, ok, err := c.Setting(ctx, "zenobis-contract-never-saved"); err != nil || ok || v != "" {
		t.Errorf("%q, %t, %v", v, ok, err)
	}
	if _, err := c.ExportSwitch(ctx); err != nil {
		t.Error(err)
	}
	if _, err := c.Groups(ctx); err != nil {
		t.Error(err)
	}
	if found, err := c.Publications(ctx, "10.5281/zenobis-contract-none"); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	if ok, err := c.PublicationsVisible(ctx, "NO_SUCH_GROUP"); err != nil || ok {
		t.Errorf("%t, %v", ok, err)
	}
	if i, err := c.Info(ctx); err == nil && i.PATs {
		if _, err := c.PATs(ctx); err != nil {
			t.Error(err)
		}
	}
}
