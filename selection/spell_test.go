package selection

import (
	"testing"

	"zenobis/openbis"
)

// TestSpelledIsRead: what an entity is spelled as is read for that entity again, of
// every kind and wherever it lies.
func TestSpelledIsRead(t *testing.T) {
	for want, e := range map[string]openbis.Ref{
		"/LAB":                 {Kind: openbis.KindSpace, PermID: "LAB", Code: "LAB", Identifier: "/LAB"},
		"/BARE":                {Kind: openbis.KindSpace, PermID: "BARE", Code: "BARE"},
		"/LAB/P":               {Kind: openbis.KindProject, PermID: "1-1", Identifier: "/LAB/P"},
		"collection:/LAB/P/E":  {Kind: openbis.KindCollection, PermID: "1-2", Identifier: "/LAB/P/E"},
		"object:/LAB/P/S":      {Kind: openbis.KindObject, PermID: "1-3", Identifier: "/LAB/P/S"},
		"object:/LAB/S":        {Kind: openbis.KindObject, PermID: "1-4", Identifier: "/LAB/S"},
		"object:/LAB/P/BOX:S":  {Kind: openbis.KindObject, PermID: "1-5", Identifier: "/LAB/P/BOX:S"},
		"object:1-6":           {Kind: openbis.KindObject, PermID: "1-6", Identifier: "/SHARED"},
		"object:1-7":           {Kind: openbis.KindObject, PermID: "1-7"},
		"project:1-8":          {Kind: openbis.KindProject, PermID: "1-8"},
		"20250303081457864-24": {Kind: openbis.KindDataSet, PermID: "20250303081457864-24", Code: "20250303081457864-24"},
	} {
		got := Spell(e)
		if got != want {
			t.Errorf("%+v is spelled %q, want %q", e, got, want)
		}
		r, err := Parse(got)
		if err != nil || r.Kind != e.Kind && (r.Kind != "" || e.Kind != openbis.KindDataSet) {
			t.Errorf("%q is read as %+v, %v", got, r, err)
		}
	}
}
