package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2025, 3, 2, 10, 20, 31, 0, time.UTC)

// file is an entry with its content.
type file struct {
	name    string
	data    []byte
	unknown bool
	time    time.Time
}

func (f file) entry() Entry {
	return Entry{Name: f.name, Size: int64(len(f.data)), CRC: crc32.ChecksumIEEE(f.data), Known: !f.unknown, Modified: f.time}
}

func entries(files []file) (l Entries) {
	for _, f := range files {
		l = append(l, f.entry())
	}
	return l
}

func write(t testing.TB, files []file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := NewWriter(&buf)
	for _, f := range files {
		e := f.entry()
		if f.unknown {
			e.CRC = 0 // nobody knows it yet
		}
		if err := w.Next(e); err != nil {
			t.Fatal(err)
		}
		for half := range 2 {
			part := f.data[:len(f.data)/2]
			if half == 1 {
				part = f.data[len(f.data)/2:]
			}
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(entries(files)); err != nil {
		t.Fatal(err)
	}
	want, err := Length(entries(files))
	if err != nil {
		t.Fatal(err)
	}
	if int64(buf.Len()) != want {
		t.Fatalf("%d bytes written, %d announced", buf.Len(), want)
	}
	return buf.Bytes()
}

func sample() []file {
	return []file{
		{"README.md", []byte("hello"), false, day},
		{"SPACE/PROJECT/Größe 測定 (EXP1)/data.csv", bytes.Repeat([]byte("1,2\n"), 1000), false, day},
		{"empty", nil, false, day},
		{"SPACE/PROJECT/nothing in it/", nil, false, day},
		{"old", []byte("x"), false, time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"far", []byte("y"), false, time.Date(2060, 5, 6, 7, 8, 10, 0, time.UTC)},
		{"farther", []byte("z"), false, time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
}

func TestReadBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []file
	}{
		{"nothing", nil},
		{"several", sample()},
		{"checksum known only later", []file{{"big", []byte("content"), true, day}, {"after", []byte("a"), false, day}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := write(t, c.files)
			r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if len(r.File) != len(c.files) {
				t.Fatalf("%d entries, want %d", len(r.File), len(c.files))
			}
			for i, f := range r.File {
				want := c.files[i]
				rc, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(rc)
				if err != nil || !bytes.Equal(got, want.data) || f.Name != want.name || f.NonUTF8 {
					t.Errorf("%s: got %s (%d bytes), %v", want.name, f.Name, len(got), err)
				}
				if want := clamp(want.time); !f.Modified.Equal(want.Truncate(time.Second)) && f.Modified.Sub(want).Abs() > 2*time.Second {
					t.Errorf("%s: time %v, want %v", f.Name, f.Modified, want)
				}
				mode := fs.FileMode(0o644)
				if strings.HasSuffix(f.Name, "/") {
					mode = fs.ModeDir | 0o755
				}
				if f.Mode() != mode {
					t.Errorf("%s: mode %v, want %v", f.Name, f.Mode(), mode)
				}
			}
		})
	}
}

func TestSameListSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sample()), write(t, sample())) {
		t.Error("two archives of the same list differ")
	}
}

func TestWriterRefuses(t *testing.T) {
	one := Entry{Name: "a", Size: 2, CRC: crc32.ChecksumIEEE([]byte("ok")), Known: true, Modified: day}
	for _, c := range []struct {
		name string
		do   func(w *Writer) error
		want string
	}{
		{"too much content", func(w *Writer) error { w.Next(one); _, err := w.Write([]byte("long")); return err }, "more content"},
		{"too little content", func(w *Writer) error { w.Next(one); w.Write([]byte("o")); return w.Close(Entries{one}) }, "1 of 2 bytes missing"},
		{"other checksum", func(w *Writer) error { w.Next(one); w.Write([]byte("no")); return w.Next(one) }, "checksum differs"},
		{"content before an entry", func(w *Writer) error { _, err := w.Write([]byte("a")); return err }, "more content"},
		{"another list at the end", func(w *Writer) error {
			w.Next(one)
			w.Write([]byte("ok"))
			other := one
			other.Name = "b"
			return w.Close(Entries{other})
		}, "not what was written"},
		{"absolute name", func(w *Writer) error { return w.Next(Entry{Name: "/etc/passwd", Known: true}) }, "not fit"},
		{"climbing name", func(w *Writer) error { return w.Next(Entry{Name: "a/../../b", Known: true}) }, "not fit"},
		{"backslash", func(w *Writer) error { return w.Next(Entry{Name: `a\b`, Known: true}) }, "not fit"},
		{"empty name", func(w *Writer) error { return w.Next(Entry{Known: true}) }, "not fit"},
		{"folder with content", func(w *Writer) error { return w.Next(Entry{Name: "a/", Size: 1, Known: true}) }, "no content"},
		{"climbing folder", func(w *Writer) error { return w.Next(Entry{Name: "a/../", Known: true}) }, "not fit"},
		{"folder without a name", func(w *Writer) error { return w.Next(Entry{Name: "/", Known: true}) }, "not fit"},
		{"broken UTF-8", func(w *Writer) error { return w.Next(Entry{Name: "a\xff", Known: true}) }, "not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := NewWriter(io.Discard)
			err := c.do(w)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if again := w.Next(one); again == nil {
				t.Error("a writer that failed goes on")
			}
		})
	}
}

func TestWriterKeepsErrors(t *testing.T) {
	broken := errors.New("pipe broke")
	w := NewWriter(writerFunc(func([]byte) (int, error) { return 0, broken }))
	if err := w.Next(Entry{Name: "a", Known: true}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestLengthAtTheEdges holds the computed length against the parts of the
// format at the borders where ZIP64 begins, without writing such archives.
func TestLengthAtTheEdges(t *testing.T) {
	const plain = 30 + 9 + 46 + 9 + 2 // one entry with a name of one byte
	for _, c := range []struct {
		name string
		e    Entry
		want int64
	}{
		{"empty", Entry{Name: "a", Known: true, Modified: day}, plain + 22},
		{"one byte below", Entry{Name: "a", Size: math.MaxUint32 - plain, Known: true, Modified: day}, 22 + math.MaxUint32},
		{"ZIP64 size", Entry{Name: "a", Size: math.MaxUint32, Known: true, Modified: day}, plain + math.MaxUint32 + 20 + 20 + 56 + 20 + 22},
		{"ZIP64 size with descriptor", Entry{Name: "a", Size: math.MaxUint32, Modified: day}, plain + math.MaxUint32 + 20 + 20 + 24 + 56 +
			20 + 22},
		{"descriptor", Entry{Name: "a", Size: 1, Modified: day}, plain + 1 + 16 + 22},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := Length(Entries{c.e}); err != nil || got != c.want {
				t.Errorf("got %d, %v, want %d", got, err, c.want)
			}
		})
	}
}

func FuzzArchive(f *testing.F) {
	f.Add("a", []byte("x"), "b/c", []byte(""), true, int64(0))
	f.Add("ü", []byte("xyz"), "ü/1", []byte("abc"), false, int64(5e9))
	f.Fuzz(func(t *testing.T, n1 string, d1 []byte, n2 string, d2 []byte, unknown bool, sec int64) {
		files := []file{{n1, d1, unknown, time.Unix(sec%1e11, 0)}, {n2, d2, false, day}}
		for _, f := range files {
			if check(f.entry()) != nil {
				t.Skip()
			}
		}
		data := write(t, files)
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			t.Fatal(err)
		}
		for i, f := range r.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(rc)
			if err != nil || !bytes.Equal(got, files[i].data) || f.Name != files[i].name {
				t.Fatalf("%q: %q, %v", f.Name, got, err)
			}
		}
	})
}

func BenchmarkManyEntries(b *testing.B) {
	var l Entries
	for i := range 100_000 {
		l = append(l, Entry{Name: fmt.Sprintf("a/folder/file%06d", i), Known: true, Modified: day})
	}
	b.ReportAllocs()
	for b.Loop() {
		w := NewWriter(io.Discard)
		for _, e := range l {
			w.Next(e)
		}
		if err := w.Close(l); err != nil {
			b.Fatal(err)
		}
	}
}
