package dense

// Table finds numbers by the hash of what they stand for, which lies elsewhere: a
// map would hold it once more. Numbers from 0 on.
type Table struct {
	slots []int32 // number + 1, 0 for none
	n     int
}

// Find finds the number of which is says that it is the one.
func (t *Table) Find(hash uint64, is func(i int32) bool) (int32, bool) {
	if i := t.slot(hash, is); i >= 0 && t.slots[i] != 0 {
		return t.slots[i] - 1, true
	}
	return -1, false
}

// slot is where a number is or would be; -1 in an empty table.
func (t *Table) slot(hash uint64, is func(i int32) bool) int {
	if len(t.slots) == 0 {
		return -1
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if t.slots[i] == 0 || is(t.slots[i]-1) {
			return int(i)
		}
	}
}

// Add adds a number that is not there. hashOf hashes what a number stands for.
func (t *Table) Add(hash uint64, number int32, hashOf func(i int32) uint64) {
	never := func(int32) bool { return false }
	if 4*(t.n+1) > 3*len(t.slots) {
		old := t.slots
		t.slots = make([]int32, max(64, 2*len(old)))
		for _, s := range old {
			if s != 0 {
				t.slots[t.slot(hashOf(s-1), never)] = s
			}
		}
	}
	t.slots[t.slot(hash, never)] = number + 1
	t.n++
}

// Replace lets a number stand for what another stood for.
func (t *Table) Replace(hash uint64, old, number int32) {
	t.slots[t.slot(hash, func(i int32) bool { return i == old })] = number + 1
}
