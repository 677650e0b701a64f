package export

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// TestFaultsThatPass meets one fault after the other and demands a whole draft.
func TestFaultsThatPass(t *testing.T) {
	z := func(f fakehttp.Fault) func(*rig) { return func(r *rig) { r.z.Fault(f) } }
	o := func(f fakehttp.Fault) func(*rig) { return func(r *rig) { r.ob.Fault(f) } }
	content := "/content"
	for name, arm := range map[string]func(*rig){
		"create answer lost":       z(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "POST", Match: creates}),
		"create gateway stored":    z(fakehttp.Fault{Kind: fakehttp.GatewayStored, Method: "POST", Match: creates}),
		"create gateway":           z(fakehttp.Fault{Kind: fakehttp.Gateway, Method: "POST", Match: creates}),
		"doi answer lost":          z(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "POST", Path: "/pids/doi"}),
		"announce answer lost":     z(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "POST", Path: "/files"}),
		"announce gateway":         z(fakehttp.Fault{Kind: fakehttp.Gateway, Method: "POST", Path: "/files"}),
		"cut in mid-body":          z(fakehttp.Fault{Kind: zenodotest.FaultCutBody, Path: content, Bytes: 1000, Times: 3}),
		"cut unseen":               z(fakehttp.Fault{Kind: fakehttp.CutUnseen, Path: content, Times: 2}),
		"put answer lost":          z(fakehttp.Fault{Kind: fakehttp.CutAnswer, Path: content}),
		"put gateway":              z(fakehttp.Fault{Kind: fakehttp.Gateway, Path: content, Times: 2}),
		"put gateway stored":       z(fakehttp.Fault{Kind: fakehttp.GatewayStored, Path: content}),
		"put 500":                  z(fakehttp.Fault{Kind: zenodotest.FaultError, Path: content}),
		"wrong bytes stored":       z(fakehttp.Fault{Kind: zenodotest.FaultCorrupt, Path: content, Times: 2}),
		"too many requests":        z(fakehttp.Fault{Kind: zenodotest.FaultTooMany, Skip: 2, Delay: time.Second}),
		"entry removed before put": z(fakehttp.Fault{Kind: zenodotest.FaultEntryGone, Path: content}),
		"commit answer lost":       z(fakehttp.Fault{Kind: fakehttp.CutAnswer, Path: "/commit"}),
		"commit gateway":           z(fakehttp.Fault{Kind: fakehttp.Gateway, Path: "/commit", Times: 2}),
		"commit 500":               z(fakehttp.Fault{Kind: zenodotest.FaultError, Path: "/commit"}),
		"entry removed by commit":  z(fakehttp.Fault{Kind: zenodotest.FaultEntryGone, Path: "/commit"}),
		"edited meanwhile":         z(fakehttp.Fault{Kind: zenodotest.FaultEdited, Path: content}),
		"session expires":          o(fakehttp.Fault{Kind: openbistest.FaultExpireSession, Skip: 2}),
		"download cut":             o(fakehttp.Fault{Kind: fakehttp.CutAnswer, Bytes: 500, Times: 4, Call: "download"}),
		"error page":               o(fakehttp.Fault{Kind: openbistest.FaultErrorPage, Message: "busy", Times: 2}),
		"wrong bytes":              o(fakehttp.Fault{Kind: openbistest.FaultWrongBytes, Times: 2}),
		"data store 503":           o(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "download", Times: 4, Status: 503}),
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			if testing.Short() && !inShort[name] {
				t.Skip("one of a kind is enough for short tests")
			}
			t.Parallel()
			for _, layout := range layouts() {
				r := newRig(t, smallLab(3, 3000), zenodotest.Options{})
				job := r.plan(func(q *Request) { q.Layout = layout })
				arm(r)
				events, err := r.send(r.engine(), job.ID)
				if err != nil {
					t.Fatalf("%s: %v", layout, err)
				}
				if !quiet[name] && !hasRetry(events) {
					t.Error("no retry was told")
				}
				if name == "entry removed by commit" {
					continue // its content stays counted at the server, whatever one does
				}
				r.checkWhole(r.job(job.ID))
				r.checkNoSecrets()
			}
		})
	}
}

// inShort are faults of which short tests try one of a kind: an answer that is lost,
// for each call that must not be repeated blindly, and what is broken on either side.
var inShort = map[string]bool{
	"create answer lost": true, "announce answer lost": true, "cut in mid-body": true, "put gateway stored": true,
	"wrong bytes stored": true, "entry removed before put": true, "commit answer lost": true, "session expires": true, "wrong bytes": true,
}

// layouts are those that faults are tried with.
func layouts() []Layout {
	if testing.Short() {
		return []Layout{LayoutPerDataSet}
	}
	return []Layout{LayoutSingle, LayoutPerDataSet}
}

// quiet are faults after which nothing has to be done again, or where the
// client of the server waits by itself.
var quiet = map[string]bool{
	"edited meanwhile": true, "session expires": true, "put answer lost": true, "put gateway stored": true, "too many requests": true,
}

func creates(r *http.Request) bool { return r.URL.Path == "/api/records" }

func hasRetry(events []Event) bool {
	for _, e := range events {
		if _, ok := e.(Retried); ok {
			return true
		}
	}
	return false
}

// TestFaultsThatStay end the run with a failure that says what to do.
func TestFaultsThatStay(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	z := func(f fakehttp.Fault) func(*rig) { return func(r *rig) { r.z.Fault(f) } }
	for name, c := range map[string]struct {
		arm       func(*rig)
		is        error
		kind      string
		resumable bool
	}{
		"token revoked": {func(r *rig) { r.z.RevokeToken(r.z.Token) }, nil, "token", true},
		"maintenance":   {func(r *rig) { r.z.Maintenance(true) }, zenodo.ErrUnavailable, "unreachable", true},
		"always cut":    {z(fakehttp.Fault{Kind: zenodotest.FaultCutBody, Path: "/content", Bytes: 100, Times: -1}), nil, "unreachable", true},
		"always corrupt": {z(fakehttp.Fault{Kind: zenodotest.FaultCorrupt, Path: "/content", Times: -1}), failure.CorruptUpload,
			"corrupt-upload", true},
		"quota":      {func(r *rig) { r.z.SetQuota(100) }, zenodo.ErrQuota, "quota", true},
		"draft gone": {z(fakehttp.Fault{Kind: zenodotest.FaultDraftGone, Path: "/content"}), failure.DraftGone, "draft-gone", true},
		"session ends": {func(r *rig) {
			r.noPassword = true
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
		}, nil, "login", true},
		"data store down": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "download", Times: -1, Status: 503})
		}, nil, "unreachable", true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			r := newRig(t, smallLab(2, 3000), zenodotest.Options{})
			job := r.plan(nil)
			c.arm(r)
			_, err := r.send(r.engine(), job.ID)
			var f *failure.Error
			if !errors.As(err, &f) || c.is != nil && !errors.Is(err, c.is) || f.Kind.String() != c.kind || f.Kind.Resumable() != c.resumable {
				t.Fatalf("error %v: %+v", err, f)
			}
			t.Logf("%s | %s | %s", f.What, f.Why, f.Do)
			if j := r.job(job.ID); j.Resumable != c.resumable || j.Reason == "" {
				t.Errorf("job: %s, resumable %v, %q", j.State, j.Resumable, j.Reason)
			}
			// Whatever it was, it ends, and the export can go on.
			r.z.ClearFaults()
			r.z.Maintenance(false)
			r.z.GrantToken(r.z.Token)
			r.z.SetQuota(50e9)
			if name == "data store down" {
				return // its fault can't be taken back here
			}
			r.login()
			if _, err := r.send(r.engine(), job.ID); err != nil {
				t.Fatalf("resumed: %v", err)
			}
			if name != "draft gone" {
				r.checkWhole(r.job(job.ID))
			}
			r.checkNoSecrets()
		})
	}
}

// TestBrokenFile can't get a file: asked, answered, left out.
func TestBrokenFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	for name, c := range map[string]struct {
		fault  fakehttp.Fault
		reason string
	}{
		"missing on disk": {fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Path: "original/run/file001.dat", Times: fakehttp.Always},
			"unreadable"},
		"always wrong": {fakehttp.Fault{Kind: openbistest.FaultWrongBytes, Path: "original/run/file001.dat", Times: -1}, "corrupt"},
	} {
		for _, layout := range []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles} {
			t.Run(strings.ReplaceAll(name, " ", "_")+"/"+string(layout), func(t *testing.T) {
				r := newRig(t, smallLab(3, 3000), zenodotest.Options{})
				job := r.plan(func(q *Request) { q.Layout = layout })
				r.ob.Fault(c.fault)
				events, err := r.send(r.engine(), job.ID)
				var f *failure.Error
				if !errors.Is(err, failure.BrokenFile) || !errors.As(err, &f) || f.Kind != failure.BrokenFile ||
					!strings.Contains(f.What, "file001.dat") {
					t.Fatalf("not left out: %v", err)
				}
				asked := false
				for _, e := range events {
					q, ok := e.(Question)
					asked = asked || ok && string(q.Omission.Reason) == c.reason
				}
				if !asked {
					t.Error("nobody was asked")
				}
				run, err := r.engine().Start(t.Context(), job.ID)
				if err != nil {
					t.Fatal(err)
				}
				omitted := 0
				for ev := range run.Events() {
					switch ev.(type) {
					case Question:
						run.LeaveOut(true)
					case FileLeftOut:
						omitted++
					}
				}
				if err := run.Wait(); err != nil {
					t.Fatal(err)
				}
				job = r.job(job.ID)
				if omitted != 2 || len(job.Plan.Omitted) != 2 { // both objects have one
					t.Errorf("%d omitted events, %d in the plan", omitted, len(job.Plan.Omitted))
				}
				r.checkWhole(job)
			})
		}
	}
}

// TestBrokenFileStrict leaves nothing out.
func TestBrokenFileStrict(t *testing.T) {
	r := newRig(t, smallLab(2, 3000), zenodotest.Options{})
	job := r.plan(func(q *Request) { q.Strict, q.LeaveOutBroken = true, true })
	r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Path: "original/run/file001.dat", Times: fakehttp.Always})
	if _, err := r.send(r.engine(), job.ID); !errors.Is(err, failure.BrokenFile) {
		t.Fatal(err)
	}
}

// TestLargeFileContinues breaks the download of a file that is streamed: the
// upload goes on.
func TestLargeFileContinues(t *testing.T) {
	lab := smallLab(1, 1000)
	lab.AddDataSet(
		labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Generated: []labdata.GeneratedFile{{Path: "original/big.raw", Size: 9 << 20, Seed: 7}}},
	)
	r := newRig(t, lab, zenodotest.Options{})
	job := r.plan(nil)
	for i, after := range []int64{1 << 20, 5 << 20, 8 << 20} {
		_ = i
		r.ob.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Path: "original/big.raw", Bytes: after, Call: "download"})
	}
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(r.puts()); n != 2 { // content.zip and README.md
		t.Errorf("%d uploads, the broken downloads should not have shown", n)
	}
	r.checkWhole(r.job(job.ID))
}

// TestLargeFileCorruptOnce sends wrong bytes of a streamed file: noticed before
// its end, looked at once more, sent again.
func TestLargeFileCorruptOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lab := smallLab(1, 1000)
	lab.AddDataSet(
		labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Generated: []labdata.GeneratedFile{{Path: "original/big.raw", Size: 9 << 20, Seed: 7}}},
	)
	for _, times := range []int{1, -1} {
		r := newRig(t, lab, zenodotest.Options{})
		job := r.plan(nil)
		r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultWrongBytes, Path: "original/big.raw", Times: times})
		_, err := r.send(r.engine(), job.ID)
		if times < 0 {
			if !errors.Is(err, failure.BrokenFile) {
				t.Fatalf("always wrong: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		r.checkWhole(r.job(job.ID))
	}
}
