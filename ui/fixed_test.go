package ui

import (
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/shape"
)

// What the site's file fixes is shown as fixed, and no way of typing or taking
// over changes it.
func TestFixedFieldsAreShownAndStay(t *testing.T) {
	f := flowtest.New()
	f.Known.Locked = []string{"export.license", "export.community", "export.layout", "zenodo.url", "export.pages", "export.crate",
		"export.limit_rate", "export.part_size", "export.max_bytes", "export.show_source"}
	f.Known.Request.Layout = export.LayoutSingle
	f.Known.Request.Pages, f.Known.Request.Crate, f.Known.Request.LimitRate = shape.DefaultFormats(), shape.Crates()[0], 10_000_000
	f.Defaults = nil
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("G")
		const fixed = " (fixed by this computer's administrator)"
		d.shows("layout: single"+fixed, "pages: html, json, txt"+fixed, "crate: ro-crate"+fixed, "speed: at most 10.0 MB a second"+fixed,
			"parts: of any size"+fixed, "at most: what Zenodo takes"+fixed, "address of openBIS: not named"+fixed)
		d.keys("l")
		d.shows("The layout is fixed")
		d.keys("esc down down down")
		d.shows("▸ Licence", "(fixed)", "fixed by this computer's administrator")
		for _, l := range strings.Split(d.frame(), "\n") { // of the usual licence's long name, too
			if strings.Contains(l, "▸ Licence") && !strings.Contains(l, "(fixed)") {
				t.Errorf("not said to be fixed: %q", l)
			}
		}
		d.keys("enter")
		d.shows("Licence is fixed")
		was := d.a.flow.Request()
		job := export.Job{ID: "old", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1"}
		job.Request.Layout, job.Request.Metadata.License, job.Request.Metadata.Community = export.LayoutFiles, "mit", "other"
		d.a.flow.Take(job)
		r := d.a.flow.Request()
		if r.Layout != was.Layout || r.Metadata.License != was.Metadata.License || r.Metadata.Community != was.Metadata.Community {
			t.Errorf("taken over: %s %q %q", r.Layout, r.Metadata.License, r.Metadata.Community)
		}
		if len(d.a.flow.Targets()) > 0 {
			t.Errorf("other targets: %q", d.a.flow.Targets())
		}
	})
}

// Of a list that is fixed each entry stays, and more may come.
func TestFixedListsMayGrow(t *testing.T) {
	f := flowtest.New()
	f.Known.Locked = []string{"export.keywords", "export.funding"}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Mass loss")
		d.keys("down down down down down enter")
		d.shows("Keywords")
		d.keys("end")
		d.write("s")
		d.keys("esc")
		if got := d.a.flow.Request().Metadata.Keywords; len(got) == 0 || got[0] == "openBIS" {
			t.Errorf("keywords %q", got)
		}
	})
}

// Server and user that are fixed are shown so, and no key changes them.
func TestFixedLogin(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		f := flowtest.New()
		f.Known.Locked = []string{"openbis.url", "openbis.user"}
		drive(t, f, size[0], size[1], func(d *driver) {
			for _, l := range strings.Split(d.frame(), "\n") {
				if (strings.Contains(l, " Server ") || strings.Contains(l, " User  ")) && !strings.Contains(l, "(fixed)") {
					t.Errorf("not said to be fixed: %q", l)
				}
			}
			for _, row := range []string{"Server", "User"} {
				d.keys("up")
				for !strings.Contains(d.frame(), "▸ "+row) {
					d.keys("up")
				}
				d.write("x")
				d.shows(row + " is fixed by this computer's")
			}
			d.keys("tab")
			d.login()
			if who := d.a.flow.Session; who == nil {
				t.Error("no login")
			}
		})
	}
}
