package export

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// TestNothingOfTheLabsNetworkIsSent: addresses of data stores, redirects and the
// texts of broken connections are told to the user and stand in no uploaded byte.
func TestNothingOfTheLabsNetworkIsSent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	const inside = "dss2.sentinel.example"
	for _, layout := range []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles} {
		lab := withPublications()
		lab.AddStore("DSS2", "https://"+inside+":8444")
		far := lab.AddDataSet(
			labdata.DataSetSpec{
				Collection: "/LAB/PROJ/COLL",
				Store:      "DSS2",
				Name:       "far",
				Files:      map[string][]byte{"original/far.txt": []byte("far")},
			},
		)
		broken := lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Name: "broken", Files: map[string][]byte{
			"original/bad.txt": []byte("bad"), "original/good.txt": []byte("good"),
		}})
		r := newRig(t, lab, zenodotest.Options{})
		for _, page := range []string{"proxy to https://" + inside + ":8444/ failed: dial tcp 10.9.8.7:8444: connect: connection refused",
			"lookup " + inside + " on 10.9.8.7:53: no such host"} {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultErrorPage, Of: broken, Path: "bad.txt", Message: page, Times: fakehttp.Always})
		}
		job := r.plan(func(q *Request) { q.Layout, q.LeaveOutBroken = layout, true })
		if _, err := r.send(r.engine(), job.ID); err != nil {
			t.Fatal(err)
		}
		job = r.job(job.ID)
		told := map[string]string{}
		for _, o := range job.Plan.Omitted {
			told[o.Entity.PermID] = string(o.Reason) + " " + o.Message
		}
		if !strings.HasPrefix(told[far], "other-data-store") || !strings.HasPrefix(told[broken], "unreadable") ||
			!strings.Contains(told[far]+told[broken], "sentinel") {
			t.Errorf("%s: the user is told %v", layout, told)
		}
		for _, d := range r.z.Drafts() {
			meta, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, data []byte) {
				for _, secret := range []string{"sentinel", "10.9.8.7", ":8444", "dial tcp"} {
					if bytes.Contains(data, []byte(secret)) {
						i := bytes.Index(data, []byte(secret))
						t.Errorf("%s: %s holds %q: %q", layout, what, secret, data[max(0, i-80):min(len(data), i+80)])
					}
				}
			}
			check("the draft", meta)
			for _, f := range d.Files {
				body, err := r.z.FileBytes(d.ID, f.Key)
				if err != nil {
					t.Fatal(err)
				}
				check(f.Key, body)
			}
		}
	}
}
