package tree

import (
	"fmt"
	"runtime"
	"testing"
	"unsafe"

	"zenobis/openbis"
)

// A million rows are to fit: 200 bytes each beside the name.
func TestARowIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(node{}); n > 64 {
		t.Errorf("a node takes %d bytes", n)
	}
	if testing.Short() {
		t.Skip("takes a second")
	}
	const rows = 200_000
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	names := 0
	id, _ := tr.Find(key(openbis.KindSpace, "S"))
	tr.Unfold(id)
	for from := 0; from < rows; from += 1000 {
		gen, _, _ := tr.Begin(id)
		items := make([]Item, 1000)
		for i := range items {
			n := from + i
			items[i] = Item{
				Key: key(openbis.KindObject, fmt.Sprintf("20250303141713655-%d", n)), Label: fmt.Sprintf("Measurement number %d", n),
				Code: fmt.Sprintf("EXP%d", n), Type: "EXPERIMENTAL_STEP", Identifier: fmt.Sprintf("/LAB/THIN_FILMS/EXP%d", n), Size: -1,
			}
			names += len(items[i].Label)
		}
		tr.Add(id, gen, items, Cursor{From: from + 1000}, from+1000 < rows, -1)
	}
	tr.Filter("measurement 1234")
	for !tr.FilterMore(rows) {
	}
	tr.Filter("")
	runtime.GC()
	runtime.ReadMemStats(&after)
	per := (int(after.HeapAlloc-before.HeapAlloc) - names) / rows
	t.Logf("%d bytes a row beside its name", per)
	if per > 200 {
		t.Errorf("%d bytes a row beside its name", per)
	}
	runtime.KeepAlive(tr)
}
