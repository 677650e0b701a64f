package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
)

// A type is found by its name as well, and one that there is not is told.
func TestFindTellsOfTypes(t *testing.T) {
	for _, text := range []string{`type:"Experimental Step"`, "type:experimental_step", "type:EXPERIMENTAL*"} {
		q, _, err := flow.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		f := flowtest.New()
		if _, _, err := flow.Find(t.Context(), f, q, 10); err != nil || len(f.Asked) != 1 {
			t.Errorf("%s, of which there is nothing: %v", text, err)
		}
	}
	for _, text := range []string{"type:BLAH", "type:EXPERIMENT"} {
		q, _, _ := flow.ParseQuery(text)
		_, _, err := flow.Find(t.Context(), flowtest.New(), q, 10)
		if wrong := (*flow.QueryError)(nil); !errors.As(err, &wrong) || !strings.Contains(wrong.Text, "EXPERIMENTAL_STEP") {
			t.Errorf("%s: %v", text, err)
		}
	}
	f := flowtest.New()
	f.Found = []openbis.Entity{f.Kids["C1/objects"][0]}
	if found, _, err := flow.Find(t.Context(), f, openbis.Query{Type: "OTHER"}, 10); err != nil || len(found) != 1 {
		t.Errorf("what is found needs no types: %v", err)
	}
	for _, as := range []string{"Storage Position", "$STORAGE_POSITION", "storage_position"} {
		if !flow.IsType("$STORAGE_POSITION", as) {
			t.Errorf("%s is not the type", as)
		}
	}
}

// stores has one type, with the sign of openBIS' own.
type stores struct{ *flowtest.Fake }

func (s stores) Types(context.Context, openbis.Kind) (map[string]openbis.EntityType, error) {
	return map[string]openbis.EntityType{"$STORAGE": {}}, nil
}

func (s stores) Find(_ context.Context, q openbis.Query, _ int) ([]openbis.Entity, int, error) {
	if q.Type == "$STORAGE" {
		return make([]openbis.Entity, 1), 1, nil
	}
	return nil, 0, nil
}

// What is shown of a type is not always its code.
func TestFindByTheNameOfAType(t *testing.T) {
	q, _, _ := flow.ParseQuery("type:Storage")
	if found, _, err := flow.Find(t.Context(), stores{flowtest.New()}, q, 10); err != nil || len(found) != 1 {
		t.Errorf("found %v: %v", found, err)
	}
}
