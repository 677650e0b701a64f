// Package dense keeps very many small things in little memory: a lab may have 100,000
// entities, of each of which something is held while a package is planned or described.
package dense

import "iter"

// blockLen is how many things of a list lie together.
const blockLen = 512

// List is a list that does not move as it grows: one that does is in memory twice for
// that moment. The zero List is empty.
type List[T any] struct {
	blocks []*[blockLen]T
	n      int32
}

// Len is how many there are.
func (l *List[T]) Len() int { return int(l.n) }

// Add adds one and returns its number: 0, 1, 2 and so on.
func (l *List[T]) Add(v T) int32 {
	if int(l.n) == len(l.blocks)*blockLen {
		l.blocks = append(l.blocks, new([blockLen]T))
	}
	i := l.n
	l.n++
	*l.At(i) = v
	return i
}

// At is where the one of a number is kept, for ever.
func (l *List[T]) At(i int32) *T { return &l.blocks[i/blockLen][i%blockLen] }

// All yields the numbers with what they stand for.
func (l *List[T]) All() iter.Seq2[int32, *T] {
	return func(yield func(int32, *T) bool) {
		for i := range l.n {
			if !yield(i, l.At(i)) {
				return
			}
		}
	}
}
