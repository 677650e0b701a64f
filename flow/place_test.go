package flow_test

import (
	"errors"
	"testing"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
)

// Two parts of a path are a project, or an object that stands in a space.
func TestAnObjectOfASpaceIsFoundByItsPath(t *testing.T) {
	f := flowtest.New()
	e := flowtest.Entity(flowtest.Ref(openbis.KindObject, "O16", "ENTRY16", "Loose note", "ENTRY"))
	e.Space = "JDOE"
	space := flowtest.Entity(flowtest.Ref(openbis.KindSpace, "JDOE", "JDOE", "", ""))
	f.Places = map[string]openbis.Entity{"/JDOE/ENTRY16": e, "O16": e, "JDOE": space}
	way, err := flow.FindPlace(t.Context(), f, "/JDOE/ENTRY16/")
	if err != nil || len(way) != 2 || way[1].PermID != "O16" {
		t.Errorf("%+v, %v", way, err)
	}
	for _, nothing := range []string{"/JDOE/ELSE", "http://127.0.0.1/nothing"} {
		if _, err := flow.FindPlace(t.Context(), f, nothing); !errors.Is(err, flow.ErrNoPlace) {
			t.Errorf("%s: %v", nothing, err)
		}
	}
}
