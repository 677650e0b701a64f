package export

import (
	"testing"

	"zenobis/zenodo/zenodotest"
)

func TestExportWhole(t *testing.T) {
	for _, layout := range []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles} {
		t.Run(string(layout), func(t *testing.T) {
			r := newRig(t, smallLab(5, 3000), zenodotest.Options{})
			job := r.plan(func(q *Request) { q.Layout = layout })
			if job.State != StatePlanned || job.Resumable || job.Running {
				t.Errorf("planned job: %+v", job)
			}
			events, err := r.send(r.engine(), job.ID)
			if err != nil {
				t.Fatal(err)
			}
			kinds := map[EventKind]int{}
			for _, e := range events {
				kinds[e.Kind]++
			}
			if kinds[EventDraft] != 1 || kinds[EventDone] != 1 || kinds[EventUploaded] != len(job.Plan.Packages) || kinds[EventRetry] != 0 {
				t.Errorf("events: %v", kinds)
			}
			job = r.job(job.ID)
			if job.State != StateDraft || job.DOI == "" || job.URL == "" || job.Running {
				t.Errorf("sent job: %+v", job)
			}
			r.checkWhole(job)
			r.checkNoSecrets()
		})
	}
}
