package zenodo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// recorded is one exchange with a real InvenioRDM; its token is the word TOKEN.
type recorded struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

func load(t testing.TB, name string) recorded {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("zenodotest", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// player answers with recorded responses, in order, and checks that the client
// asks as the recorder did.
type player struct {
	t     *testing.T
	names []string
	next  int
}

func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.next == len(p.names) {
		p.t.Errorf("one request too many: %s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	name := p.names[p.next]
	p.next++
	want, answer := load(p.t, name+".request"), load(p.t, name+".response")
	if r.Method != want.Method || r.URL.EscapedPath() != strings.SplitN(want.Path, "?", 2)[0] {
		p.t.Errorf("%s: %s %s, recorded %s %s", name, r.Method, r.URL.EscapedPath(), want.Method, want.Path)
	}
	for _, h := range []string{"Accept", "Content-Type", "If-Match"} {
		if r.Header.Get(h) != want.Headers[h] {
			p.t.Errorf("%s: %s %q, recorded %q", name, h, r.Header.Get(h), want.Headers[h])
		}
	}
	if len(r.Cookies()) > 0 || r.Header.Get("Expect") != "" || !strings.HasPrefix(r.UserAgent(), "zenobis/") {
		p.t.Errorf("%s: headers %v", name, r.Header)
	}
	body, _ := io.ReadAll(r.Body)
	if strings.Contains(name, "review") && len(want.Body) > 0 {
		var a, b any
		if json.Unmarshal(body, &a) != nil || json.Unmarshal(want.Body, &b) != nil || !reflect.DeepEqual(a, b) {
			p.t.Errorf("%s: body %s, recorded %s", name, body, want.Body)
		}
	}
	for k, v := range answer.Headers {
		w.Header().Set(k, v)
	}
	data := []byte(answer.Body)
	if v := ""; json.Unmarshal(answer.Body, &v) == nil {
		data = []byte(v)
	}
	w.WriteHeader(answer.Status)
	if answer.Status != http.StatusNoContent {
		_, _ = w.Write(data)
	}
}

// replay returns a client that meets the recorded answers.
func replay(t *testing.T, names ...string) *Client {
	t.Helper()
	p := &player{t: t, names: names}
	s := httptest.NewServer(p)
	t.Cleanup(func() {
		s.Close()
		if p.next != len(names) {
			t.Errorf("only %d of %v were asked for", p.next, names)
		}
	})
	return client(t, s.URL)
}

func client(t testing.TB, url string) *Client {
	t.Helper()
	c, err := New(Options{URL: url, Token: secret, PerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// secret is shaped like a token.
var secret = strings.Repeat("sEcRe7", 10)

func TestReplayRecords(t *testing.T) {
	ctx := context.Background()
	if err := replay(t, "01-token-check").CheckToken(ctx); err != nil {
		t.Error(err)
	}
	check := func(name string, err, kind error, status int, text string) {
		t.Helper()
		var e *APIError
		if !errors.Is(err, kind) || !errors.As(err, &e) || e.Status != status || !strings.Contains(e.Error(), text) {
			t.Errorf("%s: %v, want %v, HTTP %d, %q", name, err, kind, status, text)
		}
	}
	check("wrong token", replay(t, "01-token-wrong").CheckToken(ctx), ErrToken, 403, "token refused")

	var d DraftBody
	if err := json.Unmarshal(load(t, "02-create-full.request").Body, &d); err != nil {
		t.Fatal(err)
	}
	r, err := replay(t, "02-create-full").Create(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "183tf-w0498" || r.Revision != 5 || r.ConceptID != "5cxyk-bc293" || r.Owner != "1" ||
		r.HTML != "https://lab.invalid/uploads/183tf-w0498" ||
		!r.IsDraft || r.Metadata.Creators[0].Affiliations[0].Name != "ETH Zurich" || r.Metadata.Funding[0].Award.Number != "101094817" ||
		!r.Created.Equal(time.Date(2026, 11, 24, 3, 14, 58, 88935000, time.UTC)) ||
		len(r.Raw) == 0 {
		t.Errorf("%+v", r)
	}
	r, err = replay(t, "02-create-with-errors").Create(ctx, DraftBody{})
	if err != nil || len(r.Errors) != 7 || r.Errors[0].Field != "metadata.creators.0.person_or_org.identifiers.0.identifier" ||
		r.Errors[0].Messages[0] != "Invalid ORCID identifier." {
		t.Errorf("problems: %+v, %v", r.Errors, err)
	}
	_, err = replay(t, "02-create-bad-license").Create(ctx, DraftBody{})
	check("licence", err, ErrInvalid, 400, "Invalid value")
	_, err = replay(t, "02-create-restricted").Create(ctx, DraftBody{})
	check("restricted", err, ErrInvalid, 400, "access: You don't have permissions to manage record access.")
	_, err = replay(t, "03-put-if-match-stale").Save(ctx, "183tf-w0498", 1, DraftBody{})
	check("stale", err, ErrRevision, 412, "changed by someone else: Revision id provided(1) doesn't match record's one(7)")
	if r, err = replay(t, "04-reserve").ReserveDOI(ctx, "183tf-w0498"); err != nil || r.DOI != "10.5072/lab.183tf-w0498" {
		t.Errorf("reserve: %q, %v", r.DOI, err)
	}
	// "Already exists" is looked up; the recorded draft was read before it had one.
	if _, err = replay(t, "04-reserve-again", "03-get").ReserveDOI(ctx, "183tf-w0498"); !errors.Is(err, ErrNoDOI) {
		t.Errorf("reserve again reads the draft: %v", err)
	}
	list, err := replay(t, "07-search-identifier").FindDrafts(ctx, "zenobis:20230101123456789-42/7f3a")
	if err != nil || len(list) != 1 || list[0].ID != "rdrpd-84b86" {
		t.Errorf("find: %v, %v", list, err)
	}
	r, err = replay(t, "08-concept", "08-record").Record(ctx, "5h9z2-zvg28")
	if err != nil || r.ID != "zk001-2nn92" || !r.IsPublished || r.ConceptDOI == "" {
		t.Errorf("concept: %+v, %v", r, err)
	}
	_, err = replay(t, "11-record-deleted").Record(ctx, "c1bp7-wp682")
	check("deleted", err, ErrGone, 410, "deleted: Record deleted")
	r, err = replay(t, "09-new-version").NewVersion(ctx, strings.Split(load(t, "09-new-version.request").Path, "/")[3])
	if err != nil || r.Status != "new_version_draft" || r.DOI != "" {
		t.Errorf("new version: %+v, %v", r, err)
	}
	r, err = replay(t, "10-draft-with-review").Draft(ctx, "qy7cb-jyg29")
	if err != nil || r.Status != "draft_with_review" || r.Community != "29512f8e-9e4b-4ab8-92f5-2fa5fbd433ad" || r.ReviewState != "created" {
		t.Errorf("review: %+v, %v", r, err)
	}
	if err := replay(t, "10-review-put").SetReview(ctx, "qy7cb-jyg29", "29512f8e-9e4b-4ab8-92f5-2fa5fbd433ad"); err != nil {
		t.Error(err)
	}
	k, err := replay(t, "10-community").Community(ctx, "reviewed")
	if err != nil ||
		k != (Community{ID: "29512f8e-9e4b-4ab8-92f5-2fa5fbd433ad", Slug: "reviewed", Title: "Reviewed", Submission: "open", Review: "closed"}) {
		t.Errorf("community: %+v, %v", k, err)
	}
}

func TestReplayFiles(t *testing.T) {
	ctx := context.Background()
	id := "183tf-w0498"
	c := replay(
		t,
		"05-init",
		"05-content",
		"05-commit",
		"05-commit-without-content",
		"05-commit-empty",
		"05-content-on-committed",
		"05-content-unknown",
		"05-delete",
		"05-delete-again",
		"05-init-101",
		"05-list-empty",
	)
	key := func(name string) string {
		p := load(t, name+".request").Path
		p = strings.TrimSuffix(strings.TrimSuffix(strings.SplitN(p, "/draft/files/", 2)[1], "/content"), "/commit")
		return strings.NewReplacer("%20", " ", "%2F", "/").Replace(p)
	}
	var init []FileInit
	if err := json.Unmarshal(load(t, "05-init.request").Body, &init); err != nil {
		t.Fatal(err)
	}
	got, err := c.InitFiles(ctx, id, init)
	if err != nil || len(got) != len(init) || got[0].Key != init[0].Key || got[0].Status != "pending" {
		t.Errorf("init: %+v, %v", got, err)
	}
	if err := c.Put(ctx, id, key("05-content"), 8, strings.NewReader("12345678")); err != nil {
		t.Errorf("put: %v", err)
	}
	f, err := c.Commit(ctx, id, key("05-commit"))
	if err != nil || f != (FileEntry{Key: "run 1/raw.tar", Size: 8, MD5: "25d55ad283aa400af464c76d713c07ad", Status: "completed"}) {
		t.Errorf("commit: %+v, %v", f, err)
	}
	for _, x := range []struct {
		name string
		err  error
		want error
	}{
		{"commit without content", second(c.Commit(ctx, id, key("05-commit-without-content"))), ErrNoContent},
		{"commit of nothing", second(c.Commit(ctx, id, key("05-commit-empty"))), ErrNoContent},
		{"put to a committed file", c.Put(ctx, id, key("05-content-on-committed"), 8, strings.NewReader("12345678")), ErrEntryGone},
		{"put to an unknown file", c.Put(ctx, id, key("05-content-unknown"), 8, strings.NewReader("12345678")), ErrNotFound},
		{"delete", c.DeleteFile(ctx, id, key("05-delete")), nil},
		{"delete again", c.DeleteFile(ctx, id, key("05-delete-again")), ErrNotFound},
		{"too many", second(c.InitFiles(ctx, strings.Split(load(t, "05-init-101.request").Path, "/")[3], []FileInit{{Key: "x"}})), ErrTooMany},
	} {
		if !errors.Is(x.err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, x.err, x.want)
		}
	}
	if list, err := c.Files(ctx, strings.Split(load(t, "05-list-empty.request").Path, "/")[3]); err != nil || len(list) != 0 {
		t.Errorf("list: %v, %v", list, err)
	}
	c = replay(t, "08-files", "08-content")
	list, err := c.RecordFiles(ctx, "zk001-2nn92")
	if err != nil || len(list) != 1 || list[0].MD5 != "25d55ad283aa400af464c76d713c07ad" {
		t.Errorf("record's files: %+v, %v", list, err)
	}
	rd, n, err := c.OpenFile(ctx, "zk001-2nn92", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(rd)
	if err != nil || n != 8 || !bytes.Equal(data, []byte("12345678")) {
		t.Errorf("content: %q of %d, %v", data, n, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestReplayVocabularies(t *testing.T) {
	for _, x := range []struct {
		file string
		want VocabularyEntry
	}{
		{"12-licenses-suggest", VocabularyEntry{ID: "cc-by-4.0", Title: "Creative Commons Attribution 4.0 International"}},
		{"12-funders", VocabularyEntry{ID: "00yjd3n13", Title: "Swiss National Science Foundation"}},
		{"12-awards", VocabularyEntry{ID: "00k4n6c32::101094817", Title: "A project made up for the lab", Number: "101094817",
			Funder: "00k4n6c32", FunderName: "European Commission", Acronym: "LABPROJ"}},
		{"12-names", VocabularyEntry{ID: "0000-0002-1825-0097", Title: "Carberry, Josiah", GivenName: "Josiah", FamilyName: "Carberry",
			ORCID: "0000-0002-1825-0097", Affiliations: []Affiliation{{ID: "05a28rw58", Name: "ETH Zurich"}}}},
	} {
		var list wireHits
		if err := decode(load(t, x.file+".response").Body, &list); err != nil || len(list.Hits.Hits) == 0 {
			t.Fatalf("%s: %v", x.file, err)
		}
		var w wireEntry
		if err := decode(list.Hits.Hits[0], &w); err != nil || !reflect.DeepEqual(w.entry(), x.want) {
			t.Errorf("%s: %+v, %v", x.file, w.entry(), err)
		}
	}
	var w wireEntry
	if err := decode(load(t, "12-license-native.response").Body, &w); err != nil ||
		w.entry().Title != "Creative Commons Attribution 4.0 International" {
		t.Errorf("native: %+v, %v", w.entry(), err)
	}
}

// Every recorded refusal gets a kind, and none shows more than a line.
func TestReplayRefusals(t *testing.T) {
	names, err := filepath.Glob("zenodotest/testdata/*.response.json")
	if err != nil || len(names) < 100 {
		t.Fatalf("%d recorded answers, %v", len(names), err)
	}
	c := client(t, "https://lab.invalid")
	for _, n := range names {
		name := strings.TrimSuffix(filepath.Base(n), ".json")
		r := load(t, name)
		if r.Status < 400 {
			continue
		}
		resp := &http.Response{StatusCode: r.Status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(r.Body))}
		e := c.refusal("try", resp)
		if e.Kind == nil || e.Message == "" || strings.ContainsAny(e.Error(), "\n<") || len(e.Error()) > 700 {
			t.Errorf("%s: %v", name, e)
		}
		switch r.Status {
		case 404:
			if !errors.Is(e, ErrNotFound) {
				t.Errorf("%s: %v", name, e)
			}
		case 500:
			if !errors.Is(e, ErrUnavailable) {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
}
