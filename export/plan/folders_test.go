package plan

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"zenobis/shape"
)

// Validators of crates look for the folder of each data set of the crate.
func TestEachEntityHasAFolder(t *testing.T) {
	for _, c := range []struct {
		crate  shape.Crate
		layout shape.Layout
	}{{"ro-crate", shape.LayoutSingle}, {"ro-crate", shape.LayoutPerDataSet}, {"ro-crate", shape.LayoutFiles}, {"eln", shape.LayoutSingle}} {
		t.Run(string(c.crate)+" "+string(c.layout), func(t *testing.T) {
			if testing.Short() && c.layout == shape.LayoutPerDataSet {
				t.Skip("one of a kind is enough for short tests")
			}
			l := seeded(6)
			req := wanted(t, l, "space:LAB0")
			req.Crate, req.Layout = c.crate, c.layout
			s, _ := plan(t, planner(l), req)
			folders, prefix := map[string]int{}, ""
			var crate []byte
			packs := pull(t, s, l, "10.5281/zenodo.1")
			for name, data := range packs {
				if !strings.HasSuffix(name, ".zip") && !strings.HasSuffix(name, ".eln") {
					continue
				}
				z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
				if err != nil {
					t.Fatal(err)
				}
				inThis := map[string]bool{}
				for _, f := range z.File {
					if strings.HasSuffix(f.Name, "/") {
						if inThis[f.Name] || !f.Mode().IsDir() {
							t.Errorf("%s: %s stands twice or is no folder", name, f.Name)
						}
						inThis[f.Name] = true
						folders[f.Name]++
					}
				}
			}
			tree := unpack(t, s, packs)
			for name, data := range tree {
				if strings.HasSuffix(name, "ro-crate-metadata.json") {
					crate, prefix = data, strings.TrimSuffix(name, "ro-crate-metadata.json")
				}
			}
			var g struct {
				Graph []struct {
					ID   string `json:"@id"`
					Type any    `json:"@type"`
				} `json:"@graph"`
			}
			if err := json.Unmarshal(crate, &g); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, x := range g.Graph {
				if x.Type != "Dataset" || x.ID == "./" || strings.HasPrefix(x.ID, "#") {
					continue
				}
				n++
				folder, _ := url.PathUnescape(strings.TrimPrefix(x.ID, "./"))
				if folders[prefix+folder] == 0 {
					t.Errorf("no folder %s", prefix+folder)
				}
			}
			if n == 0 {
				t.Error("the crate has no data set with a folder")
			}
		})
	}
}
