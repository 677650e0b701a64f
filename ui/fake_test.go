package ui

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/zenodo"
)

// fake is a Backend and a Session in memory.
type fake struct {
	mu       sync.Mutex
	facts    Facts
	who      Who
	connect  func(Login) error
	token    func() (string, error) // what FindToken finds
	good     string                 // the token that Zenodo accepts
	kept     TokenPlace
	kids     map[string][]openbis.Entity // by permId and listing: "P1/collections"
	spaces   []openbis.Entity
	files    map[string][]openbis.File
	fail     map[string]error // by listing
	calls    map[string]int
	found    []openbis.Entity
	plan     func(export.Request) (*export.Plan, error)
	planned  []export.Request
	dropped  []string
	jobs     []export.Job
	run      *fakeRun
	started  []string
	watch    chan export.Job
	browser  bool
	opened   []string
	copied   []string
	pending  []openbis.DataStore
	allowed  []string
	renewed  int
	closed   int
	block    chan struct{} // listings wait for it
	licenses []zenodo.VocabularyEntry
}

func ref(k openbis.Kind, id, code, name, typ string) openbis.Ref {
	return openbis.Ref{Kind: k, PermID: id, Code: code, Name: name, Type: typ, Identifier: "/" + code}
}

func ent(r openbis.Ref) openbis.Entity { return openbis.Entity{Ref: r} }

func dataSet(id, name, typ string, size int64) openbis.Entity {
	return openbis.Entity{
		Ref:  openbis.Ref{Kind: openbis.KindDataSet, PermID: id, Code: id, Name: name, Type: typ, Identifier: id},
		Data: &openbis.Data{Kind: openbis.Physical, Size: size, Status: "AVAILABLE", Store: openbis.DataStore{Code: "DSS1"}},
	}
}

// newFake is a small lab with a Zenodo sandbox.
func newFake() *fake {
	f := &fake{
		facts: Facts{
			Servers: []string{"https://openbis.lab.example"}, User: "jdoe", CanRemember: true, TokenFile: "~/.config/zenobis/zenodo.token",
			Zenodo: Target{
				URL: "https://sandbox.zenodo.org", Name: "Zenodo sandbox", Kind: zenodo.KindZenodo,
				Limits: zenodo.Limits{Bytes: 50e9, Files: 100}, TokenURL: "https://sandbox.zenodo.org/account/settings/applications/tokens/new/",
			},
			Request: export.Request{Layout: export.LayoutAuto, Metadata: record.Metadata{License: "cc-by-4.0", Access: "open"}},
		},
		who: Who{
			Server: "https://openbis.lab.example", HomeSpace: "JDOE", PATs: true,
			Person: openbis.Person{UserID: "jdoe", FirstName: "Jane", LastName: "Doe"},
		},
		token: func() (string, error) { return "from your openBIS profile", nil },
		good:  "abcdefghijklmnopqrstuvwxyz",
		kids:  make(map[string][]openbis.Entity), files: make(map[string][]openbis.File),
		fail: make(map[string]error), calls: make(map[string]int),
		licenses: []zenodo.VocabularyEntry{{ID: "cc-by-4.0", Title: "Creative Commons Attribution 4.0"}, {ID: "cc0-1.0", Title: "Creative Commons Zero 1.0"}},
	}
	for _, code := range []string{"JDOE", "LAB", "MATERIALS", "METHODS", "ELN_SETTINGS", "STOCK_CATALOG"} {
		r := ref(openbis.KindSpace, code, code, "", "")
		f.spaces = append(f.spaces, ent(r))
	}
	f.kids["JDOE/projects"] = []openbis.Entity{ent(ref(openbis.KindProject, "P1", "THIN_FILMS", "", ""))}
	coll := ent(ref(openbis.KindCollection, "C1", "MASS_LOSS", "Mass loss measurements", "DEFAULT_EXPERIMENT"))
	f.kids["P1/collections"] = []openbis.Entity{coll}
	for i := 1; i <= 3; i++ {
		o := ent(ref(openbis.KindObject, fmt.Sprint("O", i), fmt.Sprint("EXP", i), fmt.Sprint("Measurement ", i), "EXPERIMENTAL_STEP"))
		o.Collection, o.Space = "C1", "JDOE"
		o.Properties = map[string][]string{"$NAME": {o.Name}, "GOAL": {"<p>Mass loss of the <b>coated</b> plates at 300 °C</p>"}}
		o.Parents = []openbis.Ref{ref(openbis.KindObject, "G4", "GEN4", "Coating protocol", "GENERAL_PROTOCOL")}
		f.kids["C1/objects"] = append(f.kids["C1/objects"], o)
		raw := dataSet(fmt.Sprint("D", i, "A"), "raw", "RAW_DATA", int64(i)*1e9)
		eval := dataSet(fmt.Sprint("D", i, "B"), "evaluation", "ANALYZED_DATA", int64(i)*1e8)
		f.kids[o.PermID+"/sets"] = []openbis.Entity{raw, eval}
		f.files[raw.PermID] = []openbis.File{{Path: "original/run1.csv", Size: 6e8}, {Path: "original/run2.csv", Size: 4e8}}
		f.files[eval.PermID] = []openbis.File{{Path: "original/fit.json", Size: int64(i) * 1e8}}
	}
	f.plan = func(r export.Request) (*export.Plan, error) {
		return &export.Plan{
			Entities: 5, DataSets: 4, Files: 27, Bytes: 2_312_345_678, Layout: export.LayoutSingle, Limits: f.facts.Zenodo.Limits,
			Packages: []export.Package{{Name: "README.md", Bytes: 4321}, {Name: "content.zip", Bytes: 2_312_341_357, Files: 27}},
			Omitted: []export.Omission{{Entity: ref(openbis.KindDataSet, "D9", "D9", "simulation", "LINK"), Reason: "link",
				Message: "its bytes are outside of openBIS"}},
		}, nil
	}
	return f
}

func (f *fake) Facts() Facts { return f.facts }
func (f *fake) Connect(ctx context.Context, l Login) (Session, error) {
	if f.connect != nil {
		if err := f.connect(l); err != nil {
			return nil, err
		}
	}
	return f, nil
}
func (f *fake) Jobs(context.Context) ([]export.Job, error) { return f.jobs, nil }
func (f *fake) Sync(_ context.Context, id string) ([]export.Job, error) {
	for i := range f.jobs {
		if f.jobs[i].ID == id {
			f.jobs[i].State, f.jobs[i].Objects, f.jobs[i].Confirmed = export.StateRegistered, []string{"20261125-1"}, true
		}
	}
	return f.jobs, nil
}
func (f *fake) Discard(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropped = append(f.dropped, id)
	for i := range f.jobs {
		if f.jobs[i].ID == id {
			f.jobs[i].State = export.StateDiscarded
		}
	}
	return nil
}
func (f *fake) OpenBrowser(_ context.Context, url string) (bool, string) {
	f.opened = append(f.opened, url)
	return f.browser, "this is an SSH session"
}
func (f *fake) CopyBeside(_ context.Context, text string) { f.copied = append(f.copied, text) }
func (f *fake) QR(string) []string {
	out := make([]string, 17)
	for i := range out {
		out[i] = "█████████████████████████████████"
	}
	return out
}

func (f *fake) Renew(context.Context, Login) error { f.renewed++; clear(f.fail); return nil }
func (f *fake) Close(context.Context) error        { f.closed++; return nil }

func (f *fake) list(ctx context.Context, key string, p openbis.Page) (openbis.Listing, error) {
	if f.block != nil {
		select {
		case <-f.block:
		case <-ctx.Done():
			return openbis.Listing{}, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[key]++
	if err := f.fail[key]; err != nil {
		return openbis.Listing{}, err
	}
	all := f.kids[key]
	end := len(all)
	if p.Count > 0 {
		end = min(p.From+p.Count, end)
	}
	next := end
	if end == len(all) {
		next = -1
	}
	return openbis.Listing{Entities: all[p.From:end], Total: len(all), Next: next}, nil
}

func (f *fake) Spaces(context.Context) ([]openbis.Entity, error) {
	f.calls["spaces"]++
	return f.spaces, f.fail["spaces"]
}
func (f *fake) Projects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/projects", p)
}
func (f *fake) Collections(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/collections", p)
}
func (f *fake) CollectionObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/objects", p)
}
func (f *fake) ProjectObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/direct", p)
}
func (f *fake) SpaceObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/shared", p)
}
func (f *fake) ChildObjects(ctx context.Context, id, _ string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/children", p)
}
func (f *fake) CollectionDataSets(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/loose", p)
}
func (f *fake) ObjectDataSets(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/sets", p)
}
func (f *fake) Get(_ context.Context, _ openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["get"]++
	for _, list := range f.kids {
		for _, e := range list {
			if e.PermID == ids[0] {
				return map[string]openbis.Entity{ids[0]: e}, nil
			}
		}
	}
	return nil, nil
}
func (f *fake) Types(context.Context, openbis.Kind) (map[string]openbis.EntityType, error) {
	return map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Properties: []openbis.Assignment{{Code: "GOAL", Label: "Goal"}}}}, nil
}
func (f *fake) SearchText(context.Context, string, int) ([]openbis.Entity, error) {
	return f.found, nil
}
func (f *fake) Files(_ context.Context, _ openbis.DataStore, ds string, yield func(openbis.File) error) error {
	if err := f.fail["files"]; err != nil {
		return err
	}
	for _, file := range f.files[ds] {
		if err := yield(file); err != nil {
			return err
		}
	}
	return nil
}

func (f *fake) Who() Who                           { return f.who }
func (f *fake) PendingStores() []openbis.DataStore { return f.pending }
func (f *fake) AllowStore(code string)             { f.allowed = append(f.allowed, code); delete(f.fail, "files") }
func (f *fake) RememberPAT(context.Context, time.Time) (string, error) {
	return "~/.config/zenobis/openbis.token", nil
}
func (f *fake) FindToken(context.Context) (string, error) { return f.token() }
func (f *fake) UseToken(_ context.Context, t string) error {
	f.calls["use"]++
	if t != f.good {
		return zenodo.ErrToken
	}
	return nil
}
func (f *fake) KeepToken(_ context.Context, where TokenPlace) error { f.kept = where; return nil }
func (f *fake) DefaultMetadata(context.Context, export.Selection) (record.Metadata, record.Offers, error) {
	return record.Metadata{
		Creators: []record.Agent{{Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []string{"Example Lab"}}},
		License:  "cc-by-4.0", Access: "open", Date: "2026-11-25", Language: "eng", Keywords: []string{"openBIS"},
		Description: "<p>Data of the measurements.</p>",
	}, record.Offers{Keywords: []string{"coating", "mass loss"}}, nil
}
func (f *fake) Validate(m record.Metadata) []Problem {
	var out []Problem
	if m.Title == "" {
		out = append(out, Problem{Field: "title", Message: "a title is needed"})
	}
	for i, c := range m.Creators {
		if c.ORCID != "" && c.ORCID != "0000-0002-1825-0097" {
			out = append(out, Problem{Field: fmt.Sprintf("creators.%d.orcid", i), Message: "this is no ORCID: " + c.ORCID})
		}
	}
	return out
}
func (f *fake) Suggest(_ context.Context, vocabulary, _ string) ([]zenodo.VocabularyEntry, error) {
	if vocabulary == "licenses" {
		return f.licenses, nil
	}
	return nil, nil
}

func (f *fake) Plan(_ context.Context, r export.Request, dry bool, progress func(string, int)) (export.Job, *export.Plan, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	progress("files", 27)
	p, err := f.plan(r)
	if dry {
		return export.Job{}, p, err
	}
	f.planned = append(f.planned, r)
	return export.Job{ID: fmt.Sprint("job", len(f.planned)), Title: r.Metadata.Title, State: export.StatePlanned, Plan: p, Request: r}, p, err
}
func (f *fake) Start(ctx context.Context, id string) (Running, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started = append(f.started, id)
	f.run = &fakeRun{events: make(chan export.Event, 16), p: export.Progress{
		Stage: "uploading", Bytes: 1_000_000_000, Total: 2_312_345_678, File: "Measurement 1/raw/run1.csv",
		Packages: []export.PackageProgress{
			{Name: "README.md", Bytes: 4321, Total: 4321, Done: true},
			{Name: "content.zip", Bytes: 999_995_679, Total: 2_312_341_357, Attempt: 1},
		},
	}}
	stop := context.AfterFunc(ctx, f.run.Stop)
	f.run.release = func() { stop() }
	return f.run, nil
}
func (f *fake) Watch(ctx context.Context, _ string, _ time.Duration, see func(export.Job)) error {
	for {
		select {
		case j := <-f.watch:
			see(j)
			if j.State.Settled() {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fakeRun does what the test says.
type fakeRun struct {
	mu      sync.Mutex
	p       export.Progress
	events  chan export.Event
	err     error
	closed  bool
	release func()
	paused  bool
	answer  *bool
	stopped bool
}

func (r *fakeRun) Progress() export.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.p
	p.Packages = slices.Clone(p.Packages)
	return p
}
func (r *fakeRun) Events() <-chan export.Event { return r.events }
func (r *fakeRun) Pause(p bool)                { r.paused = p }
func (r *fakeRun) LeaveOut(yes bool)           { r.answer = &yes }
func (r *fakeRun) Wait() error                 { r.mu.Lock(); defer r.mu.Unlock(); return r.err }
func (r *fakeRun) Stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.finish(context.Canceled)
}
func (r *fakeRun) finish(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed, r.err = true, err
		close(r.events)
	}
}
