package export

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/zenodo/zenodotest"
)

// manySets is a collection with data sets of two files each.
func manySets(n int) (*labdata.Lab, []string) {
	l := labdata.NewLab()
	l.AddUser(
		labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", FirstName: "Jane", LastName: "Doe", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}},
	)
	c := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Growth"})
	o := l.AddObject(labdata.ObjectSpec{Collection: c, Code: "STEP", Name: "Step"})
	var sets []string
	for i := range n {
		sets = append(sets, l.AddDataSet(labdata.DataSetSpec{Object: o, Name: fmt.Sprintf("raw %d", i), Generated: []labdata.GeneratedFile{
			{Path: "original/a.dat", Size: 2000 + int64(i), Seed: uint64(i + 1)}, {Path: "original/b.dat", Size: 3000, Seed: uint64(1000 + i)},
		}}))
	}
	return l, sets
}

// sentKeys are the record files whose content was put, and how many data files
// openBIS delivered.
func (r *rig) sentKeys() (keys []string, bytes int64, downloads int) {
	for _, q := range r.z.Requests() {
		if q.Method == "PUT" && strings.HasSuffix(q.Path, "/content") {
			part := strings.Split(q.Path, "/")
			keys = append(keys, part[len(part)-2])
			bytes += q.Body
		}
	}
	for _, q := range r.ob.Requests() {
		if q.Call == "download" {
			downloads++
		}
	}
	slices.Sort(keys)
	return keys, bytes, downloads
}

func (r *rig) forget() {
	r.z.ForgetRequests()
	r.ob.ForgetRequests()
}

// The second version of 56 data sets of which one has changed sends that one and
// the files of the record, and reads nothing else: also on a computer that did not
// make the first.
func TestNextVersionSendsWhatChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	for _, elsewhere := range []bool{false, true} {
		t.Run(map[bool]string{false: "here", true: "elsewhere"}[elsewhere], func(t *testing.T) {
			lab, sets := manySets(56)
			r := newRig(t, lab, zenodotest.Options{})
			first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
			if err := r.z.Publish(first.RecordID); err != nil {
				t.Fatal(err)
			}
			before, _ := r.z.Deposit(first.RecordID)
			r.ob.SetProperty(sets[17], "NOTES", "changed since")
			if elsewhere {
				r.state = t.TempDir()
				r.login()
			}
			r.forget()
			next := func(q *Request) { q.NewVersionOf, q.Layout = first.DOI, LayoutAuto }
			j := r.plan(next)
			if n := len(slices.DeleteFunc(slices.Clone(j.Plan.Packages), func(p Package) bool { return p.Former == "" })); n != 55 ||
				j.Plan.Layout != LayoutPerDataSet {
				t.Errorf("%d packages stand, layout %s: %v", n, j.Plan.Layout, j.Plan.Notes)
			}
			if _, err := r.send(r.engine(), j.ID); err != nil {
				t.Fatal(err)
			}
			keys, bytes, downloads := r.sentKeys()
			want := []string{"README.md", sets[17] + ".zip", "metadata.zip", "ro-crate-metadata.json"}
			slices.Sort(want)
			if !slices.Equal(keys, want) || downloads != 2 {
				t.Errorf("sent %v (%d bytes), %d files read from openBIS; want %v and 2", keys, bytes, downloads, want)
			}
			t.Logf("%d of %d bytes were sent, %d of %d data files read", bytes, j.Plan.Bytes, downloads, j.Plan.Files)
			d, _ := r.z.Deposit(r.job(j.ID).RecordID)
			if len(d.Files) != len(before.Files) {
				t.Errorf("%d files, before %d", len(d.Files), len(before.Files))
			}
			for _, f := range d.Files {
				i := slices.IndexFunc(before.Files, func(b zenodotest.File) bool { return b.Key == f.Key })
				if same := i >= 0 && before.Files[i].MD5 == f.MD5; same == slices.Contains(want, f.Key) {
					t.Errorf("%s: the same %v", f.Key, same)
				}
			}
			if err := r.engine().Verify(t.Context(), j.ID, true, func(v Verified) error {
				if !v.OK {
					t.Errorf("%s %s: %s", v.Package, v.File, v.Message)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
			if err := r.z.Publish(d.ID); err != nil {
				t.Fatal(err)
			}
			req := r.request()
			req.NewVersionOf, req.Layout = first.DOI, LayoutAuto // the older one means the newest
			_, _, err := r.engine().Plan(t.Context(), req, true, nil)
			if failure.Of(err).ExitStatus() != failure.StatusRefused || !strings.Contains(fmt.Sprint(err), "nothing has changed since version 2") {
				t.Errorf("nothing has changed: %v", err)
			}
			req.Metadata.Title = "Another title"
			if _, _, err := r.engine().Plan(t.Context(), req, true, nil); err != nil {
				t.Errorf("the metadata has changed: %v", err)
			}
		})
	}
}

// Files that would be missing are named, and dropped only when that is allowed.
func TestNextVersionRemoves(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lab, sets := manySets(3)
	r := newRig(t, lab, zenodotest.Options{})
	first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	req := r.request()
	req.NewVersionOf, req.Layout = first.DOI, LayoutPerDataSet
	rule, err := selection.Resolve(t.Context(), r.client, "dataset:"+sets[1])
	if err != nil {
		t.Fatal(err)
	}
	rule.Mode = selection.Exclude
	req.Selection.Rules = append(req.Selection.Rules, rule)
	_, made, err := r.engine().Plan(t.Context(), req, false, nil)
	if failure.Of(err).ExitStatus() != failure.StatusRefused || made == nil || len(made.Removed) != 1 ||
		made.Removed[0].Name != sets[1]+".zip" {
		t.Fatalf("%v, %+v", err, made)
	}
	req.AcceptRemovals = true
	j, _, err := r.engine().Plan(t.Context(), req, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.forget()
	if _, err := r.send(r.engine(), j.ID); err != nil {
		t.Fatal(err)
	}
	d, _ := r.z.Deposit(r.job(j.ID).RecordID)
	if slices.ContainsFunc(d.Files, func(f zenodotest.File) bool { return f.Key == sets[1]+".zip" }) || len(d.Files) != len(j.Plan.Packages) {
		t.Errorf("%+v", d.Files)
	}
	if _, _, downloads := r.sentKeys(); downloads != 0 {
		t.Errorf("%d files were read", downloads)
	}
}

// A first version whose fingerprints nobody knows is compared by its bytes: they
// are read, and not sent.
func TestNextVersionWithoutFingerprints(t *testing.T) {
	lab, sets := manySets(3)
	r := newRig(t, lab, zenodotest.Options{})
	r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultCRCUnknown, Of: sets[0], Times: fakehttp.Always})
	first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	r.forget()
	j := r.plan(func(q *Request) { q.NewVersionOf, q.Layout, q.Metadata.Title = first.DOI, LayoutAuto, "Another title" })
	if _, err := r.send(r.engine(), j.ID); err != nil {
		t.Fatal(err)
	}
	keys, _, downloads := r.sentKeys()
	if slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "20") }) || downloads != 2 {
		t.Errorf("sent %v, %d files read; want those of one data set read, none sent", keys, downloads)
	}
}

// The publication of a new version names that of the former one.
func TestNextVersionIsRegistered(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, withPublications(), zenodotest.Options{})
	first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.sync(first.ID); err != nil {
		t.Fatal(err)
	}
	next := r.sent(func(q *Request) {
		q.NewVersionOf, q.Layout, q.Metadata.Title = r.job(first.ID).DOI, LayoutAuto, "Another title"
	})
	if err := r.z.Publish(next.RecordID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.sync(next.ID); err != nil {
		t.Fatal(err)
	}
	list := r.ob.Publications()
	if len(list) != 2 || !strings.Contains(fmt.Sprintf("%+v", list[1]), r.job(first.ID).Objects[0]) {
		t.Errorf("%+v", list)
	}
}

// A next version that dies at any step goes on where it stopped: what stands is
// taken over once, nothing is missing and nothing of the former version is left.
func TestNextVersionDiesAtEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("an export for each step")
	}
	t.Parallel()
	for n, died := 1, true; died; n++ {
		if n > 200 {
			t.Fatal("no end")
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) { died = killNextAt(t, n) })
	}
}

func killNextAt(t *testing.T, n int) bool {
	lab, sets := manySets(3)
	r := newRig(t, lab, zenodotest.Options{})
	first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	r.ob.SetProperty(sets[1], "NOTES", "changed since")
	j := r.plan(func(q *Request) { q.NewVersionOf, q.Layout = first.DOI, LayoutAuto })
	d := &death{dir: j.Dir, n: n}
	o := r.opts
	o.Step = d.step
	r.forget()
	_, err := r.send(New(o), j.ID)
	if d.at == "" {
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	d.leave(t)
	if now := r.job(j.ID); now.State != StateDraft {
		if _, err := r.send(r.engine(), j.ID); err != nil {
			t.Fatalf("%s: %v", d.at, err)
		}
	}
	keys, _, _ := r.sentKeys()
	for _, k := range keys {
		if k == sets[0]+".zip" || k == sets[2]+".zip" {
			t.Errorf("%s: %s was sent", d.at, k)
		}
	}
	got, _ := r.z.Deposit(r.job(j.ID).RecordID)
	if len(got.Files) != len(j.Plan.Packages) || len(r.z.Drafts()) != 1 {
		t.Errorf("%s: %d files of %d, %d drafts", d.at, len(got.Files), len(j.Plan.Packages), len(r.z.Drafts()))
	}
	if err := r.engine().Verify(t.Context(), j.ID, true, func(v Verified) error {
		if !v.OK {
			t.Errorf("%s: %s %s: %s", d.at, v.Package, v.File, v.Message)
		}
		return nil
	}); err != nil {
		t.Errorf("%s: %v", d.at, err)
	}
	return true
}
