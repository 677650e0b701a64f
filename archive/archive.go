// Package archive writes a stored ZIP whose exact length is known before its
// first byte, in one pass, into a stream that can't be sought.
//
// The standard library's writer can't be used: for entries of known size it
// writes no ZIP64 sizes into the local header, for others a data descriptor,
// which Java's ZipInputStream refuses for stored entries, and it keeps every
// entry in memory. Here the caller knows all names and lengths beforehand, so
// the central directory is written from the same list once more.
//
// The format is PKWARE's APPNOTE 6.3.9: sections 4.3.7 (local header), 4.3.9
// (data descriptor), 4.3.12 (central directory), 4.3.14 to 4.3.16 (ends),
// 4.5.3 (ZIP64 sizes); the extra field 0x5455 is Info-ZIP's UTC time.
package archive

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Entry is one file of an archive, or a folder: a name that ends in "/", without
// content.
type Entry struct {
	Name string // UTF-8, relative, "/" between parts
	Size int64  // bytes
	// CRC is the CRC-32 (IEEE) of the content. It may be filled in later in the
	// list that is given to Close, but not for the first time there if Known.
	CRC uint32
	// Known says that CRC is known when the entry begins. Without it the entry
	// gets a data descriptor behind its content, which Java's ZipInputStream
	// refuses: only for large files whose CRC nobody knows.
	Known    bool
	Modified time.Time // written in UTC, clamped to 1980-2107
}

// List yields the entries of an archive, always the same in the same order.
// It is walked once for the length and once for the central directory.
type List interface {
	Entries(yield func(Entry) error) error
}

// Entries is a List in memory.
type Entries []Entry

// Entries implements List.
func (l Entries) Entries(yield func(Entry) error) error {
	for _, e := range l {
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// errName is wrapped where an entry's name could not be unpacked safely.
var errName = errors.New("name not fit for an archive")

const (
	max16 = math.MaxUint16
	max32 = math.MaxUint32

	localLen      = 30
	centralLen    = 46
	descriptorLen = 16
	endLen        = 22
	end64Len      = 56
	locatorLen    = 20
	timeExtraLen  = 9
)

// Length returns the exact number of bytes of the archive of a list.
func Length(l List) (int64, error) {
	var d lengths
	if err := l.Entries(d.add); err != nil {
		return 0, err
	}
	return d.total(), nil
}

// lengths adds up lengths as entries go by.
type lengths struct {
	entries int64
	local   int64 // bytes of local headers and content so far: the next offset
	central int64 // bytes of the central directory so far
}

func (d *lengths) add(e Entry) error {
	if err := check(e); err != nil {
		return err
	}
	d.central += centralSize(e, d.local)
	d.local += localSize(e)
	d.entries++
	if d.local < 0 {
		return fmt.Errorf("archive of more than %d bytes", int64(math.MaxInt64))
	}
	return nil
}

func (d *lengths) zip64() bool {
	return d.entries >= max16 || d.central >= max32 || d.local >= max32
}

func (d *lengths) total() int64 {
	n := d.local + d.central + endLen
	if d.zip64() {
		n += end64Len + locatorLen
	}
	return n
}

func localSize(e Entry) int64 {
	n := int64(localLen+len(e.Name)) + timeSize(e) + e.Size
	if big(e) {
		n += 20
	}
	if !e.Known {
		n += descriptorLen
		if big(e) {
			n += 8
		}
	}
	return n
}

func centralSize(e Entry, offset int64) int64 {
	n := int64(centralLen+len(e.Name)) + timeSize(e)
	if z := zip64Size(e, offset); z > 0 {
		n += 4 + z
	}
	return n
}

// zip64Size is the length of the central ZIP64 field: only what does not fit.
func zip64Size(e Entry, offset int64) (n int64) {
	if big(e) {
		n += 16
	}
	if offset >= max32 {
		n += 8
	}
	return n
}

func big(e Entry) bool { return e.Size >= max32 }

// timeSize is the length of the time field, which is left out where the time
// does not fit into its signed 32 bits.
func timeSize(e Entry) int64 {
	if clamp(e.Modified).Unix() > math.MaxInt32 {
		return 0
	}
	return timeExtraLen
}

// clamp brings a time into what MS-DOS can say.
func clamp(t time.Time) time.Time {
	t = t.UTC()
	if y := t.Year(); y < 1980 {
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if y > 2107 {
		return time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	return t
}

func check(e Entry) error {
	switch {
	case e.Name == "" || len(e.Name) > max16:
		return fmt.Errorf("%w: %d bytes", errName, len(e.Name))
	case !utf8.ValidString(e.Name) || strings.ContainsAny(e.Name, "\x00\\"):
		return fmt.Errorf("%w: %q", errName, e.Name)
	case e.Size < 0:
		return fmt.Errorf("entry %q: negative size", e.Name)
	}
	name, folder := strings.CutSuffix(e.Name, "/")
	if folder && (e.Size != 0 || e.CRC != 0 || !e.Known) {
		return fmt.Errorf("entry %q: a folder has no content", e.Name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%w: %q", errName, e.Name)
		}
	}
	return nil
}
