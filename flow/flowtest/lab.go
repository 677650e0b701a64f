// Package flowtest is an openBIS and a Zenodo in memory, for the tests of the
// front ends.
package flowtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/session"
	"zenobis/zenodo"
)

// Fake is a Backend and a Session in memory.
type Fake struct {
	Defaults *record.Metadata // nil for the usual ones
	KnowsMe  bool
	KeptMe   []record.Agent

	Waits atomic.Pointer[string] // what is waited for

	Mu         sync.Mutex
	Known      session.Facts
	Person     session.Who
	OnConnect  func(session.Login) error
	OnToken    func() (string, error) // what FindToken finds
	Good       string                 // the token that Zenodo accepts
	KeptToken  session.TokenPlace
	Kids       map[string][]openbis.Entity // by permId and listing: "P1/collections"
	SpaceList  []openbis.Entity
	FileLists  map[string][]openbis.File
	Fail       map[string]error  // by listing, and start, watch, sync, defaults, until the session is renewed
	Before     map[string]string // DOIs of what was published before, by permId
	Calls      map[string]int
	Found      []openbis.Entity // what Find finds
	FoundTotal int
	Places     map[string]openbis.Entity // what Get finds beside the listings, by id
	Asked      []openbis.Query
	OnPlan     func(export.Request) (*export.Plan, error)
	Planned    []export.Request
	Dropped    []string
	JobList    []export.Job
	Run        *Run
	Started    []string
	Changes    chan export.Job
	HasBrowser bool
	Opened     []string
	Copied     []string
	Pending    []openbis.DataStore
	Allowed    []string
	Password   string // with which a session is renewed
	Renewed    int
	RenewedBy  []string // what was typed
	Closed     int
	Hold       map[string]chan struct{}   // get, find, jobs, token, use wait for these, and fail as Fail says
	Block      chan struct{}              // listings wait for it
	Choices    map[string][]record.Choice // what Lookup finds, by kind
	LookedUp   []record.Query
	Report     record.Report
	// These hold the answers back until they are closed.
	BlockConnect, BlockDefaults, BlockPlan chan struct{}
	KeptFiles                              map[string][]byte // what Keep was given
	Left                                   []export.Orphan
}

func Ref(k openbis.Kind, id, code, name, typ string) openbis.Ref {
	return openbis.Ref{Kind: k, PermID: id, Code: code, Name: name, Type: typ, Identifier: "/" + code}
}

func Entity(r openbis.Ref) openbis.Entity { return openbis.Entity{Ref: r} }

func DataSet(id, name, typ string, size int64) openbis.Entity {
	return openbis.Entity{
		Ref:  openbis.Ref{Kind: openbis.KindDataSet, PermID: id, Code: id, Name: name, Type: typ, Identifier: id},
		Data: &openbis.Data{Kind: openbis.Physical, Size: size, Status: "AVAILABLE", Store: openbis.DataStore{Code: "DSS1"}},
	}
}

// New is a small lab with a Zenodo sandbox.
func New() *Fake {
	f := &Fake{
		Known: session.Facts{
			Servers: []string{"https://openbis.lab.example"}, User: "jdoe", TokenFile: "~/.config/zenobis/zenodo.token",
			Zenodo: session.Target{
				URL: "https://sandbox.zenodo.org", Name: "Zenodo sandbox", Kind: zenodo.KindZenodo,
				Limits: zenodo.Limits{Bytes: 50e9, Files: 100}, TokenURL: "https://sandbox.zenodo.org/account/settings/applications/tokens/new/",
			},
			Request: export.Request{Layout: export.LayoutAuto, Metadata: record.Metadata{License: "cc-by-4.0", Access: "open"}},
		},
		Person: session.Who{
			Server: "https://openbis.lab.example", HomeSpace: "JDOE", PATs: true,
			Person: openbis.Person{UserID: "jdoe", FirstName: "Jane", LastName: "Doe"},
		},
		OnToken: func() (string, error) { return "from your openBIS profile", nil },
		Good:    "abcdefghijklmnopqrstuvwxyz", Password: "secret",
		Kids: make(map[string][]openbis.Entity), KeptFiles: make(map[string][]byte), FileLists: make(map[string][]openbis.File),
		Fail: make(map[string]error), Calls: make(map[string]int), Hold: make(map[string]chan struct{}),
		Choices: map[string][]record.Choice{
			record.LookupLicenses: {
				{Text: "cc-by-4.0", Name: "Creative Commons Attribution 4.0"},
				{Text: "cc0-1.0", Name: "Creative Commons Zero 1.0"},
			},
			record.LookupAffiliations: {{Text: "ETH Zurich (https://ror.org/05a28rw58)", Name: "ETH Zurich", Detail: "ETHZ"}},
		},
	}
	for _, code := range []string{"JDOE", "LAB", "MATERIALS", "METHODS", "ELN_SETTINGS", "STOCK_CATALOG"} {
		r := Ref(openbis.KindSpace, code, code, "", "")
		f.SpaceList = append(f.SpaceList, Entity(r))
	}
	f.Kids["JDOE/projects"] = []openbis.Entity{Entity(Ref(openbis.KindProject, "P1", "THIN_FILMS", "", ""))}
	coll := Entity(Ref(openbis.KindCollection, "C1", "MASS_LOSS", "Mass loss measurements", "DEFAULT_EXPERIMENT"))
	f.Kids["P1/collections"] = []openbis.Entity{coll}
	for i := 1; i <= 3; i++ {
		o := Entity(Ref(openbis.KindObject, fmt.Sprint("O", i), fmt.Sprint("EXP", i), fmt.Sprint("Measurement ", i), "EXPERIMENTAL_STEP"))
		o.Collection, o.Space = "C1", "JDOE"
		o.Properties = map[string][]string{"$NAME": {o.Name}, "GOAL": {"<p>Mass loss of the <b>coated</b> plates at 300 °C</p>"}}
		o.Parents = []openbis.Ref{Ref(openbis.KindObject, "G4", "GEN4", "Coating protocol", "GENERAL_PROTOCOL")}
		f.Kids["C1/objects"] = append(f.Kids["C1/objects"], o)
		raw := DataSet(fmt.Sprint("D", i, "A"), "raw", "RAW_DATA", int64(i)*1e9)
		eval := DataSet(fmt.Sprint("D", i, "B"), "evaluation", "ANALYZED_DATA", int64(i)*1e8)
		f.Kids[o.PermID+"/sets"] = []openbis.Entity{raw, eval}
		f.FileLists[raw.PermID] = []openbis.File{{Path: "original/run1.csv", Size: 6e8}, {Path: "original/run2.csv", Size: 4e8}}
		f.FileLists[eval.PermID] = []openbis.File{{Path: "original/fit.json", Size: int64(i) * 1e8}}
	}
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		return &export.Plan{
			Entities: 5, DataSets: 4, Files: 27, Bytes: 2_312_345_678, Layout: export.LayoutSingle, Limits: f.Known.Zenodo.Limits,
			Packages: []export.Package{{Name: "README.md", Bytes: 4321}, {Name: "content.zip", Bytes: 2_312_341_357, Files: 27}},
			Omitted: []export.Omission{{Entity: Ref(openbis.KindDataSet, "D9", "D9", "simulation", "LINK"), Reason: "link",
				Message: "its bytes are outside of openBIS"}},
		}, nil
	}
	return f
}

func (f *Fake) Facts() session.Facts { return f.Known }
func (f *Fake) Connect(ctx context.Context, l session.Login) (flow.Session, error) {
	if f.BlockConnect != nil {
		select {
		case <-f.BlockConnect:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.OnConnect != nil {
		if err := f.OnConnect(l); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Keep implements flow.Backend.
func (f *Fake) Keep(name string, data []byte) error {
	if data == nil {
		delete(f.KeptFiles, name)
	} else {
		f.KeptFiles[name] = data
	}
	return nil
}

// Kept implements flow.Backend.
func (f *Fake) Kept(name string) ([]byte, error) { return f.KeptFiles[name], nil }

func (f *Fake) Jobs(ctx context.Context) ([]export.Job, error) {
	if err := f.held(ctx, "jobs"); err != nil {
		return nil, err
	}
	return f.JobList, nil
}

// held waits for what the test holds back, then fails where it says so.
func (f *Fake) held(ctx context.Context, what string) error {
	f.Mu.Lock()
	hold, err := f.Hold[what], f.Fail[what]
	f.Mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (f *Fake) Sync(ctx context.Context, id string) ([]export.Job, error) {
	if err := f.held(ctx, "sync"); err != nil {
		return nil, err
	}
	for i := range f.JobList {
		if f.JobList[i].ID == id {
			f.JobList[i].State, f.JobList[i].Objects, f.JobList[i].Confirmed = export.StateRegistered, []string{"20261125-1"}, true
		}
	}
	return f.JobList, nil
}
func (f *Fake) Discard(_ context.Context, id string) error {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Dropped = append(f.Dropped, id)
	for i := range f.JobList {
		if f.JobList[i].ID == id {
			f.JobList[i].State = export.StateDiscarded
		}
	}
	return nil
}
func (f *Fake) OpenBrowser(_ context.Context, url string) (bool, string) {
	f.Opened = append(f.Opened, url)
	return f.HasBrowser, "this is an SSH session"
}

// Waiting is what Waits says.
func (f *Fake) Waiting() string {
	if w := f.Waits.Load(); w != nil {
		return *w
	}
	return ""
}

func (f *Fake) CopyBeside(_ context.Context, text string) { f.Copied = append(f.Copied, text) }
func (f *Fake) QR(string) []string {
	out := make([]string, 19)
	for i := range out {
		out[i] = strings.Repeat("█", 37)
	}
	return out
}

func (f *Fake) At(zenodo string) (flow.Session, session.Target, error) {
	t := f.Known.Zenodo
	t.URL, t.Name, t.Real = zenodo, strings.TrimPrefix(zenodo, "https://"), zenodo == "https://zenodo.org"
	return f, t, nil
}

// Renew takes Password, or a text that begins as a token does.
func (f *Fake) Renew(_ context.Context, typed string) error {
	f.RenewedBy = append(f.RenewedBy, typed)
	if typed != f.Password && !strings.HasPrefix(typed, "$pat-") {
		return openbis.ErrLogin
	}
	f.Renewed++
	clear(f.Fail)
	return nil
}
func (f *Fake) Close(context.Context) error { f.Closed++; return nil }

func (f *Fake) Who() session.Who                   { return f.Person }
func (f *Fake) PendingStores() []openbis.DataStore { return f.Pending }
func (f *Fake) AllowStore(code string)             { f.Allowed = append(f.Allowed, code); delete(f.Fail, "files") }
func (f *Fake) RememberPAT(context.Context, time.Time) (string, error) {
	return "~/.config/zenobis/openbis.token", nil
}
func (f *Fake) FindToken(ctx context.Context) (string, error) {
	if err := f.held(ctx, "token"); err != nil {
		return "", err
	}
	return f.OnToken()
}
func (f *Fake) UseToken(ctx context.Context, t string) error {
	if err := f.held(ctx, "use"); err != nil {
		return err
	}
	f.Calls["use"]++
	if t != f.Good {
		return zenodo.ErrToken
	}
	return nil
}
func (f *Fake) TakeToken(flow.Session) {}
func (f *Fake) KeepToken(_ context.Context, where session.TokenPlace) error {
	f.KeptToken = where
	return nil
}
func (f *Fake) MeKnown() bool { return f.KnowsMe }
func (f *Fake) KeepMe(a record.Agent) error {
	f.KeptMe = append(f.KeptMe, a)
	f.KnowsMe = true
	return nil
}
func (f *Fake) NextMetadata(ctx context.Context, s selection.Selection, _ string) (record.Metadata, record.Offers, error) {
	m, offers, err := f.DefaultMetadata(ctx, s)
	m.Title, m.License = "Earlier one", "cc0-1.0"
	return m, offers, err
}
func (f *Fake) DefaultMetadata(ctx context.Context, _ selection.Selection) (record.Metadata, record.Offers, error) {
	if f.BlockDefaults != nil {
		select {
		case <-f.BlockDefaults:
		case <-ctx.Done():
			return record.Metadata{}, record.Offers{}, ctx.Err()
		}
	}
	if err := f.held(ctx, "defaults"); err != nil {
		return record.Metadata{}, record.Offers{}, err
	}
	if f.Defaults != nil {
		return *f.Defaults, record.Offers{}, nil
	}
	return record.Metadata{
		Creators: []record.Agent{
			{Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []record.Affiliation{{Name: "Example Lab"}}},
		},
		License: "cc-by-4.0", Access: "open", Date: "2026-11-25", Language: "eng", Keywords: []string{"openBIS"},
		Description: "<p>Data of the measurements.</p>",
	}, record.Offers{Keywords: []string{"coating", "mass loss"}}, nil
}
func (f *Fake) Validate(m record.Metadata) []record.FieldError {
	var out []record.FieldError
	if m.Title == "" {
		out = append(out, record.FieldError{Field: "title", Message: "a title is needed"})
	}
	if len(m.Creators) == 0 {
		out = append(out, record.FieldError{Field: "creators", Message: "at least one is needed"})
	}
	for i, c := range m.Creators {
		if c.ORCID != "" && c.ORCID != "0000-0002-1825-0097" {
			out = append(out, record.FieldError{Field: fmt.Sprintf("creators.%d.orcid", i), Message: "this is not a valid ORCID: " + c.ORCID})
		}
	}
	return out
}
func (f *Fake) Lookup(_ context.Context, q record.Query) ([]record.Choice, error) {
	f.LookedUp = append(f.LookedUp, q)
	return f.Choices[q.Kind], nil
}
func (f *Fake) Check(context.Context, record.Metadata) (record.Report, error) { return f.Report, nil }

// ForgetAnswers is counted.
func (f *Fake) ForgetAnswers() { f.Calls["forget"]++ }

// Jobs are exports in every state.
func Jobs() []export.Job {
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	var out []export.Job
	for i, s := range []export.State{
		export.StateRegistered, export.StatePublished, export.StateInReview, export.StateDraft,
		export.StateInterrupted, export.StateFailed, export.StatePlanned,
	} {
		j := export.Job{
			ID: fmt.Sprint("job-", i), Title: fmt.Sprint("Export number ", i, ", of the thin films"), State: s,
			Created: at.Add(time.Duration(i) * 24 * time.Hour), Plan: &export.Plan{Bytes: int64(i+1) * 1e9},
			RecordID: fmt.Sprint(100 + i), URL: fmt.Sprint("https://sandbox.zenodo.org/uploads/", 100+i),
			DOI: fmt.Sprint("10.5072/zenodo.", 100+i), Resumable: s == export.StateInterrupted || s == export.StateFailed,
		}
		out = append(out, j)
	}
	return out
}
