package flow_test

import (
	"testing"

	"zenobis/flow"
	"zenobis/openbis"
)

// A row is a clean line: what takes no cell in a name would shift what is beside it.
func TestRowsAreNamedClean(t *testing.T) {
	e := openbis.Entity{}
	e.Kind, e.Code, e.Name = openbis.KindObject, "E1", "film\u00ad of \u200btin\u202e"
	if got := flow.ItemOf(&e).Label; got != "film of tin" {
		t.Errorf("the row is %q", got)
	}
	e.Name = "\u00ad"
	if got := flow.ItemOf(&e).Label; got != "E1" {
		t.Errorf("the row without a name to be seen is %q", got)
	}
}
