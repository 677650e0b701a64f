package names

import "math/bits"

// hashes is a set of 64-bit hashes, each marked or not, in some 11 bytes a hash: a
// data set may have a million files. The lowest bit holds the mark, so two hashes
// that differ in it alone are one.
type hashes struct{ parts [64]hashPart }

// hashPart are the hashes that begin alike: a part that grows is copied, never
// all of them.
type hashPart struct {
	slots []uint64 // 0 where free
	n     int
}

// bare is what a hash is found by, never 0.
func bare(hash uint64) uint64 {
	if hash &^= 1; hash == 0 {
		return 2
	}
	return hash
}

// get tells whether a hash is there, and its mark.
func (h *hashes) get(hash uint64) (marked, there bool) {
	hash = bare(hash)
	p := &h.parts[hash>>58]
	if len(p.slots) == 0 {
		return false, false
	}
	s := p.slots[p.slot(hash)]
	return s&1 != 0, s != 0
}

// put adds a hash, or gives it another mark.
func (h *hashes) put(hash uint64, mark bool) {
	hash = bare(hash)
	p := &h.parts[hash>>58]
	if 8*(p.n+1) > 7*len(p.slots) {
		old := p.slots
		p.slots = make([]uint64, max(8, len(old)*3/2))
		for _, s := range old {
			if s != 0 {
				p.slots[p.slot(s&^1)] = s
			}
		}
	}
	at := p.slot(hash)
	if p.slots[at] == 0 {
		p.n++
	}
	if p.slots[at] = hash; mark {
		p.slots[at]++
	}
}

// slot is where a hash is or would be.
func (p *hashPart) slot(hash uint64) int {
	at, _ := bits.Mul64(hash<<6, uint64(len(p.slots)))
	for i := int(at); ; i++ {
		if i == len(p.slots) {
			i = 0
		}
		if s := p.slots[i]; s == 0 || s&^1 == hash {
			return i
		}
	}
}
