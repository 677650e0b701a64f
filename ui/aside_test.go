package ui

import (
	"strings"
	"testing"
	"time"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
)

// What was kept is marked and counted before anything of it is unfolded.
func TestKeptSelectionIsMarkedAndCounted(t *testing.T) {
	f := curator()
	for i := range f.Kids["C1/objects"] {
		f.Kids["C1/objects"][i].ProjectRef = &openbis.Ref{Kind: openbis.KindProject, PermID: "P1", Identifier: "/JDOE/THIN_FILMS"}
	}
	f.Kids["P1/collections"][0].Space = "JDOE"
	f.Kids["P1/collections"][0].ProjectRef = &openbis.Ref{Kind: openbis.KindProject, PermID: "P1"}
	f.Kids["JDOE/projects"][0].Space = "JDOE"
	f.Places = map[string]openbis.Entity{"JDOE": f.SpaceList[0]}
	var before string
	drive(t, f, 100, 24, func(d *driver) {
		inCollection(d)
		id, _ := d.a.flow.Tree.Cursor()
		d.a.flow.Tree.SetCursor(d.a.flow.Tree.Parent(id))
		d.keys("space down space") // the collection, less its first object
		d.wait(time.Second)
		before = d.a.flow.SelectedText()
		d.keys("ctrl+c l")
		d.a.flow.Leave(t.Context(), false, time.Date(2026, 11, 29, 5, 0, 0, 0, time.UTC))
	})
	if !strings.Contains(string(f.KeptFiles[flow.UnfinishedFile]), "exclude") {
		t.Fatalf("kept %s", f.KeptFiles[flow.UnfinishedFile])
	}
	drive(t, f, 100, 24, func(d *driver) {
		d.login()
		d.wait(time.Second)
		d.keys("g")
		d.wait(time.Second)
		d.shows("▣ Jane Doe")
		if now := d.a.flow.SelectedText(); now != before {
			t.Errorf("counted %q, before %q", now, before)
		}
		d.keys("T")
		d.shows("☑ Mass loss measurements", "☒ Run 12")
		d.keys("enter")
		d.wait(time.Second)
		d.shows("▣ Mass loss measurements")
		d.hides("with everything below")
	})
}

// What was selected among the answers of a search stays counted without them.
func TestFoundSelectionStaysCounted(t *testing.T) {
	f := flowtest.New()
	far := flowtest.Entity(flowtest.Ref(openbis.KindCollection, "C77", "FAR", "Far away", "DEFAULT_EXPERIMENT"))
	far.Space = "LAB"
	f.Found = []openbis.Entity{far}
	o := flowtest.Entity(flowtest.Ref(openbis.KindObject, "O77", "O77", "Far object", "ENTRY"))
	f.Kids["C77/objects"] = []openbis.Entity{o}
	drive(t, f, 100, 24, func(d *driver) {
		d.login()
		d.keys("s")
		d.write("far")
		d.keys("enter space")
		d.wait(time.Second)
		before := d.a.flow.SelectedText()
		d.keys("esc")
		d.wait(time.Second)
		if now := d.a.flow.SelectedText(); now != before || !strings.HasPrefix(now, "1 object ") {
			t.Errorf("counted %q, with the results %q", now, before)
		}
		d.keys("T")
		d.shows("☑ Far away")
	})
}
