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

	args := []string{"export", "--json", "--layout", "single", "--title", "Heat shock", "--description",
		"How fast the chaperones come.", "--keyword", "yeast", collection}
	dry := last(t, events(t, p.must(0, append(args, "--dry-run")...).stdout), "plan")
	done := p.must(0, args...)
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

// The demo's entities that the tests export: small ones of every kind, and one
// that takes a while to send.
const (
	smallProject, smallCollection = "HEAT_SHOCK", "TIME_COURSE"
	largeProject, largeCollection = "MEMBRANE_TRANSPORT", "SCANS"
	largeObject                   = "Whole field, 3 channels"
)

// firstCollection finds a collection with data by looking around.
func firstCollection(t *testing.T, p *person) string {
	t.Helper()
	return "collection:" + below(t, p, smallProject, smallCollection).text("perm_id")
}

// bigDataSet finds a data set that takes a while to send.
func bigDataSet(t *testing.T, p *person) string {
	t.Helper()
	set := below(t, p, largeProject, largeCollection, largeObject, "")
	if set.num("bytes") < 50e6 {
		t.Fatalf("the large data set has %d bytes", set.num("bytes"))
	}
	return set.text("perm_id")
}

// below goes down from the person's own space, by code or name; "" is the first.
func below(t *testing.T, p *person, path ...string) event {
	t.Helper()
	sel := "space:" + homeSpace(p.s.User)
	var found event
	for _, want := range path {
		found = nil
		for _, e := range events(t, p.must(0, "ls", "--json", sel).stdout) {
			if found == nil && (want == "" || e.text("code") == want || e.text("name") == want) {
				found = e
			}
		}
		if found == nil {
			t.Fatalf("ls %s does not show %q", sel, want)
		}
		sel = found.text("kind") + ":" + found.text("perm_id")
	}
	return found
}

// homeSpace is the code of a user's own space.
func homeSpace(user string) string { return strings.ToUpper(user) }

// TestKillAndResume kills the program at half of the upload; resume ends on the
// same draft with everything there.
func TestKillAndResume(t *testing.T) {
	slow(t)
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
	slow(t)
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
		{"wrong password", p.with("ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_OPENBIS_USER="+s.User, "ZENOBIS_OPENBIS_PASSWORD=wrong"),
			[]string{"ls"}, 3, "password"},
		{"wrong openBIS token", p.with("ZENOBIS_OPENBIS_TOKEN=$pat-jdoe-1"), []string{"ls"}, 3, ""},
		{"refused Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN=wrong"), []string{"export", "--title", "Title", user}, 3, "token"},
		{"no Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN="), []string{"export", "--title", "Title", user}, 3, "ZENOBIS_ZENODO_TOKEN"},
		{"nobody there", p.with("ZENOBIS_OPENBIS_URL=http://127.0.0.1:1"), []string{"ls"}, 1, ""},
		{"not an openBIS", p.with("ZENOBIS_OPENBIS_URL=" + s.Zenodo), []string{"ls"}, 1, "openBIS"},
		{"the UI without a terminal", p, nil, 2, "zenobis export"},
		{"unknown job", p, []string{"discard", "nope"}, 2, "nope"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "nobody there" || c.name == "not an openBIS" { // both are asked again for a while
				slow(t)
			}
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
