package export

import (
	"context"
	"fmt"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/zenodo/zenodotest"
)

// TestDeathWhileRegistering kills a sync before and after every line of the
// journal: there is one publication in the end. Where the publications can't be
// seen there is at most one, and nobody claims more than is known.
func TestDeathWhileRegistering(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, invisible := range []bool{false, true} {
		for n, on := 1, true; on; n += stride() {
			t.Run(fmt.Sprintf("invisible=%v/%d", invisible, n), func(t *testing.T) {
				r := newRig(t, withPublications(), zenodotest.Options{})
				job := r.sent(nil)
				if err := r.z.Publish(job.RecordID); err != nil {
					t.Fatal(err)
				}
				if invisible {
					r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationsInvisible, Times: fakehttp.Always})
				}
				at := r.dieInSync(job, n)
				on = at != ""
				if !on {
					return
				}
				j, err := r.sync(job.ID)
				unknown := invisible && (at == "after registering" || at == "before registered")
				if unknown {
					if err == nil || j.State != StatePublished || j.Reason == "" {
						t.Errorf("%s: %+v, %v", at, j, err)
					}
				} else if err != nil || j.State != StateRegistered {
					t.Errorf("%s: %+v, %v", at, j, err)
				}
				if got := len(r.ob.Publications()); got > 1 || !unknown && !invisible && got != 1 {
					t.Errorf("%s: %d publications", at, got)
				}
			})
			if n > 50 {
				t.Fatal("no end")
			}
		}
	}
}

// dieInSync syncs and dies at the n-th step, whose name it returns.
func (r *rig) dieInSync(j Job, n int) (at string) {
	d := &death{dir: j.Dir, n: n}
	o := r.opts
	o.Step = d.step
	func() {
		defer func() { _ = recover() }()
		_, _ = New(o).Sync(context.Background(), j.ID)
	}()
	d.leave(r.t)
	return d.at
}
