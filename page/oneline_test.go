package page

import (
	"testing"

	"zenobis/openbis"
)

func TestPersonName(t *testing.T) {
	for _, c := range []struct {
		p    openbis.Person
		want string
	}{
		{openbis.Person{UserID: "alice", FirstName: "Alice", LastName: "Liddell"}, "Alice Liddell"},
		{openbis.Person{UserID: "alice"}, ""},
		{openbis.Person{UserID: "alice", FirstName: "alice"}, ""},
		{openbis.Person{UserID: "x", LastName: "x@example.org"}, ""},
	} {
		if got := PersonName(&c.p); got != c.want {
			t.Errorf("%+v: %q", c.p, got)
		}
	}
}
