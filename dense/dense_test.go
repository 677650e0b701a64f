package dense

import (
	"fmt"
	"strings"
	"testing"
)

// TestDense keeps many texts: each is found by its number and by its hash, also where
// hashes are alike, and stays where it is.
func TestDense(t *testing.T) {
	for name, hash := range map[string]func(s string) uint64{
		"all alike": func(string) uint64 { return 7 },
		"few":       func(s string) uint64 { return uint64(len(s)) },
		"spread":    func(s string) uint64 { return uint64(len(s)) * 0x9e3779b97f4a7c15 },
	} {
		var l List[string]
		var find Table
		var texts Texts
		hashOf := func(i int32) uint64 { return hash(*l.At(i)) }
		text := func(i int) string { return strings.Repeat("x", i%300) + fmt.Sprint(i) }
		number := func(s string) (int32, bool) {
			return find.Find(hash(s), func(i int32) bool { return *l.At(i) == s })
		}
		const n = 3 * blockLen
		var first *string
		for i := range n {
			if _, ok := number(text(i)); ok {
				t.Fatalf("%s: %q is there before it was added", name, text(i))
			}
			k := l.Add(texts.Keep(text(i)))
			if first == nil {
				first = l.At(0)
			}
			if int(k) != i || l.Len() != i+1 || l.At(0) != first {
				t.Fatalf("%s: the list has %d, number %d, wanted %d", name, l.Len(), k, i)
			}
			find.Add(hashOf(k), k, hashOf)
		}
		seen := 0
		for i, s := range l.All() {
			if k, ok := number(text(int(i))); *s != text(int(i)) || !ok || k != i {
				t.Fatalf("%s: %d is %q, found as %d, %t", name, i, *s, k, ok)
			}
			if seen++; seen == n-1 {
				break
			}
		}
		// Another number for the same text.
		find.Replace(hash(text(5)), 5, l.Add(text(5)))
		if k, ok := number(text(5)); !ok || k != n {
			t.Errorf("%s: replaced, found as %d, %t", name, k, ok)
		}
		if _, ok := number("y"); ok {
			t.Errorf("%s: what is not there is found", name)
		}
	}
	var texts Texts
	long := strings.Repeat("long", textsBlock)
	if texts.Keep(long) != long || texts.Keep("") != "" {
		t.Error("a long or an empty text is another one")
	}
}
