package export

import (
	"fmt"
	"maps"
	"testing"

	"zenobis/zenodo/zenodotest"
)

func TestExportWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
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
			kinds := map[string]int{}
			for _, e := range events {
				kinds[fmt.Sprintf("%T", e)]++
			}
			want := map[string]int{
				"transfer.DraftReady": 1, "transfer.PackageUploaded": len(job.Plan.Packages), "transfer.Completed": 1,
			}
			if !maps.Equal(kinds, want) {
				t.Errorf("events: %v, want %v", kinds, want)
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
