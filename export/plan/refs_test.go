package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/shape"
)

// A property that names an object says its name in pages and crate alike, and the
// crate refers to it.
func TestNamedObjectsInTheCrate(t *testing.T) {
	for _, crate := range shape.Crates() {
		t.Run(string(crate), func(t *testing.T) {
			l := newLab()
			l.types[openbis.KindObject] = map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Code: "EXPERIMENTAL_STEP",
				Properties: []openbis.Assignment{
					{Code: "USES", Label: "Uses", DataType: "SAMPLE"}, {Code: "ALL", Label: "All", DataType: "ARRAY_SAMPLE"},
				}}}
			co := l.collection(l.project(l.space("LAB"), "P"), "E", "Experiment")
			buffer, medium := l.object(co, "S1", "Buffer"), l.object(co, "S2", "Medium")
			step := l.object(co, "S3", "Step")
			step.Properties = map[string][]string{"USES": {buffer.PermID}, "ALL": {medium.Identifier, buffer.PermID, "20200101000000000-1"}}
			l.parent(step, medium)
			req := wanted(t, l, "space:LAB")
			req.Crate = crate
			s, _ := plan(t, planner(l), req)
			tree := unpack(t, s, pull(t, s, l, "10.5281/zenodo.1"))
			values := map[string]string{}
			for name, body := range tree {
				if !strings.HasSuffix(name, names.Crate) {
					continue
				}
				var g struct {
					Graph []map[string]any `json:"@graph"`
				}
				if err := json.Unmarshal(body, &g); err != nil {
					t.Fatal(err)
				}
				for _, n := range g.Graph {
					if n["@type"] == "PropertyValue" {
						values[n["name"].(string)] = fmt.Sprint(n["value"], " ", n["valueReference"])
					}
				}
			}
			want := map[string]string{
				"Uses": "Buffer (S1) map[@id:#" + buffer.PermID + "]",
				"All":  "Medium (S2), Buffer (S1), 20200101000000000-1 [map[@id:#" + medium.PermID + "] map[@id:#" + buffer.PermID + "]]",
			}
			if crate == "eln" {
				want = map[string]string{"Uses": "Buffer (S1) <nil>", "All": "Medium (S2), Buffer (S1), 20200101000000000-1 <nil>"}
			}
			for name, w := range want {
				if values[name] != w {
					t.Errorf("%s is %s, want %s", name, values[name], w)
				}
			}
		})
	}
}
