package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// TestContractStatus: what is refused has its exit status, its events, says
// what is wrong, and sends nothing.
func TestContractStatus(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	os.WriteFile(filepath.Join(p.home, "small.toml"), []byte("[export]\nmax_bytes = 1000\n"), 0o600)
	os.WriteFile(filepath.Join(p.home, "unknown.toml"), []byte("title = \"T\"\nfoo = 1\n"), 0o600)
	anonymous := p.with("ZENOBIS_OPENBIS_TOKEN=")
	password := func(v string) *person {
		return anonymous.with("ZENOBIS_OPENBIS_USER="+s.User, "ZENOBIS_OPENBIS_PASSWORD="+v)
	}
	coll := "/LAB/PROJ/COLL"
	export := func(more ...string) []string {
		return append([]string{"export", "--json", "--title", "A title"}, more...)
	}
	dry := func(more ...string) []string { return append([]string{"export", "--json", "--dry-run"}, more...) }
	os.WriteFile(filepath.Join(p.home, "licence.toml"), []byte("title = \"T T T\"\nlicense = \"nope\"\n"), 0o600)
	os.WriteFile(filepath.Join(p.home, "open.toml"), nil, 0o600)
	os.Chmod(filepath.Join(p.home, "open.toml"), 0o666)
	for _, c := range []struct {
		name   string
		p      *person
		args   []string
		status int
		events string
		say    string
	}{
		{"no title", p, []string{"export", "--json", coll}, 2, "error", "--title"},
		{"nothing selected", p, export(), 4, "error", "nothing is selected"},
		{"only an exclusion", p, export("--exclude", coll), 4, "error", "nothing is selected"},
		{"excluded itself", p, export("--exclude", coll, coll), 4, "error", "nothing is selected"},
		{"only, yet excluded", p, export("--only", coll, "--exclude", coll), 4, "error", "nothing is selected"},
		{"not found", p, export("/NOPE"), 4, "error", "not found"},
		{"prefix unknown", p, export("folder:X"), 2, "error", "prefix"},
		{"both exist", p, export("/LAB/PROJ/TWICE"), 2, "error", "collection:/LAB/PROJ/TWICE or object:/LAB/PROJ/TWICE"},
		{"layout unknown", p, export("--layout", "tar", coll), 2, "error", "per-dataset"},
		{"pages unknown", p, export("--pages", "pdf", coll), 2, "error", "docx"},
		{"crate unknown", p, export("--crate", "zip", coll), 2, "error", "ro-crate"},
		{"eln in pieces", p, export("--crate", "eln", "--layout", "files", coll), 2, "error", "eln"},
		{"rate with a word", p, export("--limit-rate", "fast", coll), 2, "error", "limit-rate"},
		{"rate below zero", p, export("--limit-rate", "-1", coll), 2, "error", "limit-rate"},
		{"glob broken", p, export("--file", s.ds["table"]+":["), 2, "error", "bracket"},
		{"glob missing", p, export("--file", "x"), 2, "error", "PERMID:GLOB"},
		{"metadata file unknown key", p, export("--metadata", "unknown.toml", coll), 2, "error", "foo"},
		{"access", p, export("--access", "secret", coll), 4, "error", "embargo"},
		{"ORCID", p, export("--creator", "Doe, J; 0000-0002-1825-0098", coll), 4, "error", "ORCID"},
		{"role", p, export("--contributor", "boss: Doe, J", coll), 4, "error", "boss"},
		{"licence, dry", p, dry("--license", "cc by 4", coll), 4, "error", "did you mean cc-by-4.0? (--license)"},
		{"licence", p, export("--license", "cc by 4", coll), 4, "error", "did you mean cc-by-4.0? (--license)"},
		{"language, dry", p, dry("--language", "english", coll), 4, "error", "did you mean eng (English)? (--language)"},
		{"language", p, export("--language", "english", coll), 4, "error", "(--language)"},
		{"community, dry", p, dry("--community", "nope", coll), 4, "error", "(--community)"},
		{"embargo in the past, dry", p, dry("--access", "embargo:2020-01-01", coll), 4, "error", "(--access)"},
		{"group, dry", p, dry("--group", "NOPE", coll), 4, "error", "(--group)"},
		{"group", p, export("--group", "NOPE", coll), 4, "error", "(--group)"},
		{"dry, without a title and a token", p.with("ZENOBIS_ZENODO_TOKEN="), dry(coll), 0, "plan", ""},
		{"metadata file, line", p, dry("--metadata", "licence.toml", coll), 4, "error", "licence.toml"},
		{"configuration that everyone can write", p, dry("--config", "open.toml", coll), 2, "error", "open.toml"},
		{"password over plain http", password(s.Password).with("ZENOBIS_OPENBIS_URL=http://openbis.lab.example"), dry(coll), 2, "error",
			"allow_http"},
		{"command", p, []string{"--json", "exprot", coll}, 2, "error", "did you mean export?"},
		{"flag", p, []string{"jobs", "--manifets", "--json"}, 2, "error", "did you mean --manifest?"},
		{"output", p, []string{"jobs", "--cite", "csl", "--json"}, 2, "error", "which export"},
		{"findings", p, export("object:/ELSEWHERE/PROJ/PRIVATE"), 4, "plan error", "jane.doe@lab.example"},
		{"strict", p, export("--strict", "/LAB/ODD/COLL"), 4, "plan error", "--strict"},
		{"strict, dry", p, export("--dry-run", "--strict", "/LAB/ODD/COLL"), 4, "plan", "--strict"},
		{"limit", p, append(export(coll), "--config", "small.toml"), 4, "plan error", "1.0 kB"},
		{"limit, dry", p, append(export("--dry-run", coll), "--config", "small.toml"), 4, "plan", "1.0 kB"},
		{"too many record files", p, export("--layout", "files", s.ds["many"]), 4, "plan error", "per-dataset"},
		{"too many record files, dry", p, export("--dry-run", "--layout", "files", s.ds["many"]), 4, "plan", "per-dataset"},
		{"link alone", p, export(s.ds["link"]), 4, "plan error", "outside openBIS"},
		{"link alone, dry", p, export("--dry-run", s.ds["link"]), 4, "plan", "outside openBIS"},
		{"empty alone", p, export(s.ds["empty"]), 4, "plan error", "no files"},
		{"archived alone", p, export(s.ds["archived"]), 4, "plan error", "archive"},
		{"no such community", p, export("--community", "nope", coll), 4, "error", "--community"},
		{"no such record", p, export("--new-version-of", "10.5281/zenodo.1", coll), 4, "error", "zenodo.1"},
		{"no such record, dry", p, dry("--new-version-of", "10.5281/zenodo.1", coll), 4, "error", "zenodo.1"},
		{"no record, dry", p, dry("--new-version-of", "foo", coll), 4, "error", "foo"},
		{"no login", anonymous, export(coll), 3, "error", "ZENOBIS_OPENBIS_TOKEN"},
		{"wrong password", password("wrong"), export(coll), 3, "error", "password"},
		{"refused access token", p.with("ZENOBIS_OPENBIS_TOKEN=$pat-jdoe-1"), export(coll), 3, "error", "personal access token"},
		{"no Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN="), export(coll), 3, "error", "ZENOBIS_ZENODO_TOKEN"},
		{"refused Zenodo token", p.with("ZENOBIS_ZENODO_TOKEN=wrong"), export(coll), 3, "error", "token"},
		{"openBIS away", p.with("ZENOBIS_OPENBIS_URL=http://127.0.0.1:1"), export(coll), 1, "error", "reached"},
		{"no openBIS", p.with("ZENOBIS_OPENBIS_URL=" + s.Zenodo), export(coll), 1, "error", "not an openBIS"},
		{"Zenodo away", p.with("ZENOBIS_ZENODO_URL=http://127.0.0.1:1"), export(coll), 1, "error", "reached"},
		{"no Zenodo", p.with("ZENOBIS_ZENODO_URL=" + s.OpenBIS), export(coll), 1, "error", "InvenioRDM"},
		{"no address", p.with("ZENOBIS_OPENBIS_URL="), []string{"ls", "--json"}, 2, "error", "--openbis"},
		{"unknown job", p, []string{"resume", "--json", "nope"}, 2, "error", "nope"},
		{"unknown job to sync", p, []string{"sync", "--json", "nope"}, 2, "error", "nope"},
		{"unknown job to verify", p, []string{"verify", "--json", "nope"}, 2, "error", "nope"},
		{"unknown job to discard", p, []string{"discard", "--json", "nope"}, 2, "error", "nope"},
		{"citation format", p, []string{"jobs", "--cite", "ris", "x"}, 2, "", "bibtex"},
		{"config file", p, []string{"--config", "nope.toml", "jobs"}, 2, "", "nope.toml"},
		{"profile", p, []string{"--profile", "nope", "jobs"}, 2, "", "nope"},
		{"log level", p, []string{"--log-level", "loud", "jobs"}, 2, "", "debug"},
		{"CA file", p, []string{"--ca-file", "nope.pem", "ls", "--json"}, 2, "error", "CA"},
		{"the UI without a terminal", p, nil, 2, "", "zenobis export"},
		{"nothing to resume", p, []string{"resume", "--json"}, 0, "", ""},
		{"nothing to sync", p, []string{"sync", "--json"}, 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := *c.p
			q.t = t
			if c.status == 0 { // refusals at Zenodo keep their job, for its reason to be read
				q = *q.with("ZENOBIS_STATE_DIR=" + t.TempDir())
				q.t = t
			}
			o := q.must(c.status, c.args...)
			if got := names(contractEvents(t, o.stdout)); got != c.events || !strings.Contains(o.stderr, c.say) {
				t.Errorf("events %q, want %q; stderr, which should say %q:\n%s", got, c.events, c.say, o.stderr)
			}
		})
	}
	if n := len(s.ze.Drafts()); n != 0 {
		t.Errorf("refusals left %d drafts", n)
	}
	for _, e := range jobEvents(t, p, 0, "jobs") {
		if e.text("state") != "failed" || e["id"] != nil {
			t.Errorf("a refusal left %v", e)
		}
		if j := jobEvents(t, p, 0, "discard", e.text("job")); len(j) != 1 || j[0].text("state") != "discarded" {
			t.Errorf("discard: %v", j)
		}
	}
	password(s.Password).must(0, "ls")
	if n := s.ob.OpenSessions(); n != 0 {
		t.Errorf("%d sessions were left open", n)
	}
}

// TestContractSwitch: off is refused, unknown is a notice, and the demo's first
// line is what it says.
func TestContractSwitch(t *testing.T) {
	slow(t)
	t.Parallel()
	off := newSite(t, "false", zenodotest.Options{})
	p := off.person(t)
	if o := p.must(4, "export", "--json", "--title", "A title", "/LAB"); names(contractEvents(t, o.stdout)) != "error" ||
		!strings.Contains(o.stderr, "showZenodoExportBuilder") {
		t.Errorf("%+v", o)
	}
	failed := 0
	for _, e := range contractEvents(t, p.must(1, "doctor", "--json").stdout) {
		if ok, _ := e["ok"].(bool); e.text("event") == "check" && !ok {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("doctor: %d checks failed", failed)
	}
	unknown := newSite(t, "", zenodotest.Options{NoDOI: true})
	q := unknown.person(t)
	contractEvents(t, q.must(0, "doctor", "--json").stdout)
	o := q.must(0, "export", "--json", "--title", "A title", "--open", "/LAB/PROJ/COLL")
	list := contractEvents(t, o.stdout)
	if d := last(t, list, "draft"); d["doi"] != nil || last(t, list, "done")["doi"] != nil {
		t.Errorf("no DOI is reserved here: %v", d)
	}
	if !strings.Contains(o.stderr, "settings say nothing") {
		t.Errorf("no notice: %s", o.stderr)
	}
	cmd := q.command("demo", "--serve")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, _ := r.ReadBytes('\n')
	var first map[string]string
	if err := json.Unmarshal(line, &first); err != nil || len(first) != 6 || !strings.HasPrefix(first["openbis_token"], "$pat-") ||
		first["zenodo_token"] == "" ||
		!strings.HasPrefix(first["openbis_url"], "http://127.0.0.1:") || !strings.HasPrefix(first["zenodo_url"], "http://127.0.0.1:") ||
		first["user"] == "" || first["password"] == "" {
		t.Errorf("demo --serve: %s, %v", line, err)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if rest, _ := io.ReadAll(r); len(rest) > 0 || cmd.Wait() != nil {
		t.Errorf("demo --serve after SIGTERM: %q, %v", rest, cmd.ProcessState)
	}
}

// TestContractLeftOut: broken files and archived data.
func TestContractLeftOut(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	args := []string{"export", "--json", "--title", "A title", "--layout", "single", s.ds["broken"]}
	failed := last(t, contractEvents(t, p.must(1, args...).stdout), "error")
	if r, _ := failed["resumable"].(bool); !r || failed.text("kind") != "broken-file" {
		t.Errorf("%v", failed)
	}
	p.must(1, append(args, "--strict", "--leave-out-broken")...)
	check := func(list []event) {
		t.Helper()
		if got := names(list); got != "plan draft omitted plan uploaded done" {
			t.Errorf("events: %s", got)
		}
		o, plan, done := last(t, list, "omitted"), last(t, list, "plan"), last(t, list, "done")
		d, _ := s.ze.Deposit(done.text("id"))
		var sent int64
		for _, f := range d.Files {
			sent += f.Size
		}
		if o.text("entity") != s.ds["broken"] || o.text("file") == "" || o.text("reason") != "unreadable" || plan.num("files") != 1 ||
			plan.num("bytes") != done.num("bytes") || sent != done.num("bytes") {
			t.Errorf("%v\n%v\n%v\n%v", o, plan, done, d.Files)
		}
		for _, e := range append(jobEvents(t, p, 0, "jobs", done.text("job")), done) { // said afterwards as well
			left, _ := e["left_out"].([]any)
			if len(left) != 1 || left[0].(map[string]any)["file"] != o.text("file") || left[0].(map[string]any)["reason"] != "unreadable" {
				t.Errorf("%s says it left out %v", e.text("event"), left)
			}
		}
		if text := p.must(0, "jobs", done.text("job")).stdout; !strings.Contains(text, "left out: 1 file that could not be had: ") {
			t.Errorf("jobs: %s", text)
		}
	}
	check(contractEvents(t, p.must(0, append(args, "--leave-out-broken")...).stdout))
	check(contractEvents(t, p.must(0, "resume", "--json", "--leave-out-broken", failed.text("job")).stdout))
	list, _ := s.export(t, p, "--unarchive", "--layout", "single", s.ds["archived"])
	if plan := list[0]; plan.num("files") != 1 || len(plan["omitted"].([]any)) != 0 {
		t.Errorf("unarchived: %v", plan)
	}
	whole, _ := s.export(t, p, "--leave-out-broken", "/LAB/ODD/COLL")
	reasons := map[string]bool{}
	for _, o := range last(t, whole, "plan")["omitted"].([]any) {
		reasons[o.(map[string]any)["reason"].(string)] = true
	}
	if fmt.Sprint(reasons) != "map[empty:true link:true unreadable:true]" {
		t.Errorf("left out: %v", reasons)
	}
}

// TestContractPeople: without --json the address is alone on the last line.
func TestContractPeople(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	o := p.must(0, "export", "--title", "A title", "--layout", "single", "/LAB/PROJ/COLL")
	if url := s.Zenodo + "/uploads/" + s.ze.Drafts()[0].ID; o.stdout != url+"\n" || !strings.Contains(o.stderr, "content.zip") {
		t.Errorf("stdout %q, stderr %q", o.stdout, o.stderr)
	}
	dry := p.with("ZENOBIS_ZENODO_TOKEN=").must(0, "export", "--dry-run", "--quiet", "--title", "A title", "--layout", "single",
		"/LAB/PROJ/COLL")
	if !strings.Contains(dry.stdout, "content.zip") || !strings.Contains(dry.stdout, " bytes") || dry.stderr != "" {
		t.Errorf("the plan as a table: %q, %q", dry.stdout, dry.stderr)
	}
	if q := p.must(0, "export", "--quiet", "--title", "A title", "/LAB/PROJ/COLL"); q.stderr != "" || strings.Count(q.stdout, "\n") != 1 {
		t.Errorf("quiet: %q, %q", q.stdout, q.stderr)
	}
	browser := filepath.Join(p.home, "browser")
	os.WriteFile(browser, []byte("#!/bin/sh\necho \"$1\" > "+p.home+"/opened\n"), 0o700)
	shown := p.with("BROWSER="+browser).must(0, "export", "--open", "--title", "A title", "/LAB/PROJ/COLL")
	opened := []byte{}
	for n := 0; n < 50 && len(opened) == 0; n++ {
		time.Sleep(20 * time.Millisecond)
		opened, _ = os.ReadFile(p.home + "/opened")
	}
	if !strings.HasSuffix(shown.stdout, string(opened)) || len(opened) < 5 {
		t.Errorf("opened %q of %q", opened, shown.stdout)
	}
	p.must(0, "--log-file", "log", "--log-level", "debug", "export", "--title", "A title", "/LAB/PROJ/COLL")
	if data, _ := os.ReadFile(p.home + "/log"); len(data) == 0 {
		t.Error("nothing in the log")
	}
	if o := p.must(0, "version", "--json"); !strings.Contains(o.stdout, `"go":"go`) || !strings.Contains(o.stdout, `"commit":`) ||
		!strings.Contains(o.stdout, `"version":"`) {
		t.Errorf("version: %s", o.stdout)
	}
	// The fields round trip, and flags come on top of the file.
	flags := []string{"--title", "Kept", "--creator", "Doe, Jane; 0000-0002-1825-0097; Lab X", "--contributor",
		"datamanager: Roe, Rick; Lab Y", "--related", "issupplementto 10.1234/abc",
		"--funding", "00k4n6c32 101094817", "--access", "embargo:2099-01-01", "--publication-date", "2025-01-02", "--record-version",
		"2.0", "--language", "eng", "--keyword", "a", "--group", "G1", "--community", "my-lab"}
	p.must(0, append([]string{"export", "--write-metadata", "m1.toml", "/LAB/PROJ/COLL"}, flags...)...)
	p.must(0, "export", "--write-metadata", "m2.toml", "--metadata", "m1.toml", "/LAB/PROJ/COLL")
	p.must(0, "export", "--write-metadata", "m3.toml", "--metadata", "m1.toml", "--title", "Other", "/LAB/PROJ/COLL")
	m1, _ := os.ReadFile(p.home + "/m1.toml")
	m2, _ := os.ReadFile(p.home + "/m2.toml")
	m3, _ := os.ReadFile(p.home + "/m3.toml")
	if !bytes.Equal(m1, m2) || bytes.Count(m1, []byte("\n")) < 12 || string(m3) != strings.Replace(string(m1), `"Kept"`, `"Other"`, 1) {
		t.Errorf("%s\n%s\n%s", m1, m2, m3)
	}
	p.noSecretsOnDisk()
}

// TestContractReview proposes to a community that reviews, as restricted.
func TestContractReview(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	_, done := s.export(t, p, "--community", "reviewed", "--access", "restricted", "/LAB/PROJ/COLL")
	id := done.text("id")
	if d, _ := s.ze.Deposit(id); d.Community != "reviewed" || !strings.Contains(fmt.Sprint(d.Access), "restricted") {
		t.Errorf("%+v", d)
	}
	s.ze.SubmitReview(id)
	if j := jobEvents(t, p, 0, "sync"); len(j) != 1 || j[0].text("state") != "in_review" || j[0].text("review") != "submitted" {
		t.Errorf("submitted: %v", j)
	}
	s.ze.Decline(id)
	if j := jobEvents(t, p, 0, "sync"); len(j) != 1 || j[0].text("state") != "draft" || j[0].text("review") != "declined" {
		t.Errorf("declined: %v", j)
	}
	if o := p.must(0, "jobs"); !strings.Contains(o.stdout, "declined by the community") {
		t.Errorf("jobs: %s", o.stdout)
	}
	s.ze.SubmitReview(id)
	s.ze.Expire(id)
	if j := jobEvents(t, p, 0, "sync"); len(j) != 1 || j[0].text("state") != "draft" || j[0].text("review") != "expired" {
		t.Errorf("expired: %v", j)
	}
	if o := p.must(0, "jobs"); !strings.Contains(o.stdout, "the review has expired without a decision: submit it again") {
		t.Errorf("jobs: %s", o.stdout)
	}
	s.ze.SubmitReview(id)
	s.ze.Accept(id)
	if j := jobEvents(t, p, 0, "sync"); len(j) != 1 || j[0].text("state") != "registered" || j[0].text("review") != "accepted" {
		t.Errorf("accepted: %v", j)
	}
}

// TestContractGroups registers in the groups that were named.
func TestContractGroups(t *testing.T) {
	slow(t)
	t.Parallel()
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoGroupsLab()}), zenodotest.Start(t, zenodotest.Options{})
	s := &site{servers: &servers{ob.URL, ze.URL, ob.User, ob.Password, labdata.DemoPAT, ze.Token}, ob: ob, ze: ze}
	p := s.person(t)
	for _, c := range []struct {
		args []string
		say  string
	}{
		{[]string{"--group", "NOSUCH", "space:GRP2_JDOE"}, `no group "NOSUCH"`},
		{[]string{"--group", "GPR2", "space:GRP2_JDOE"}, "did you mean GRP2?"},
		{[]string{"--group", "GENERAL", "space:GRP2_JDOE"}, "no role in the group GENERAL"},
		{[]string{"space:GRP1_JDOE", "space:GRP2_JDOE"}, "--group GRP1 or --group GRP2"},
	} {
		for _, dry := range []string{"--strict", "--dry-run"} {
			o := p.must(4, append([]string{"export", "--json", "--title", "A title", "--accept-findings", dry}, c.args...)...)
			if got := names(contractEvents(t, o.stdout)); got != "error" || !strings.Contains(o.stderr, c.say) {
				t.Errorf("%v: events %s; %s, which should say %q", c.args, got, o.stderr, c.say)
			}
		}
	}
	if all := ze.Drafts(); len(all) != 0 {
		t.Errorf("refusals left %d drafts", len(all))
	}
	if o := p.must(0, "doctor"); !strings.Contains(o.stdout, "GRP1, GRP2") || !strings.Contains(o.stdout,
		"the publications of GRP2 are visible") {
		t.Errorf("doctor: %s", o.stdout)
	}
	o := p.must(0, "export", "--json", "--title", "A title", "--accept-findings", "space:GRP1_JDOE")
	if !strings.Contains(o.stdout, "for the group GRP1") {
		t.Errorf("the only sensible group is not said: %s", o.stdout)
	}
	first := last(t, contractEvents(t, o.stdout), "done")
	ob.Fault(fakehttp.Fault{Kind: openbistest.FaultRPCError, Call: "executeCustomASService",
		Message: "Object with SpacePermId = [GRP1_PUBLICATIONS] has not been found."})
	ze.Publish(first.text("id"))
	if j := jobEvents(t, p, 1, "sync"); len(j) != 1 || j[0].text("state") != "published" {
		t.Errorf("a registration that failed: %v", j)
	}
	p.must(0, "sync")
	_, done := s.export(t, p, "--group", "grp2", "--accept-findings", "space:GRP2_JDOE")
	ze.Publish(done.text("id"))
	if j := jobEvents(t, p, 0, "sync"); len(j) != 1 || j[0].text("state") != "registered" {
		t.Errorf("%v", j)
	}
	if all := ob.Publications(); len(all) != 2 || !strings.HasPrefix(all[0].Identifier, "/GRP1_PUBLICATIONS/") ||
		!strings.HasPrefix(all[1].Identifier, "/GRP2_PUBLICATIONS/") {
		t.Errorf("%+v", all)
	}
}

// TestContractVerify: what is gone or foreign at Zenodo fails with status 1.
func TestContractVerify(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	_, done := s.export(t, p, "--layout", "files", "/LAB/PROJ/COLL")
	s.ze.RemoveFile(done.text("id"), "README.md")
	o := p.must(1, "verify", "--json", done.text("job"))
	list := contractEvents(t, o.stdout)
	bad := 0
	for _, e := range list {
		if ok, _ := e["ok"].(bool); e.text("event") == "verified" && !ok {
			bad++
		}
	}
	if bad != 1 || last(t, list, "done").num("failed") != 1 || strings.Contains(o.stderr, "resume") {
		t.Errorf("%s%s", o.stdout, o.stderr)
	}
	if j := jobEvents(t, p, 0, "discard", done.text("job")); len(j) != 1 || j[0].text("state") != "discarded" || len(s.ze.Drafts()) != 0 {
		t.Errorf("%v", j)
	}
	p.must(0, "sync", "--watch")
}

// TestContractRetry: a fault of the network is a retry event.
func TestContractRetry(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	s.ze.Fault(fakehttp.Fault{Kind: zenodotest.FaultCutBody, Method: "PUT", Path: "/content", Bytes: 10})
	list, _ := s.export(t, s.person(t), "--layout", "single", "/LAB/PROJ/COLL")
	if r := last(t, list, "retry"); r.text("package") != "content.zip" || r.num("attempt") < 1 || r.text("message") == "" {
		t.Errorf("%v", r)
	}
}

// TestContractSignals: an interrupted export can be resumed; neither a hang-up
// nor a reader that went away ends one.
func TestContractSignals(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	begin := func(until string, args ...string) (wait func() (status int, list []event, stderr string), signal func(os.Signal) error) {
		t.Helper()
		cmd := p.command(append(args, "--json")...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r, seen := bufio.NewReader(out), ""
		for !strings.Contains(seen, until) {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("%s%s", seen, errs.String())
			}
			seen += line
		}
		return func() (int, []event, string) {
			var before time.Time
			for {
				line, err := r.ReadString('\n')
				seen += line
				if strings.Contains(line, `"event":"progress"`) {
					if gap := time.Since(before); gap < 900*time.Millisecond { // of what passes a busy machine's pipe
						t.Errorf("progress after %v, want at most one a second", gap)
					}
					before = time.Now()
				}
				if err != nil {
					break
				}
			}
			cmd.Wait()
			return cmd.ProcessState.ExitCode(), contractEvents(t, seen), errs.String()
		}, cmd.Process.Signal
	}
	wait, signal := begin(`"event":"progress"`, "export", "--title", "Large", "--layout", "single", "--limit-rate", "3000000", s.ds["big"])
	for _, args := range [][]string{{"resume"}, {"resume", jobEvents(t, p, 0, "jobs")[0].text("job")}} {
		o := p.with("ZENOBIS_OPENBIS_TOKEN=").must(1, append(args, "--json")...) // who holds it is said without a login
		held := last(t, contractEvents(t, o.stdout), "error")
		if held.text("kind") != "running" || !strings.Contains(held.text("message"), "by process ") {
			t.Errorf("an export that is under way: %v", held)
		}
	}
	signal(os.Interrupt)
	status, list, stderr := wait()
	e := last(t, list, "error")
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	if r, _ := e["resumable"].(bool); status != 5 || !r || e.text("kind") != "interrupted" || !strings.Contains(lines[len(lines)-1],
		"zenobis resume "+e.text("job")) {
		t.Errorf("status %d, %v, %s", status, e, stderr)
	}
	if o := p.must(0, "sync", "--quiet"); o.stdout != "" || o.stderr != "" {
		t.Errorf("sync --quiet has something to say of no change: %q, %q", o.stdout, o.stderr)
	}
	if j := jobEvents(t, p, 0, "jobs"); len(j) != 1 || j[0].text("state") != "interrupted" {
		t.Errorf("%v", j)
	}
	wait, signal = begin(`"event":"progress"`, "resume")
	signal(syscall.SIGHUP)
	if status, list, stderr = wait(); status != 0 || last(t, list, "done").text("job") != e.text("job") {
		t.Errorf("after a hang-up: status %d, %s", status, stderr)
	}
	s.ze.Fault(fakehttp.Fault{Kind: fakehttp.Stall, Method: "POST", Path: "/api/records"}) // it dies before there is a draft
	wait, signal = begin(`"event":"plan"`, "export", "--title", "Killed", s.ds["table"])
	signal(os.Kill)
	wait()
	s.ze.ClearFaults()
	if j := jobEvents(t, p, 0, "jobs"); j[0].text("state") != "interrupted" || j[0]["running"] != false {
		t.Errorf("killed after the plan: %v", j[0])
	}
	again := last(t, contractEvents(t, p.must(0, "resume", "--json").stdout), "done")
	p.must(0, "discard", again.text("job"))
	cmd := p.command("export", "--json", "--title", "Piped", "--limit-rate", "6000000", s.ds["big"])
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewReader(out).ReadString('\n')
	out.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the reader went away: %v", err)
	}
	if j := jobEvents(t, p, 0, "jobs"); len(j) != 3 || j[0].text("state") != "draft" {
		t.Errorf("%v", j)
	}
}

// TestContractWait stays until the draft is registered.
func TestContractWait(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	s.ze.Fault(fakehttp.Fault{Kind: fakehttp.Do, Method: "POST", Path: "/commit", Do: func() {
		id := s.ze.Drafts()[0].ID
		time.AfterFunc(time.Second, func() { s.ze.Publish(id) })
	}})
	list := contractEvents(t, s.person(t).must(0, "export", "--json", "--wait", "--layout", "single", "--title", "Awaited",
		"/LAB/PROJ/COLL").stdout)
	if got := names(list); !strings.HasSuffix(got, "uploaded done job") || list[len(list)-1].text("state") != "registered" {
		t.Errorf("%s: %v", got, list[len(list)-1])
	}
}

// TestContractPlaces: precedence, profiles, CA files, and tokens that belong to
// one host.
func TestContractPlaces(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	other := zenodotest.Start(t, zenodotest.Options{Token: "anothertokenanothertoken"})
	p := s.person(t)
	bare := p.with("ZENOBIS_OPENBIS_URL=", "ZENOBIS_ZENODO_URL=", "ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_ZENODO_TOKEN=")
	os.MkdirAll(filepath.Join(p.home, "xdg/zenobis/tokens"), 0o700)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(p.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tokens := t.TempDir()
	os.WriteFile(tokens+"/ob", []byte(s.PAT+"\n"), 0o600)
	os.WriteFile(tokens+"/ze", []byte(s.ZenodoToken+"\n"), 0o600)
	write("xdg/zenobis/config.toml", fmt.Sprintf(`[openbis]
url = %q
token_file = %q
[openbis.data_stores]
DSS1 = %q
[zenodo]
url = %q
token_command = "cat %s"
[export]
layout = "single"
pages = ["txt"]
license = "cc0-1.0"
part_size = "1 GB"
limit_rate = 0
[profiles.files.export]
layout = "files"
[profiles.other.zenodo]
url = %q
`, s.OpenBIS, tokens+"/ob", s.OpenBIS, s.Zenodo, tokens+"/ze", other.URL))
	write("second.toml", "[openbis]\nurl = \"http://127.0.0.1:1\"\n[export]\nlayout = \"per-dataset\"\n")
	user := bare.with("XDG_CONFIG_HOME="+p.home+"/xdg", "XDG_STATE_HOME="+p.home+"/xs")
	for _, c := range []struct {
		name   string
		p      *person
		args   []string
		layout string
	}{
		{"the user's file", user, nil, "single"},
		{"a profile", user, []string{"--profile", "files"}, "files"},
		{"a profile from the environment", user.with("ZENOBIS_PROFILE=files"), nil, "files"},
		{"a flag before the profile", user.with("ZENOBIS_PROFILE=files"), []string{"--layout", "per-dataset"}, "per-dataset"},
		{"environment before the file", p.with("ZENOBIS_CONFIG=second.toml"), nil, "per-dataset"},
		{"flag before the environment", p.with("ZENOBIS_OPENBIS_URL=http://127.0.0.1:1"), []string{"--config", "second.toml",
			"--openbis", s.OpenBIS}, "per-dataset"},
	} {
		plan := last(t, contractEvents(t, c.p.must(0, append([]string{"export", "--dry-run", "--json", "--title", "Title",
			"/LAB/PROJ/COLL"}, c.args...)...).stdout), "plan")
		if plan.text("layout") != c.layout {
			t.Errorf("%s: layout %s", c.name, plan.text("layout"))
		}
	}
	s.export(t, user, "/LAB/PROJ/COLL")
	if _, err := os.Stat(p.home + "/xs/zenobis/jobs"); err != nil {
		t.Error(err)
	}
	export := []string{"export", "--title", "Title", "/LAB/PROJ/COLL"}
	user.must(3, append(export, "--profile", "other")...)
	user.must(3, append(export, "--zenodo", other.URL)...)
	user.with("ZENOBIS_ZENODO_URL="+other.URL).must(3, export...)
	user.must(3, "--openbis", s.Zenodo, "ls")
	for _, r := range other.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("a token went to the wrong host: %s %s", r.Method, r.Path)
		}
	}
	user.with("ZENOBIS_ZENODO_TOKEN="+other.Token).must(0, append(export, "--zenodo", other.URL)...)
	// The token in the openBIS profile belongs to one host, too.
	profiled := p.with("ZENOBIS_ZENODO_TOKEN=")
	s.ob.SetSetting("jdoe", "personal-zenodo-api-token", s.ZenodoToken)
	profiled.must(3, export...)
	s.ob.SetSetting("jdoe", "personal-zenodo-api-token@"+strings.TrimPrefix(s.Zenodo, "http://"), s.ZenodoToken)
	profiled.must(0, export...)
	// A session that was handed in stays open.
	resp, err := http.Post(s.OpenBIS+"/openbis/openbis/rmi-application-server-v3.json", "application/json",
		strings.NewReader(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"login","params":[%q,%q]}`, s.User, s.Password)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var session struct{ Result string }
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil || session.Result == "" {
		t.Fatalf("no session: %v", err)
	}
	p.with("ZENOBIS_OPENBIS_TOKEN="+session.Result).must(0, "ls")
	if n := s.ob.OpenSessions(); n != 1 {
		t.Errorf("%d sessions, want the one that was handed in", n)
	}
	if o := bare.must(1, "doctor", "--json"); !strings.Contains(o.stdout, "--openbis URL") {
		t.Errorf("doctor without an openBIS: %s", o.stdout)
	}
	os.Chmod(tokens+"/ob", 0o644)
	if o := user.must(2, "ls"); !strings.Contains(o.stderr, "chmod 600") {
		t.Error(o.stderr)
	}
	l, _ := contractLab("true")
	secure := httptest.NewTLSServer(openbistest.New(openbistest.Options{Lab: l}))
	defer secure.Close()
	write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})))
	p.must(1, "--openbis", secure.URL, "ls")
	p.must(0, "--openbis", secure.URL, "--ca-file", "ca.pem", "ls")
}

// TestContractNewVersion: of a new version what it has no more is listed and
// allowed, what stands is not sent, and nothing changed is no new version.
func TestContractNewVersion(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	_, done := s.export(t, p, "--layout", "per-dataset", "/LAB/PROJ/COLL")
	job := done.text("job")
	again := []string{"export", "--json", "--layout", "per-dataset", "--new-version-of", job}
	of := func(status int, more ...string) (list []event, stderr string) {
		t.Helper()
		o := p.must(status, append(again, more...)...)
		return contractEvents(t, o.stdout), o.stderr
	}
	if list, text := of(4, "/LAB/PROJ/COLL"); names(list) != "error" || !strings.Contains(text, "--new-version-of") {
		t.Errorf("of a draft: %s, %s", names(list), text)
	}
	s.ze.Publish(done.text("id"))
	p.must(0, "sync")
	if list, text := of(4, "/LAB/PROJ/COLL"); !strings.Contains(text, "changed") || last(t, list, "error").text("kind") == "" {
		t.Errorf("nothing has changed: %s", text)
	}
	list, text := of(4, "--exclude", "object:/LAB/PROJ/STEP2", "/LAB/PROJ/COLL")
	removed, _ := list[0]["removed"].([]any)
	if len(removed) != 1 || !strings.Contains(fmt.Sprint(removed), s.ds["second"]) || !strings.Contains(text, "--accept-removals") {
		t.Errorf("removed %v; %s", removed, text)
	}
	list, _ = of(0, "--accept-removals", "--exclude", "object:/LAB/PROJ/STEP2", "/LAB/PROJ/COLL")
	next := last(t, list, "done")
	for _, r := range s.ze.Requests() {
		if r.Method == "PUT" && strings.Contains(r.Path, next.text("id")) && strings.Contains(r.Path, s.ds["table"]) {
			t.Errorf("a package that stands is sent again: %s", r.Path)
		}
	}
	d, _ := s.ze.Deposit(next.text("id"))
	if text := fmt.Sprint(d.Metadata); next.text("id") == done.text("id") || !strings.Contains(text, "Growth of things") {
		t.Errorf("the former title does not stand: %s", text)
	}
	for _, f := range d.Files {
		if f.Key == s.ds["second"]+".zip" {
			t.Errorf("%s is still there", f.Key)
		}
	}
	// One is open already.
	if list, text := of(4, "--accept-removals", "--exclude", "object:/LAB/PROJ/STEP2", "/LAB/PROJ/COLL"); !strings.Contains(text, "draft") {
		t.Errorf("a second new version beside an open draft: %s, %s", names(list), text)
	}
}
