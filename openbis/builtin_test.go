package openbis_test

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
)

// What writes, or needs something to go wrong, runs against the built-in
// server only.

// small is a lab with one of each.
type small struct {
	s                                   *openbistest.Server
	c                                   *openbis.Client
	collection, object, child           string
	physical, archived, container, link string
	image                               string
	store                               openbis.DataStore
}

func lab(t *testing.T) small {
	t.Helper()
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "alice", Password: "secret", FirstName: "Alice", LastName: "Example",
		Roles: []labdata.RoleSpec{{Role: "ADMIN", Space: "LAB"}, {Role: "OBSERVER", Space: "PUBLICATIONS"}}})
	l.AddSpace("LAB")
	var x small
	x.collection = l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/E", Name: "Runs"})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	x.object = l.AddObject(labdata.ObjectSpec{Collection: "/LAB/P/E", Code: "EXP1", Name: "First run", Tags: []string{"good"}})
	x.child = l.AddObject(labdata.ObjectSpec{Collection: "/LAB/P/E", Code: "EXP2", Parents: []string{x.object}})
	l.AddObject(labdata.ObjectSpec{Project: "/LAB/P", Code: "LOOSE"})
	l.AddObject(labdata.ObjectSpec{Space: "LAB", Code: "ALONE"})
	x.physical = l.AddDataSet(labdata.DataSetSpec{Object: x.object, Files: map[string][]byte{
		"original/a b%?#.txt": []byte("some bytes"), "original/\x1b[2J.txt": []byte("odd"), "original/empty": {}}})
	x.archived = l.AddDataSet(
		labdata.DataSetSpec{Collection: x.collection, Status: "ARCHIVED", Files: map[string][]byte{"original/x": []byte("x")}},
	)
	x.container = l.AddDataSet(labdata.DataSetSpec{Object: x.object, Kind: "CONTAINER", Components: []string{x.physical}})
	x.link = l.AddDataSet(labdata.DataSetSpec{Object: x.object, Kind: "LINK", Links: []labdata.Link{{Path: "/far/away"}}})
	x.image = l.AddImage("a.png", "image/png", []byte("\x89PNG\r\n\x1a\n0000"))
	x.s = openbistest.Start(t, openbistest.Options{Lab: l})
	var err error
	if x.c, err = openbis.New(openbis.Options{URL: x.s.URL}); err != nil {
		t.Fatal(err)
	}
	if err := x.c.Login(t.Context(), "alice", "secret"); err != nil {
		t.Fatal(err)
	}
	x.store = openbis.DataStore{Code: "DSS1", URL: x.s.URL}
	return x
}

func codes(all []openbis.Entity) string {
	var c []string
	for _, e := range all {
		c = append(c, e.Code)
	}
	return strings.Join(c, " ")
}

func TestTreeOfALab(t *testing.T) {
	x := lab(t)
	ctx := t.Context()
	project, err := x.c.Get(ctx, openbis.KindProject, "/LAB/P")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]struct {
		list func(openbis.Page) (openbis.Listing, error)
		want string
	}{
		"collection": {func(p openbis.Page) (openbis.Listing, error) { return x.c.CollectionObjects(ctx, x.collection, p) }, "EXP1 EXP2"},
		"project": {func(p openbis.Page) (openbis.Listing, error) {
			return x.c.ProjectObjects(ctx, project["/LAB/P"].PermID, p)
		}, "LOOSE"},
		"space":     {func(p openbis.Page) (openbis.Listing, error) { return x.c.SpaceObjects(ctx, "LAB", p) }, "ALONE"},
		"children":  {func(p openbis.Page) (openbis.Listing, error) { return x.c.ChildObjects(ctx, x.object, x.collection, p) }, "EXP2"},
		"elsewhere": {func(p openbis.Page) (openbis.Listing, error) { return x.c.ChildObjects(ctx, x.object, "1-404", p) }, ""},
		"data sets": {func(p openbis.Page) (openbis.Listing, error) { return x.c.CollectionDataSets(ctx, x.collection, p) }, x.archived},
	} {
		for _, p := range []openbis.Page{{}, {Detail: true}, {Count: 50}} {
			if l, err := r.list(p); err != nil || codes(l.Entities) != r.want {
				t.Errorf("%s: %q, %v, want %q", name, codes(l.Entities), err, r.want)
			}
		}
	}
	l, err := x.c.CollectionObjects(ctx, x.collection, openbis.Page{})
	if err != nil || len(l.Entities[1].Parents) != 1 || l.Entities[1].Parents[0].Collection != x.collection {
		t.Errorf("%+v, %v", l.Entities, err)
	}
	got, err := x.c.Get(ctx, openbis.KindObject, x.object)
	if e := got[x.object]; err != nil || e.Children[0].Code != "EXP2" || e.Children[0].Type == "" || e.Tags[0] != "good" ||
		e.Registrator == nil || e.CollRef.Name != "Runs" || e.ProjectRef.Code != "P" {
		t.Errorf("%+v, %v", got, err)
	}
	sets, err := x.c.Get(ctx, openbis.KindDataSet, x.physical, x.container, x.link)
	if err != nil || sets[x.container].Components[0].PermID != x.physical || sets[x.physical].Containers[0].PermID != x.container ||
		sets[x.link].Data.Kind != openbis.Link || len(sets[x.link].Data.LinkedTo) != 1 || sets[x.physical].ObjectRef.Name != "First run" {
		t.Errorf("%+v, %v", sets, err)
	}
}

func TestFilesOfALab(t *testing.T) {
	x := lab(t)
	ctx := t.Context()
	for _, code := range []string{x.physical, x.container} {
		n := 0
		if err := x.c.Files(ctx, x.store, code, func(f openbis.File) error {
			n++
			b, err := download(ctx, x.c, x.store, code, f)
			if strings.Contains(f.Path, "\x1b") {
				if !errors.Is(err, openbis.ErrBadName) {
					t.Errorf("%q: %v", f.Path, err)
				}
				return nil
			}
			if err != nil || !bytes.Equal(b, x.s.FileBytes(x.physical, f.Path)) {
				t.Errorf("%q: %q, %v", f.Path, b, err)
			}
			return nil
		}); err != nil || n != 3 {
			t.Errorf("%s: %d files, %v", code, n, err)
		}
	}
	if err := x.c.Files(ctx, x.store, x.link, func(openbis.File) error { return nil }); !errors.Is(err, openbis.ErrNoBytes) {
		t.Errorf("link: %v", err)
	}
	if _, data, err := x.c.Image(ctx, x.image); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
		t.Errorf("%q, %v", data, err)
	}
}

func TestFaultsOfFiles(t *testing.T) {
	f := openbis.File{Path: "original/a b%?#.txt", Size: 10}
	for name, r := range map[string]struct {
		fault fakehttp.Fault
		want  error
	}{
		"cut":         {fakehttp.Fault{Kind: fakehttp.CutAnswer, Bytes: 4, Call: "download"}, openbis.ErrShort},
		"page":        {fakehttp.Fault{Kind: openbistest.FaultErrorPage, Message: "Data set 'X' is not accessible."}, openbis.ErrDenied},
		"not on disk": {fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Path: f.Path, Times: fakehttp.Always}, openbis.ErrArchived},
		"restart":     {fakehttp.Fault{Kind: openbistest.FaultRestart}, openbis.ErrSession},
		"down":        {fakehttp.Fault{Kind: fakehttp.Gateway, Call: "download", Status: 503}, openbis.ErrUnreachable},
	} {
		x := lab(t)
		x.s.Fault(r.fault)
		if b, err := download(t.Context(), x.c, x.store, x.physical, f); !errors.Is(err, r.want) || strings.Contains(err.Error(), "sessionID=") {
			t.Errorf("%s: %q, %v, want %v", name, b, err, r.want)
		}
	}
	x := lab(t)
	x.s.Fault(fakehttp.Fault{Kind: openbistest.FaultCRCUnknown, Times: 1})
	for _, want := range []bool{false, true} {
		if err := x.c.Files(t.Context(), x.store, x.physical, func(f openbis.File) error {
			if f.Size > 0 && f.HasCRC != want {
				t.Errorf("%+v, want CRC %t", f, want)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	x.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if _, err := x.c.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) {
		t.Error(err)
	}
	if err := x.c.KeepAlive(t.Context()); !errors.Is(err, openbis.ErrSession) {
		t.Error(err)
	}
	if err := x.c.Login(t.Context(), "alice", "secret"); err != nil {
		t.Errorf("renewing: %v", err)
	}
}

func TestUnarchiveInALab(t *testing.T) {
	x := lab(t)
	status := func() string {
		got, err := x.c.Get(t.Context(), openbis.KindDataSet, x.archived)
		if err != nil {
			t.Fatal(err)
		}
		return got[x.archived].Data.Status
	}
	if s := status(); s != "ARCHIVED" {
		t.Errorf("status %s", s)
	}
	if err := x.c.Unarchive(t.Context(), []string{x.archived}); err != nil {
		t.Fatal(err)
	}
	if s := status(); s != "AVAILABLE" && s != "UNARCHIVE_PENDING" {
		t.Errorf("status %s", s)
	}
	if err := x.c.Unarchive(t.Context(), []string{"NOPE"}); !errors.Is(err, openbis.ErrNotFound) {
		t.Error(err)
	}
}

func TestTokensInALab(t *testing.T) {
	x := lab(t)
	ctx := t.Context()
	now := time.Now().Truncate(time.Second)
	token, err := x.c.CreatePAT(ctx, "zenobis", now, now.Add(24*time.Hour))
	if err != nil || !strings.HasPrefix(token, "$pat") {
		t.Fatalf("%q, %v", token, err)
	}
	pats, err := x.c.PATs(ctx)
	if err != nil || len(pats) == 0 || pats[len(pats)-1].Name != "zenobis" || !pats[len(pats)-1].To.Equal(now.Add(24*time.Hour)) {
		t.Errorf("%+v, %v", pats, err)
	}
	if err := x.c.SetSetting(ctx, "personal-zenodo-api-token", "abc"); err != nil {
		t.Fatal(err)
	}
	other, err := openbis.New(openbis.Options{URL: x.s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.UseToken(ctx, token); err != nil || !other.Session().PAT {
		t.Fatal(err)
	}
	if v, ok, err := other.Setting(ctx, "personal-zenodo-api-token"); err != nil || !ok || v != "abc" {
		t.Errorf("%q, %t, %v", v, ok, err)
	}
	if err := other.SetSetting(ctx, "x", "y"); !errors.Is(err, openbis.ErrPATDenied) {
		t.Error(err)
	}
	if b, err := download(ctx, other, x.store, x.physical, openbis.File{Path: "original/empty"}); err != nil || len(b) != 0 {
		t.Errorf("%q, %v", b, err)
	}
	if _, data, err := other.Image(ctx, x.image); err != nil || len(data) == 0 {
		t.Errorf("picture: %v", err)
	}
	if err := x.c.Login(ctx, "alice", "wrong"); !errors.Is(err, openbis.ErrLogin) {
		t.Error(err)
	}
}

func TestPublicationsInALab(t *testing.T) {
	x := lab(t)
	ctx := t.Context()
	p := openbis.Publication{Name: "My data", Description: "<p>d</p>", Organization: "Zenodo", Type: "dataset", DOI: "10.5281/zenodo.7",
		URL: "https://doi.org/10.5281/zenodo.7", Related: []string{x.physical, x.object}, Groups: []string{"GENERAL"}}
	if ok, err := x.c.PublicationsVisible(ctx, ""); err != nil || !ok {
		t.Fatalf("%t, %v", ok, err)
	}
	if err := x.c.Register(ctx, p); err != nil {
		t.Fatal(err)
	}
	got, err := x.c.Publications(ctx, p.DOI)
	if err != nil || len(got) != 1 || got[0].Name != p.Name || got[0].Property("$PUBLICATION.URL") != p.URL ||
		got[0].Registrator.UserID != "system" {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, r := range map[string]struct {
		fault fakehttp.Fault
		want  error
	}{
		"failed":  {fakehttp.Fault{Kind: openbistest.FaultPublicationFailed, Message: "no such thing"}, nil},
		"error":   {fakehttp.Fault{Kind: openbistest.FaultRPCError, Message: "no such thing", Call: "executeCustomASService"}, nil},
		"missing": {fakehttp.Fault{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always}, openbis.ErrNoService},
		"lost":    {fakehttp.Fault{Kind: fakehttp.CutAnswer, Call: "executeCustomASService"}, openbis.ErrUnreachable},
	} {
		back := x.s.Fault(r.fault)
		err := x.c.Register(ctx, p)
		back()
		if err == nil || (r.want != nil && !errors.Is(err, r.want)) || (r.want == nil && !strings.Contains(err.Error(), "no such thing")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := x.c.CreatePublication(ctx, p, "ZENODO_7"); !errors.Is(err, openbis.ErrDenied) {
		t.Errorf("an observer: %v", err)
	}
}

func TestCreatePublicationInALab(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "root", Password: "secret", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	s := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), "root", "secret"); err != nil {
		t.Fatal(err)
	}
	p := openbis.Publication{
		Name:         "n",
		Organization: "Zenodo",
		Type:         "dataset",
		DOI:          "10.5281/zenodo.8",
		URL:          "https://doi.org/10.5281/zenodo.8",
		Related:      []string{"1-2"},
	}
	id, err := c.CreatePublication(t.Context(), p, "zenodo_8")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Publications(t.Context(), p.DOI); err != nil || len(got) != 1 || got[0].PermID != id || got[0].Code != "ZENODO_8" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.CreatePublication(t.Context(), p, "zenodo_8"); !errors.Is(err, openbis.ErrExists) {
		t.Error(err)
	}
}

func TestGroupsInALab(t *testing.T) {
	s := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoGroupsLab()})
	c, err := openbis.New(openbis.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.UseToken(t.Context(), s.PAT); err != nil {
		t.Fatal(err)
	}
	groups, err := c.Groups(t.Context())
	if err != nil || strings.Join(groups, " ") != "GENERAL GRP1 GRP2" {
		t.Errorf("%v, %v", groups, err)
	}
	if on, err := c.ExportSwitch(t.Context()); err != nil || on != openbis.SwitchOn {
		t.Errorf("%v, %v", on, err)
	}
	if ok, err := c.PublicationsVisible(t.Context(), "GRP1"); err != nil || !ok {
		t.Errorf("%t, %v", ok, err)
	}
}

// What earlier publications name is known by permId; the newest DOI counts.
func TestPublished(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "root", Password: "secret", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	coll := l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	for _, p := range [][2]string{{"10.5281/zenodo.1", "A,B"}, {"", "C"}, {"10.5281/zenodo.2", "B, /, GROUP:GRP1, D"}} {
		l.AddObject(labdata.ObjectSpec{Collection: coll, Type: "PUBLICATION", Properties: map[string]string{
			"$PUBLICATION.IDENTIFIER": p[0], "$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS": p[1]}})
	}
	s := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), "root", "secret"); err != nil {
		t.Fatal(err)
	}
	got, err := c.Published(t.Context())
	want := map[string]string{"A": "10.5281/zenodo.1", "B": "10.5281/zenodo.2", "D": "10.5281/zenodo.2"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}
