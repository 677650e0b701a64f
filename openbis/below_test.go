package openbis_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
)

// madeUp is a made-up lab with a client that is logged in.
func madeUp(t *testing.T) (*labdata.Lab, *openbistest.Server, *openbis.Client) {
	t.Helper()
	l := labdata.MadeUp(labdata.Size{Objects: 240, DataSets: 120, Files: 2})
	s := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	s.ForgetRequests()
	return l, s, c
}

func get(t *testing.T, c *openbis.Client, kind openbis.Kind, id string) openbis.Entity {
	t.Helper()
	got, err := c.Get(t.Context(), kind, id)
	if err != nil || got[id].PermID == "" {
		t.Fatalf("get %s: %v", id, err)
	}
	return got[id]
}

// climb finds what is below a node by the listings of the tree, one for each holder.
func climb(t *testing.T, c *openbis.Client, node openbis.Entity) (objects, sets map[string]openbis.Entity) {
	t.Helper()
	ctx := t.Context()
	objects, sets = map[string]openbis.Entity{}, map[string]openbis.Entity{}
	keep := func(into map[string]openbis.Entity) func(openbis.Listing, error) []openbis.Entity {
		return func(l openbis.Listing, err error) []openbis.Entity {
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range l.Entities {
				into[e.PermID] = e
			}
			return l.Entities
		}
	}
	page := openbis.Page{Detail: true}
	ofObjects := func(list []openbis.Entity) {
		for _, o := range list {
			keep(sets)(c.ObjectDataSets(ctx, o.PermID, page))
		}
	}
	collection := func(id string) {
		ofObjects(keep(objects)(c.CollectionObjects(ctx, id, page)))
		keep(sets)(c.CollectionDataSets(ctx, id, page))
	}
	project := func(id string) {
		l, err := c.Collections(ctx, id, page)
		for _, e := range keep(map[string]openbis.Entity{})(l, err) {
			collection(e.PermID)
		}
		ofObjects(keep(objects)(c.ProjectObjects(ctx, id, page)))
	}
	switch node.Kind {
	case openbis.KindCollection:
		collection(node.PermID)
	case openbis.KindProject:
		project(node.PermID)
	case openbis.KindSpace:
		l, err := c.Projects(ctx, node.Code, page)
		for _, e := range keep(map[string]openbis.Entity{})(l, err) {
			project(e.PermID)
		}
		ofObjects(keep(objects)(c.SpaceObjects(ctx, node.Code, page)))
	}
	return objects, sets
}

func TestBelowIsWhatTheTreeShows(t *testing.T) {
	_, s, c := madeUp(t)
	for kind, id := range map[openbis.Kind]string{openbis.KindSpace: "LAB1", openbis.KindProject: "/LAB1/P2",
		openbis.KindCollection: "/LAB2/P0/C1"} {
		t.Run(string(kind), func(t *testing.T) {
			node := get(t, c, kind, id)
			objects, sets := climb(t, c, node)
			for below, want := range map[openbis.Kind]map[string]openbis.Entity{openbis.KindObject: objects, openbis.KindDataSet: sets} {
				s.ForgetRequests()
				got := map[string]openbis.Entity{}
				last := ""
				for p := (openbis.Page{Count: 20, Detail: true}); p.From >= 0; {
					l, err := c.Below(t.Context(), below, node.Ref, p)
					if err != nil {
						t.Fatal(err)
					}
					for _, e := range l.Entities {
						if e.PermID <= last {
							t.Errorf("%s comes after %s", e.PermID, last)
						}
						last = e.PermID
						got[e.PermID] = e
					}
					p.From = l.Next
				}
				if len(want) == 0 || !maps.EqualFunc(got, want, sameEntity) {
					t.Errorf("%ss: %d, want %d", below, len(got), len(want))
				}
				if n, most := len(s.Requests()), len(want)/20+2; n > most {
					t.Errorf("%d requests for %d %ss, want at most %d", n, len(want), below, most)
				}
				if n, err := c.Total(t.Context(), below, node.Ref); err != nil || n != len(want) {
					t.Errorf("total of %ss: %d, %v, want %d", below, n, err, len(want))
				}
			}
		})
	}
	if _, err := c.Below(t.Context(), openbis.KindObject, openbis.Ref{Kind: openbis.KindObject, PermID: "x"}, openbis.Page{}); err == nil {
		t.Error("objects below an object were asked for")
	}
}

// sameEntity compares what points elsewhere by what it points to.
func sameEntity(a, b openbis.Entity) bool {
	flat := func(e openbis.Entity) string {
		ref := func(r *openbis.Ref) string {
			if r == nil {
				return ""
			}
			return fmt.Sprint(*r)
		}
		refs := func(l []openbis.Ref) string {
			l = slices.Clone(l)
			slices.SortFunc(l, func(a, b openbis.Ref) int { return strings.Compare(a.PermID, b.PermID) })
			return fmt.Sprint(l)
		}
		data := ""
		if e.Data != nil {
			data = fmt.Sprint(*e.Data)
		}
		return fmt.Sprint(
			e.Ref,
			e.Properties,
			ref(e.ObjectRef),
			ref(e.CollRef),
			ref(e.ProjectRef),
			refs(e.Parents),
			refs(e.Children),
			refs(e.Components),
			data,
			e.Registered,
			e.Modified,
		)
	}
	return flat(a) == flat(b)
}

func TestDataSetsAndChildrenOfObjects(t *testing.T) {
	_, _, c := madeUp(t)
	all, err := c.Below(t.Context(), openbis.KindObject, get(t, c, openbis.KindSpace, "LAB0").Ref, openbis.Page{Detail: true})
	if err != nil {
		t.Fatal(err)
	}
	var ids, sets, children []string
	for _, o := range all.Entities {
		ids = append(ids, o.PermID)
		l, err := c.ObjectDataSets(t.Context(), o.PermID, openbis.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Entities {
			sets = append(sets, e.PermID)
		}
		for _, r := range o.Children {
			children = append(children, r.PermID)
		}
	}
	slices.Sort(sets)
	slices.Sort(children)
	children = slices.Compact(children)
	permIDs := func(l openbis.Listing, err error) (out []string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Entities {
			out = append(out, e.PermID)
		}
		return out
	}
	if got := permIDs(c.DataSetsOf(t.Context(), ids, openbis.Page{})); len(sets) == 0 || !slices.Equal(got, sets) {
		t.Errorf("%d data sets, want %d", len(got), len(sets))
	}
	if got := permIDs(c.ChildrenOf(t.Context(), ids, openbis.Page{})); len(children) == 0 || !slices.Equal(got, children) {
		t.Errorf("%d children, want %d", len(got), len(children))
	}
}

// shelf is a FileSink that remembers.
type shelf struct {
	files map[string][]string
	dirs  []string
	begun []string
	full  error // what Add says
}

func (s *shelf) Begin(dataSet string) error {
	s.begun = append(s.begun, dataSet)
	s.files[dataSet] = nil
	return nil
}

func (s *shelf) Add(dataSet string, f openbis.File) error {
	if f.Dir {
		s.dirs = append(s.dirs, dataSet+" "+f.Path)
		return s.full
	}
	s.files[dataSet] = append(s.files[dataSet], fmt.Sprintf("%s %d %08x %t", f.Path, f.Size, f.CRC, f.HasCRC))
	return s.full
}

// shelfLab has 40 data sets with files or without, and what a listing leaves out.
func shelfLab() (l *labdata.Lab, all []string) {
	l = labdata.NewLab()
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C"})
	l.AddStore("DSS2", "http://other.example")
	for i := range 40 {
		d := labdata.DataSetSpec{Collection: "/LAB/P/C", Code: fmt.Sprintf("SET-%02d", i)}
		if i%7 > 0 { // others have no files
			for f := range i % 5 {
				d.Generated = append(
					d.Generated,
					labdata.GeneratedFile{Path: fmt.Sprintf("original/%d/file %d", f%2, f), Size: int64(f * 10), Seed: uint64(i)},
				)
			}
		}
		all = append(all, l.AddDataSet(d))
	}
	l.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/P/C", Code: "LINK", Kind: "LINK", Links: []labdata.Link{{Path: "/x"}}})
	l.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/P/C", Code: "BOX", Kind: "CONTAINER", Components: []string{all[1]}})
	l.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/P/C", Code: "ELSEWHERE", Store: "DSS2"})
	return l, all
}

func TestFilesOfManyDataSets(t *testing.T) {
	_, all := shelfLab()
	cut := errors.New("openBIS refused")
	for name, c := range map[string]struct {
		faults []fakehttp.Fault
		ask    []string
		failed map[string]error // by data set; any error where nil
		calls  int              // at most
		err    error
	}{
		"one call": {ask: all, calls: 1},
		"nothing":  {},
		"one at fault": {faults: []fakehttp.Fault{{Kind: openbistest.FaultNotFed, Of: all[17], Times: fakehttp.Always}}, ask: all,
			failed: map[string]error{all[17]: cut}, calls: 15},
		"first and last": {faults: []fakehttp.Fault{{Kind: openbistest.FaultNotFed, Of: all[0], Times: fakehttp.Always},
			{Kind: openbistest.FaultNotFed, Of: all[39], Times: fakehttp.Always}}, ask: all, failed: map[string]error{all[0]: cut,
			all[39]: cut}, calls: 26},
		"a passing fault": {faults: []fakehttp.Fault{{Kind: openbistest.FaultRPCError, Call: "searchFiles"}}, ask: all, calls: 3},
		"unknown and hidden": {ask: append([]string{"NOPE", "ELSEWHERE", "LINK", "BOX"}, all...),
			failed: map[string]error{"NOPE": openbis.ErrNotFound, "ELSEWHERE": openbis.ErrNotFound, "LINK": openbis.ErrNotFound,
				"BOX": openbis.ErrNotFound}, calls: 5},
		"trashed": {faults: []fakehttp.Fault{{Kind: openbistest.FaultDelete, Of: all[3]}}, ask: all[:5],
			failed: map[string]error{all[3]: openbis.ErrNotFound}, calls: 2},
		"the session": {faults: []fakehttp.Fault{{Kind: openbistest.FaultExpireSession}}, ask: all, err: openbis.ErrSession, calls: 1},
		"the network": {faults: []fakehttp.Fault{{Kind: fakehttp.Gateway, Call: "searchFiles", Times: fakehttp.Always}}, ask: all,
			err: openbis.ErrUnreachable, calls: 1},
		"openBIS is away": {faults: []fakehttp.Fault{{Kind: openbistest.FaultServerAway, Times: fakehttp.Always}}, ask: all,
			err: openbis.ErrUnreachable, calls: 1},
		"the answer ends": {faults: []fakehttp.Fault{{Kind: fakehttp.CutAnswer, Call: "searchFiles", Bytes: 9000}}, ask: all,
			err: openbis.ErrUnreachable, calls: 1},
		"an error without text": {faults: []fakehttp.Fault{{Kind: openbistest.FaultRPCError, Call: "searchFiles", Times: fakehttp.Always}},
			ask:    all[:2],
			failed: map[string]error{all[0]: cut, all[1]: cut}, calls: 5},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := shelfLab()
			s := openbistest.Start(t, openbistest.Options{Lab: l, NoCompression: true})
			cl, err := openbis.New(openbis.Options{URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			if err := cl.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
			for _, f := range c.faults {
				s.Fault(f)
			}
			s.ForgetRequests()
			got := &shelf{files: map[string][]string{}}
			failed, err := cl.FilesOf(t.Context(), openbis.DataStore{Code: "DSS1", URL: s.URL}, c.ask, got)
			if n := len(s.Requests()); n > c.calls {
				t.Errorf("%d calls, want at most %d", n, c.calls)
			}
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if c.err != nil {
				return
			}
			if !slices.Equal(slices.Sorted(maps.Keys(failed)), slices.Sorted(maps.Keys(c.failed))) {
				t.Errorf("failed %v, want %v", failed, c.failed)
			}
			for d, want := range c.failed {
				if want != cut && !errors.Is(failed[d], want) {
					t.Errorf("%s failed with %v, want %v", d, failed[d], want)
				}
			}
			for _, d := range c.ask {
				if c.failed[d] != nil {
					continue
				}
				var want []string
				for _, p := range s.FilePaths(d) {
					crc, size, _ := s.FileCRC(d, p)
					want = append(want, fmt.Sprintf("%s %d %08x %t", p, size, crc, true))
				}
				if files, ok := got.files[d]; !ok || !slices.Equal(files, want) {
					t.Errorf("%s: %v, want %v (begun %t)", d, files, want, ok)
				}
			}
			if len(c.ask) > 10 && !(slices.Contains(got.dirs, all[7]+" original") && slices.Contains(got.dirs, all[1]+" original/0")) {
				t.Errorf("directories %v", got.dirs)
			}
			if slices.Contains(got.dirs, all[7]+" ") {
				t.Error("the data set itself is no directory in it")
			}
			if slices.Equal(got.begun, c.ask) && len(c.ask) > 10 {
				t.Error("the built-in server lists in the order of the request: a real one does not")
			}
		})
	}
}

func TestFilesOfEndsWithItsSink(t *testing.T) {
	l := labdata.NewLab()
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C"})
	set := l.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/P/C", Files: map[string][]byte{"original/a": []byte("a")}})
	s := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	store := openbis.DataStore{Code: "DSS1", URL: s.URL}
	if _, err := c.FilesOf(t.Context(), store, []string{set}, &shelf{files: map[string][]string{}, full: full}); !errors.Is(err, full) {
		t.Errorf("%v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.FilesOf(ctx, store, []string{set}, &shelf{files: map[string][]string{}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
}

// What was counted is not read again, unless something changed.
func TestKeptPages(t *testing.T) {
	for name, c := range map[string]struct {
		between func(t *testing.T, l *labdata.Lab, s *openbistest.Server, c *openbis.Client, now *time.Time)
		calls   int // of the second reading
	}{
		"at once": {calls: 0},
		"a while later": {func(_ *testing.T, _ *labdata.Lab, _ *openbistest.Server, _ *openbis.Client, now *time.Time) {
			*now = now.Add(2 * time.Minute)
		}, 1},
		"much later": {func(_ *testing.T, _ *labdata.Lab, _ *openbistest.Server, _ *openbis.Client, now *time.Time) {
			*now = now.Add(6 * time.Minute)
		}, 4},
		"one was added": {func(_ *testing.T, l *labdata.Lab, s *openbistest.Server, _ *openbis.Client, now *time.Time) {
			*now = now.Add(time.Minute)
			l.AddDataSet(labdata.DataSetSpec{Collection: "/LAB1/P0/C0"})
			s.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationsInvisible})() // lets the server forget its searches
		}, 4},
		"one was taken away": {func(_ *testing.T, l *labdata.Lab, s *openbistest.Server, _ *openbis.Client, now *time.Time) {
			*now = now.Add(time.Minute)
			for _, e := range l.All[labdata.KindDataSet] {
				if e.Space.Code == "LAB1" {
					s.Fault(fakehttp.Fault{Kind: openbistest.FaultDelete, Of: e.Code})
					return
				}
			}
		}, 4},
		"another session": {func(t *testing.T, _ *labdata.Lab, s *openbistest.Server, c *openbis.Client, _ *time.Time) {
			if err := c.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
		}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			l := labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 100, Files: 1})
			s := openbistest.Start(t, openbistest.Options{Lab: l})
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			cl, err := openbis.New(openbis.Options{URL: s.URL, Keep: 5 * time.Minute, Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			if err := cl.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
			node := get(t, cl, openbis.KindSpace, "LAB1")
			read := func() (all []openbis.Entity) {
				for p := (openbis.Page{Count: 10, Detail: true}); p.From >= 0; {
					l, err := cl.Below(t.Context(), openbis.KindDataSet, node.Ref, p)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, l.Entities...)
					p.From = l.Next
				}
				return all
			}
			first := read()
			if len(first) < 20 || len(first) > 30 {
				t.Fatalf("%d data sets", len(first))
			}
			if c.between != nil {
				c.between(t, l, s, cl, &now)
			}
			s.ForgetRequests()
			second := read()
			n := 0
			for _, q := range s.Requests() {
				if q.Call == "searchDataSets" {
					n++
				}
			}
			if n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
			if c.calls <= 1 && !slices.EqualFunc(first, second, func(a, b openbis.Entity) bool { return reflect.DeepEqual(a, b) }) {
				t.Error("what was kept is not what was read")
			}
		})
	}
}

// What is asked for the last time is given away: a plan of much holds nothing of it.
func TestKeptPagesAreGivenAway(t *testing.T) {
	s := openbistest.Start(t, openbistest.Options{Lab: labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 100, Files: 1})})
	c, err := openbis.New(openbis.Options{URL: s.URL, Keep: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	node := get(t, c, openbis.KindSpace, "LAB1")
	ask := func(p openbis.Page) (codes []string, calls int) {
		s.ForgetRequests()
		l, err := c.Below(t.Context(), openbis.KindDataSet, node.Ref, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Entities {
			codes = append(codes, e.PermID)
		}
		for _, q := range s.Requests() {
			if q.Call == "searchDataSets" {
				calls++
			}
		}
		return codes, calls
	}
	page := openbis.Page{Count: 10, Detail: true}
	want, first := ask(page)
	page.Last = true
	got, calls := ask(page)
	again, more := ask(page)
	if !slices.Equal(got, want) || !slices.Equal(again, want) || len(want) != 10 {
		t.Errorf("%v and %v, first it was %v", got, again, want)
	}
	if first != 2 || calls != 0 || more != 1 { // one to see whether something has changed
		t.Errorf("%d calls, then %d and %d; want 2, 0, 1", first, calls, more)
	}
}

// What is below many objects at once is what is below each, in the same order.
func TestFamiliesAreWhatEachObjectHas(t *testing.T) {
	made := func() *labdata.Lab { return labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 50, Files: 1}) }
	for name, lab := range map[string]func() *labdata.Lab{"demo": labdata.DemoLab, "made up": made} {
		t.Run(name, func(t *testing.T) {
			l := lab()
			s := openbistest.Start(t, openbistest.Options{Lab: l})
			c, err := openbis.New(openbis.Options{URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
			var objects []openbis.Ref
			for _, e := range l.All[labdata.KindSample] {
				r := openbis.Ref{Kind: openbis.KindObject, PermID: e.PermID}
				if e.Exp != nil && len(objects)%7 > 0 {
					r.Collection = e.Exp.PermID
				}
				objects = append(objects, r)
			}
			objects = objects[max(0, len(objects)-500):]
			s.ForgetRequests()
			got, err := c.Families(t.Context(), objects)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(s.Requests()); n > 4 {
				t.Errorf("%d requests", n)
			}
			found := 0
			ids := func(list []openbis.Entity) (ids []string) {
				for _, e := range list {
					ids = append(ids, e.PermID)
				}
				return ids
			}
			for i, r := range objects {
				sets, err := c.ObjectDataSets(t.Context(), r.PermID, openbis.Page{})
				if err != nil {
					t.Fatal(err)
				}
				var children openbis.Listing
				if r.Collection != "" {
					if children, err = c.ChildObjects(t.Context(), r.PermID, r.Collection, openbis.Page{}); err != nil {
						t.Fatal(err)
					}
				}
				found += len(sets.Entities) + len(children.Entities)
				if a, b := ids(got[i].Children), ids(children.Entities); !slices.Equal(a, b) {
					t.Errorf("children of %s: %v, want %v", r.PermID, a, b)
				}
				if a, b := ids(got[i].DataSets), ids(sets.Entities); !slices.Equal(a, b) {
					t.Errorf("data sets of %s: %v, want %v", r.PermID, a, b)
				}
			}
			if found < 20 {
				t.Errorf("only %d found", found)
			}
		})
	}
}
