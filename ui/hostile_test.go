package ui

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/session"
)

// unseen is what clients leave in texts, since it belongs to them in an archive; on
// a screen it takes no cell. hostile is what else stands in paths and errors: what
// turns the writing round, sets the title, blinks.
const (
	unseen  = "\u200b\u00ad\u200d\ufeff"
	hostile = unseen + "\u202e\u061c\u009b\x1b]0;owned\x07\x1b[5;7m"
)

// harm is what of it must not reach a terminal.
func harm(s string) bool {
	return strings.ContainsAny(s, "\u200b\u00ad\u200d\ufeff\u202e\u061c\u009b") || strings.Contains(s, "\x1b]0;") ||
		strings.Contains(s, "\x1b[5;7m")
}

// cleanFields are those that clients decode clean, and what else is no text.
var cleanFields = []string{"PermID", "Identifier", "ID", "URL", "Server", "Servers", "TokenURL", "Space", "Collection", "HomeSpace",
	"License", "Access", "Date", "Language", "Code", "Type", "UserID", "User", "ORCID", "DOI", "Text", "Field", "Status"}

// poisoned is a copy of a value in which every text is hostile.
func poisoned[T any](v T) T {
	out := reflect.New(reflect.TypeOf(&v).Elem()).Elem()
	out.Set(poison(reflect.ValueOf(&v).Elem(), hostile))
	return out.Interface().(T)
}

// poison makes a text hostile: those of structures as clients leave them, paths and
// errors as they came.
func poison(v reflect.Value, with string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" && v.Type() == reflect.TypeFor[string]() {
			_, n := utf8.DecodeRuneInString(s)
			if s[0] == '<' { // the text of rich text
				n = strings.IndexByte(s, '>') + 1
				return reflect.ValueOf(s[:n] + with + s[n:])
			}
			return reflect.ValueOf(s[:n] + with + s[n:] + with)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(poison(v.Elem(), with))
			return p
		}
	case reflect.Slice:
		if !v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
			s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			for i := range v.Len() {
				s.Index(i).Set(poison(v.Index(i), with))
			}
			return s
		}
	case reflect.Map:
		if !v.IsNil() {
			m := reflect.MakeMap(v.Type())
			for _, k := range v.MapKeys() {
				m.SetMapIndex(k, poison(v.MapIndex(k), with))
			}
			return m
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v
		}
		s := reflect.New(v.Type()).Elem()
		s.Set(v)
		for i := range v.NumField() {
			with := with
			f := v.Type().Field(i)
			if f.Name != "Path" && f.Name != "File" && f.Name != "Waiting" {
				with = unseen
			}
			if f.IsExported() && !slices.Contains(cleanFields, f.Name) {
				s.Field(i).Set(poison(v.Field(i), with))
			}
		}
		return s
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		if v.Type() == reflect.TypeFor[error]() {
			return reflect.ValueOf(wrong(v.Interface().(error)))
		}
		return poison(v.Elem(), with)
	}
	return v
}

// harmful is an error as a server words it.
type harmful struct{ error }

func (h *harmful) Error() string { return hostile + h.error.Error() + hostile }
func (h *harmful) Unwrap() error { return h.error }

func wrong(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &harmful{err}
}

// hostileBackend and hostileSession answer as the ones below, in hostile words.
type hostileBackend struct{ flow.Backend }
type hostileSession struct{ flow.Session }

func (h hostileBackend) Waiting() string { return poisoned(h.Backend.Waiting()) }
func (h hostileBackend) Connect(ctx context.Context, l session.Login) (flow.Session, error) {
	s, err := h.Backend.Connect(ctx, l)
	return hostileSession{s}, wrong(err)
}
func (h hostileBackend) Jobs(ctx context.Context) ([]export.Job, error) {
	j, err := h.Backend.Jobs(ctx)
	return poisoned(j), wrong(err)
}
func (h hostileBackend) OpenBrowser(ctx context.Context, url string) (bool, string) {
	ok, why := h.Backend.OpenBrowser(ctx, url)
	return ok, poisoned(why)
}

func (h hostileSession) Jobs(ctx context.Context) ([]export.Job, error) {
	j, err := h.Session.Jobs(ctx)
	return poisoned(j), wrong(err)
}
func (h hostileSession) Sync(ctx context.Context, id string) ([]export.Job, error) {
	j, err := h.Session.Sync(ctx, id)
	return poisoned(j), wrong(err)
}
func (h hostileSession) Discard(ctx context.Context, id string) error {
	return wrong(h.Session.Discard(ctx, id))
}
func (h hostileSession) Who() session.Who { return poisoned(h.Session.Who()) }
func (h hostileSession) PendingStores() []openbis.DataStore {
	return poisoned(h.Session.PendingStores())
}
func (h hostileSession) Spaces(ctx context.Context) ([]openbis.Entity, error) {
	l, err := h.Session.Spaces(ctx)
	return poisoned(l), wrong(err)
}
func listed(l openbis.Listing, err error) (openbis.Listing, error) { return poisoned(l), wrong(err) }
func (h hostileSession) Projects(ctx context.Context, s string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.Projects(ctx, s, p))
}
func (h hostileSession) Collections(ctx context.Context, s string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.Collections(ctx, s, p))
}
func (h hostileSession) CollectionObjects(ctx context.Context, s string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.CollectionObjects(ctx, s, p))
}
func (h hostileSession) ChildObjects(ctx context.Context, s, c string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.ChildObjects(ctx, s, c, p))
}
func (h hostileSession) CollectionDataSets(ctx context.Context, s string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.CollectionDataSets(ctx, s, p))
}
func (h hostileSession) ObjectDataSets(ctx context.Context, s string, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.ObjectDataSets(ctx, s, p))
}
func (h hostileSession) Below(ctx context.Context, k openbis.Kind, n openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	return listed(h.Session.Below(ctx, k, n, p))
}
func (h hostileSession) Families(ctx context.Context, objects []openbis.Ref) ([]openbis.Family, error) {
	f, err := h.Session.Families(ctx, objects)
	return poisoned(f), wrong(err)
}
func (h hostileSession) Get(ctx context.Context, k openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	m, err := h.Session.Get(ctx, k, ids...)
	return poisoned(m), wrong(err)
}

// harmlessBackend and richSession are the lab of the fake with more to preview.
type harmlessBackend struct{ flow.Backend }

func (h harmlessBackend) Connect(ctx context.Context, l session.Login) (flow.Session, error) {
	s, err := h.Backend.Connect(ctx, l)
	return richSession{s}, err
}

type richSession struct{ flow.Session }

func (h richSession) Get(ctx context.Context, k openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	m, err := h.Session.Get(ctx, k, ids...)
	for id, e := range m {
		e.Parents, e.Children, e.Components = append(e.Parents, e.Ref), append(e.Children, e.Ref), append(e.Components, e.Ref)
		e.Description, e.Tags = "About\n- all\n| a | b |", []string{"tag"}
		e.Registrator = &openbis.Person{UserID: "jdoe", FirstName: "Jane", LastName: "Doe"}
		e.Properties = map[string][]string{"$NAME": {"n"}, "GOAL": {"<p>Mass loss</p><table><tr><td>a</td><td>b</td></tr></table>"},
			"NOTE": {"a\nb\tc"}}
		m[id] = e
	}
	return m, err
}
func (h richSession) Types(ctx context.Context, k openbis.Kind) (map[string]openbis.EntityType, error) {
	m, err := h.Session.Types(ctx, k)
	for code, t := range m {
		t.Properties = append(t.Properties, openbis.Assignment{Code: "NOTE", Label: "Note", Section: "Details"})
		m[code] = t
	}
	return m, err
}

func (h hostileSession) Types(ctx context.Context, k openbis.Kind) (map[string]openbis.EntityType, error) {
	m, err := h.Session.Types(ctx, k)
	return poisoned(m), wrong(err)
}
func (h hostileSession) Find(ctx context.Context, q openbis.Query, n int) ([]openbis.Entity, int, error) {
	l, total, err := h.Session.Find(ctx, q, n)
	return poisoned(l), total, wrong(err)
}
func (h hostileSession) Files(ctx context.Context, s openbis.DataStore, d string, yield func(openbis.File) error) error {
	return wrong(h.Session.Files(ctx, s, d, func(f openbis.File) error { return yield(poisoned(f)) }))
}
func (h hostileSession) Published(ctx context.Context) (map[string]string, error) {
	m, err := h.Session.Published(ctx)
	return poisoned(m), wrong(err)
}
func (h hostileSession) RememberPAT(ctx context.Context, until time.Time) (string, error) {
	w, err := h.Session.RememberPAT(ctx, until)
	return poisoned(w), wrong(err)
}
func (h hostileSession) FindToken(ctx context.Context) (string, error) {
	from, err := h.Session.FindToken(ctx)
	return from, wrong(err)
}
func (h hostileSession) UseToken(ctx context.Context, t string) error {
	return wrong(h.Session.UseToken(ctx, t))
}
func (h hostileSession) DefaultMetadata(ctx context.Context, s selection.Selection) (record.Metadata, record.Offers, error) {
	m, o, err := h.Session.DefaultMetadata(ctx, s)
	return poisoned(m), poisoned(o), wrong(err)
}
func (h hostileSession) NextMetadata(ctx context.Context, s selection.Selection, of string) (record.Metadata, record.Offers, error) {
	m, o, err := h.Session.NextMetadata(ctx, s, of)
	return poisoned(m), poisoned(o), wrong(err)
}
func (h hostileSession) Validate(m record.Metadata) []record.FieldError {
	return poisoned(h.Session.Validate(m))
}
func (h hostileSession) Lookup(ctx context.Context, q record.Query) ([]record.Choice, error) {
	l, err := h.Session.Lookup(ctx, q)
	return poisoned(l), wrong(err)
}
func (h hostileSession) Check(ctx context.Context, m record.Metadata) (record.Report, error) {
	r, err := h.Session.Check(ctx, m)
	return poisoned(r), wrong(err)
}
func (h hostileSession) Plan(ctx context.Context, r export.Request, dry bool, tell func(string, int)) (export.Job, *export.Plan, error) {
	j, p, err := h.Session.Plan(ctx, r, dry, tell)
	return poisoned(j), poisoned(p), wrong(err)
}
func (h hostileSession) Orphans(ctx context.Context) ([]export.Orphan, error) {
	o, err := h.Session.Orphans(ctx)
	return poisoned(o), wrong(err)
}
func (h hostileSession) Start(ctx context.Context, id string) (session.Running, error) {
	r, err := h.Session.Start(ctx, id)
	return &hostileRun{Running: r}, wrong(err)
}
func (h hostileSession) Watch(ctx context.Context, id string, every time.Duration, see func(export.Job)) error {
	return wrong(h.Session.Watch(ctx, id, every, func(j export.Job) { see(poisoned(j)) }))
}
func (h hostileSession) Renew(ctx context.Context, typed string) error {
	return wrong(h.Session.Renew(ctx, typed))
}

type hostileRun struct {
	session.Running
	events chan export.Event
}

func (r *hostileRun) Progress() export.Progress { return poisoned(r.Running.Progress()) }
func (r *hostileRun) Wait() error               { return wrong(r.Running.Wait()) }
func (r *hostileRun) Events() <-chan export.Event {
	if r.events == nil {
		r.events = make(chan export.Event)
		go func() {
			defer close(r.events)
			for e := range r.Running.Events() {
				r.events <- poison(reflect.ValueOf(e), hostile).Interface().(export.Event)
			}
		}()
	}
	return r.events
}

// No text of a server or of a file moves anything on the screen, wherever it stands:
// with what can't be seen in all of them the frames are the same.
func TestHostileTexts(t *testing.T) {
	all := slices.Concat(ways, states)
	if testing.Short() {
		all = ways // each screen
	}
	for _, way := range all {
		t.Run(way.name, func(t *testing.T) {
			var want []string
			for _, harmless := range []bool{true, false} {
				f := flowtest.New()
				f.Before = map[string]string{"O1": "10.5281/zenodo.1"}
				var backend flow.Backend = harmlessBackend{f}
				if !harmless {
					backend = hostileBackend{backend}
				}
				driveWith(t, options{backend: backend}, f, 80, 24, func(d *driver) {
					way.go_(d)
					for i := range 6 {
						switch frame := d.frame(); {
						case harmless:
							want = append(want, frame)
						case frame != want[i]:
							t.Fatalf("after %d keys\n%s\nwithout hostile texts\n%s", i, frame, want[i])
						}
						d.keys("down down")
					}
				})
			}
		})
	}
}
