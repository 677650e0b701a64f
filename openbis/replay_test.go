package openbis

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// recording is an answer as a running openBIS gave it.
type recording struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// recorded loads an answer: of the serialiser ("04-spaces") or of a running
// server ("live/40-spaces").
func recorded(t testing.TB, name string) recording {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "recorded", filepath.FromSlash(name)+".response.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := recording{Status: http.StatusOK, Body: b}
	if strings.HasPrefix(name, "live/") {
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r
	}
	index, err := os.ReadFile("testdata/recorded/index.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(index)) {
		if f := strings.Split(l, "\t"); f[0] == name && json.Unmarshal([]byte(f[2]), &r.Status) != nil {
			t.Fatalf("status of %s", name)
		}
	}
	return r
}

// sent is a request as the replay server got it.
type sent struct {
	Method string            `json:"method"`
	ID     json.RawMessage   `json:"id"`
	Params []json.RawMessage `json:"params"`
	path   string
	header http.Header
}

// replay answers calls with what was recorded or made up, by method; the last
// answer of a method is given again and again.
type replay struct {
	t       testing.TB
	mu      sync.Mutex
	answers map[string][]recording
	sent    []sent
	other   http.HandlerFunc // for everything but the API
}

func (s *replay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "-v3.json") {
		s.other(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	q := sent{path: r.URL.Path, header: r.Header}
	if err := json.Unmarshal(body, &q); err != nil {
		s.t.Errorf("request is no JSON: %v", err)
	}
	s.mu.Lock()
	s.sent = append(s.sent, q)
	queue := s.answers[q.Method]
	if len(queue) > 1 {
		s.answers[q.Method] = queue[1:]
	}
	s.mu.Unlock()
	if len(queue) == 0 {
		s.t.Errorf("unexpected call of %s", q.Method)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	answer := queue[0]
	w.Header().Set("Content-Type", "application/json-rpc")
	w.WriteHeader(answer.Status)
	var envelope map[string]json.RawMessage
	if json.Unmarshal(answer.Body, &envelope) != nil {
		_, _ = w.Write(answer.Body) // made up: no JSON at all
		return
	}
	if _, ok := envelope["id"]; ok {
		envelope["id"] = q.ID
	}
	b, err := json.Marshal(envelope)
	if err != nil {
		s.t.Error(err)
	}
	_, _ = w.Write(append(b, '\n'))
}

func (s *replay) calls(method string) []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []sent
	for _, q := range s.sent {
		if q.Method == method {
			all = append(all, q)
		}
	}
	return all
}

// result makes up an answer.
func result(v string) recording {
	return recording{Status: http.StatusOK, Body: json.RawMessage(`{"jsonrpc":"2.0","id":"1","result":` + v + `}`)}
}

// failure makes up an error.
func failure(exception, message string) recording {
	m, _ := json.Marshal(message)
	return recording{Status: http.StatusOK, Body: json.RawMessage(`{"jsonrpc":"2.0","id":"1","error":{"code":0,"message":` + string(m) +
		`,"data":{"@id":1,"exceptionTypeName":"` + exception + `"}}}`)}
}

const testToken = "alice-231114221320000x0123456789ABCDEF0123456789ABCDEF"

// start runs a replay server and a client that is logged in there.
func start(t testing.TB, answers map[string][]recording) (*Client, *replay) {
	t.Helper()
	s := &replay{t: t, answers: answers, other: http.NotFound}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	c, err := New(Options{URL: h.URL, UserAgent: "zenobis/test"})
	if err != nil {
		t.Fatal(err)
	}
	c.token, c.session = testToken, Session{UserID: "alice"}
	return c, s
}

// play is start with one recorded answer for one method.
func play(t testing.TB, method, name string) *Client {
	t.Helper()
	c, _ := start(t, map[string][]recording{method: {recorded(t, name)}})
	return c
}
