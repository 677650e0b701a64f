package plain

import (
	"encoding/json"
	"strings"
	"testing"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/selection"
)

// What was kept is counted, marked and named before anything of it is opened.
func TestPlainSaysWhatWasKept(t *testing.T) {
	f := flowtest.New()
	f.Kids["P1/collections"][0].Space = "JDOE"
	data, err := json.Marshal(flow.Kept{
		Version: 1, Server: f.Person.Server, User: f.Person.Person.UserID,
		Selection: selection.Selection{Rules: []selection.Rule{
			{Mode: selection.All, Kind: openbis.KindCollection, PermID: "C1", Label: "/JDOE/THIN_FILMS/MASS_LOSS"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.KeptFiles[flow.UnfinishedFile] = data
	out, _ := converse(t, f, []string{"", "", "secret", "yes", "tray", "quit"}, nil)
	for _, want := range []string{"Selected: 3 objects, 6 data sets", "Jane Doe, space JDOE, a part of it", "Mass loss measurements"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
}
