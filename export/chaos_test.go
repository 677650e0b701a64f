package export

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// TestChaos exports with random faults on both sides and random deaths, until
// the publication is registered. ZENOBIS_CHAOS_RUNS sets how many seeds are
// run, ZENOBIS_CHAOS_SEED the first.
func TestChaos(t *testing.T) {
	runs, first := 6, 1
	if testing.Short() {
		runs = 1
	}
	if n, err := strconv.Atoi(os.Getenv("ZENOBIS_CHAOS_RUNS")); err == nil {
		runs = n
	}
	if n, err := strconv.Atoi(os.Getenv("ZENOBIS_CHAOS_SEED")); err == nil {
		first = n
	}
	// Most of a run is waiting, so there are more at a time than processors. They are
	// no parallel subtests: those are kept, servers and all, until the last has ended.
	var all sync.WaitGroup
	seeds := make(chan int)
	for range 4 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for seed := range seeds {
				t.Run(fmt.Sprint(seed), func(t *testing.T) { chaos(t, uint64(seed)) })
			}
		})
	}
	for seed := first; seed < first+runs; seed++ {
		seeds <- seed
	}
	close(seeds)
	all.Wait()
}

// clock goes as the run waits, so that what lags catches up.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func chaos(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	lab := withPublications()
	layout := []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles}[rnd.IntN(3)]
	for i := range rnd.IntN(3) {
		lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Generated: []labdata.GeneratedFile{
			{Path: "original/big.raw", Size: fetch.WholeLimit + rnd.Int64N(1<<20), Seed: uint64(i)},
		}})
	}
	c := &clock{now: time.Now()}
	r := newRig(t, lab, zenodotest.Options{Options: fakehttp.Options{Clock: c.Now}, Lag: time.Duration(rnd.IntN(40)) * time.Second})
	r.opts.Tries, r.opts.Now, r.now = 40, c.Now, c.Now
	r.onWait = c.add
	job := chaosPlan(t, rnd, r, c, layout)

	steps := 3 + rnd.IntN(12)
	leak := false // these may leave content counted in the quota, whatever one does
	for range steps {
		if rnd.IntN(6) == 0 {
			restart(rnd, r)
		}
		kind := chaosZenodo(rnd, r)
		leak = leak || kind == zenodotest.FaultEntryGone || kind == zenodotest.FaultError
		chaosOpenBIS(rnd, r)
	}
	deaths := 0
	for n := 0; ; n++ {
		if n > 60 {
			t.Fatal("no end")
		}
		o := r.opts
		d := &death{dir: job.Dir}
		if deaths < 12 {
			d.n = 1 + rnd.IntN(40)
		}
		o.Step = d.step
		_, err := r.send(New(o), job.ID)
		if err == nil {
			break
		}
		if d.at != "" {
			deaths++
			d.leave(t)
			if rnd.IntN(2) == 0 {
				tear(t, rnd, job.Dir)
			}
			if r.job(job.ID).State == StateDraft {
				break
			}
			continue
		}
		var f *failure.Error
		if !errors.As(err, &f) || !f.Kind.Resumable() {
			t.Fatalf("run %d: %v", n, err)
		}
		c.add(time.Minute)
	}
	job = r.job(job.ID)
	if counted, have := r.checkBytes(job); counted != have && !leak {
		t.Errorf("%d bytes are counted against the quota, the files have %d", counted, have)
	}
	r.z.ClearFaults()
	if err := r.z.Publish(job.RecordID); err != nil {
		t.Fatalf("publish: %v", err)
	}
	for range rnd.IntN(3) {
		r.ob.Fault(fakehttp.Fault{
			Kind: []fakehttp.Kind{openbistest.FaultPublicationFailed, openbistest.FaultRPCError, fakehttp.CutAnswer}[rnd.IntN(3)],
			Call: "executeCustomASService", Message: "chaos",
		})
	}
	for range rnd.IntN(4) {
		restart(rnd, r)
	}
	for n := 0; ; n++ {
		if n > 20 {
			t.Fatal("never registered")
		}
		if rnd.IntN(2) == 0 {
			r.dieInSync(job, 1+rnd.IntN(6))
			c.add(time.Duration(rnd.IntN(200)) * time.Second)
		}
		var all sync.WaitGroup
		for range 1 + rnd.IntN(3) {
			all.Add(1)
			go func() {
				defer all.Done()
				_, _ = r.engine().Sync(context.Background(), job.ID)
			}()
		}
		all.Wait()
		if j := r.job(job.ID); j.State == StateRegistered {
			job = j
			break
		}
	}
	if n := len(r.ob.Publications()); n != 1 || len(job.Objects) != 1 {
		t.Errorf("%d publications, the job names %v", n, job.Objects)
	}
	if n := len(r.z.Records()) + len(r.z.Drafts()); n != 1 {
		t.Errorf("%d deposits", n)
	}
	r.z.ClearFaults()
	r.ob.ClearFaults()
	err := r.engine().Verify(context.Background(), job.ID, true, func(v Verified) error {
		if !v.OK {
			t.Errorf("verify: %+v", v)
		}
		return nil
	})
	if err != nil {
		t.Errorf("verify: %v", err)
	}
	r.checkNoSecrets()
}

// chaosPlan plans while both servers fail, until there is a plan: it holds as much
// as one that was made in peace.
func chaosPlan(t *testing.T, rnd *rand.Rand, r *rig, c *clock, layout Layout) Job {
	t.Helper()
	q := r.request()
	q.Layout = layout
	_, want, err := r.engine().Plan(context.Background(), q, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range rnd.IntN(6) {
		switch rnd.IntN(4) {
		case 0:
			restart(rnd, r)
		default:
			calls := []string{"searchDataSets", "searchSamples", "searchExperiments", "searchFiles", "getExperiments", "searchSampleTypes", ""}
			kinds := []fakehttp.Kind{fakehttp.Gateway, fakehttp.CutUnseen, fakehttp.CutAnswer, openbistest.FaultRPCError}
			f := fakehttp.Fault{
				Kind: kinds[rnd.IntN(len(kinds))], Call: calls[rnd.IntN(len(calls))], Skip: rnd.IntN(3), Times: 1 + rnd.IntN(30),
				Bytes: rnd.Int64N(500), Message: "chaos", Status: []int{429, 502, 503, 200}[rnd.IntN(4)],
			}
			if f.Kind == openbistest.FaultRPCError {
				f.Times = min(f.Times, 8) // for how long a store's refusal is not believed
			}
			r.ob.Fault(f)
		}
	}
	for n := 0; ; n++ {
		if n > 60 {
			t.Fatal("never planned")
		}
		d := &death{n: rnd.IntN(3)}
		o := r.opts
		o.Step = d.step
		var job Job
		var plan *Plan
		var err error
		func() {
			defer func() {
				if recover() != nil {
					err = errors.New("died")
				}
			}()
			job, plan, err = New(o).Plan(context.Background(), q, false, nil)
		}()
		if d.at != "" {
			continue // what it left is tidied up, or is a job that nobody needs
		}
		if err != nil {
			if s := failure.Of(err).ExitStatus(); s != failure.StatusFailed && s != failure.StatusLogin {
				t.Fatalf("planning: %v", err)
			}
			c.add(time.Minute)
			continue
		}
		if plan.DataSets != want.DataSets || plan.Files != want.Files || plan.Entities != want.Entities ||
			len(plan.Omitted) != len(want.Omitted) {
			t.Fatalf(
				"planned %d data sets and %d files, in peace %d and %d; left out: %v",
				plan.DataSets,
				plan.Files,
				want.DataSets,
				want.Files,
				plan.Omitted,
			)
		}
		r.ob.ClearFaults()
		r.z.ClearFaults()
		return job
	}
}

// restart lets one of the servers go and come back, now or in a moment.
func restart(rnd *rand.Rand, r *rig) {
	switch rnd.IntN(3) {
	case 0:
		r.z.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Status: 503, Skip: rnd.IntN(20), Times: 1 + rnd.IntN(12)})
	case 1:
		r.ob.Fault(fakehttp.Fault{Kind: fakehttp.Do, Call: "download", Skip: rnd.IntN(5), Do: func() {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultRestart})
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultServerAway, Times: 8})
		}})
	default:
		r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultServerAway, Skip: rnd.IntN(10), Times: 1 + rnd.IntN(12)})
		r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession, Skip: rnd.IntN(6)})
	}
}

// tear plays a write that a power cut left half done.
func tear(t *testing.T, rnd *rand.Rand, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := `{"t":"2026-01-01T00:00:00Z","e":"uploaded","id":"x"}`
	if _, err := f.WriteString(line[:rnd.IntN(len(line))]); err != nil {
		t.Fatal(err)
	}
}

func chaosZenodo(rnd *rand.Rand, r *rig) fakehttp.Kind {
	paths := []string{"/content", "/commit", "/files", "/pids/doi", "/draft", "", "/content", "/content"}
	kinds := []fakehttp.Kind{
		zenodotest.FaultCutBody, fakehttp.CutUnseen, fakehttp.CutAnswer, fakehttp.Gateway, fakehttp.GatewayStored,
		zenodotest.FaultError, zenodotest.FaultCorrupt, zenodotest.FaultEntryGone, zenodotest.FaultEdited, fakehttp.CutAnswer,
	}
	f := fakehttp.Fault{
		Kind: kinds[rnd.IntN(len(kinds))], Path: paths[rnd.IntN(len(paths))], Skip: rnd.IntN(4), Times: 1 + rnd.IntN(2),
		Bytes: rnd.Int64N(200_000),
	}
	switch f.Kind {
	case zenodotest.FaultCorrupt, zenodotest.FaultCutBody:
		f.Path = "/content"
	case zenodotest.FaultEntryGone:
		f.Path, f.Match = "/files/", func(q *http.Request) bool { return q.Method != "GET" && !strings.HasSuffix(q.URL.Path, "/files") }
	case zenodotest.FaultEdited:
		f.Path = "/content"
	}
	r.z.Fault(f)
	return f.Kind
}

func chaosOpenBIS(rnd *rand.Rand, r *rig) {
	f := fakehttp.Fault{Times: 1 + rnd.IntN(3)}
	switch rnd.IntN(6) {
	case 0:
		f.Kind, f.Skip = openbistest.FaultExpireSession, rnd.IntN(10)
	case 1:
		f.Kind, f.Call, f.Bytes = fakehttp.CutAnswer, "download", rnd.Int64N(5000)
	case 2:
		f.Kind, f.Call, f.Bytes, f.Path = fakehttp.CutAnswer, "download", rnd.Int64N(fetch.WholeLimit), "original/big.raw"
	case 3:
		f.Kind, f.Message, f.Times = openbistest.FaultErrorPage, "busy", 1
	case 4:
		f.Kind, f.Times = openbistest.FaultWrongBytes, 1
	case 5:
		f.Kind, f.Call, f.Status = fakehttp.Gateway, "download", 503
	}
	r.ob.Fault(f)
}
