package ui

import (
	"testing"

	"zenobis/flow/flowtest"
	"zenobis/record"
)

func TestOwnNameIsKeptOnRequest(t *testing.T) {
	f := flowtest.New()
	f.Defaults = &record.Metadata{
		Creators: []record.Agent{{Kind: record.Person, Family: "Doe", Given: "Jane", User: "jdoe"}},
		License:  "cc-by-4.0",
		Access:   "open",
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.settle()
		d.a.flow.Description.Put("creators", "Doe, Jane; 0000-0002-1825-0097")
		d.write("A title")
		d.keys("enter")
		d.shows("0000-0002-1825-0097\" for you from now on?")
		d.keys("y")
		d.shows("▸5 Review◂")
		if len(f.KeptMe) != 1 || f.KeptMe[0].ORCID != "0000-0002-1825-0097" {
			t.Errorf("%+v", f.KeptMe)
		}
	})
}
