package names

import (
	"math/rand/v2"
	"testing"
)

// TestHashes holds the set against a map, growing through many sizes.
func TestHashes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var h hashes
	want := map[uint64]bool{}
	some := []uint64{0, 1, 2, 3, 1 << 63, ^uint64(0)}
	many := 200_000
	if testing.Short() {
		many = 30_000
	}
	for i := range many {
		x := random.Uint64()
		if i%3 == 0 { // among those that begin alike
			x = x>>50 | 7<<58
		}
		if i < len(some) {
			x = some[i]
		}
		mark := i%2 == 0
		h.put(x, mark)
		want[bare(x)] = mark
	}
	n := 0
	for i := range h.parts {
		n += h.parts[i].n
	}
	if n != len(want) {
		t.Errorf("%d hashes, want %d", n, len(want))
	}
	for x, mark := range want {
		if marked, there := h.get(x); !there || marked != mark {
			t.Fatalf("%x: there %t, marked %t, want %t", x, there, marked, mark)
		}
	}
	for range 100_000 {
		x := random.Uint64()
		_, known := want[bare(x)]
		if _, there := h.get(x); there != known {
			t.Fatalf("%x: there %t, want %t", x, there, known)
		}
	}
}
