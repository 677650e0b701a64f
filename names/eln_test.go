package names

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"zenobis/openbis"
)

// Whatever has the same identifier has its own name in an .eln, told by its kind:
// so nothing that is added beside it ever renames it.
func TestELNPlaceFollowsFromTheEntityAlone(t *testing.T) {
	entity := func(kind openbis.Kind, id, identifier string) *openbis.Entity {
		code := identifier[strings.LastIndexByte(identifier, '/')+1:]
		return &openbis.Entity{Ref: openbis.Ref{Kind: kind, PermID: id, Identifier: identifier, Code: code}}
	}
	long := "/LAB/P/" + strings.Repeat("LONG", 40)
	list := []*openbis.Entity{
		entity(openbis.KindSpace, "LAB", "/LAB"), entity(openbis.KindObject, "9", "/LAB"),
		entity(openbis.KindProject, "1", "/LAB/X"), entity(openbis.KindObject, "2", "/LAB/X"),
		entity(openbis.KindCollection, "3", "/LAB/P/X"), entity(openbis.KindObject, "4", "/LAB/P/X"),
		entity(openbis.KindObject, "5", "/LAB/P/X-COLLECTION"), entity(openbis.KindObject, "6", "/LAB/P/x-collection"),
		entity(openbis.KindCollection, "7", long), entity(openbis.KindObject, "8", long),
		entity(openbis.KindObject, "10", "/LAB/P--X"), entity(openbis.KindCollection, "11", "/LAB/P/Ä X"),
	}
	want := []string{"LAB-space", "LAB", "LAB--X-project", "LAB--X", "LAB--P--X-collection", "LAB--P--X"}
	alone := make([]string, len(list))
	for i, e := range list {
		alone[i] = NewELN().Place(e, Place{}).Folder
		if i < len(want) && alone[i] != want[i] {
			t.Errorf("%s %s is %s, want %s", e.Kind, e.Identifier, alone[i], want[i])
		}
		if !regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`).MatchString(alone[i]) {
			t.Errorf("%s: %q", e.Identifier, alone[i])
		}
	}
	for _, backwards := range []bool{false, true} {
		tree, seen := NewELN(), map[string]string{}
		for i := range list {
			if backwards {
				i = len(list) - 1 - i
			}
			e := list[i]
			p := tree.Place(e, Place{})
			if p.Folder != alone[i] {
				t.Errorf("%s %s is %s among others, %s alone", e.Kind, e.Identifier, p.Folder, alone[i])
			}
			if other, ok := seen[Fold(p.Folder)]; ok {
				t.Errorf("%s %s has the name of %s: %s", e.Kind, e.Identifier, other, p.Folder)
			}
			seen[Fold(p.Folder)] = fmt.Sprint(e.Kind, " ", e.Identifier)
		}
	}
}
