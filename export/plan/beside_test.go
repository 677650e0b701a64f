package plan

import (
	"bytes"
	"testing"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/shape"
)

// A data package is the same whatever stands beside or below its data set in
// openBIS, so that Zenodo can keep it in the next version.
func TestDataPackageDependsOnNothingBeside(t *testing.T) {
	for _, layout := range []shape.Layout{shape.LayoutPerDataSet, shape.LayoutFiles} {
		make := func(more bool) map[string][]byte {
			l := newLab()
			co := l.collection(l.project(l.space("LAB"), "P"), "E", "Experiment")
			ob := l.object(co, "S2", "Step")
			ds := l.dataSet(ob, "Raw data", map[string][]byte{"original/a.txt": []byte("a"), "original/b/c.png": []byte("c")})
			ds.Properties = map[string][]string{"NOTES": {"made from 20250301120000000-99"}}
			ds.Parents = []openbis.Ref{{Kind: openbis.KindDataSet, PermID: "20250301120000000-77", Code: "20250301120000000-77", Name: "Former"}}
			if more {
				l.object(co, "S1", "Before")
				l.object(co, "S3", "Behind")
				child := l.dataSet(ob, "Derived", map[string][]byte{"x": []byte("x")})
				ds.Children = []openbis.Ref{child.Ref}
				l.dataSet(co, "", map[string][]byte{"y": []byte("y")})
			}
			req := wanted(t, l, "space:LAB")
			req.Layout = layout
			s, _ := plan(t, planner(l), req)
			packs := pull(t, s, l, "10.5281/zenodo.1")
			out := map[string][]byte{}
			for name, b := range packs {
				if name != names.Readme && name != names.Crate && name != names.Metadata {
					out[name] = b
				}
			}
			return out
		}
		before, after := make(false), make(true)
		if len(before) == 0 || len(after) <= len(before) {
			t.Fatalf("%s: %d packages, then %d", layout, len(before), len(after))
		}
		for name, b := range before {
			if !bytes.Equal(b, after[name]) {
				t.Errorf("%s: %s changes with what stands beside its data set", layout, name)
			}
		}
	}
}
