package sums

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"math/rand/v2"
	"testing"
)

// check writes data in pieces, of which each goes into one of some SHA-256 or into
// none, and compares with the standard library's.
func check(t *testing.T, p *Pair, data []byte, pieces []int) {
	t.Helper()
	ours := [3]hash.Hash{nil, sha256.New(), sha256.New()}
	want := [3]hash.Hash{md5.New(), sha256.New(), sha256.New()}
	for i, rest := 0, data; len(rest) > 0; i++ {
		n := len(rest)
		if i < len(pieces) {
			n = min(n, pieces[i])
		}
		which := (i + n) % 3
		p.Write(rest[:n], ours[which])
		want[0].Write(rest[:n])
		if which > 0 {
			want[which].Write(rest[:n])
		}
		rest = rest[n:]
	}
	for i, w := range want {
		got := p.Sum()
		if i > 0 {
			got = ours[i].Sum(nil)
		}
		if !bytes.Equal(got, w.Sum(nil)) {
			t.Fatalf("%d bytes in pieces %v: sum %d is %x, want %x", len(data), pieces, i, got, w.Sum(nil))
		}
	}
}

func filled(n int) []byte {
	data := make([]byte, n)
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(chance.Uint32())
	}
	return data
}

// TestPair compares with the standard library: every offset of one sum to the other,
// and lengths around a block and around what is worth it.
func TestPair(t *testing.T) {
	if !Able() {
		t.Log("this processor takes one sum after the other")
	}
	data := filled(3*least + 3*block)
	for alone := range 2*block + 1 {
		for _, n := range []int{0, 1, least - 1, least, least + 1, least + block - 1, 2*least + alone} {
			for i := range 3 { // into which sum the long piece goes
				check(t, New(), data[:min(len(data), alone+n+i)], []int{alone, n + i})
			}
		}
	}
	large := filled(1 << 20)
	check(t, New(), large, []int{70_001, 1, 300_000, 64, 400_003})
	p := New()
	p.both = nil
	check(t, p, large, []int{70_001, 1, 300_000, 64, 400_003})
}

// TestAWrongSumIsNotTaken: where both at once come to something else than the standard
// library, one is taken after the other.
func TestAWrongSumIsNotTaken(t *testing.T) {
	data := filled(3 * least)
	for name, wrong := range map[string]func(p *Pair, b []byte, sha hash.Hash) bool{
		"MD5":     func(p *Pair, b []byte, sha hash.Hash) bool { p.md5.Write(b[1:]); sha.Write(b); return true },
		"SHA-256": func(p *Pair, b []byte, sha hash.Hash) bool { p.md5.Write(b); sha.Write(b[1:]); return true },
		"nothing": func(*Pair, []byte, hash.Hash) bool { return true },
	} {
		p := newPair(wrong)
		if p.both != nil {
			t.Errorf("%s: the wrong sum is taken", name)
		}
		check(t, p, data, nil)
	}
	right := newPair(func(p *Pair, b []byte, sha hash.Hash) bool { p.md5.Write(b); sha.Write(b); return true })
	if right.both == nil || Able() != (New().both != nil) {
		t.Error("what is right is not taken")
	}
	check(t, right, data, nil)
}

// TestPairWithAnotherHash takes any hash, one after the other.
func TestPairWithAnotherHash(t *testing.T) {
	data := filled(4 * least)
	for _, other := range []func() hash.Hash{sha256.New224, sha512.New512_256, md5.New} {
		p, got, want := New(), other(), other()
		p.Write(data, got)
		want.Write(data)
		if sum := md5.Sum(data); !bytes.Equal(p.Sum(), sum[:]) || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
			t.Errorf("%T: %x and %x, want %x and %x", want, p.Sum(), got.Sum(nil), sum, want.Sum(nil))
		}
	}
}

// TestPairAllocatesNothing while it takes bytes; one for each state is the library's
// own in a build that looks for races.
func TestPairAllocatesNothing(t *testing.T) {
	p, sha, data := New(), sha256.New(), filled(64<<10)
	if n := testing.AllocsPerRun(10, func() { p.Write(data, sha) }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPair(f *testing.F) {
	f.Add([]byte("abc"), uint16(1), uint16(2000), uint16(3000))
	f.Add(filled(9000), uint16(63), uint16(4097), uint16(2048))
	f.Fuzz(func(t *testing.T, seed []byte, a, b, c uint16) {
		data := bytes.Repeat(append(seed, byte(a)), 1+40_000/(len(seed)+1))
		check(t, New(), data, []int{int(a), int(b), int(c)})
	})
}

func BenchmarkPair(b *testing.B) {
	data := filled(512 << 10)
	for name, sha := range map[string]hash.Hash{"MD5": nil, "both": sha256.New()} {
		b.Run(name, func(b *testing.B) {
			p := New()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				p.Write(data, sha)
			}
		})
	}
}
