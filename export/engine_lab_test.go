package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/wire"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// rig is an openBIS, a Zenodo and a state directory. Waiting takes no time.
type rig struct {
	t       testing.TB
	ob      *openbistest.Server
	z       *zenodotest.Server
	state   string
	client  *openbis.Client
	deposit *zenodo.Client
	opts    Options
	spec    string // what is selected
	// noPassword: an ended session can't be opened again.
	noPassword bool

	now    func() time.Time // nil is the real clock, moved on by what was slept
	mu     sync.Mutex
	slept  time.Duration
	onWait func(d time.Duration)
}

// quick waits for nothing, but lets the servers notice what was broken off.
func (r *rig) quick(ctx context.Context, d time.Duration) error {
	r.mu.Lock()
	r.slept += d
	f := r.onWait
	r.mu.Unlock()
	if f != nil {
		f(d)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(min(d, 5*time.Millisecond)):
		return nil
	}
}

// smallLab is a collection with two objects and three data sets.
func smallLab(files int, size int64) *labdata.Lab {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", FirstName: "Jane", LastName: "Doe", Email: "jane.doe@lab.example",
		Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	c := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Growth"})
	for i := range 2 {
		o := l.AddObject(labdata.ObjectSpec{Collection: c, Code: fmt.Sprintf("STEP%d", i+1), Name: fmt.Sprintf("Step %d", i+1)})
		spec := labdata.DataSetSpec{Object: o, Name: fmt.Sprintf("raw %d", i+1)}
		for k := range files {
			spec.Generated = append(
				spec.Generated,
				labdata.GeneratedFile{Path: fmt.Sprintf("original/run/file%03d.dat", k), Size: size + int64(k), Seed: uint64(1000*i + k + 1)},
			)
		}
		l.AddDataSet(spec)
	}
	l.AddDataSet(labdata.DataSetSpec{Collection: c, Name: "notes", Files: map[string][]byte{
		"original/notes.txt": []byte("some notes\n"), "original/empty.bin": {}, "original/ü ö.csv": []byte("a,b\n1,2\n"),
	}})
	l.KeepTypes()
	return l
}

func newRig(t testing.TB, lab *labdata.Lab, zo zenodotest.Options) *rig {
	t.Helper()
	if zo.RateLimit == 0 {
		zo.RateLimit = -1
	}
	r := &rig{
		t:     t,
		ob:    openbistest.Start(t, openbistest.Options{Lab: lab}),
		z:     zenodotest.Start(t, zo),
		state: t.TempDir(),
		spec:  "/LAB/PROJ/COLL",
	}
	r.login()
	return r
}

func (r *rig) login() {
	r.t.Helper()
	var err error
	renew := func(ctx context.Context) error {
		if r.noPassword {
			return openbis.ErrSession
		}
		return r.client.Login(ctx, r.ob.User, r.ob.Password)
	}
	if r.client, err = openbis.New(openbis.Options{URL: r.ob.URL, Renew: renew, Retry: &wire.Retry{Sleep: r.quick,
		Now: r.clock}}); err != nil {
		r.t.Fatal(err)
	}
	if err = r.client.Login(context.Background(), r.ob.User, r.ob.Password); err != nil {
		r.t.Fatal(err)
	}
	r.deposit, err = zenodo.New(zenodo.Options{URL: r.z.URL, Token: r.z.Token, Kind: zenodo.KindZenodo, Sleep: r.quick, Clock: r.clock,
		PerMinute: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	r.opts = Options{
		StateDir: r.state, OpenBIS: r.client, Zenodo: r.deposit, Publisher: "Zenodo", Version: "1.0.0", Sleep: r.quick,
	}
}

func (r *rig) clock() time.Time {
	if r.now != nil {
		return r.now()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.slept)
}

func (r *rig) engine() *Engine { return New(r.opts) }

func (r *rig) request() Request {
	r.t.Helper()
	rule, err := selection.Resolve(context.Background(), r.client, r.spec)
	if err != nil {
		r.t.Fatal(err)
	}
	rule.Mode = selection.All
	return Request{
		Selection: selection.Selection{Rules: []selection.Rule{rule}}, Layout: LayoutSingle, AcceptFindings: true,
		Metadata: record.Metadata{
			Title:       "Growth curves",
			Description: "<p>Curves.</p>",
			Creators:    []record.Agent{{Family: "Doe", Given: "Jane"}},
			License:     "cc-by-4.0",
			Access:      "open",
			Date:        "2026-01-02",
		},
	}
}

func (r *rig) plan(change func(*Request)) Job {
	r.t.Helper()
	req := r.request()
	if change != nil {
		change(&req)
	}
	job, _, err := r.engine().Plan(context.Background(), req, false, nil)
	if err != nil {
		r.t.Fatalf("plan: %v", err)
	}
	return job
}

// send runs a job to its end and returns the events.
func (r *rig) send(e *Engine, id string) ([]Event, error) {
	r.t.Helper()
	run, err := e.Start(context.Background(), id)
	if err != nil {
		return nil, err
	}
	var events []Event
	for ev := range run.Events() {
		events = append(events, ev)
		if _, asks := ev.(Question); asks {
			run.LeaveOut(false)
		}
	}
	return events, run.Wait()
}

func (r *rig) job(id string) Job {
	r.t.Helper()
	j, err := r.engine().Job(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return j
}

// death is the end of a process at the n-th step of a journal: nothing is noted
// after it, and the lock stays.
type death struct {
	dir  string // of the job
	n    int    // which step; it never comes for 0
	at   string // the step, once it has come
	lock []byte
}

func (d *death) step(name string) {
	if d.at == "" {
		if d.n--; d.n != 0 {
			return
		}
		d.at = name
		d.lock, _ = os.ReadFile(filepath.Join(d.dir, "lock"))
	}
	panic("the process has died")
}

// stride is how far apart the steps are at which deaths are tried.
func stride() int {
	if testing.Short() {
		return 23
	}
	return 1
}

// leave puts the lock of the dead process back, as if it had been this one.
func (d *death) leave(t testing.TB) {
	t.Helper()
	if d.at == "" || d.lock == nil {
		return
	}
	var h map[string]any
	if err := json.Unmarshal(d.lock, &h); err != nil {
		t.Fatal(err)
	}
	h["start"] = "1"
	data, _ := json.Marshal(h)
	if err := os.WriteFile(filepath.Join(d.dir, "lock"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkWhole demands that there is exactly one deposit, complete, with the
// bytes of openBIS in it, and nothing else counted against the quota.
func (r *rig) checkWhole(job Job) {
	r.t.Helper()
	if counted, have := r.checkBytes(job); counted != have {
		r.t.Errorf("%d bytes are counted against the quota, the files have %d", counted, have)
	}
}

// checkBytes is checkWhole without the quota, whose count and sum it returns.
func (r *rig) checkBytes(job Job) (inQuota, inFiles int64) {
	r.t.Helper()
	all := append(r.z.Drafts(), r.z.Records()...)
	if len(all) != 1 {
		r.t.Fatalf("%d deposits at Zenodo, want 1: %+v", len(all), all)
	}
	d := all[0]
	if d.ID != job.RecordID {
		r.t.Errorf("deposit %s, the job says %s", d.ID, job.RecordID)
	}
	if len(d.Files) != len(job.Plan.Packages) {
		r.t.Errorf("%d files, planned were %d", len(d.Files), len(job.Plan.Packages))
	}
	_, st, err := r.engine().store.Look(job.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	var counted int64
	got := map[string][]byte{} // by path in the tree
	for _, p := range job.Plan.Packages {
		body, err := r.z.FileBytes(d.ID, p.Name)
		if err != nil {
			r.t.Fatal(err)
		}
		if int64(len(body)) != p.Bytes {
			r.t.Errorf("%s has %d bytes, planned were %d", p.Name, len(body), p.Bytes)
		}
		for _, f := range d.Files {
			if f.Key == p.Name && (f.Status != "completed" || f.MD5 != st.Packages[p.Name].MD5) {
				r.t.Errorf("%s is %s with MD5 %s, the journal says %s", f.Key, f.Status, f.MD5, st.Packages[p.Name].MD5)
			}
		}
		counted += int64(len(body))
		if !strings.HasSuffix(p.Name, ".zip") {
			got[p.Name] = body
			continue
		}
		zr, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			r.t.Fatalf("%s: %v", p.Name, err)
		}
		for _, f := range zr.File {
			if strings.HasSuffix(f.Name, "/") {
				continue
			}
			rc, err := f.Open()
			if err != nil {
				r.t.Fatal(err)
			}
			data, err := io.ReadAll(rc)
			if err != nil {
				r.t.Fatalf("%s: %s: %v", p.Name, f.Name, err)
			}
			got[f.Name] = data
		}
	}
	n := 0
	err = r.engine().Manifest(context.Background(), job.ID, func(l ManifestLine) error {
		n++
		name := l.Entry
		if l.Raw {
			name = l.Package
		}
		want := r.ob.FileBytes(l.DataSet, l.Path)
		if data, ok := got[name]; !ok || !bytes.Equal(data, want) {
			r.t.Errorf("%s of %s: %d bytes at Zenodo, %d in openBIS", l.Path, l.DataSet, len(data), len(want))
		}
		if len(l.SHA256) != 64 {
			r.t.Errorf("%s has no SHA-256", l.Path)
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if n != job.Plan.Files {
		r.t.Errorf("%d files in the manifest, %d in the plan", n, job.Plan.Files)
	}
	return d.Counted, counted
}

// checkNoSecrets looks into every file of the state directory.
func (r *rig) checkNoSecrets() {
	r.t.Helper()
	secrets := []string{r.ob.Password, r.ob.PAT, r.z.Token, "sessionID=", r.ob.User + "-2"}
	err := filepath.WalkDir(r.state, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != r.state && info.Mode().Perm() != 0o700 {
				r.t.Errorf("folder %s has mode %v", path, info.Mode().Perm())
			}
			return nil
		}
		if info.Mode().Perm() != 0o600 {
			r.t.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		for _, s := range secrets {
			if s != "" && bytes.Contains(data, []byte(s)) {
				r.t.Errorf("%s holds the secret %q", path, s)
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// puts are the content uploads so far.
func (r *rig) puts() (out []fakehttp.Request) {
	for _, q := range r.z.Requests() {
		if q.Method == "PUT" && strings.HasSuffix(q.Path, "/content") {
			out = append(out, q)
		}
	}
	return out
}
