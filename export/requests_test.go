package export

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/zenodo/zenodotest"
)

// TestRequestsOfAnExport counts what an export costs at Zenodo, by the server's log:
// two requests for each record file, and a fixed number for the draft.
func TestRequestsOfAnExport(t *testing.T) {
	draft := regexp.MustCompile(`/(records|deposit/depositions)/[0-9]+|/files/[^/]+/`)
	for _, files := range []int{3, 20} { // data files of two objects
		r := newRig(t, smallLab(files, 500), zenodotest.Options{DiscardContent: true})
		job := r.plan(func(q *Request) { q.Layout = LayoutFiles })
		r.forget()
		if _, err := r.send(r.engine(), job.ID); err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, q := range r.z.Requests() {
			seen[q.Method+" "+draft.ReplaceAllStringFunc(q.Path, func(s string) string {
				if s[1] == 'f' {
					return "/files/KEY/"
				}
				return "/records/ID"
			})]++
		}
		n := len(job.Plan.Packages)
		want := map[string]int{
			"PUT /api/records/ID/draft/files/KEY/content": n, "POST /api/records/ID/draft/files/KEY/commit": n,
			"POST /api/records/ID/draft/files": 1, "GET /api/records/ID/draft/files": 1,
			"GET /api/user/records?size=1": 1, "POST /api/records": 1, "POST /api/records/ID/draft/pids/doi": 1,
			"GET /api/records/ID/draft": 1, "PUT /api/records/ID/draft": 1,
		}
		if !maps.Equal(seen, want) {
			t.Errorf("%d record files: %v, want %v", n, seen, want)
		}
	}
}

// A file that is left out while sending costs no other file a second upload, and every
// upload is good at its first try.
func TestLeavingOutSendsNothingAgain(t *testing.T) {
	r := newRig(t, smallLab(6, 500), zenodotest.Options{})
	job := r.plan(func(q *Request) { q.Layout, q.LeaveOutBroken = LayoutFiles, true })
	r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Path: "original/run/file003.dat", Times: fakehttp.Always})
	r.forget()
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	sent := map[string]int{}
	for _, q := range r.z.Requests() {
		if q.Method == "PUT" && strings.HasSuffix(q.Path, "/content") {
			sent[q.Path]++
		}
	}
	twice := 0
	for path, n := range sent {
		if twice += n - 1; n > 1 {
			t.Logf("%s sent %d times", path, n)
		}
	}
	if len(sent) < 7 || twice > 1 { // the broken file itself may have been begun
		t.Errorf("%d files, %d uploads too many", len(sent), twice)
	}
}
