// Package e2e drives the built program from outside, as a person or a script
// does: headless and in a terminal, against the built-in servers.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	if path := os.Getenv(countEnv); path != "" {
		os.Exit(counted(path))
	}
	dir, err := os.MkdirTemp("", "zenobis-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "zenobis")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, "zenobis").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// slow leaves a test that takes seconds out of short runs.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: left out by -short")
	}
}

// servers are the two built-in servers in a process of their own.
type servers struct {
	OpenBIS     string `json:"openbis_url"`
	Zenodo      string `json:"zenodo_url"`
	User        string `json:"user"`
	Password    string `json:"password"`
	PAT         string `json:"openbis_token"`
	ZenodoToken string `json:"zenodo_token"`
}

func serve(t *testing.T) *servers {
	t.Helper()
	cmd := exec.Command(binary, "demo", "--serve")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("first line of demo --serve: %v", err)
	}
	var s servers
	if err := json.Unmarshal(line, &s); err != nil || s.OpenBIS == "" || s.Zenodo == "" || s.PAT == "" {
		t.Fatalf("first line of demo --serve: %s, %v", line, err)
	}
	return &s
}

// person is somebody with a home of their own, working against servers.
type person struct {
	t    *testing.T
	s    *servers
	home string
	env  []string

	program string // binary, or one that counts
}

func (s *servers) person(t *testing.T) *person {
	home := t.TempDir()
	return &person{program: binary, t: t, s: s, home: home, env: []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8",
		"ZENOBIS_OPENBIS_URL=" + s.OpenBIS, "ZENOBIS_ZENODO_URL=" + s.Zenodo,
		"ZENOBIS_OPENBIS_TOKEN=" + s.PAT, "ZENOBIS_ZENODO_TOKEN=" + s.ZenodoToken,
	}}
}

// with replaces or, with an empty value, removes variables.
func (p *person) with(kv ...string) *person {
	q := *p
	q.env = nil
	drop := map[string]bool{}
	for _, e := range kv {
		name, v, _ := strings.Cut(e, "=")
		drop[name] = true
		if v != "" {
			q.env = append(q.env, e)
		}
	}
	for _, e := range p.env {
		if name, _, _ := strings.Cut(e, "="); !drop[name] {
			q.env = append(q.env, e)
		}
	}
	return &q
}

func (p *person) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.program, args...)
	cmd.Env = p.env
	cmd.Dir = p.home
	return cmd
}

// outcome is what a command left behind.
type outcome struct {
	stdout, stderr string
	status         int
}

// run runs a command to its end. No secret may be in what it prints.
func (p *person) run(args ...string) outcome {
	p.t.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Signal(syscall.SIGQUIT) })
	defer stop()
	cmd.Wait()
	o := outcome{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	p.noSecrets("output of zenobis "+strings.Join(args, " "), o.stdout+o.stderr)
	return o
}

// must is run for a command that has to end with a status.
func (p *person) must(status int, args ...string) outcome {
	p.t.Helper()
	o := p.run(args...)
	if o.status != status {
		p.t.Fatalf("zenobis %s: status %d, want %d\nstdout: %s\nstderr: %s", strings.Join(args, " "), o.status, status, o.stdout, o.stderr)
	}
	return o
}

func (p *person) noSecrets(where, text string) {
	p.t.Helper()
	for name, secret := range map[string]string{"password": p.s.Password, "access token": p.s.PAT, "Zenodo token": p.s.ZenodoToken} {
		if len(secret) > 7 && strings.Contains(text, secret) {
			p.t.Errorf("%s holds the %s", where, name)
		}
	}
}

// noSecretsOnDisk looks into every file that the person's runs left behind.
func (p *person) noSecretsOnDisk() {
	p.t.Helper()
	filepath.Walk(p.home, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && !strings.Contains(path, "/tokens/") {
			data, _ := os.ReadFile(path)
			p.noSecrets(path, string(data))
		}
		return nil
	})
}

// event is one line of --json.
type event map[string]any

func (e event) text(key string) string { s, _ := e[key].(string); return s }
func (e event) num(key string) int64   { f, _ := e[key].(float64); return int64(f) }

func events(t *testing.T, out string) (list []event) {
	t.Helper()
	for l := range strings.Lines(out) {
		var e event
		if err := json.Unmarshal([]byte(l), &e); err != nil || e.text("event") == "" {
			t.Fatalf("no event: %q, %v", l, err)
		}
		list = append(list, e)
	}
	return list
}

// last returns the last event of a name.
func last(t *testing.T, list []event, name string) event {
	t.Helper()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].text("event") == name {
			return list[i]
		}
	}
	t.Fatalf("no event %q in %v", name, list)
	return nil
}

// publish presses the Publish button of a draft's page, as the person would.
func publish(t *testing.T, draft string) {
	t.Helper()
	resp, err := http.Get(draft)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := html.Parse(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	action, values := publishForm(doc)
	if action == "" {
		t.Fatalf("no Publish button on %s", draft)
	}
	base, _ := url.Parse(draft)
	to, err := base.Parse(action)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.PostForm(to.String(), values)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode >= 400 {
		t.Fatalf("publish: %s\n%s", answer.Status, body)
	}
}

// publishForm finds the form with a button that says publish, and what pressing
// it sends.
func publishForm(n *html.Node) (action string, values url.Values) {
	if n.Type == html.ElementNode && n.Data == "form" {
		values = url.Values{}
		if fill(n, values) {
			return attr(n, "action"), values
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if action, values = publishForm(c); action != "" {
			return action, values
		}
	}
	return "", nil
}

// fill collects the fields of a form as they stand, and the value of its
// Publish button; it reports whether there is one.
func fill(n *html.Node, into url.Values) (button bool) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "input":
			if attr(n, "name") != "" {
				into.Set(attr(n, "name"), attr(n, "value"))
			}
		case "textarea":
			if n.FirstChild != nil {
				into.Set(attr(n, "name"), n.FirstChild.Data)
			}
		case "button":
			if strings.EqualFold(attr(n, "value"), "publish") {
				into.Set(attr(n, "name"), attr(n, "value"))
				button = true
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if fill(c, into) {
			button = true
		}
	}
	return button
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// download returns a file of a published record.
func (s *servers) download(t *testing.T, id, key string) []byte {
	t.Helper()
	resp, err := http.Get(s.Zenodo + "/api/records/" + id + "/files/" + url.PathEscape(key) + "/content")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("download %s: %s, %v", key, resp.Status, err)
	}
	return data
}
