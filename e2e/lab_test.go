package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// lab is a running InvenioRDM of lab/invenio, given in the environment.
type lab struct {
	url, token, curator, community string
}

func theLab(t *testing.T) lab {
	l := lab{os.Getenv("ZENOBIS_TEST_ZENODO_URL"), os.Getenv("ZENOBIS_TEST_ZENODO_TOKEN"),
		os.Getenv("ZENOBIS_TEST_ZENODO_CURATOR_TOKEN"), "reviewed"}
	if l.url == "" || l.token == "" || os.Getenv("ZENOBIS_TEST_ZENODO_LAB") == "" {
		t.Skip("no InvenioRDM of lab/invenio: its check sets ZENOBIS_TEST_ZENODO_LAB, _URL and _TOKEN")
	}
	return l
}

// call asks the lab's API as a person's browser would, and decodes the answer.
func (l lab) call(t *testing.T, token, method, path string, body any) map[string]any {
	t.Helper()
	var data io.Reader
	if body != nil {
		b, _ := json.Marshal(body)
		data = bytes.NewReader(b)
	}
	req, _ := http.NewRequest(method, l.url+path, data)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/vnd.inveniordm.v1+json")
	req.Header.Set("User-Agent", "zenobis-e2e/"+t.Name())
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, path, resp.Status, raw)
	}
	var out map[string]any
	json.Unmarshal(raw, &out)
	return out
}

func (l lab) publish(t *testing.T, id string) {
	t.Helper()
	l.call(t, l.token, "POST", "/api/records/"+id+"/draft/actions/publish", nil)
}

func (l lab) person(t *testing.T, s *servers) *person {
	p := s.person(t)
	q := *s
	q.Zenodo, q.ZenodoToken = l.url, l.token
	p.s = &q
	return p.with("ZENOBIS_ZENODO_URL="+l.url, "ZENOBIS_ZENODO_TOKEN="+l.token)
}

// TestLabLayouts goes the whole way in every layout.
func TestLabLayouts(t *testing.T) {
	l := theLab(t)
	s := serve(t)
	for _, layout := range []string{"single", "per-dataset", "files"} {
		t.Run(layout, func(t *testing.T) {
			p := l.person(t, s)
			list := events(t, p.must(0, "export", "--json", "--layout", layout, "--title", "Lab run "+layout, firstCollection(t, p)).stdout)
			plan, done := last(t, list, "plan"), last(t, list, "done")
			if plan.num("bytes") != done.num("bytes") {
				t.Errorf("planned %d, sent %d", plan.num("bytes"), done.num("bytes"))
			}
			p.must(0, "verify", "--deep", done.text("job")) // the draft already
			l.publish(t, done.text("id"))
			job := last(t, events(t, p.must(0, "sync", "--json").stdout), "job")
			if objects, _ := job["openbis_objects"].([]any); job.text("state") != "registered" || len(objects) != 1 {
				t.Errorf("after sync: %v", job)
			}
			p.must(0, "verify", done.text("job"))
			p.must(0, "verify", "--deep", done.text("job"))
			if layout == "single" {
				checkContent(t, p, p.s.download(t, done.text("id"), "content.zip"), done)
			}
			p.noSecretsOnDisk()
		})
	}
}

// TestLabReview proposes to a community that reviews.
func TestLabReview(t *testing.T) {
	l := theLab(t)
	if l.curator == "" {
		t.Skip("no curator's token")
	}
	p := l.person(t, serve(t))
	done := last(t, events(t, p.must(0, "export", "--json", "--title", "For review", "--community", l.community, firstCollection(t,
		p)).stdout), "done")
	id := done.text("id")
	request := l.call(t, l.token, "POST", "/api/records/"+id+"/draft/actions/submit-review",
		map[string]any{"payload": map[string]string{"content": "please", "format": "html"}})
	if st := last(t, events(t, p.must(0, "sync", "--json").stdout), "job").text("state"); st != "in_review" {
		t.Errorf("state %s after submission", st)
	}
	l.call(t, l.curator, "POST", "/api/requests/"+request["id"].(string)+"/actions/accept", nil)
	if st := last(t, events(t, p.must(0, "sync", "--json").stdout), "job").text("state"); st != "registered" {
		t.Errorf("state %s after acceptance", st)
	}
}

// TestLabCut cuts the connection in the middle of the first content PUT.
func TestLabCut(t *testing.T) {
	l := theLab(t)
	proxy := startCutter(t, strings.TrimPrefix(l.url, "http://"), 20_000)
	p := l.person(t, serve(t))
	p = p.with("ZENOBIS_ZENODO_URL=" + proxy)
	list := events(t, p.must(0, "export", "--json", "--layout", "single", "--title", "Cut in the middle", firstCollection(t, p)).stdout)
	last(t, list, "retry")
	p.must(0, "verify", last(t, list, "done").text("job"))
}

// TestLabTooLarge sends a file that is larger than what the server takes in one
// request, which comes before its quota: refused with a word on what to do. The
// quota itself is tried by the contract suite.
func TestLabTooLarge(t *testing.T) {
	l := theLab(t)
	p := l.person(t, serve(t))
	o := p.run("export", "--json", "--title", "Too large", "dataset:"+bigDataSet(t, p))
	if o.status == 0 || !strings.Contains(o.stdout, `"event":"error"`) {
		t.Fatalf("status %d: %s", o.status, o.stdout)
	}
	if !strings.Contains(o.stderr, "part_size") || strings.Contains(o.stderr, "quota") {
		t.Errorf("stderr does not speak of the limit for one request: %s", o.stderr)
	}
}

// TestLabKill kills in the middle and resumes on the same draft.
func TestLabKill(t *testing.T) {
	l := theLab(t)
	p := l.person(t, serve(t))
	cmd := p.command("export", "--json", "--layout", "single", "--limit-rate", "100000", "--title", "Killed", firstCollection(t, p))
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var draft event
	dec := json.NewDecoder(out)
	for {
		var e event
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		if e.text("event") == "draft" {
			draft = e
		}
		if e.text("event") == "progress" && e.num("bytes") > 0 {
			break
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	done := last(t, events(t, p.must(0, "resume", "--json").stdout), "done")
	if done.text("id") != draft.text("id") {
		t.Errorf("resumed on %v, began on %v", done, draft)
	}
	p.must(0, "verify", done.text("job"))
}

// startCutter forwards connections to a server and cuts the first one on which
// a content PUT has sent so many bytes.
func startCutter(t *testing.T, to string, after int) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	var once sync.Once
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer in.Close()
				out, err := net.DialTimeout("tcp", to, 10*time.Second)
				if err != nil {
					return
				}
				defer out.Close()
				go io.Copy(in, out)
				buf, sent := make([]byte, 8<<10), -1
				for {
					n, err := in.Read(buf)
					if err != nil {
						return
					}
					if i := bytes.Index(buf[:n], []byte("/content HTTP/1.1")); i > 0 && bytes.Contains(buf[:i], []byte("PUT ")) {
						sent = 0
					}
					out.Write(buf[:n])
					if sent >= 0 {
						if sent += n; sent > after {
							cut := false
							once.Do(func() { cut = true })
							if cut {
								return
							}
						}
					}
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String()
}
