package export

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/plan"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/page"
	"zenobis/zenodo/zenodotest"
)

// otherPages are those of a version of the program that makes them in another way.
func otherPages(word string) plan.Render {
	return func(ctx context.Context, in page.Input, formats []page.Format) ([]page.File, []page.Gap, error) {
		files, gaps, err := page.Render(ctx, in, formats)
		for i := range files {
			if strings.HasSuffix(files[i].Path, ".html") {
				files[i].Data = append([]byte("<!-- "+word+" -->\n"), files[i].Data...)
			}
		}
		return files, gaps, err
	}
}

// contentOf is a record file's content, by name, of a ZIP.
func (r *rig) contentOf(id, key string) map[string]string {
	r.t.Helper()
	body, err := r.z.FileBytes(id, key)
	if err != nil {
		r.t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		rd, err := f.Open()
		if err != nil {
			r.t.Fatal(err)
		}
		data, err := io.ReadAll(rd)
		if err != nil {
			r.t.Fatal(err)
		}
		out[f.Name] = string(data)
	}
	return out
}

// agrees demands that the packages of a record agree: a page lies in metadata.zip as
// it lies in a data set's package, and all is as openBIS has it.
func (r *rig) agrees(job Job) {
	r.t.Helper()
	meta := r.contentOf(job.RecordID, "metadata.zip")
	for _, p := range job.Plan.Packages {
		if !strings.HasSuffix(p.Name, ".zip") || p.Name == "metadata.zip" {
			continue
		}
		pages := 0
		for name, text := range r.contentOf(job.RecordID, p.Name) {
			if in, ok := meta[name]; ok && !strings.HasSuffix(name, "/") {
				if pages++; in != text {
					r.t.Errorf("%s: %s is another one in metadata.zip", p.Name, name)
				}
			}
		}
		if pages < 3 {
			r.t.Errorf("%s: %d pages", p.Name, pages)
		}
	}
	err := r.engine().Verify(r.t.Context(), job.ID, true, func(v Verified) error {
		if !v.OK {
			r.t.Errorf("%s %s: %s", v.Package, v.File, v.Message)
		}
		return nil
	})
	if err != nil {
		r.t.Error(err)
	}
}

// Where another version of the program makes other pages of the same data and the
// same description, the packages of the former version stand.
func TestNextVersionOfAnotherProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, elsewhere := range []bool{false, true} {
		for _, sums := range []bool{true, false} {
			if testing.Short() && (elsewhere || !sums) {
				continue
			}
			t.Run(fmt.Sprintf("elsewhere=%v,sums=%v", elsewhere, sums), func(t *testing.T) {
				lab, sets := manySets(3)
				r := newRig(t, lab, zenodotest.Options{})
				if !sums {
					r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultCRCUnknown, Of: sets[0], Times: fakehttp.Always})
				}
				r.opts.Render = otherPages("the first")
				first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
				if err := r.z.Publish(first.RecordID); err != nil {
					t.Fatal(err)
				}
				r.opts.Render = nil
				if elsewhere {
					r.state = t.TempDir()
					r.login()
				}
				req := r.request()
				req.NewVersionOf, req.Layout = first.DOI, LayoutAuto
				_, _, err := r.engine().Plan(t.Context(), req, true, nil)
				if refused := failure.Of(err).ExitStatus() == failure.StatusRefused; refused != sums ||
					refused && !strings.Contains(err.Error(), "nothing has changed since version 1") {
					t.Errorf("nothing has changed: %v", err)
				}
				r.ob.SetProperty(sets[1], "NOTES", "changed since")
				r.forget()
				j := r.plan(func(q *Request) { q.NewVersionOf, q.Layout = first.DOI, LayoutAuto })
				if _, err := r.send(r.engine(), j.ID); err != nil {
					t.Fatal(err)
				}
				keys, _, downloads := r.sentKeys()
				want := []string{"README.md", sets[1] + ".zip", "metadata.zip", "ro-crate-metadata.json"}
				slices.Sort(want)
				read := 2
				if !sums { // what has no checksum is read, and not sent
					read = 4
				}
				if !slices.Equal(keys, want) || downloads != read {
					t.Errorf("sent %v, %d data files read; want %v and %d: %q", keys, downloads, want, read, j.Plan.Notes)
				}
				j = r.job(j.ID)
				r.agrees(j)
				pages := r.contentOf(j.RecordID, "metadata.zip")
				for name, text := range pages {
					if was := strings.Contains(text, "<!-- the first -->"); strings.HasSuffix(name, ".html") &&
						was != (strings.Contains(name, sets[0]) || strings.Contains(name, sets[2])) {
						t.Errorf("%s: made by the first version %v", name, was)
					}
				}
				if err := r.z.Publish(j.RecordID); err != nil {
					t.Fatal(err)
				}
				// A third program finds packages of two others.
				r.opts.Render = otherPages("the third")
				r.forget()
				third := r.plan(func(q *Request) { q.NewVersionOf, q.Layout, q.Metadata.Title = first.DOI, LayoutAuto, "Another title" })
				if _, err := r.send(r.engine(), third.ID); err != nil {
					t.Fatal(err)
				}
				if keys, _, downloads := r.sentKeys(); len(keys) != 3 || downloads != read-2 {
					t.Errorf("third: sent %v, %d data files read", keys, downloads)
				}
				r.agrees(r.job(third.ID))
			})
		}
	}
}

// The pages of the former version are asked for with patience; where they can't be
// had, or are not those of its packages, what is made in another way is sent.
func TestPagesOfTheFormerVersionAreAway(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, c := range map[string]struct {
		fault fakehttp.Fault
		sent  int
	}{
		"once":       {fakehttp.Fault{Kind: fakehttp.Gateway, Status: 502}, 3},
		"cut":        {fakehttp.Fault{Kind: fakehttp.CutAnswer, Bytes: 3000}, 3},
		"for ever":   {fakehttp.Fault{Kind: fakehttp.Gateway, Status: 502, Times: fakehttp.Always}, 6},
		"not theirs": {fakehttp.Fault{Kind: fakehttp.Gateway, Status: 404, Times: fakehttp.Always}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			lab, _ := manySets(3)
			r := newRig(t, lab, zenodotest.Options{})
			r.opts.Render = otherPages("the first")
			first := r.sent(func(q *Request) { q.Layout = LayoutPerDataSet })
			if err := r.z.Publish(first.RecordID); err != nil {
				t.Fatal(err)
			}
			r.opts.Render = nil
			c.fault.Method, c.fault.Path = "GET", "/records/"+first.RecordID+"/files/metadata.zip/content"
			r.opts.Now = func() time.Time {
				r.mu.Lock()
				defer r.mu.Unlock()
				return time.Now().Add(r.slept)
			}
			r.z.Fault(c.fault)
			r.forget()
			j := r.plan(func(q *Request) { q.NewVersionOf, q.Layout, q.Metadata.Title = first.DOI, LayoutAuto, "Another title" })
			if told := strings.Contains(strings.Join(j.Plan.Notes, "\n"), "can't be read"); told != (c.sent == 6) {
				t.Errorf("%q", j.Plan.Notes)
			}
			if _, err := r.send(r.engine(), j.ID); err != nil {
				t.Fatal(err)
			}
			if keys, _, _ := r.sentKeys(); len(keys) != c.sent {
				t.Errorf("sent %v", keys)
			}
			r.agrees(r.job(j.ID))
		})
	}
}
