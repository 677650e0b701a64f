package command

import (
	"strings"
	"testing"

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
	p, _, ze := lab(t)
	o := p.try(t, small("--title", "Heat shock")...)
	all := lines(t, o.stdout)
	done := all[len(all)-1]
	if o.status != 0 {
		t.Fatalf("%+v", o)
	}
	job, id := done["job"].(string), done["id"].(string)
	if o := p.try(t, small("--new-version-of", job)...); o.status != 4 || !strings.Contains(o.stderr, "is draft") {
		t.Errorf("of a draft: %+v", o)
	}
	if err := ze.Publish(id); err != nil {
		t.Fatal(err)
	}
	if o := p.try(t, "sync"); o.status != 0 {
		t.Fatalf("%+v", o)
	}
	for _, what := range []string{job, id, done["doi"].(string), "https://doi.org/" + done["doi"].(string)} {
		if o := p.try(t, small("--new-version-of", what, "--dry-run")...); o.status != 0 {
			t.Errorf("%s: %+v", what, o)
		}
	}
	if o := p.try(t, small()...); o.status != 2 || !strings.Contains(o.stderr, "--title") {
		t.Errorf("without a title: %+v", o)
	}
}
