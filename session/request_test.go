package session

import (
	"errors"
	"testing"

	"zenobis/config"
	"zenobis/export"
	"zenobis/record"
	"zenobis/shape"
)

// What the site's file fixes holds for whatever is asked for, by flag, file or screen.
func TestLocksHoldForRequests(t *testing.T) {
	b := newBench(t)
	b.Config.Export.Community, b.Config.Export.Language = "physics", "eng"
	b.Config.Export.Keywords, b.Config.Export.Funding = []string{"corrosion"}, []string{"00k4n6c32 101057437", `"A fund"`}
	b.Config.Site.Locked = []string{
		"export.layout",
		"export.pages",
		"export.crate",
		"export.limit_rate",
		"export.license",
		"export.language",
		"export.community",
		"export.keywords",
		"export.funding",
	}
	as := func() export.Request {
		r := b.Request(Overrides{})
		r.Metadata.License, r.Metadata.Language, r.Metadata.Community = b.Config.Export.License, "eng", "physics"
		r.Metadata.Keywords = []string{"mine", "Corrosion"} // more than what is fixed
		r.Metadata.Funding = []record.Grant{{Funder: "00k4n6c32", Award: "101057437", AwardTitle: "looked up"}, {FunderName: "a fund"}, {Funder: "x"}}
		return r
	}
	if err := b.keepsLocks(as()); err != nil {
		t.Errorf("what is configured is refused: %v", err)
	}
	for name, change := range map[string]func(*export.Request){
		"layout":    func(r *export.Request) { r.Layout = "files" },
		"pages":     func(r *export.Request) { r.Pages = []shape.Format{"html"} },
		"crate":     func(r *export.Request) { r.Crate = "eln" },
		"rate":      func(r *export.Request) { r.LimitRate = 5 },
		"license":   func(r *export.Request) { r.Metadata.License = "cc0-1.0" },
		"language":  func(r *export.Request) { r.Metadata.Language = "deu" },
		"community": func(r *export.Request) { r.Metadata.Community = "" },
		"keywords":  func(r *export.Request) { r.Metadata.Keywords = []string{"mine"} },
		"award":     func(r *export.Request) { r.Metadata.Funding[0].Award = "1" },
		"funder":    func(r *export.Request) { r.Metadata.Funding = r.Metadata.Funding[:1] },
	} {
		r := as()
		change(&r)
		var locked *config.Error
		if err := b.keepsLocks(r); !errors.As(err, &locked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := as()
	r.Metadata.Keywords, r.Metadata.Funding = nil, nil
	said := map[string]bool{}
	for _, wrong := range (&Session{settings: b.Settings}).Validate(r.Metadata) { // so that a form says it while it is typed
		said[wrong.Field] = true
	}
	if !said["keywords"] || !said["funding"] {
		t.Errorf("a form says %v", said)
	}
	b.Config.Site.Locked = nil
	r = as()
	r.Metadata.License, r.Layout = "cc0-1.0", "files"
	if err := b.keepsLocks(r); err != nil {
		t.Errorf("nothing is locked: %v", err)
	}
}

// Files that could not be had are named afterwards; of many the first.
func TestLeftOutIsNamed(t *testing.T) {
	var j export.Job
	if got := LeftOutText(j); got != "" {
		t.Errorf("without a plan: %q", got)
	}
	j.Plan = &export.Plan{Omitted: []export.Omission{{Reason: "link"}}}
	if got := LeftOutText(j); got != "" {
		t.Errorf("what the plan told: %q", got)
	}
	add := func(file string) {
		o := export.Omission{File: file, Reason: "corrupt"}
		o.Entity.PermID = "D1"
		j.Plan.Omitted = append(j.Plan.Omitted, o)
	}
	add("a\x1b[2J.csv")
	if got, want := LeftOutText(j), "1 file that could not be had: a.csv of D1 (corrupt); the record names what is missing"; got != want {
		t.Errorf("one: %q", got)
	}
	for _, f := range []string{"b", "c", "d", "e"} {
		add(f)
	}
	want := "5 files that could not be had: a.csv of D1 (corrupt), b of D1 (corrupt), c of D1 (corrupt) and 2 more; " +
		"the record names what is missing"
	if got := LeftOutText(j); got != want {
		t.Errorf("five: %q", got)
	}
}
