package flow

import (
	"strings"
	"testing"
)

// What can't have been meant is told, instead of finding nothing.
func TestSearchTellsMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"typ:ENTRY":                           "there is no typ: to search by: take type, tag, by, from, to, kind",
		"coating Typ:ENTRY":                   "there is no Typ: to search by",
		"type: ENTRY":                         "type: has no value: write it right behind the colon, such as type:ENTRY",
		"from:2025-02-01 to:2025-01-31":       "from:2025-02-01 is later than to:2025-01-31",
		"to:2025-01-31 from:2025-02-01 films": "is later than",
		"kind:thing":                          "take object, collection or dataset",
		// as they are meant
		"from:2025-02-01 to:2025-02-01": "", `"pH:7" films`: "", "https://doi.org/10.5281/1": "", "doi:10.5281/1": "",
		"20:30": "", "type:ENTRY": "", `type:"Experimental Step"`: "", `"type:Experimental Step"`: "",
	} {
		_, chips, err := ParseQuery(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
		if err == nil && len(chips) > 0 {
			if _, again, err := ParseQuery(Without(chips, -1)); err != nil || len(again) != len(chips) {
				t.Errorf("%s again is %s: %v", text, Without(chips, -1), err)
			}
		}
	}
	if q, _, _ := ParseQuery(`type:"Experimental Step"`); q.Type != "EXPERIMENTAL_STEP" {
		t.Errorf("the label is %q", q.Type)
	}
	if q, _, _ := ParseQuery(`"pH:7"`); q.Text != "pH:7" {
		t.Errorf("in quotes: %+v", q)
	}
}
