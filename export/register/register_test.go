package register

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/zenodo"
)

const theDOI = "10.5281/zenodo.17"

// eln is an openBIS with its publications.
type eln struct {
	made     map[string][]string // permIds by DOI
	calls    []string
	sent     openbis.Publication
	code     string
	hidden   bool             // the publications can't be looked at
	looks    []error          // of the next looks
	register func(*eln) error // what the service does; nil: it makes the object
	create   func(*eln) error // what making the object does; nil: it is made
	visible  map[string]error // by group
	waits    map[int]func()   // what happens at the n-th wait
	waited   []time.Duration  // one entry a wait
	clock    time.Time        // moves on by what is waited
}

func (e *eln) URL() string { return "https://openbis.example" }

func (e *eln) Publications(_ context.Context, d string) (out []openbis.Entity, err error) {
	e.calls = append(e.calls, "look")
	if len(e.looks) > 0 {
		err, e.looks = e.looks[0], e.looks[1:]
	}
	if err != nil || e.hidden {
		return nil, err
	}
	for _, id := range e.made[d] {
		out = append(out, openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, PermID: id}})
	}
	return out, nil
}

func (e *eln) PublicationsVisible(_ context.Context, group string) (bool, error) {
	return !e.hidden && e.visible[group] == nil, e.visible[group]
}

func (e *eln) Register(_ context.Context, p openbis.Publication) error {
	e.calls = append(e.calls, "register")
	e.sent = p
	if e.register != nil {
		return e.register(e)
	}
	e.add(p.DOI, "1-1")
	return nil
}

func (e *eln) CreatePublication(_ context.Context, p openbis.Publication, code string) (string, error) {
	e.calls, e.code = append(e.calls, "create"), code
	if e.create != nil {
		return "", e.create(e)
	}
	e.add(p.DOI, "2-2")
	return "2-2", nil
}

func (e *eln) add(d, id string) { e.made[d] = append(e.made[d], id) }

func (e *eln) sleep(ctx context.Context, d time.Duration) error {
	e.waited = append(e.waited, d)
	e.clock = e.clock.Add(d)
	if f := e.waits[len(e.waited)]; f != nil {
		f()
	}
	return context.Cause(ctx)
}

// published is an export that is held and whose draft was published.
func published(t *testing.T, e *eln, change func(*job.File)) *job.Handle {
	t.Helper()
	now := func() time.Time { return e.clock }
	h, err := job.NewStore(job.Options{Dir: t.TempDir(), Now: now, Sleep: e.sleep}).Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	f := job.File{Created: e.clock, Publisher: "Zenodo", Plan: &job.Plan{}}
	if change != nil {
		change(&f)
	}
	if err := h.Keep(f, []string{"9-1", "9-2"}); err != nil {
		t.Fatal(err)
	}
	return h
}

func asPublished() zenodo.Record {
	return zenodo.Record{DOI: theDOI, HTML: "https://zenodo.org/records/17", Metadata: zenodo.Metadata{
		Title: "As published", Description: "<p>So</p>", ResourceType: &zenodo.ID{ID: "image-photo"},
	}}
}

func newELN() *eln {
	return &eln{made: map[string][]string{}, visible: map[string]error{}, waits: map[int]func(){},
		clock: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
}

func lost(op string) error { return fmt.Errorf("%s: %w", op, openbis.ErrUnreachable) }

func TestRegister(t *testing.T) {
	for name, c := range map[string]struct {
		set     func(*eln)
		job     func(*job.File)
		before  []job.Record
		calls   string
		objects []string
		reason  string       // of the registration, or of the failure
		kind    failure.Kind // of the error; 0 for none
		asking  bool         // whether it may still be registered
	}{
		"first time":    {calls: "look register look", objects: []string{"1-1"}},
		"there already": {set: func(e *eln) { e.add(theDOI, "0-1") }, calls: "look", objects: []string{"0-1"}},
		"several": {set: func(e *eln) { e.add(theDOI, "0-2"); e.add(theDOI, "0-1") }, calls: "look", objects: []string{"0-1", "0-2"},
			reason: "openBIS has 2 publications with this DOI"},
		"one for each group": {set: func(e *eln) { e.add(theDOI, "0-2"); e.add(theDOI, "0-1") },
			job: func(f *job.File) { f.Request.Groups = []string{"A", "B"} }, calls: "look", objects: []string{"0-1", "0-2"}},
		"seen late": {set: func(e *eln) {
			e.register = func(*eln) error { return nil }
			e.waits[2] = func() { e.add(theDOI, "1-1") }
		}, calls: "look register look look look", objects: []string{"1-1"}},
		"never seen":  {set: func(e *eln) { e.register = func(*eln) error { return nil } }, calls: "look register look look look"},
		"not visible": {set: func(e *eln) { e.hidden = true }, calls: "look register"},
		"made although it failed": {set: func(e *eln) {
			e.register = func(e *eln) error { e.add(theDOI, "1-1"); return errors.New("no luck") }
		}, calls: "look register look", objects: []string{"1-1"}, reason: "openBIS reported a failure although it made the object: no luck"},
		"answer lost, made": {set: func(e *eln) {
			e.register = func(e *eln) error { e.add(theDOI, "1-1"); return lost("register") }
		}, calls: "look register look", objects: []string{"1-1"}, reason: "openBIS reported a failure although it made the object: "},
		"answer lost": {set: func(e *eln) { e.register = func(*eln) error { return lost("register") } },
			calls: "look register look", kind: failure.Registration, asking: true},
		"failed": {set: func(e *eln) { e.register = func(*eln) error { return errors.New("no luck") } },
			calls: "look register look", kind: failure.Registration, reason: "no luck"},
		"failed, and the look too": {set: func(e *eln) {
			e.register = func(*eln) error { return errors.New("no luck") }
			e.looks = []error{nil, errors.New("nor here")}
		}, calls: "look register look", kind: failure.Registration},
		"failed where nobody sees": {set: func(e *eln) {
			e.hidden = true
			e.register = func(*eln) error { return errors.New("no luck") }
			e.looks = []error{nil, errors.New("nor here")}
		}, calls: "look register look", kind: failure.Registration, asking: true},
		"never sent": {set: func(e *eln) {
			e.register = func(*eln) error {
				return fmt.Errorf("%w: %w", openbis.ErrUnreachable, &net.OpError{Op: "dial", Err: errors.New("refused")})
			}
		}, calls: "look register look", kind: failure.Registration},
		"can't be looked for": {set: func(e *eln) { e.looks = []error{lost("look")} }, calls: "look", kind: failure.Registration},
		"session over":        {set: func(e *eln) { e.looks = []error{openbis.ErrSession} }, calls: "look", kind: failure.Login},
		"visibility unknown": {set: func(e *eln) { e.visible[openbis.GeneralGroup] = lost("visible") }, calls: "look",
			kind: failure.Registration},
		"group not visible": {set: func(e *eln) { e.visible["B"] = openbis.ErrDenied },
			job: func(f *job.File) { f.Request.Groups = []string{"A", "B"} }, calls: "look register"},

		"still being made": {before: []job.Record{job.Registering{DOI: theDOI}},
			set:   func(e *eln) { e.waits[3] = func() { e.add(theDOI, "1-1") } },
			calls: "look look look look", objects: []string{"1-1"}},
		"nothing came of it": {before: []job.Record{job.Registering{DOI: theDOI}},
			calls: "look" + strings.Repeat(" look", 12) + " register look", objects: []string{"1-1"}},
		"it is not known": {before: []job.Record{job.Registering{DOI: theDOI}}, set: func(e *eln) { e.hidden = true },
			calls: "look", kind: failure.Registration, asking: true},
		"known that it failed": {before: []job.Record{job.Registering{DOI: theDOI}, job.NotRegistered{Reason: "no luck"}},
			calls: "look register look", objects: []string{"1-1"}},

		"no service": {set: func(e *eln) { e.register = func(*eln) error { return openbis.ErrNoService } },
			calls: "look register create", objects: []string{"2-2"}},
		"no service, there already": {set: func(e *eln) {
			e.register = func(*eln) error { return openbis.ErrNoService }
			e.create = func(e *eln) error { e.add(theDOI, "0-1"); return openbis.ErrExists }
		}, calls: "look register create look", objects: []string{"0-1"}},
		"no service, no right": {set: func(e *eln) {
			e.register = func(*eln) error { return openbis.ErrNoService }
			e.create = func(*eln) error { return openbis.ErrDenied }
		}, calls: "look register create look", kind: failure.Registration, reason: "publication-api is not installed"},

		"another DOI than planned": {before: []job.Record{job.Seen{State: job.StatePublished, Reason: "another DOI"}},
			calls: "look register look", objects: []string{"1-1"}, reason: "another DOI"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newELN()
			if c.set != nil {
				c.set(e)
			}
			h := published(t, e, c.job)
			for _, r := range c.before {
				if err := h.Journal.Add(r); err != nil {
					t.Fatal(err)
				}
			}
			err := Registrar{OpenBIS: e, Now: func() time.Time { return e.clock }, Sleep: e.sleep}.Register(t.Context(), h, asPublished())
			if got := strings.Join(e.calls, " "); got != c.calls {
				t.Errorf("calls: %s; want %s", got, c.calls)
			}
			st := h.Status()
			if c.kind != 0 {
				if failure.Of(err) != c.kind {
					t.Errorf("%v of kind %v, want %v", err, failure.Of(err), c.kind)
				}
				if st.Registered {
					t.Error("noted as registered")
				}
			} else if err != nil || !st.Registered || st.Confirmed != (len(c.objects) > 0) || !slices.Equal(st.Objects, c.objects) {
				t.Errorf("%v; registered %v, confirmed %v, objects %v, want %v", err, st.Registered, st.Confirmed, st.Objects, c.objects)
			}
			if st.Asking != c.asking {
				t.Errorf("may still be registered: %v", st.Asking)
			}
			if c.reason != "" && !strings.Contains(st.Reason, c.reason) {
				t.Errorf("noted: %q, want %q", st.Reason, c.reason)
			}
			if c.kind == 0 && c.reason == "" && st.Reason != "" {
				t.Errorf("noted: %q", st.Reason)
			}
		})
	}
}

// What is registered is the record as it was published, with what the export
// stands for, and the publication of the former version.
func TestPublication(t *testing.T) {
	for name, c := range map[string]struct {
		job  func(*job.File)
		rec  func(*zenodo.Record)
		want openbis.Publication
	}{
		"record": {want: openbis.Publication{Name: "As published", Description: "<p>So</p>", Organization: "Zenodo", Type: "image",
			DOI: theDOI, URL: "https://doi.org/" + theDOI, Related: []string{"9-1", "9-2"}}},
		"no type, no publisher, groups": {
			job: func(f *job.File) { f.Publisher, f.Request.Groups = "", []string{"A"} },
			rec: func(r *zenodo.Record) { r.Metadata.ResourceType = nil },
			want: openbis.Publication{Name: "As published", Description: "<p>So</p>", Organization: "Zenodo", Type: "dataset",
				DOI: theDOI, URL: "https://doi.org/" + theDOI, Related: []string{"9-1", "9-2"}, Groups: []string{"A"}}},
		"no DOI": {
			job: func(f *job.File) { f.Publisher = "Our repository" },
			rec: func(r *zenodo.Record) { r.DOI = "" },
			want: openbis.Publication{Name: "As published", Description: "<p>So</p>", Organization: "Our repository", Type: "image",
				DOI: "https://zenodo.org/records/17", URL: "https://zenodo.org/records/17", Related: []string{"9-1", "9-2"}}},
		"new version": {
			job: func(f *job.File) { f.Plan.Version = &job.Version{DOI: "10.5281/zenodo.16"} },
			want: openbis.Publication{Name: "As published", Description: "<p>So</p>", Organization: "Zenodo", Type: "image",
				DOI: theDOI, URL: "https://doi.org/" + theDOI, Related: []string{"9-1", "9-2", "0-9"}}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newELN()
			e.add("10.5281/zenodo.16", "0-9")
			e.add("10.5281/zenodo.16", "9-2") // is related already
			rec := asPublished()
			if c.rec != nil {
				c.rec(&rec)
			}
			h := published(t, e, c.job)
			if err := (Registrar{OpenBIS: e, Now: func() time.Time { return e.clock }, Sleep: e.sleep}).Register(t.Context(), h, rec); err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprintf("%+v", e.sent), fmt.Sprintf("%+v", c.want); got != want {
				t.Errorf("sent %s\nwant %s", got, want)
			}
		})
	}
}

// A registration that is broken off leaves open whether it was made.
func TestBrokenOff(t *testing.T) {
	e := newELN()
	ctx, cancel := context.WithCancelCause(t.Context())
	e.register = func(*eln) error { cancel(errors.New("stopped")); return context.Canceled }
	h := published(t, e, nil)
	err := Registrar{OpenBIS: e, Now: func() time.Time { return e.clock }, Sleep: e.sleep}.Register(ctx, h, asPublished())
	if st := h.Status(); err == nil || st.Registered || !st.Asking {
		t.Errorf("%v; registered %v, may still be %v", err, st.Registered, st.Asking)
	}
}

// The same failure is noted once.
func TestAFailureIsNotedOnce(t *testing.T) {
	e := newELN()
	e.looks = []error{errors.New("no luck"), errors.New("no luck")}
	h := published(t, e, nil)
	var at []time.Time
	for range 2 {
		e.clock = e.clock.Add(time.Minute)
		if err := (Registrar{OpenBIS: e, Sleep: e.sleep}).Register(t.Context(), h, asPublished()); err == nil {
			t.Fatal("no error")
		}
		at = append(at, h.Status().Updated)
	}
	if !at[0].Equal(at[1]) {
		t.Errorf("noted at %v", at)
	}
}

func TestPublicationCode(t *testing.T) {
	for in, want := range map[string]string{
		theDOI: "DOI_10.5281_ZENODO.17", "10.1234/a-b(c)": "DOI_10.1234_A-B_C", "https://x.example/1": "DOI_HTTPS_X.EXAMPLE_1",
		"10.1/ä": "DOI_10.1",
	} {
		if got := publicationCode(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Where the publications have no place in openBIS, spelling is not what to look at.
func TestNoPlaceForPublications(t *testing.T) {
	for _, kind := range []error{openbis.ErrNotFound, openbis.ErrDenied} {
		e := newELN()
		e.register = func(*eln) error { return fmt.Errorf("register: %w", kind) }
		h := published(t, e, nil)
		err := Registrar{OpenBIS: e, Now: func() time.Time { return e.clock }, Sleep: e.sleep}.Register(t.Context(), h, asPublished())
		var told *failure.Error
		if !errors.As(err, &told) || told.Kind != failure.Registration || !strings.Contains(told.Do, "lab manager") {
			t.Errorf("%v: %#v", kind, told)
		}
	}
}
