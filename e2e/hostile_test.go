package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// unseen is what stands in every text of both servers here: what turns the writing
// round, and controls. Taken out it leaves the text, so all goes on as without it. What
// takes no cell, sets the title, blinks stands in prose as well.
const (
	unseen  = "\u061c\u202e\u009b\x07"
	hostile = "\u200b\u00ad" + unseen + "\x1b]0;owned\x07\x1b[5;7m"
)

// harmless complains about what of it is among the bytes for a terminal.
func harmless(t *testing.T, where, out string) {
	t.Helper()
	for _, bad := range []string{"\u200b", "\u00ad", "\u061c", "\u202e", "\u009b", "\x1b]0;owned", "\x1b[5;7m"} {
		if i := strings.Index(out, bad); i >= 0 {
			t.Errorf("%s holds %q: %q", where, bad, out[max(0, i-150):min(len(out), i+50)])
			return
		}
	}
}

// behind returns the address of a proxy of a server that puts it into all texts of JSON
// answers, and takes it out of what is asked.
func behind(t *testing.T, server string) string {
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	var spelt []string
	for _, p := range []string{hostile, unseen} {
		quoted, _ := json.Marshal(p)
		spelt = append(spelt, p, string(quoted[1:len(quoted)-1]), url.QueryEscape(p), url.PathEscape(p))
	}
	var own string
	out := func(s string) string {
		for _, p := range spelt {
			s = strings.ReplaceAll(s, p, "")
		}
		return strings.ReplaceAll(s, own, server)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.URL.RawQuery, r.Out.URL.Path, r.Out.URL.RawPath = out(r.In.URL.RawQuery), out(r.In.URL.Path), out(r.In.URL.RawPath)
			if strings.Contains(r.In.Header.Get("Content-Type"), "json") {
				body, _ := io.ReadAll(r.In.Body)
				body = []byte(out(string(body)))
				r.Out.Body, r.Out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: func(r *http.Response) error {
			if !strings.Contains(r.Header.Get("Content-Type"), "json") {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			d := json.NewDecoder(bytes.NewReader(body))
			d.UseNumber()
			var v any
			if d.Decode(&v) == nil {
				if body, err = json.Marshal(poisoned("", v)); err != nil {
					return err
				}
			}
			body = bytes.ReplaceAll(body, []byte(server), []byte(own))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", fmt.Sprint(len(body)))
			return nil
		},
		FlushInterval: -1,
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	own = s.URL
	return own
}

// poisoned puts it into all texts but those that are no texts.
func poisoned(key string, v any) any {
	switch v := v.(type) {
	case string:
		_, n := utf8.DecodeRuneInString(v)
		if n == 0 || slices.Contains([]string{"@type", "jsonrpc", "key", "dataSetPermId", "checksum"}, key) || strings.HasPrefix(v, "http") {
			return v
		}
		if strings.ContainsAny(v, " \n<") {
			return v[:n] + unseen + v[n:] + hostile
		}
		return v[:n] + unseen + v[n:] + unseen
	case []any:
		for i := range v {
			v[i] = poisoned(key, v[i])
		}
	case map[string]any:
		for k := range v {
			_, text := v[k].(string)
			if _, envelope := v["jsonrpc"]; envelope && text {
				continue // the number of the call, a session
			}
			v[k] = poisoned(k, v[k])
		}
	}
	return v
}

// TestHostileServers: whatever stands in the texts of the servers, nothing of it moves
// a terminal, through screens, questions and commands alike.
func TestHostileServers(t *testing.T) {
	slow(t)
	s := serve(t)
	p := s.person(t).with("ZENOBIS_OPENBIS_URL="+behind(t, s.OpenBIS), "ZENOBIS_ZENODO_URL="+behind(t, s.Zenodo))
	run := func(status int, args ...string) outcome {
		t.Helper()
		o := p.run(args...)
		if o.status != status {
			t.Errorf("zenobis %q: status %d\n%s%s", args, o.status, o.stdout, o.stderr)
		}
		harmless(t, fmt.Sprintf("zenobis %q", args), o.stdout+o.stderr)
		return o
	}
	collection := firstCollection(t, p)
	set := below(t, p, smallProject, smallCollection, "", "").text("perm_id")
	for _, args := range [][]string{{"ls"}, {"ls", "space:JDOE"}, {"ls", collection}, {"ls", set}, {"ls", "--json", set}, {"doctor"},
		{"export", "--dry-run", "--accept-findings", collection}, {"export", "--dry-run", "--json", collection}} {
		run(0, args...)
	}
	run(4, "ls", "object:/NO/SUCH/THING")
	run(4, "export", "--title", "Refused", "--license", "nosuch", collection)
	done := last(t, events(t, run(0, "export", "--json", "--layout", "single", "--title", "Heat shock", collection).stdout), "done")
	job := done.text("job")
	run(0, "export", "--layout", "files", "--title", "Once more", collection)
	publish(t, s.Zenodo+"/uploads/"+done.text("id"))
	for _, args := range [][]string{{"sync"}, {"jobs"}, {"jobs", "--json"}, {"jobs", "--manifest", job}, {"jobs", job}, {"verify", job},
		{"verify", "--deep", job}, {"verify", "--json", job}} {
		run(0, args...)
	}
	p.env = append(p.env, "ZENOBIS_ZENODO_TOKEN=wrong", "ZENOBIS_OPENBIS_TOKEN="+p.s.User+"-wrong")
	run(1, "ls") // its reason is not known by these words
}

// TestHostileServersInQuestions is the way of numbered questions.
func TestHostileServersInQuestions(t *testing.T) {
	slow(t)
	s := serve(t)
	p := s.person(t).with("ZENOBIS_OPENBIS_URL="+behind(t, s.OpenBIS), "ZENOBIS_ZENODO_URL="+behind(t, s.Zenodo))
	cmd := p.command("--plain")
	cmd.Stdin = strings.NewReader(strings.Join([]string{"1", "1", "1", "show 1", "select 1", "continue", "Heat shock", "continue", "m", "start"}, "\n") + "\n")
	out, _ := cmd.CombinedOutput()
	harmless(t, "the questions", string(out))
	if !strings.Contains(string(out), "The draft is ready") {
		t.Errorf("%s", out)
	}
}

// TestHostileServersOnScreens looks at what the screens send to the terminal.
func TestHostileServersOnScreens(t *testing.T) {
	slow(t)
	s := serve(t)
	p := s.person(t).with("ZENOBIS_OPENBIS_URL="+behind(t, s.OpenBIS), "ZENOBIS_ZENODO_URL="+behind(t, s.Zenodo))
	x := p.terminal(t, 80, 24)
	record := filepath.Join(t.TempDir(), "sent")
	x.tmux("pipe-pane", "-O", "cat >> "+record)
	x.see("Jane Doe")
	x.keys("Right")
	x.see("Heat Shock")
	x.keys("Down", "Right")
	x.see("Time cour")
	x.keys("Down", "Space")
	x.see("☑ Time cour")
	x.see("By ") // in the preview
	x.keys("Enter")
	x.see("Creators")
	x.write("Heat shock")
	x.keys("Enter")
	x.see("Nothing has been se")
	x.keys("Enter")
	x.see("draft: not public yet")
	x.keys("C-x")
	x.see("Exports")
	x.keys("C-c")
	x.ended()
	sent, err := os.ReadFile(record)
	if err != nil || len(sent) < 4000 {
		t.Fatalf("%d bytes, %v", len(sent), err)
	}
	harmless(t, "the terminal", string(sent))
}
