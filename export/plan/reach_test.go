package plan

import (
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"zenobis/export/fetch"
	"zenobis/shape"
)

var hrefs = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// Each link of each page leads to a file of the record as it lies after
// downloading and unpacking, and each data file is linked from some page.
func TestPagesReachEveryFile(t *testing.T) {
	l := seeded(4)
	for _, how := range []struct {
		layout shape.Layout
		crate  shape.Crate
	}{{shape.LayoutSingle, ""}, {shape.LayoutPerDataSet, ""}, {shape.LayoutFiles, ""}, {shape.LayoutSingle, "eln"}} {
		layout := how.layout
		t.Run(string(layout)+string(how.crate), func(t *testing.T) {
			if testing.Short() && layout == shape.LayoutSingle && how.crate == "" {
				t.Skip("one of a kind is enough for short tests")
			}
			req := wanted(t, l, "space:LAB0")
			req.Layout, req.Crate = layout, how.crate
			s, _ := plan(t, planner(l), req)
			packs := pull(t, s, l, "10.5281/zenodo.1")
			tree := unpack(t, s, packs)
			lies := map[string]bool{} // by path after downloading; true once it is reached
			for name := range tree {
				lies[name] = false
			}
			data := map[string]bool{}
			s.Files("", func(f fetch.File) error {
				at := f.Entry
				if how.crate == "eln" {
					at = "content/" + at
				}
				if layout == shape.LayoutFiles && f.File.Size > 0 {
					delete(lies, at)
					at = f.Package
					lies[at] = false
				}
				data[at] = true
				return nil
			})
			for name, body := range tree {
				if !strings.HasSuffix(name, ".html") || data[name] {
					continue
				}
				for _, m := range hrefs.FindAllStringSubmatch(string(body), -1) {
					ref, anchor, _ := strings.Cut(html.UnescapeString(m[1]), "#")
					if u, err := url.Parse(ref); err == nil && u.Scheme != "" {
						continue
					}
					to, err := url.PathUnescape(ref)
					if err != nil {
						t.Fatal(err)
					}
					if to = path.Join(path.Dir(name), to); ref == "" {
						to = name
					}
					if anchor != "" && !strings.Contains(string(tree[to]), ` id="`+html.EscapeString(anchor)+`"`) {
						t.Errorf("%s links to %s, which has no such place", name, m[1])
					}
					if _, ok := lies[to]; !ok {
						t.Errorf("%s links to %s, which is not there", name, to)
					}
					lies[to] = true
				}
			}
			for at := range data {
				if !lies[at] {
					t.Errorf("no page links to %s", at)
				}
			}
			if len(data) == 0 {
				t.Error("no data files")
			}
		})
	}
}
