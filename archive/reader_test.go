package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"
)

// mixed is an archive with entries of both kinds: length before and behind.
func mixed(t testing.TB) []byte {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	var list Entries
	w := NewWriter(&b)
	for i, size := range []int{0, 10, 3000, 200_000} {
		data := make([]byte, size)
		for k := range data {
			data[k] = byte(rnd.IntN(256))
		}
		copy(data, "PK\x07\x08") // looks like the beginning of a descriptor
		for _, known := range []bool{true, false} {
			name := string(rune('a'+i)) + map[bool]string{true: "-known", false: "-behind"}[known]
			e := Entry{Name: name, Size: int64(size), CRC: crc32.ChecksumIEEE(data), Known: known}
			if err := w.Next(e); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
	}
	if err := w.Close(list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is no archive, and what stands where the directory should, is told.
func TestNoArchive(t *testing.T) {
	whole := mixed(t)
	behind := bytes.Index(whole, []byte("PK\x01\x02"))
	for name, c := range map[string]struct {
		data []byte
		good bool
	}{
		"text":               {[]byte("no archive at all"), false},
		"compressed by gzip": {[]byte("\x1f\x8b\x08\x00 and so on"), false},
		"empty":              {nil, false},
		"empty archive":      {append([]byte("PK\x05\x06"), make([]byte, 18)...), true},
		"whole":              {whole, true},
		"no directory":       {append(bytes.Clone(whole[:behind]), "something else"...), false},
		"cut before it":      {whole[:behind], false},
	} {
		err := ends(t, bytes.NewReader(c.data))
		if (err == nil) != c.good || err != nil && !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ends reads an archive, within a time that no reader needs.
func ends(t testing.TB, r io.Reader) error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		done <- NewReader(r).Each(func(_ string, content io.Reader) error {
			_, err := io.Copy(io.Discard, content)
			return err
		})
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("it never ends")
		return nil
	}
}

// TestCutArchives: wherever an archive is cut, by its end or by a broken
// connection, reading it ends, and a broken connection is told as such.
func TestCutArchives(t *testing.T) {
	whole := mixed(t)
	if err := ends(t, bytes.NewReader(whole)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("connection reset")
	cuts := []int{1, 4, 29, 30, 31, 45, 60}
	for n := 1000; n < len(whole); n += 1000 {
		cuts = append(cuts, n, n+16)
	}
	for _, n := range cuts {
		n = min(n, len(whole))
		// In the directory at the end nothing is missing but the directory.
		if err := ends(t, bytes.NewReader(whole[:n])); err != nil && !errors.Is(err, ErrNotOurs) {
			t.Errorf("cut at %d: %v", n, err)
		}
		err := ends(t, io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("broken at %d: %v", n, err)
		}
		err = ends(t, io.MultiReader(iotest.OneByteReader(bytes.NewReader(whole[:min(n, 3000)])), iotest.ErrReader(context.Canceled)))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %d: %v", n, err)
		}
	}
}

// TestHostileLengths are refused, whatever is read of them.
func TestHostileLengths(t *testing.T) {
	for _, size := range []uint64{1 << 63, math.MaxUint64, 1<<63 + 5} {
		var b bytes.Buffer
		le := binary.LittleEndian
		h := make([]byte, 30)
		copy(h, "PK\x03\x04")
		le.PutUint32(h[18:], math.MaxUint32)
		le.PutUint32(h[22:], math.MaxUint32)
		le.PutUint16(h[26:], 1)
		le.PutUint16(h[28:], 20)
		b.Write(h)
		b.WriteString("x")
		extra := make([]byte, 20)
		le.PutUint16(extra, 1)
		le.PutUint16(extra[2:], 16)
		le.PutUint64(extra[4:], size)
		le.PutUint64(extra[12:], size)
		b.Write(extra)
		b.WriteString("some content")
		if err := ends(t, &b); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%d: %v", size, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	whole := mixed(f)
	f.Add(whole[:2000], uint16(100))
	f.Add(whole[len(whole)-2000:], uint16(1999))
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		_ = ends(t, bytes.NewReader(data))
		broken := errors.New("connection reset")
		n := min(int(cut), len(data))
		_ = ends(t, io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken)))
	})
}
