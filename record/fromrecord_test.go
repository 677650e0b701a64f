package record

import (
	"encoding/json"
	"reflect"
	"testing"

	"zenobis/zenodo"
)

// A grant comes back from a published record as it was typed, and stays so from
// version to version.
func TestGrantsOfTheFormerVersion(t *testing.T) {
	for _, line := range []string{
		"00yjd3n13 200021_1", "Swiss National Science Foundation (00yjd3n13) 200021_1", `00yjd3n13 200021_1 "Growth curves"`, "00yjd3n13",
	} {
		g, err := ParseGrant(line)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			data, err := json.Marshal(Draft(Metadata{Funding: []Grant{g}}, DraftInput{}).Metadata)
			if err != nil {
				t.Fatal(err)
			}
			var stored zenodo.Record
			if err := json.Unmarshal(data, &stored.Metadata); err != nil {
				t.Fatal(err)
			}
			got := FromRecord(stored).Funding
			want := g
			want.FunderName = "" // which the server fills in
			if !reflect.DeepEqual(got, []Grant{want}) {
				t.Fatalf("%q comes back as %+v, %q", line, got, FormatLines(got))
			}
			g = got[0]
		}
	}
}
