package export

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/zenodo/zenodotest"
)

// left counts what a process holds: goroutines, and open files and connections.
func left(t *testing.T) (goroutines, files int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	return runtime.NumGoroutine(), len(list)
}

// TestNothingIsLeftAfterAnExport, however it ended.
func TestNothingIsLeftAfterAnExport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, smallLab(20, 5000), zenodotest.Options{DiscardContent: true})
	idle := func() {
		r.client.CloseIdle()
		r.deposit.CloseIdle()
	}
	good := func() {
		if _, err := r.send(r.engine(), r.plan(nil).ID); err != nil {
			t.Fatal(err)
		}
	}
	good() // what is made once is made
	idle()
	time.Sleep(50 * time.Millisecond)
	goroutines, files := left(t)
	for name, run := range map[string]func(){
		"a good one": good,
		"many files": func() {
			job := r.plan(func(q *Request) { q.Layout = LayoutFiles })
			if _, err := r.send(r.engine(), job.ID); err != nil {
				t.Fatal(err)
			}
		},
		"a ZIP for each data set": func() {
			job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
			if _, err := r.send(r.engine(), job.ID); err != nil {
				t.Fatal(err)
			}
		},
		"one that fails": func() {
			defer r.z.Fault(fakehttp.Fault{Kind: zenodotest.FaultBlocked, Method: "PUT", Path: "/content", Times: fakehttp.Always})()
			if _, err := r.send(r.engine(), r.plan(nil).ID); err == nil {
				t.Error("an export whose content is refused is complete")
			}
		},
		"one whose file can't be had": func() {
			defer r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Path: "file003.dat", Times: fakehttp.Always})()
			job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
			if _, err := r.send(r.engine(), job.ID); err == nil {
				t.Error("an export whose file is not there is complete")
			}
		},
		"a broken line": func() {
			job := r.plan(nil)
			defer r.z.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Times: 2})()
			_, _ = r.send(r.engine(), job.ID)
		},
		"one that is left": func() {
			for _, layout := range []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles} {
				job := r.plan(func(q *Request) { q.Layout = layout })
				ctx, cancel := context.WithCancel(t.Context())
				run, err := r.engine().Start(ctx, job.ID)
				if err != nil {
					t.Fatal(err)
				}
				for range run.Events() {
					cancel()
				}
				_ = run.Wait()
				cancel()
			}
		},
		"a plan that is left": func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer r.ob.Fault(fakehttp.Fault{Kind: fakehttp.Stall, Call: "searchFiles"})()
			time.AfterFunc(50*time.Millisecond, cancel)
			if _, _, err := r.engine().Plan(ctx, r.request(), false, nil); err == nil {
				t.Error("a plan that was left is made")
			}
		},
	} {
		run()
		var g, f int
		for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
			idle()
			if g, f = left(t); g <= goroutines && f <= files {
				break
			}
		}
		if g > goroutines || f > files {
			stacks := make([]byte, 1<<20)
			t.Errorf("%s: %d goroutines, before %d; %d files, before %d\n%s", name, g, goroutines, f, files, stacks[:runtime.Stack(stacks, true)])
			return
		}
	}
}
