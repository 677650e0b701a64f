package export

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/names"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// lookalikes is a lab with data sets that hold files named like those the program
// makes, as a BagIt bag or a package that was exported before does.
func lookalikes(t *testing.T) *labdata.Lab {
	l, _ := manySets(1)
	lie := fmt.Sprintf("%064x  data/a.txt\n%064x  original/z.txt\n%064x  README.md\n", 1, 2, 3)
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{names.Manifest, "content/" + names.Manifest, "manifests/x.sha256", names.Crate} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(lie))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"original/bag/" + names.Manifest: fmt.Appendf(nil, "%x  data/a.txt\n", sha256.Sum256([]byte("a"))),
		"original/bag/data/a.txt":        []byte("a"), "original/" + names.Manifest: []byte(lie), names.Manifest: []byte(lie),
		"manifests/x.sha256": []byte(lie), "original/manifests/x.sha256": []byte(lie), "original/more/manifests/y.sha256": []byte(lie),
		"original/empty/" + names.Manifest: {}, "original/z.txt": []byte("the last"), "original/zz/z.txt": []byte("the very last"),
		"original/" + names.Readme: []byte("# Mine\n"), "original/" + names.Crate: []byte(`{"@graph":[{"@id":"./README.md","contentSize":"1"}]}`),
		"original/" + names.Index: []byte("<p>mine"), "original/" + names.Types: []byte("{}"), "original/" + names.Omitted: []byte("denied: a\n"),
	}
	for _, name := range []string{names.Metadata, names.Content, names.ContentELN, "bag.zip"} {
		files["original/"+name], files["original/broken/"+name] = packed.Bytes(), []byte("PK, and no archive")
	}
	for i := range 2 {
		l.AddDataSet(labdata.DataSetSpec{Object: "/LAB/PROJ/STEP", Name: fmt.Sprintf("bag %d", i), Files: files})
	}
	return l
}

// What a data set's files are called makes none of them a file of the program: each
// is compared, and stands in a new version, like any other.
func TestFilesNamedLikeOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, layout := range []string{"single", "per-dataset", "files", "eln"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, lookalikes(t), zenodotest.Options{})
			cut := func(q *Request) {
				if q.Layout = Layout(layout); layout == "eln" {
					q.Layout, q.Crate = LayoutSingle, "eln"
				}
			}
			first := r.sent(cut)
			compare := func(what string, job Job) {
				t.Helper()
				var data []string
				err := r.engine().Verify(t.Context(), what, true, func(v Verified) error {
					if !v.OK {
						t.Errorf("%s: %s, %s: %s", what, v.Package, v.File, v.Message)
					}
					if v.DataSet != "" {
						data = append(data, v.DataSet+":"+v.File)
					}
					return nil
				})
				slices.Sort(data)
				if n := len(slices.Compact(data)); err != nil || n != job.Plan.Files || len(data) != n {
					t.Errorf("%s: %d of %d files were compared: %v", what, n, job.Plan.Files, err)
				}
			}
			compare(first.ID, first)
			if err := r.z.Publish(first.RecordID); err != nil {
				t.Fatal(err)
			}
			r.state = t.TempDir() // another computer
			r.login()
			compare(first.DOI, first)
			r.forget()
			next := r.plan(func(q *Request) {
				cut(q)
				q.NewVersionOf, q.Metadata.Title = first.DOI, "Another title"
			})
			if _, err := r.send(r.engine(), next.ID); err != nil {
				t.Fatal(err)
			}
			if keys, _, downloads := r.sentKeys(); layout == "per-dataset" && (downloads > 0 || slices.ContainsFunc(keys, func(k string) bool {
				return strings.HasSuffix(k, ".zip") && k != names.Metadata
			})) {
				t.Errorf("sent %v, %d files read from openBIS", keys, downloads)
			}
			compare(next.ID, r.job(next.ID))
		})
	}
}
