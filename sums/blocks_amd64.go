//go:build !purego

package sums

// blocks takes n blocks at mp into the state of an MD5, and n at sp into that of a
// SHA-256.
//
//go:noescape
func blocks(m *[4]uint32, s *[8]uint32, mp, sp *byte, n int)

func cpuid(leaf, sub uint32) (bx, cx uint32)

// able says whether the processor has the instructions for it: SHA, SSSE3, SSE4.1.
func able() bool {
	const ssse3, sse41, sha = 1 << 9, 1 << 19, 1 << 29
	if most, _ := cpuid(0, 0); most == 0 {
		return false
	}
	_, c := cpuid(1, 0)
	b, _ := cpuid(7, 0)
	return c&ssse3 != 0 && c&sse41 != 0 && b&sha != 0
}
