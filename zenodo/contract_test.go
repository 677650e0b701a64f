package zenodo_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"zenobis/wire"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// bench is a server that the contract is tried on.
type bench struct {
	url      string
	token    string
	second   string // another user's; "" leaves those cases out
	curator  string // of the communities' curator; "" likewise
	reviewed string // slug of a community that reviews everything
	open     string // slug of the token owner's own community
	closed   string // slug of a community whose members alone may submit
	kind     zenodo.Kind
	quota    int64         // bytes of a draft; 0 leaves those cases out
	body     int64         // bytes of one request, above the quota; 0 leaves that case out
	publish  bool          // records may be published, for good
	exceed   bool          // limits may be reached: many files, many requests, broken connections
	silence  time.Duration // after which a silent upload is cut; 0 leaves that case out
	ours     bool          // the server of this repository: cases need not take turns
	agent    string
}

// TestContract runs the suite against the server of this repository, and, if
// the environment names one, against a real one:
//
//	ZENOBIS_TEST_ZENODO_URL            address
//	ZENOBIS_TEST_ZENODO_TOKEN          token; its owner's drafts are made and discarded
//	ZENOBIS_TEST_ZENODO_SECOND_TOKEN   another user's
//	ZENOBIS_TEST_ZENODO_CURATOR_TOKEN  the curator's of the reviewed community
//	ZENOBIS_TEST_ZENODO_COMMUNITY      slug of a community that reviews all
//	ZENOBIS_TEST_ZENODO_COMMUNITY_OWN  slug of one of the token's owner
//	ZENOBIS_TEST_ZENODO_COMMUNITY_CLOSED  slug of one for members only
//	ZENOBIS_TEST_ZENODO_QUOTA          bytes of a draft; only a small one is tried out
//	ZENOBIS_TEST_ZENODO_BODY           bytes that the server takes in one request, above the quota
//	ZENOBIS_TEST_ZENODO_PUBLISH=1      publishing is allowed (never on a public server)
//	ZENOBIS_TEST_ZENODO_LIMITS=1       limits may be reached, connections broken
//	ZENOBIS_TEST_ZENODO_SILENCE        seconds until a silent upload is cut
func TestContract(t *testing.T) {
	for _, p := range []zenodotest.Profile{zenodotest.InvenioRDM, zenodotest.Zenodo} {
		if testing.Short() && p != zenodotest.Zenodo {
			continue
		}
		t.Run("zenodotest/"+string(p), func(t *testing.T) {
			s := zenodotest.Start(
				t,
				zenodotest.Options{Profile: p, Quota: 12e6, RateLimit: 133, Lag: 200 * time.Millisecond, BodyTimeout: 3 * time.Second},
			)
			contract(t, bench{
				url: s.URL, token: s.Token, second: s.SecondToken, curator: s.CuratorToken,
				reviewed: "reviewed", open: "my-lab", closed: "members-only", kind: zenodo.Kind(kindOf(p)),
				quota: 12e6, publish: true, exceed: true, silence: 3 * time.Second, ours: true,
			})
		})
	}
	t.Run("real", func(t *testing.T) {
		env := func(name string) string { return os.Getenv("ZENOBIS_TEST_ZENODO_" + name) }
		if env("URL") == "" {
			t.Skip("no real server: set ZENOBIS_TEST_ZENODO_URL and _TOKEN, or run lab/invenio/contract")
		}
		quota, _ := strconv.ParseInt(env("QUOTA"), 10, 64)
		body, _ := strconv.ParseInt(env("BODY"), 10, 64)
		silence, _ := strconv.Atoi(env("SILENCE"))
		contract(t, bench{
			url: env("URL"), token: env("TOKEN"), second: env("SECOND_TOKEN"), curator: env("CURATOR_TOKEN"),
			reviewed: env("COMMUNITY"), open: env("COMMUNITY_OWN"), closed: env("COMMUNITY_CLOSED"),
			quota: quota, body: body, publish: env("PUBLISH") == "1", exceed: env("LIMITS") == "1", silence: time.Duration(silence) * time.Second,
		})
	})
}

func kindOf(p zenodotest.Profile) string {
	if p == zenodotest.InvenioRDM {
		return "inveniordm"
	}
	return "zenodo"
}

// contract is the suite: what docs/zenodo-api.md says of the server, seen through
// the client, and the wrong turns that the client never takes, sent by hand.
func contract(t *testing.T, b bench) {
	if b.kind == "" {
		b.kind = zenodo.Kind(wire.Flavour(mustURL(t, b.url).Host))
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T, bench)
	}{
		{"token", testToken}, {"draft", testDraft}, {"revision", testRevision}, {"errors of a save", testSaveErrors},
		{"schemes", testSchemes}, {"listed files", testListedFiles},
		{"DOI", testDOI}, {"headers", testHeaders}, {"discarded", testDiscarded}, {"find drafts", testFindDrafts},
		{"vocabularies", testVocabularies}, {"other user", testOtherUser},
		{"files", testFiles}, {"names", testNames}, {"names refused", testBadNames}, {"empty files", testEmptyFiles},
		{"commit without content", testCommitNothing}, {"put to a committed file", testPutCommitted}, {"refused uploads", testRefusedPut},
		{"no length", testNoLength}, {"delete all", testDeleteAll}, {"hundred files", testManyFiles},
		{"quota", testQuota}, {"body limit", testBodyLimit}, {"quota leak", testQuotaLeak},
		{"cut in mid-body", testCutBody}, {"cut after the body", testCutAnswer}, {"cut before", testCutEarly},
		{"given up", testGivenUp}, {"parallel uploads", testParallel}, {"silence", testSilence},
		{"while an upload runs", testWhileRunning}, {"expect continue", testExpect},
		{"community", testCommunity}, {"review", testReview}, {"members only", testMembersOnly},
		{"published", testPublished}, {"refused publishing", testPublishRefused}, {"edited after publishing", testEdited},
		{"new version", testNewVersion}, {"deleted record", testDeletedRecord}, {"request budget", testBudget},
	} {
		t.Run(c.name, func(t *testing.T) {
			if b.ours {
				t.Parallel()
			}
			b := b
			b.agent = "zenobis/contract"
			if h := mustURL(t, b.url).Hostname(); h == "127.0.0.1" {
				b.agent += fmt.Sprintf("-%x", rand.Uint32()) // a budget of its own: not for a public server
			}
			c.run(t, b)
		})
	}
}

// client returns a client for a token.
func (b bench) client(t *testing.T, token string) *zenodo.Client {
	t.Helper()
	o := zenodo.Options{URL: b.url, Token: token, Kind: b.kind, UserAgent: b.agent, CallTimeout: 90 * time.Second}
	if strings.Contains(b.agent, "-") {
		o.PerMinute = -1
	}
	c, err := zenodo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// owner is the client of the token's owner, with a context for the case.
func (b bench) owner(t *testing.T) (context.Context, *zenodo.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	return ctx, b.client(t, b.token)
}

// draft makes a draft that is discarded at the end of the case.
func (b bench) draft(t *testing.T, ctx context.Context, c *zenodo.Client) zenodo.Record {
	t.Helper()
	r, err := c.Create(ctx, body())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	b.discardLater(t, c, r.ID)
	return r
}

func (b bench) discardLater(t *testing.T, c *zenodo.Client, id string) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = c.DeleteDraft(ctx, id) // published or discarded by the case: 404
	})
}

// body is a good draft.
func body() zenodo.DraftBody {
	return zenodo.DraftBody{Metadata: zenodo.Metadata{
		ResourceType: &zenodo.ID{ID: "dataset"}, Title: "Contract of the client", Date: "2026-11-25", Publisher: "Lab", Version: "1.0",
		Description: "<p>Made by a test, to be discarded.</p>",
		Creators: []zenodo.Creator{{Person: zenodo.PersonOrOrg{Type: "personal", FamilyName: "Doe", GivenName: "Jane",
			Identifiers: []zenodo.Identifier{
				{Scheme: "orcid", Identifier: "0000-0002-1825-0097"},
			}}, Affiliations: []zenodo.Affiliation{{Name: "Lab Institute"}}}},
		Rights: []zenodo.Right{{ID: "cc-by-4.0"}}, Subjects: []zenodo.Subject{{Subject: "microscopy"}}, Languages: []zenodo.ID{{ID: "eng"}},
		Related: []zenodo.Related{
			{
				Identifier:   "https://openbis.example.org/?permId=20230101123456789-42",
				Scheme:       "url",
				Relation:     zenodo.ID{ID: "isderivedfrom"},
				ResourceType: &zenodo.ID{ID: "dataset"},
			},
		},
		Identifiers: []zenodo.Identifier{{Identifier: "openbis:20230101123456789-42", Scheme: "other"}},
	}}
}

// answer is what the raw helper got.
type answer struct {
	status int
	header http.Header
	text   string
}

func (a answer) member(t *testing.T, path ...string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		t.Fatalf("no JSON: %.300s", a.text)
	}
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// raw sends what the client never would.
func (b bench) raw(t *testing.T, token, method, path string, header map[string]string, body any) answer {
	t.Helper()
	var r io.Reader
	h := map[string]string{"Accept": "application/vnd.inveniordm.v1+json", "User-Agent": b.agent}
	switch v := body.(type) {
	case nil:
	case io.Reader:
		r = v
	case []byte:
		r, h["Content-Type"] = bytes.NewReader(v), "application/octet-stream"
	default:
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		r, h["Content-Type"] = bytes.NewReader(data), "application/json"
	}
	if token != "" {
		h["Authorization"] = "Bearer " + token
	}
	maps.Copy(h, header)
	req, err := http.NewRequest(method, b.url+path, r)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range h {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	resp, err := (&http.Client{Timeout: 2 * time.Minute, CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}).Do(
		req,
	)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// dial opens a bare connection and sends the head of a content PUT.
func (b bench) dial(t *testing.T, id, key string, length int, extra string) net.Conn {
	t.Helper()
	u := mustURL(t, b.url)
	if u.Scheme != "http" {
		t.Skip("only over plain HTTP")
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20*time.Second + 2*b.silence))
	fmt.Fprintf(conn, "PUT /api/records/%s/draft/files/%s/content HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAuthorization: Bearer %s\r\n"+
		"Accept: application/vnd.inveniordm.v1+json\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n%s\r\n",
		id, key, u.Host, b.agent, b.token, length, extra)
	return conn
}

// reset ends a connection without a goodbye.
func reset(t *testing.T, c net.Conn) {
	t.Helper()
	if err := c.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

// content makes bytes that are the same every time.
func content(n int) []byte {
	p := make([]byte, n)
	r := rand.NewPCG(uint64(n), 7)
	for i := 0; i < n; i += 8 {
		v := r.Uint64()
		for j := 0; j < 8 && i+j < n; j++ {
			p[i+j] = byte(v >> (8 * j))
		}
	}
	return p
}

func sum(p []byte) string { s := md5.Sum(p); return hex.EncodeToString(s[:]) }

// stream hides what kind of reader it is.
func stream(p []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(p)} }

// send announces, puts and commits a file.
func send(t *testing.T, ctx context.Context, c *zenodo.Client, id, key string, data []byte) zenodo.FileEntry {
	t.Helper()
	announce(t, ctx, c, id, zenodo.FileInit{Key: key, Size: int64(len(data))})
	put(t, ctx, c, id, key, data)
	return commit(t, ctx, c, id, key)
}

func announce(t *testing.T, ctx context.Context, c *zenodo.Client, id string, files ...zenodo.FileInit) {
	t.Helper()
	if _, err := c.InitFiles(ctx, id, files); err != nil {
		t.Fatalf("announce: %v", err)
	}
}

func put(t *testing.T, ctx context.Context, c *zenodo.Client, id, key string, data []byte) {
	t.Helper()
	if err := c.Put(ctx, id, key, int64(len(data)), stream(data)); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func commit(t *testing.T, ctx context.Context, c *zenodo.Client, id, key string) zenodo.FileEntry {
	t.Helper()
	f, err := c.Commit(ctx, id, key)
	if err != nil {
		t.Fatalf("commit %s: %v", key, err)
	}
	return f
}

// entry finds a file in the draft.
func entry(t *testing.T, ctx context.Context, c *zenodo.Client, id, key string) (zenodo.FileEntry, bool) {
	t.Helper()
	list, err := c.Files(ctx, id)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	for _, f := range list {
		if f.Key == key {
			return f, true
		}
	}
	return zenodo.FileEntry{}, false
}

// want checks an error's kind.
func want(t *testing.T, what string, err, kind error) *zenodo.APIError {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("%s: got %v, want %v", what, err, kind)
	}
	var e *zenodo.APIError
	if !errors.As(err, &e) {
		t.Fatalf("%s: %T is no APIError", what, err)
	}
	return e
}

func wantState(t *testing.T, ctx context.Context, c *zenodo.Client, id string, want zenodo.State) zenodo.Record {
	t.Helper()
	got, r, err := c.State(ctx, id)
	if err != nil || got != want {
		t.Fatalf("state: got %s, %v; want %s", got, err, want)
	}
	return r
}

// eventually waits for what the server does in its own time.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if ok() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func draftPath(id string) string { return "/api/records/" + id + "/draft" }

// waits leaves a case that waits in real time out of short runs.
func waits(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("waits for seconds: left out by -short")
	}
}
