package export

import (
	"fmt"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/zenodo/zenodotest"
)

// TestARestartBreaksNoFile: after a restart of the application server, and while
// it is away, data stores say of every file that it is not accessible. That is no
// verdict about the file, so nothing is left out.
func TestARestartBreaksNoFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	const most = 4
	for away := range most { // requests that find no application server
		for skip := range most { // downloads before that
			t.Run(fmt.Sprintf("away %d/after %d", away, skip), func(t *testing.T) {
				r := newRig(t, smallLab(2, 3000), zenodotest.Options{})
				job := r.plan(func(q *Request) { q.LeaveOutBroken, q.Layout = true, LayoutPerDataSet })
				r.ob.Fault(fakehttp.Fault{Kind: fakehttp.Do, Call: "download", Skip: skip, Do: func() {
					r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultRestart})
					if away > 0 {
						r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultServerAway, Times: 4 * away})
					}
				}})
				if _, err := r.send(r.engine(), job.ID); err != nil {
					t.Fatal(err)
				}
				now := r.job(job.ID)
				if len(now.Plan.Omitted) != 0 || now.Plan.Files != job.Plan.Files {
					t.Errorf("%d of %d files, left out: %v", now.Plan.Files, job.Plan.Files, now.Plan.Omitted)
				}
				r.checkWhole(now)
			})
		}
	}
}
