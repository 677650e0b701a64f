package export

import (
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/zenodo/zenodotest"
)

// TestACommitWhoseAnswersAreLost was carried out all the same: nothing is sent over
// what is there.
func TestACommitWhoseAnswersAreLost(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for times := 1; times <= 4; times++ {
		r := newRig(t, smallLab(2, 2000), zenodotest.Options{})
		job := r.plan(nil)
		r.z.Fault(fakehttp.Fault{Kind: fakehttp.GatewayStored, Path: "/commit", Status: 500, Times: times})
		if _, err := r.send(r.engine(), job.ID); err != nil {
			t.Fatal(err)
		}
		if got := len(r.puts()); got != len(job.Plan.Packages) {
			t.Errorf("%d lost answers: %d uploads of %d packages", times, got, len(job.Plan.Packages))
		}
		r.checkWhole(r.job(job.ID))
	}
}

// TestARequestThatIsTooLarge is repeated once, then told for what it is.
func TestARequestThatIsTooLarge(t *testing.T) {
	for _, times := range []int{1, fakehttp.Always} {
		r := newRig(t, smallLab(2, 2000), zenodotest.Options{})
		job := r.plan(nil)
		r.z.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Method: "PUT", Path: "/content", Status: 413, Times: times})
		_, err := r.send(r.engine(), job.ID)
		switch puts := len(r.puts()); {
		case times == 1 && (err != nil || puts != 1+len(job.Plan.Packages)):
			t.Errorf("once: %d uploads, %v", puts, err)
		case times != 1 && (failure.Of(err) != failure.RequestSize || puts != 2):
			t.Errorf("always: %d uploads, %v", puts, err)
		}
	}
}
