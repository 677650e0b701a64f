package openbis_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/wire"
)

// breaker is a network that spoils requests before they reach the server, or
// their answers.
type breaker struct {
	mu    sync.Mutex
	asked map[string]int // by method, "picture" or "download"
	spoil func(what string, n int, r *http.Request) (*http.Response, error)
}

func (b *breaker) RoundTrip(r *http.Request) (*http.Response, error) {
	what := "picture"
	if strings.HasSuffix(r.URL.Path, "-v3.json") {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var q struct{ Method string }
		_ = json.Unmarshal(body, &q)
		what = q.Method
	} else if strings.HasPrefix(r.URL.Path, "/datastore_server/") {
		what = "download"
	}
	b.mu.Lock()
	b.asked[what]++
	n, spoil := b.asked[what], b.spoil
	b.mu.Unlock()
	if spoil != nil {
		if resp, err := spoil(what, n, r); resp != nil || err != nil {
			return resp, err
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = map[string]int{}
}

func page(r *http.Request, status int, header, text string) *http.Response {
	h := http.Header{"Content-Type": {"text/html"}}
	if name, value, ok := strings.Cut(header, ": "); ok {
		h.Set(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(text)), Request: r, ContentLength: -1}
}

// passing are faults that are over at the next try.
var passing = map[string]func(r *http.Request) (*http.Response, error){
	"502": func(r *http.Request) (*http.Response, error) { return page(r, 502, "", "<h1>Bad Gateway</h1>"), nil },
	"503": func(r *http.Request) (*http.Response, error) { return page(r, 503, "Retry-After: 3", "busy"), nil },
	"429": func(r *http.Request) (*http.Response, error) { return page(r, 429, "Retry-After: 3", "slow down"), nil },
	"reset": func(*http.Request) (*http.Response, error) {
		return nil, errors.New("read: connection reset by peer")
	},
	"cut": func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		data, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data[:len(data)*2/3]), iotest.ErrReader(io.ErrUnexpectedEOF)))
		return resp, nil
	},
	"maintenance page":  func(r *http.Request) (*http.Response, error) { return page(r, 200, "", "<h1>Back soon</h1>"), nil },
	"nothing":           func(r *http.Request) (*http.Response, error) { return page(r, 200, "", ""), nil },
	"null":              func(r *http.Request) (*http.Response, error) { return page(r, 200, "", "null"), nil },
	"text of a gateway": func(r *http.Request) (*http.Response, error) { return page(r, 502, "", `"bad gateway"`), nil },
	"JSON of a gateway": func(r *http.Request) (*http.Response, error) {
		return page(r, 200, "", `{"message":"no upstream"}`), nil
	},
	"redirect to maintenance": func(r *http.Request) (*http.Response, error) { return page(r, 302, "Location: /maintenance", ""), nil },
	"a gate":                  func(r *http.Request) (*http.Response, error) { return page(r, 403, "", "<h1>Forbidden</h1>"), nil },
	"a login before it":       func(r *http.Request) (*http.Response, error) { return page(r, 401, "", "<h1>Sign in</h1>"), nil },
	"web application away":    func(r *http.Request) (*http.Response, error) { return page(r, 404, "", "<h1>Not Found</h1>"), nil },
}

// network is a client of a small lab behind a breaker, on a clock that only
// waiting moves.
type network struct {
	small
	b     *breaker
	slept []time.Duration
	waits []wire.Wait
}

func behind(t *testing.T, renew bool) *network {
	t.Helper()
	n := &network{small: lab(t), b: &breaker{asked: map[string]int{}}}
	now := time.Now()
	o := openbis.Options{URL: n.s.URL, HTTP: &http.Client{Transport: n.b}, Retry: &wire.Retry{
		Now: func() time.Time { return now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			n.slept = append(n.slept, d)
			now = now.Add(d)
			return ctx.Err()
		},
		Waiting: func(w wire.Wait) { n.waits = append(n.waits, w) },
	}}
	if renew {
		o.Renew = func(ctx context.Context) error { return n.c.Login(ctx, "alice", "secret") }
	}
	c, err := openbis.New(o)
	if err != nil {
		t.Fatal(err)
	}
	n.c = c
	if err := c.Login(t.Context(), "alice", "secret"); err != nil {
		t.Fatal(err)
	}
	return n
}

// everything makes every call that may be repeated, and tells what came of it.
func (n *network) everything(ctx context.Context) map[string]string {
	got := map[string]string{}
	note := func(name string, v any, err error) {
		if err != nil {
			v = err
		}
		got[name] = fmt.Sprintf("%+v", v)
	}
	c := n.c
	p := openbis.Page{Count: 50}
	var files []openbis.File
	err := c.Files(ctx, n.store, n.physical, func(f openbis.File) error { files = append(files, f); return nil })
	note("files", files, err)
	spaces, err := c.Spaces(ctx)
	note("spaces", len(spaces), err)
	objects, err := c.CollectionObjects(ctx, n.collection, p)
	note("objects", codes(objects.Entities), err)
	sets, err := c.ObjectDataSets(ctx, n.object, p)
	note("data sets", codes(sets.Entities), err)
	one, err := c.Get(ctx, openbis.KindObject, n.object)
	note("get", one[n.object].Name, err)
	types, err := c.Types(ctx, openbis.KindObject)
	note("types", len(types), err)
	groups, err := c.Groups(ctx)
	note("groups", groups, err)
	on, err := c.ExportSwitch(ctx)
	note("switch", on, err)
	found, err := c.SearchText(ctx, "First", 10)
	note("search", codes(found), err)
	kind, data, err := c.Image(ctx, n.image)
	note("picture", kind+string(data), err)
	note("save", "saved", c.SetSetting(ctx, "k", "v"))
	value, _, err := c.Setting(ctx, "k")
	note("setting", value, err)
	info, err := c.Info(ctx)
	note("info", info.APIVersion, err)
	visible, err := c.PublicationsVisible(ctx, "")
	note("publications", visible, err)
	note("unarchive", "asked", c.Unarchive(ctx, []string{n.archived}))
	note("alive", "yes", c.KeepAlive(ctx))
	return got
}

func TestEveryCallSurvivesAPassingFault(t *testing.T) {
	n := behind(t, false)
	want := n.everything(t.Context())
	for name, v := range want {
		if strings.Contains(v, ":") && strings.Contains(v, "openBIS") {
			t.Fatalf("%s without faults: %s", name, v)
		}
	}
	for fault, answer := range passing {
		n.b.forget()
		n.slept = nil
		n.b.spoil = func(_ string, n int, r *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(r)
			}
			return nil, nil
		}
		got := n.everything(t.Context())
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s, %s: %s, want %s", fault, name, got[name], want[name])
			}
		}
		if len(n.slept) < 10 {
			t.Errorf("%s: only %d waits", fault, len(n.slept))
		}
		if strings.HasPrefix(fault, "503") || fault == "429" {
			if shortest := slices.Min(n.slept); shortest < 3*time.Second {
				t.Errorf("%s: waited %v although the server asked for 3 s", fault, shortest)
			}
		}
	}
}

// TestAServerThatStaysAwayIsGivenUp: after two minutes, with an error, and
// nothing of the listing is taken for the whole.
func TestAServerThatStaysAwayIsGivenUp(t *testing.T) {
	for fault, answer := range passing {
		n := behind(t, false)
		n.b.spoil = func(_ string, _ int, r *http.Request) (*http.Response, error) { return answer(r) }
		for name, call := range map[string]func() error{
			"spaces": func() error { _, err := n.c.Spaces(t.Context()); return err },
			"files": func() error {
				return n.c.Files(t.Context(), n.store, n.physical, func(openbis.File) error { return nil })
			},
		} {
			n.slept, n.waits = nil, nil
			err := call()
			if !errors.Is(err, openbis.ErrUnreachable) {
				t.Errorf("%s, %s: %v", fault, name, err)
			}
			var all time.Duration
			for _, d := range n.slept {
				all += d
			}
			if all != wire.Patience {
				t.Errorf("%s, %s: given up after %v", fault, name, all)
			}
			if last := n.waits[len(n.waits)-1]; !last.Until.IsZero() {
				t.Errorf("%s, %s: the last word to the waiting is %+v", fault, name, last)
			}
		}
	}
}

// TestFirstContactIsShort: a server that can't be reached, or answers with what may
// be the passing page of a front server, is told after three tries.
func TestFirstContactIsShort(t *testing.T) {
	for fault, c := range map[string]struct {
		tries int
		kind  error
	}{
		"reset": {3, openbis.ErrUnreachable}, "502": {3, openbis.ErrUnreachable}, "maintenance page": {3, openbis.ErrNotOpenBIS},
		"web application away": {3, openbis.ErrNotOpenBIS}, "redirect to maintenance": {3, openbis.ErrNotOpenBIS},
		"a gate": {3, openbis.ErrNotOpenBIS}, "a login before it": {3, openbis.ErrNotOpenBIS},
	} {
		b := &breaker{asked: map[string]int{}, spoil: func(_ string, _ int, r *http.Request) (*http.Response, error) { return passing[fault](r) }}
		var slept time.Duration
		client, err := openbis.New(openbis.Options{URL: "https://lab.example", HTTP: &http.Client{Transport: b}, Retry: &wire.Retry{
			Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil }}})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Login(t.Context(), "alice", "secret"); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", fault, err)
		}
		if b.asked["login"] != c.tries {
			t.Errorf("%s: %d tries, want %d", fault, b.asked["login"], c.tries)
		}
		if slept > 12*time.Second {
			t.Errorf("%s: told only after %v", fault, slept)
		}
	}
}

// TestWhatCreatesIsNeverRepeated: whoever wants it again looks first.
func TestWhatCreatesIsNeverRepeated(t *testing.T) {
	n := behind(t, false)
	n.b.forget()
	n.b.spoil = func(_ string, _ int, r *http.Request) (*http.Response, error) { return page(r, 502, "", ""), nil }
	p := openbis.Publication{DOI: "10.5281/zenodo.1", Name: "x"}
	_ = n.c.Register(t.Context(), p)
	n.b.spoil = func(what string, _ int, r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(what, "create") {
			return page(r, 502, "", ""), nil
		}
		return nil, nil
	}
	_, _ = n.c.CreatePublication(t.Context(), p, "X")
	_, _ = n.c.CreatePAT(t.Context(), "x", time.Now(), time.Now().Add(time.Hour))
	for _, method := range []string{"executeCustomASService", "createSamples", "createPersonalAccessTokens"} {
		if n.b.asked[method] != 1 {
			t.Errorf("%s was sent %d times", method, n.b.asked[method])
		}
	}
}

// TestAListingIsYieldedOnce although it breaks off in its middle and is read again.
func TestAListingIsYieldedOnce(t *testing.T) {
	n := behind(t, false)
	var tree []byte
	for i := range 500 {
		tree = fmt.Appendf(tree, `{"path":"original/%03d","directory":false,"fileLength":%d,"checksumCRC32":7},`, i, i)
	}
	answer := func(r *http.Request, objects string, cut bool) (*http.Response, error) {
		var q struct{ ID string }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &q)
		text := `{"jsonrpc":"2.0","id":"` + q.ID + `","result":{"objects":[` + strings.TrimSuffix(objects, ",")
		if !cut {
			text += `]}}`
		}
		return page(r, 200, "", text), nil
	}
	for name, c := range map[string]struct {
		again string
		files int
		fails bool
	}{
		"the same":  {string(tree), 500, false},
		"another":   {strings.Replace(string(tree), "original/001", "original/xxx", 1), 0, true},
		"a size":    {strings.Replace(string(tree), `"fileLength":1,`, `"fileLength":2,`, 1), 0, true},
		"a shorter": {string(tree)[:strings.Index(string(tree), `{"path":"original/100"`)], 0, true},
	} {
		n.b.forget()
		n.b.spoil = func(_ string, n int, r *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(r, string(tree)[:strings.Index(string(tree), `{"path":"original/300"`)], true)
			}
			return answer(r, c.again, false)
		}
		seen := map[string]int{}
		err := n.c.Files(t.Context(), n.store, "X", func(f openbis.File) error { seen[f.Path]++; return nil })
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
		if !c.fails && len(seen) != c.files {
			t.Errorf("%s: %d files", name, len(seen))
		}
		for path, times := range seen {
			if times != 1 {
				t.Errorf("%s: %s was yielded %d times", name, path, times)
			}
		}
	}
}

func TestASessionThatEndsIsRenewed(t *testing.T) {
	n := behind(t, true)
	want := n.everything(t.Context())
	for name := range want {
		n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
		epoch := n.c.Epoch()
		if got := n.everything(t.Context()); !maps.Equal(got, want) {
			t.Fatalf("after the end of the session before %s: %v, want %v", name, got, want)
		}
		if n.c.Epoch() != epoch+1 {
			t.Fatalf("%d new sessions", n.c.Epoch()-epoch)
		}
		break
	}
	// Many calls at once renew it once.
	n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	n.b.forget()
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := n.c.Spaces(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if n.b.asked["login"] != 1 {
		t.Errorf("%d logins", n.b.asked["login"])
	}
}

func TestASessionThatCannotBeRenewed(t *testing.T) {
	n := behind(t, false)
	n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if _, err := n.c.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) {
		t.Errorf("nobody renews it: %v", err)
	}
	n = behind(t, true)
	n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	n.b.spoil = func(what string, _ int, r *http.Request) (*http.Response, error) {
		if what == "login" {
			return page(r, 502, "", ""), nil
		}
		return nil, nil
	}
	if _, err := n.c.Spaces(t.Context()); !errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrSession) {
		t.Errorf("the server is away while it is renewed: %v", err)
	}
	no := errors.New("the password is not known")
	c, _ := openbis.New(openbis.Options{URL: n.s.URL, Renew: func(context.Context) error { return no }})
	if err := c.Login(t.Context(), "alice", "secret"); err != nil {
		t.Fatal(err)
	}
	n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if _, err := c.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) || !errors.Is(err, no) {
		t.Errorf("renewing is refused: %v", err)
	}
}

// TestDownloadAfterARestart: the data store answers the old token as it would a
// missing right; the file is fetched with a new session.
func TestDownloadAfterARestart(t *testing.T) {
	n := behind(t, true)
	inaccessible := func(r *http.Request) *http.Response {
		return page(r, 200, "", "Error:\nData set 'X' is not accessible.\n")
	}
	fetch := func() (string, error) {
		r, err := n.c.Download(t.Context(), n.store, n.physical, openbis.File{Path: "original/a b%?#.txt", Size: 10})
		if err != nil {
			return "", err
		}
		defer r.Close()
		data, err := io.ReadAll(r)
		return string(data), err
	}
	n.b.spoil = func(what string, times int, r *http.Request) (*http.Response, error) {
		if what == "download" && times == 1 {
			return inaccessible(r), nil
		}
		return nil, nil
	}
	n.s.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if got, err := fetch(); got != "some bytes" || err != nil {
		t.Errorf("after the restart: %q, %v", got, err)
	}
	// In a session that lives the same words are a verdict.
	n.b.forget()
	if _, err := fetch(); !errors.Is(err, openbis.ErrDenied) {
		t.Errorf("without a right: %v", err)
	}
	// While the application server is away nobody can tell.
	n.b.spoil = func(what string, _ int, r *http.Request) (*http.Response, error) {
		if what == "download" {
			return inaccessible(r), nil
		}
		return page(r, 503, "", ""), nil
	}
	if _, err := fetch(); !errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrDenied) {
		t.Errorf("while openBIS is away: %v", err)
	}
	// What a front server says in place of the data store is not about a file, whatever
	// its words are.
	for text, status := range map[string]int{
		"<h1>Back soon</h1>": 200, "": 200, "The page you look for is currently unavailable.": 200, "This server is not accessible.": 200,
		"<h1>Not Found</h1>": 404, "<h1>Forbidden</h1>": 403, "moved": 302, "<h1>Sign in</h1>": 401,
	} {
		n.b.spoil = func(what string, _ int, r *http.Request) (*http.Response, error) {
			if what == "download" || what == "getMinorVersion" {
				return page(r, status, "Location: /maintenance", text), nil
			}
			return nil, nil
		}
		_, err := fetch()
		if !wire.Transient(err) && !errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrNoBytes) ||
			errors.Is(err, openbis.ErrArchived) {
			t.Errorf("%d %q from a data store in maintenance: %v", status, text, err)
		}
	}
	n.b.spoil = func(what string, _ int, r *http.Request) (*http.Response, error) {
		return page(r, 200, "", "Error:\nCould not access HTTP invoker remote service at [http://as:8080/rmi-etl]; nested exception\n"), nil
	}
	if _, err := fetch(); !errors.Is(err, openbis.ErrUnreachable) || strings.Contains(err.Error(), "as:8080") {
		t.Errorf("told by the data store: %v", err)
	}
}
