package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// many is a list of n equal entries.
type many struct {
	n int
	e Entry
}

func (m many) Entries(yield func(Entry) error) error {
	for range m.n {
		if err := yield(m.e); err != nil {
			return err
		}
	}
	return nil
}

const zip64End = 56 + 20

// The borders at which ZIP64 begins: of entries, of offsets, of the directory.
func TestWhereZIP64Begins(t *testing.T) {
	small := Entry{Name: "a", Known: true, Modified: day}
	const local, central = 30 + 1 + 9, 46 + 1 + 9
	for _, c := range []struct {
		name string
		list List
		want int64
	}{
		{"65534 entries", many{65534, small}, 65534*(local+central) + 22},
		{"65535 entries", many{65535, small}, 65535*(local+central) + 22 + zip64End},
		{"the directory begins at 4 GiB - 2", many{1, Entry{Name: "a", Size: math.MaxUint32 - 1 - local, Known: true, Modified: day}},
			math.MaxUint32 - 1 + central + 22},
		{"the directory begins at 4 GiB - 1", many{1, Entry{Name: "a", Size: math.MaxUint32 - local, Known: true, Modified: day}},
			math.MaxUint32 + central + 22 + zip64End},
		{"an entry begins at 4 GiB - 2", Entries{{Name: "b", Size: math.MaxUint32 - 1 - local, Known: true, Modified: day}, small},
			math.MaxUint32 - 1 + local + 2*central + 22 + zip64End},
		{"an entry begins at 4 GiB - 1", Entries{{Name: "b", Size: math.MaxUint32 - local, Known: true, Modified: day}, small},
			math.MaxUint32 + local + 2*central + 12 + 22 + zip64End},
	} {
		if got, err := Length(c.list); err != nil || got != c.want {
			t.Errorf("%s: %d, %v, want %d", c.name, got, err, c.want)
		}
	}
	d := lengths{central: math.MaxUint32 - 1}
	if d.zip64() {
		t.Error("a directory of 4 GiB - 2")
	}
	if d.central++; !d.zip64() {
		t.Error("a directory of 4 GiB - 1")
	}
	if _, err := Length(Entries{{Name: "a", Size: math.MaxInt64 - 10, Known: true}}); err == nil {
		t.Error("a sum beyond all numbers")
	}
}

// Times that one of the two forms can't say.
func TestTimesAtTheEdges(t *testing.T) {
	at := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for in, want := range map[string]string{
		"1979-12-31T23:59:59Z":      "1980-01-01T00:00:00Z",
		"1980-01-01T00:00:00Z":      "1980-01-01T00:00:00Z",
		"1980-06-01T12:30:00Z":      "1980-06-01T12:30:00Z",
		"2107-12-31T23:59:57Z":      "2107-12-31T23:59:57Z",
		"2108-01-01T00:00:00Z":      "2107-12-31T23:59:58Z",
		"0001-01-01T00:00:00Z":      "1980-01-01T00:00:00Z",
		"1979-12-31T23:30:00-01:00": "1980-01-01T00:30:00Z",
	} {
		if got := clamp(at(in)); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]int64{"2038-01-19T03:14:07Z": 9, "2038-01-19T03:14:08Z": 0, "1950-01-01T00:00:00Z": 9} {
		if got := timeSize(Entry{Modified: at(in)}); got != want {
			t.Errorf("%s: %d bytes, want %d", in, got, want)
		}
	}
}

// header is a local header with a content, as others write it.
type header struct {
	name    string
	flags   uint16
	method  uint16
	crc     uint32
	size    uint32
	extra   []byte
	content []byte
}

func (h header) bytes() []byte {
	le := binary.LittleEndian
	b := make([]byte, 30)
	copy(b, "PK\x03\x04")
	le.PutUint16(b[6:], h.flags)
	le.PutUint16(b[8:], h.method)
	le.PutUint32(b[14:], h.crc)
	le.PutUint32(b[18:], h.size)
	le.PutUint16(b[26:], uint16(len(h.name)))
	le.PutUint16(b[28:], uint16(len(h.extra)))
	return append(append(append(b, h.name...), h.extra...), h.content...)
}

func field(id uint16, data []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, id)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(data))), data...)
}

func zip64(size uint64) []byte {
	return field(1, binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, size), size))
}

// directory is the beginning of what stands behind the entries.
const directory = "PK\x01\x02 and so on"

// What a reader makes of headers: ZIP64 lengths wherever they stand among the extra
// fields, names without content, what is no archive of ours.
func TestHeaders(t *testing.T) {
	text := []byte("some content")
	sum := crc32.ChecksumIEEE(text)
	n := uint64(len(text))
	cut := append(field(9, []byte("abc")), 1, 0, 16, 0, 5) // says more than there is
	for name, c := range map[string]struct {
		header
		want string // read of it; "-" for an error
	}{
		"plain":                        {header{"a", 0, 0, sum, uint32(n), nil, text}, "a=some content"},
		"empty":                        {header{"a", 0, 0, 0, 0, nil, nil}, "a="},
		"a folder":                     {header{"a/", 0, 0, 0, 0, nil, nil}, ""},
		"ZIP64":                        {header{"a", 0, 0, sum, math.MaxUint32, zip64(n), text}, "a=some content"},
		"ZIP64 behind others":          {header{"a", 0, 0, sum, math.MaxUint32, append(field(9, nil), zip64(n)...), text}, "a=some content"},
		"ZIP64 before others":          {header{"a", 0, 0, sum, math.MaxUint32, append(zip64(n), field(9, nil)...), text}, "a=some content"},
		"ZIP64 before a cut one":       {header{"a", 0, 0, sum, math.MaxUint32, append(zip64(n), cut...), text}, "a=some content"},
		"ZIP64 without need":           {header{"a", 0, 0, sum, uint32(n), zip64(99), text}, "a=some content"},
		"another field of that length": {header{"a", 0, 0, sum, uint32(n), field(7, make([]byte, 16)), text}, "a=some content"},
		"only another field":           {header{"a", 0, 0, sum, math.MaxUint32, field(2, zip64(n)[4:]), text}, "-"},
		"ZIP64 of 15 bytes":            {header{"a", 0, 0, sum, math.MaxUint32, field(1, zip64(n)[4:19]), text}, "-"},
		"compressed":                   {header{"a", 0, 8, sum, uint32(n), nil, text}, "-"},
		"another checksum":             {header{"a", 0, 0, sum + 1, uint32(n), nil, text}, "-"},
		"a byte more":                  {header{"a", 0, 0, sum, uint32(n) + 1, nil, text}, "-"},
		"a folder with another sum":    {header{"a/", 0, 0, 1, 0, nil, nil}, "-"},
		"length behind":                {header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text), behind(sum, n, false)...)}, "a=some content"},
		"long length behind":           {header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text), behind(sum, n, true)...)}, "a=some content"},
		"empty, length behind":         {header{"a", 8, 0, 0, 0, nil, behind(0, 0, false)}, "a="},
		"another sum behind":           {header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text), behind(sum+1, n, false)...)}, "-"},
		"another length behind":        {header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text), behind(sum, n+1, false)...)}, "-"},
	} {
		for _, slow := range []bool{false, true} {
			data := append(c.bytes(), directory...)
			var r io.Reader = bytes.NewReader(data)
			if slow {
				r = iotest.OneByteReader(r)
			}
			var got []string
			err := NewReader(r).Each(func(name string, content io.Reader) error {
				b, err := io.ReadAll(content)
				got = append(got, name+"="+string(b))
				return err
			})
			if c.want == "-" && !errors.Is(err, ErrNotOurs) || c.want != "-" && (err != nil || strings.Join(got, "|") != c.want) {
				t.Errorf("%s: %q, %v", name, got, err)
			}
			// Whoever skips a content gets the next entry all the same, and its faults.
			got = nil
			data = append(append(c.bytes(), header{"next", 0, 0, sum, uint32(n), nil, text}.bytes()...), directory...)
			err = NewReader(bytes.NewReader(data)).Each(func(name string, _ io.Reader) error { got = append(got, name); return nil })
			if bad := c.want == "-"; bad != (err != nil) || !bad && (len(got) == 0 || got[len(got)-1] != "next") {
				t.Errorf("%s, skipped: %q, %v", name, got, err)
			}
		}
	}
}

// behind is a descriptor.
func behind(sum uint32, n uint64, long bool) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("PK\x07\x08"), sum)
	if long {
		return le.AppendUint64(le.AppendUint64(b, n), n)
	}
	return le.AppendUint32(le.AppendUint32(b, uint32(n)), uint32(n))
}

// An error of whoever reads ends the reading, as it is.
func TestYieldsError(t *testing.T) {
	mine := errors.New("mine")
	n := 0
	err := NewReader(bytes.NewReader(mixed(t))).Each(func(string, io.Reader) error { n++; return mine })
	if !errors.Is(err, mine) || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// A connection that breaks is told as such, also where its error wraps an early end.
func TestABrokenConnectionIsNoTornArchive(t *testing.T) {
	broken := wrapped{io.ErrUnexpectedEOF}
	whole := mixed(t)
	for _, n := range []int{0, 10, 31, 40, 4000, 100_000} {
		err := ends(t, io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken)))
		if !errors.As(err, &wrapped{}) || errors.Is(err, ErrNotOurs) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type wrapped struct{ err error }

func (w wrapped) Error() string { return "server away: " + w.err.Error() }
func (w wrapped) Unwrap() error { return w.err }

// The checksum of whoever computes it himself counts, and is asked for when all is there.
func TestSummed(t *testing.T) {
	text := []byte("some content")
	sum := crc32.ChecksumIEEE(text)
	for name, c := range map[string]struct {
		known   bool
		says    uint32
		content []byte
		asked   int
		good    bool
	}{
		"right":          {true, sum, text, 1, true},
		"wrong":          {true, sum + 1, text, 1, false},
		"not announced":  {false, sum, text, 1, true},
		"a byte missing": {true, sum, text[1:], 0, false},
	} {
		var b bytes.Buffer
		w := NewWriter(&b)
		e := Entry{Name: "a", Size: int64(len(text)), CRC: sum, Known: c.known, Modified: day}
		if err := w.Next(e); err != nil {
			t.Fatal(err)
		}
		asked := 0
		w.Summed(func() uint32 { asked++; return c.says })
		if _, err := w.Write(c.content); err != nil {
			t.Fatal(err)
		}
		err := w.Close(Entries{e})
		if (err == nil) != c.good || asked != c.asked || !c.good && c.asked > 0 && !errors.Is(err, ErrCRC) {
			t.Errorf("%s: asked %d times, %v", name, asked, err)
		}
		if c.good && ends(t, &b) != nil {
			t.Errorf("%s: it can't be read", name)
		}
	}
}

// Readers that know no ZIP64 are told whether they need to.
func TestVersionNeeded(t *testing.T) {
	for _, c := range []struct {
		size, offset int64
		want         uint16
	}{{10, 0, 20}, {math.MaxUint32, 0, 45}, {10, math.MaxUint32, 45}, {math.MaxUint32 - 1, math.MaxUint32 - 1, 20}} {
		e := Entry{Name: "a", Size: c.size, Known: true, Modified: day}
		b := appendCentral(nil, e, c.offset)
		if got := binary.LittleEndian.Uint16(b[6:]); got != c.want || int64(len(b)) != centralSize(e, c.offset) {
			t.Errorf("%+v: %d, %d bytes", c, got, len(b))
		}
		if got := binary.LittleEndian.Uint16(localHeader(e)[4:]); (got == 45) != big(e) {
			t.Errorf("%+v: %d before the content", c, got)
		}
	}
}

// Content is whole where its length says so, however soon everything ends behind it,
// and where it is cut that is what is told.
func TestTheEndOfAContent(t *testing.T) {
	text := []byte("some content")
	sum, n := crc32.ChecksumIEEE(text), uint64(len(text))
	read := func(data []byte) (got string, within error) {
		_ = NewReader(bytes.NewReader(data)).Each(func(_ string, content io.Reader) error {
			var b []byte
			b, within = io.ReadAll(content)
			got = string(b)
			return within
		})
		return got, within
	}
	for _, long := range []bool{false, true} {
		data := header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text), behind(sum, n, long)...)}.bytes()
		if got, err := read(data); err != nil || got != "some content" {
			t.Errorf("long %v, nothing behind: %q, %v", long, got, err)
		}
	}
	whole := header{"a", 0, 0, sum, uint32(n), nil, text}.bytes()
	if got, err := read(whole); err != nil || got != "some content" {
		t.Errorf("nothing behind: %q, %v", got, err)
	}
	if _, err := read(whole[:len(whole)-1]); err == nil || !strings.Contains(err.Error(), "ends early") {
		t.Errorf("cut: %v", err)
	}
}

// TestLargeReads take what the reader below gives in one go: its end together with
// the last bytes, and a descriptor wherever it begins.
func TestLargeReads(t *testing.T) {
	read := func(data []byte, p []byte) (got []string, err error) {
		err = NewReader(&atOnce{data}).Each(func(name string, content io.Reader) error {
			for n := 0; ; {
				k, err := content.Read(p[n:])
				if n += k; err == io.EOF {
					got = append(got, fmt.Sprintf("%s %d %d", name, n, crc32.ChecksumIEEE(p[:n])))
					return nil
				}
				if err != nil {
					return err
				}
			}
		})
		return got, err
	}
	const window = 128 << 10
	text := make([]byte, 3*window)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	p := make([]byte, len(text)+1)
	whole := header{"a", 0, 0, crc32.ChecksumIEEE(text), uint32(len(text)), nil, text}.bytes()
	if got, err := read(whole, p); len(got) != 1 || !errors.Is(err, ErrNotOurs) { // no directory behind it
		t.Errorf("the end of the whole: %q, %v", got, err)
	}
	for n := window - 60; n <= window+2; n++ {
		for _, long := range []bool{false, true} {
			sum := crc32.ChecksumIEEE(text[:n])
			data := header{"a", 8, 0, 0, 0, nil, append(bytes.Clone(text[:n]), behind(sum, uint64(n), long)...)}.bytes()
			data = append(data, header{"b", 0, 0, sum, uint32(n), nil, text[:n]}.bytes()...)
			got, err := read(append(data, directory...), p)
			if want := fmt.Sprintf("[a %d %d b %d %d]", n, sum, n, sum); err != nil || fmt.Sprint(got) != want {
				t.Fatalf("%d bytes, long %v: %v, %v, want %s", n, long, got, err, want)
			}
		}
	}
}

// atOnce gives as much as is asked for, and the end with the last of it.
type atOnce struct{ left []byte }

func (r *atOnce) Read(p []byte) (int, error) {
	n := copy(p, r.left)
	if r.left = r.left[n:]; len(r.left) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// far reads a few pieces of a long file; between them it is empty.
type far struct {
	size   int64
	pieces map[int64][]byte
}

func (f far) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	for from, b := range f.pieces {
		if lo, hi := max(from, at), min(from+int64(len(b)), at+int64(len(p))); lo < hi {
			copy(p[lo-at:], b[lo-from:hi-from])
		}
	}
	if end := f.size - at; end < int64(len(p)) {
		return int(max(end, 0)), io.EOF
	}
	return len(p), nil
}

// TestTheDirectoryBeyond4GiB leads the reader of others to every content.
func TestTheDirectoryBeyond4GiB(t *testing.T) {
	small := func(name string) Entry {
		return Entry{Name: name, Size: 3, CRC: crc32.ChecksumIEEE([]byte(name)), Known: true, Modified: day}
	}
	list := Entries{small("one"), {Name: "large", Size: 5 << 30, Known: true, Modified: day}, small("two"),
		{Name: "more", Size: math.MaxUint32, Known: true, Modified: day}, small("end")}
	f := far{pieces: map[int64][]byte{}}
	var d lengths
	var central []byte
	for _, e := range list {
		central = appendCentral(central, e, d.local)
		f.pieces[d.local] = localHeader(e)
		if e.Size == 3 {
			f.pieces[d.local] = append(f.pieces[d.local], e.Name...)
		}
		if err := d.add(e); err != nil {
			t.Fatal(err)
		}
	}
	end := appendEnd(nil, d)
	if size := binary.LittleEndian.Uint64(end[4:]); size != 44 {
		t.Errorf("the record at the end says that it has %d bytes more", size)
	}
	f.pieces[d.local] = append(central, end...)
	f.size = d.local + int64(len(f.pieces[d.local]))
	if want, err := Length(list); err != nil || f.size != want {
		t.Errorf("%d bytes, announced %d, %v", f.size, want, err)
	}
	r, err := zip.NewReader(f, f.size)
	if err != nil || len(r.File) != len(list) {
		t.Fatalf("%v, %v", r, err)
	}
	for i, e := range list {
		z := r.File[i]
		if z.Name != e.Name || z.UncompressedSize64 != uint64(e.Size) {
			t.Errorf("%s has %d bytes, want %s with %d", z.Name, z.UncompressedSize64, e.Name, e.Size)
		}
		content, err := z.Open()
		if err != nil {
			t.Fatal(err)
		}
		if e.Size == 3 {
			if got, err := io.ReadAll(content); err != nil || string(got) != e.Name {
				t.Errorf("%s holds %q, %v", e.Name, got, err)
			}
		}
	}
}

// TestTheLongestName is one that the archive has room for.
func TestTheLongestName(t *testing.T) {
	for n, fits := range map[int]bool{max16: true, max16 + 1: false} {
		err := check(Entry{Name: strings.Repeat("n", n), Known: true})
		if (err == nil) != fits || err != nil && !errors.Is(err, errName) {
			t.Errorf("a name of %d bytes: %v", n, err)
		}
	}
}
