package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// TestBundles makes short and long pages beside each other and finds each where
// the spool says.
func TestBundles(t *testing.T) {
	spool, err := NewSpool(filepath.Join(t.TempDir(), "pages"))
	if err != nil {
		t.Fatal(err)
	}
	defer spool.Close()
	random := rand.New(rand.NewPCG(1, 2))
	page := func(n int) []byte { // does not compress
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	var packer Packer
	waited := 0
	for _, sizes := range [][]int{{10, 20}, {}, {100, 3 * bundleMost, 50}, {0}, {bundleMost, 1}, {7}} {
		long := false
		b := packer.Bundle(func() (*Spool, error) { waited++; long = true; return spool, nil })
		var refs []PageRef
		var want [][]byte
		for i, n := range sizes {
			want = append(want, page(n))
			ref, err := b.AddPage(fmt.Sprint(i), func(w io.Writer) error { _, err := w.Write(want[i]); return err })
			if err != nil {
				t.Fatal(err)
			}
			refs = append(refs, ref)
		}
		if err := spool.Take(b, refs); err != nil {
			t.Fatal(err)
		}
		for i, ref := range refs {
			var got bytes.Buffer
			if err := spool.Reader().copy(&got, ref.Span); err != nil || !bytes.Equal(got.Bytes(), want[i]) || ref.S != int64(len(want[i])) {
				t.Errorf("page %d of %v (long: %t): %v, %d bytes, noted %d", i, sizes, long, err, got.Len(), ref.S)
			}
		}
	}
	if waited != 2 {
		t.Errorf("%d bundles waited for their turn, want the 2 long ones", waited)
	}
}

// TestBundleWithoutATurn ends with the error of who gives the turns.
func TestBundleWithoutATurn(t *testing.T) {
	over := errors.New("over")
	var packer Packer
	b := packer.Bundle(func() (*Spool, error) { return nil, over })
	_, err := b.AddPage("long", func(w io.Writer) error {
		r := rand.New(rand.NewPCG(1, 2))
		for range 2 * bundleMost {
			if _, err := w.Write([]byte{byte(r.Uint32())}); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, over) {
		t.Errorf("the page ended with %v", err)
	}
}
