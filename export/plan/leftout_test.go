package plan

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/export/snapshot"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/shape"
)

// A file that turns out to be broken while it is sent is told on its data set's
// page, where it was linked before, in every layout; nothing else on it changes.
func TestLeftOutFileIsToldOnItsPage(t *testing.T) {
	const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
	for _, c := range []struct {
		layout shape.Layout
		part   int64
		crate  shape.Crate
	}{
		{shape.LayoutSingle, 0, ""}, {shape.LayoutPerDataSet, 0, ""}, {shape.LayoutPerDataSet, 5, ""}, {shape.LayoutFiles, 0, ""},
		{shape.LayoutSingle, 0, "eln"},
	} {
		t.Run(fmt.Sprint(c.layout, c.part, c.crate), func(t *testing.T) {
			if testing.Short() && c.part > 0 {
				t.Skip("one of a kind is enough for short tests")
			}
			l := newLab()
			l.types[openbis.KindDataSet] = map[string]openbis.EntityType{"RAW_DATA": {Code: "RAW_DATA", Properties: []openbis.Assignment{
				{Code: "NOTES", Label: "Notes", DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"}}}}
			co := l.collection(l.project(l.space("LAB"), "P"), "E", "Experiment")
			ds := l.dataSet(l.object(co, "S", "Step"), "Raw", map[string][]byte{"original/a.csv": []byte("aaaa"), "original/b.csv": []byte("bbbb"),
				"original/c.csv": []byte("cccc"), "original/empty.txt": nil})
			l.dirs(ds, "original/void")
			ds.Properties = map[string][]string{"NOTES": {`<p>See <img src="/openbis/openbis/file-service/eln-lims/1.png"> or ` +
				`<img src="data:image/png;base64,` + pixel + `"></p>`}}
			l.pixel, _ = base64.StdEncoding.DecodeString(pixel)
			ds.Parents = []openbis.Ref{{Kind: openbis.KindDataSet, PermID: "20250301120000000-77", Code: "20250301120000000-77", Name: "Former"}}
			req := wanted(t, l, "space:LAB")
			req.Layout, req.PartSize, req.Crate, req.Pages = c.layout, c.part, c.crate, []shape.Format{"html", "txt", "json", "docx"}
			s, before := plan(t, planner(l), req)
			whole := unpack(t, s, pull(t, s, l, "10.5281/zenodo.1"))
			for i, path := range []string{"original/b.csv", "original/c.csv"} {
				// With parts, the first one is at Zenodo already.
				done := func(pkg string) bool { return c.part > 0 && pkg == before.Packages[0].Name }
				o := snapshot.OmitRequest{DataSet: ds.PermID, Path: path, Reason: []omission.Reason{"corrupt", "unreadable"}[i]}
				if _, err := s.Omit(o, done); err != nil {
					t.Fatal(err)
				}
				delete(l.bytes, ds.PermID+path)
			}
			tree := unpack(t, s, pull(t, s, l, "10.5281/zenodo.1"))
			pages := 0
			for name, body := range tree {
				if !strings.Contains(name, ds.Code) || strings.Contains(name, "original") || strings.HasPrefix(name, "manifests/") {
					continue
				}
				pages++
				switch {
				case strings.HasSuffix(name, ".html"):
					for _, want := range []string{
						`<p class="note">2 files of this data set were left out: it is not what the checksum in openBIS says; it could not be read.</p>`,
						`<li>b.csv <span class="small">4 B</span> <span class="gap">[left out: it is not what the checksum in openBIS says]</span></li>`,
						`<li>c.csv <span class="small">4 B</span> <span class="gap">[left out: it could not be read]</span></li>`,
						`2 files, 4 B`, `void <span class="small">empty folder`, `>a.csv</a>`, `>empty.txt</a>`,
					} {
						if !strings.Contains(string(body), want) {
							t.Errorf("%s lacks %q:\n%s", name, want, body)
						}
					}
				case strings.HasSuffix(name, ".json"):
					var j struct {
						Data struct {
							Files int
							List  []struct{ Path, File, Omitted string }
						}
					}
					if err := json.Unmarshal(body, &j); err != nil {
						t.Fatal(err)
					}
					got := fmt.Sprintf("%d %d %+v", j.Data.Files, len(j.Data.List), j.Data.List[1])
					if want := "2 4 {Path:original/b.csv File: Omitted:corrupt}"; got != want {
						t.Errorf("%s: %s", name, got)
					}
				case strings.HasSuffix(name, ".txt"):
					if n := strings.Count(string(body), "[left out: "); n != 2 {
						t.Errorf("%s:\n%s", name, body)
					}
				case strings.HasSuffix(name, ".docx"):
					if z, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err != nil || len(z.File) == 0 {
						t.Errorf("%s: %v", name, err)
					}
				default: // a picture
					if !bytes.Equal(body, whole[name]) {
						t.Errorf("%s changed", name)
					}
				}
				for _, sign := range []string{"it is gone", "picture missing"} {
					if strings.Contains(string(body), sign) {
						t.Errorf("%s lost its picture", name)
					}
				}
			}
			if pages != 6 {
				t.Errorf("%d pages", pages)
			}
			if c.crate == "" {
				checkManifest(t, s, tree)
			}
			// What is not about the files is as it was.
			const list, behind = "<h2>Files</h2>", "<h2>Parents</h2>"
			counts := []string{`<p class="note">2 files`, "<dt>Files</dt>", "<dt>Size</dt>"}
			for name, body := range tree {
				if !strings.HasSuffix(name, ds.Code+").html") {
					continue
				}
				cut := func(page []byte) string {
					head, rest, _ := strings.Cut(string(page), list)
					_, tail, _ := strings.Cut(rest, behind)
					lines := slices.DeleteFunc(strings.Split(head+tail, "\n"), func(l string) bool {
						return slices.ContainsFunc(counts, func(c string) bool { return strings.HasPrefix(l, c) })
					})
					return strings.Join(lines, "\n")
				}
				if cut(body) != cut(whole[name]) {
					t.Errorf("%s differs beside its files:\n%s", name, body)
				}
			}
		})
	}
}
