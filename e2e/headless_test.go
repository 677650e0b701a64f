package e2e

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"syscall"
	"testing"
)

// TestWholeWay exports, publishes as a person would, and registers.
func TestWholeWay(t *testing.T) {
	s := serve(t)
	p := s.person(t)
	collection := firstCollection(t, p)

	dry := last(t, events(t, p.must(0, "export", "--dry-run", "--json", "--layout", "single", "--title", "Thin films", collection).stdout), "plan")
	done := p.must(0, "export", "--json", "--layout", "single", "--title", "Thin films", "--description", "Mass loss of films.", "--keyword", "films", collection)
	list := events(t, done.stdout)
	plan, end := last(t, list, "plan"), last(t, list, "done")
	if dry.text("job") != "" || dry.num("bytes") != plan.num("bytes") || plan.num("bytes") != end.num("bytes") {
		t.Errorf("announced %d and %d, sent %d bytes", dry.num("bytes"), plan.num("bytes"), end.num("bytes"))
	}
	if end.text("doi") == "" || end.text("url") == "" {
		t.Fatalf("done without DOI or address: %v", end)
	}
	publish(t, end.text("url"))
	first := events(t, p.must(0, "sync", "--json").stdout)
	job := last(t, first, "job")
	objects, _ := job["openbis_objects"].([]any)
	if job.text("state") != "registered" || len(objects) != 1 {
		t.Fatalf("after sync: %v", job)
	}
	if again := p.must(0, "sync", "--json").stdout; again != "" {
		t.Errorf("a second sync still has something to do: %s", again)
	}
	checkContent(t, p, s.download(t, end.text("id"), "content.zip"), end)
	if o := p.must(0, "verify", "--deep", "--json", end.text("job")); last(t, events(t, o.stdout), "done").num("failed") != 0 {
		t.Error(o.stdout)
	}
	p.noSecretsOnDisk()
}

// checkContent holds the ZIP against the manifest of the job, byte by byte.
func checkContent(t *testing.T, p *person, data []byte, done event) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	crcs := map[string]int{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		sum := crc32.NewIEEE()
		n, err := io.Copy(sum, rc)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		crcs[fmt.Sprintf("%08x %d", sum.Sum32(), n)]++
	}
	files := 0
	out := p.must(0, "jobs", "--json", "--manifest", done.text("job")).stdout
	for _, e := range events(t, out) {
		files++
		if crcs[fmt.Sprintf("%s %d", e.text("crc32"), e.num("bytes"))] == 0 {
			t.Errorf("%s is not in the package", e.text("path"))
		}
	}
	if files == 0 {
		t.Error("the export holds no data file")
	}
}

// firstCollection finds a collection with data by looking around.
func firstCollection(t *testing.T, p *person) string {
	t.Helper()
	var walk func(sel string, depth int) string
	walk = func(sel string, depth int) string {
		args := []string{"ls", "--json"}
		if sel != "" {
			args = append(args, sel)
		}
		for _, e := range events(t, p.must(0, args...).stdout) {
			switch kind := e.text("kind"); {
			case kind == "dataset" && e.num("bytes") > 0:
				return sel
			case kind == "object" && depth > 3, kind == "dataset":
			case kind == "collection" || kind == "project" || kind == "space" || kind == "object":
				if found := walk(kind+":"+e.text("perm_id"), depth+1); found != "" {
					if kind == "collection" {
						return "collection:" + e.text("perm_id")
					}
					return found
				}
			}
		}
		return ""
	}
	found := walk("", 0)
	if found == "" {
		t.Fatal("the demo has no collection with data")
	}
	return found
}

// bigDataSet finds the data set with the most bytes.
func bigDataSet(t *testing.T, p *person) string {
	t.Helper()
	best, most := "", int64(0)
	var walk func(sel string)
	walk = func(sel string) {
		args := []string{"ls", "--json"}
		if sel != "" {
			args = append(args, sel)
		}
		for _, e := range events(t, p.must(0, args...).stdout) {
			switch e.text("kind") {
			case "dataset":
				if e.num("bytes") > most {
					best, most = e.text("perm_id"), e.num("bytes")
				}
			case "space":
				if strings.HasPrefix(e.text("code"), homeSpace(p.s.User)) {
					walk("space:" + e.text("perm_id"))
				}
			case "project", "collection", "object":
				if sel != "" && most < 100e6 {
					walk(e.text("kind") + ":" + e.text("perm_id"))
				}
			}
		}
	}
	walk("")
	if most < 50e6 {
		t.Fatalf("the largest data set has %d bytes", most)
	}
	return best
}

// homeSpace is the code of a user's own space.
func homeSpace(user string) string { return strings.ToUpper(user) }

// TestKillAndResume kills the program at half of the upload; resume ends on the
// same draft with everything there.
func TestKillAndResume(t *testing.T) {
	s := serve(t)
	p := s.person(t)
	cmd := p.command("export", "--json", "--title", "Large file", "--limit-rate", "60000000", "dataset:"+bigDataSet(t, p))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var draft event
	for sc := bufio.NewScanner(out); sc.Scan(); {
		var e event
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if e.text("event") == "draft" {
			draft = e
		}
		if e.text("event") == "progress" && e.num("bytes") > e.num("total")/3 {
			break
		}
		if e.text("event") == "done" {
			t.Fatal("done before it could be killed")
		}
	}
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	state := last(t, events(t, p.must(0, "jobs", "--json").stdout), "job")
	if state.text("state") != "interrupted" && state.text("state") != "uploading" {
		t.Errorf("state after the kill: %v", state)
	}
	end := last(t, events(t, p.must(0, "resume", "--json").stdout), "done")
	if draft == nil || end.text("id") != draft.text("id") {
		t.Errorf("resumed on %v, began on %v", end, draft)
	}
	p.must(0, "verify", end.text("job"))
	if o := p.must(0, "resume", "--json"); o.stdout != "" {
		t.Errorf("nothing was left to resume, yet: %s", o.stdout)
	}
	p.noSecretsOnDisk()
}

// TestInterrupt stops with Ctrl+C: status 5, and the last line says how to go on.
func TestInterrupt(t *testing.T) {
	s := serve(t)
	p := s.person(t)
	cmd := p.command("export", "--json", "--title", "Large file", "--limit-rate", "30000000", "dataset:"+bigDataSet(t, p))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if strings.Contains(sc.Text(), `"event":"progress"`) {
			cmd.Process.Signal(syscall.SIGINT)
			break
		}
	}
	rest, _ := io.ReadAll(out)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 5 {
		t.Errorf("status %d, want 5\n%s%s", code, rest, errs.String())
	}
	if !strings.Contains(errs.String(), "zenobis resume ") {
		t.Errorf("stderr does not say how to go on: %s", errs.String())
	}
	p.must(0, "discard", last(t, events(t, p.must(0, "jobs", "--json").stdout), "job").text("job"))
	if st := last(t, events(t, p.must(0, "jobs", "--json").stdout), "job").text("state"); st != "discarded" {
		t.Errorf("state %s after discard", st)
	}
}

// TestBadInput: each mistake gets its status and a message that says what to do.
func TestBadInput(t *testing.T) {
	s := serve(t)
	p := s.person(t)
	user := "space:" + homeSpace(s.User)
	for _, c := range []struct {
		name   string
		p      *person
		args   []string
		status int
		say    string
	}{
		{"no title", p, []string{"export", user}, 2, "--title"},
		{"nothing selected", p, []string{"export", "--title", "Title"}, 4, "nothing is selected"},
		{"unknown flag", p, []string{"export", "--nope"}, 2, "nope"},
		{"unknown command", p, []string{"exprot"}, 2, "there is no command"},
		{"selection not found", p, []string{"export", "--title", "Title", "/NOPE/NOPE"}, 4, "not found"},
		{"no login", p.with("ZENOBIS_OPENBIS_TOKEN="), []string{"export", "--title", "Title", user}, 3, "ZENOBIS_OPENBIS_TOKEN"},
		{"wrong password", p.with("ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_OPENBIS_USER="+s.User, "ZENOBIS_OPENBIS_PASSWORD=wrong"), []string{"ls"}, 3, "password"},
		{"wrong openBIS token", p.with("ZENOBIS_OPENBIS_TOKEN=$pat-jdoe-1"), []string{"ls"}, 3, ""},
		{"refused Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN=wrong"), []string{"export", "--title", "Title", user}, 3, "token"},
		{"no Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN="), []string{"export", "--title", "Title", user}, 3, "ZENOBIS_ZENODO_TOKEN"},
		{"nobody there", p.with("ZENOBIS_OPENBIS_URL=http://127.0.0.1:1"), []string{"ls"}, 1, ""},
		{"not an openBIS", p.with("ZENOBIS_OPENBIS_URL=" + s.Zenodo), []string{"ls"}, 1, "openBIS"},
		{"the UI without a terminal", p, nil, 2, "zenobis export"},
		{"unknown job", p, []string{"discard", "nope"}, 2, "nope"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.p.must(c.status, c.args...)
			if !strings.Contains(o.stderr, c.say) {
				t.Errorf("stderr does not say %q: %s", c.say, o.stderr)
			}
			if o.stdout != "" {
				t.Errorf("stdout: %s", o.stdout)
			}
		})
	}
	if o := p.must(0, "jobs", "--json"); o.stdout != "" {
		t.Errorf("a refused export left a job: %s", o.stdout)
	}
}
