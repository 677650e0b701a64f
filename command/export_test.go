package command

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// lab is somebody with a login at both built-in servers, with the demo's data.
func lab(t *testing.T) (person, *openbistest.Server, *zenodotest.Server) {
	t.Helper()
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()}), zenodotest.Start(t, zenodotest.Options{RateLimit: -1})
	p := at(t, ob)
	p["ZENOBIS_ZENODO_URL"], p["ZENOBIS_ZENODO_TOKEN"] = ze.URL, ze.Token
	return p, ob, ze
}

// small is a quick export of the demo's data: pages only.
func small(more ...string) []string {
	return append([]string{"export", "--json", "--metadata-only", "--accept-findings", "space:JDOE"}, more...)
}

// A new version can be made of an export by its name, once it is published; its
// title stands.
func TestNewVersionOfJob(t *testing.T) {
	if testing.Short() {
		t.Skip("plans the demo's data several times")
	}
	p, _, ze := lab(t)
	o := p.try(t, small("--title", "Heat shock")...)
	all := lines(t, o.stdout)
	done := all[len(all)-1]
	if before, _ := all[0]["published"].([]any); len(before) != 1 || before[0].(map[string]any)["doi"] != "10.5281/zenodo.1234567" {
		t.Errorf("the earlier publication is not named: %v", all[0]["published"])
	}
	if o.status != 0 {
		t.Fatalf("%+v", o)
	}
	job, id := done["job"].(string), done["id"].(string)
	if o := p.try(t, small("--new-version-of", job)...); o.status != 4 || !strings.Contains(o.stderr, "is draft") {
		t.Errorf("of a draft: %+v", o)
	}
	if err := errors.Join(ze.EditMetadata(id, func(md map[string]any) { md["title"] = "Heat shock, corrected" }), ze.Publish(id)); err != nil {
		t.Fatal(err)
	}
	if o := p.try(t, "sync"); o.status != 0 {
		t.Fatalf("%+v", o)
	}
	if o := p.try(t, "jobs", "--cite", "text", job); o.status != 0 || !strings.Contains(o.stdout, "Heat shock, corrected") {
		t.Errorf("not cited as it was published: %+v", o)
	}
	for _, what := range []string{job, id, done["doi"].(string), "https://doi.org/" + done["doi"].(string)} {
		if o := p.try(t, small("--new-version-of", what, "--dry-run", "--title", "Heat shock, again")...); o.status != 0 {
			t.Errorf("%s: %+v", what, o)
		}
	}
	if o := p.try(t, small("--dry-run")...); o.status != 0 || !strings.Contains(o.stderr, "exported before: "+job) ||
		!strings.Contains(o.stderr, "--new-version-of "+job) {
		t.Errorf("the same selection again: %+v", o)
	}
	if o := p.try(t, small()...); o.status != 2 || !strings.Contains(o.stderr, "--title") {
		t.Errorf("without a title: %+v", o)
	}
}

// A session that ends while planning is opened again where the password is
// known, and the plan is the same; a token that was handed in ends with 3.
func TestSessionEndsWhilePlanning(t *testing.T) {
	if testing.Short() {
		t.Skip("plans the demo's data several times")
	}
	p, ob, ze := lab(t)
	args := []string{"export", "--json", "--dry-run", "--accept-findings", "/MSMITH/PEPTIDES"}
	want := p.try(t, args...)
	if want.status != 0 {
		t.Fatalf("%+v", want)
	}
	calls := map[string]bool{}
	for _, r := range ob.Requests() {
		if r.Call != "" && r.Call != "login" && r.Call != "logout" && r.Call != "getSessionInformation" &&
			r.Call != "getServerPublicInformation" {
			calls[r.Call] = true
		}
	}
	if len(calls) < 6 {
		t.Fatalf("calls: %v", calls)
	}
	for call := range calls {
		ob.Fault(fakehttp.Fault{Kind: fakehttp.Do, Call: call, Do: func() { ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession}) }})
		if got := p.try(t, args...); got.status != 0 || got.stdout != want.stdout {
			t.Errorf("the session ended at %s: status %d, %s\n%s", call, got.status, got.stderr, got.stdout)
		}
		ob.ClearFaults()
	}
	if n := ob.OpenSessions(); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
	p["ZENOBIS_OPENBIS_PASSWORD"], p["ZENOBIS_OPENBIS_TOKEN"] = "", ob.PAT
	ob.Fault(fakehttp.Fault{Kind: fakehttp.Do, Call: "searchFiles", Do: func() { ob.ExpirePATs(time.Now()) }})
	if got := p.try(t, args...); got.status != 3 || !strings.Contains(got.stdout, `"kind":"login"`) {
		t.Errorf("%+v", got)
	}
	if len(ze.Drafts()) != 0 {
		t.Error("a draft was made")
	}
}
