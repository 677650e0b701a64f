package ui

import (
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

// What the site's file fixes is shown as fixed, and no way of typing or taking
// over changes it.
func TestFixedFieldsAreShownAndStay(t *testing.T) {
	f := flowtest.New()
	f.Known.Locked = []string{"export.license", "export.community", "export.layout", "zenodo.url"}
	f.Known.Request.Layout = export.LayoutSingle
	f.Defaults = nil
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("G")
		d.shows("layout: single (fixed by this computer's administrator)")
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
