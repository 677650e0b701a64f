package snapshot

import (
	"bytes"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"zenobis/archive"
	"zenobis/export/fetch"
	"zenobis/openbis"
)

// Entry is a file of a package, in sending order. There may be a million of
// them, read a dozen times, and paths need not be UTF-8: so each is a line of
// fields with tabs between, and not JSON.
type Entry struct {
	N string // path in the tree
	S int64  // bytes
	C uint32
	U bool  // CRC unknown
	X bool  // left out since
	F bool  // a folder: N ends in "/", and there is nothing else to it but T, and D and P of a data set's empty one
	T int64 // Unix time of its modification

	Page bool   // rendered page: SHA-256 (hex) and where it lies
	H    string // or, while planning, empty
	At   Span

	D   string // data files: data set, store, path as openBIS knows it
	R   int
	P   string
	Cut int // the path is N from here on, and P is empty
}

// Path is the path as openBIS knows it.
func (e *Entry) Path() string {
	if e.Cut > 0 {
		return e.N[e.Cut:]
	}
	return e.P
}

// SetPath notes the path as openBIS knows it, without saying it twice.
func (e *Entry) SetPath(path string) {
	if e.Cut, e.P = 0, path; strings.HasSuffix(e.N, "/"+path) {
		e.Cut, e.P = len(e.N)-len(path), ""
	}
}

// known reports whether the CRC-32 is known when the entry begins.
func (e *Entry) known() bool { return !e.U || e.S <= fetch.WholeLimit }

func (e *Entry) archive(prefix string) archive.Entry {
	return archive.Entry{Name: prefix + e.N, Size: e.S, CRC: e.C, Known: e.known(), Modified: time.Unix(e.T, 0).UTC()}
}

func (s *Snapshot) ref(p *Pack, i int, e *Entry) fetch.File {
	r := fetch.File{
		Package: p.Name, Index: i, DataSet: e.D, Entry: e.N,
		File: openbis.File{Path: e.Path(), Size: e.S, CRC: e.C, HasCRC: !e.U},
	}
	if e.R < len(s.state.Stores) {
		r.Store = s.state.Stores[e.R]
	}
	return r
}

// AppendLine appends the entry as a line.
func (e *Entry) AppendLine(b []byte) []byte {
	flag := func(c byte, on bool) {
		if on {
			b = append(b, c)
		}
	}
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 36), '\t') }
	flag('p', e.Page)
	flag('u', e.U)
	flag('x', e.X)
	flag('f', e.F)
	b = append(b, '\t')
	number(e.S)
	number(int64(e.C))
	number(e.T)
	if e.Page {
		number(e.At.Off)
		number(int64(e.At.Len))
		b = append(append(b, e.H...), '\t')
	} else {
		number(int64(e.R))
		number(int64(e.Cut))
		b = append(appendField(b, e.D), '\t')
		b = append(appendField(b, e.P), '\t')
	}
	return append(appendField(b, e.N), '\n')
}

// appendField appends a text in which tabs and line feeds are escaped.
func appendField(b []byte, s string) []byte {
	if !strings.ContainsAny(s, "\t\n\\") {
		return append(b, s...)
	}
	for i := range len(s) {
		switch s[i] {
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\\':
			b = append(b, '\\', '\\')
		default:
			b = append(b, s[i])
		}
	}
	return b
}

var errLine = errors.New("a line is not what it should be")

// ParseLine reads a line of AppendLine, without its line feed. The data set's
// id is kept where it is the one of the entry before.
func (e *Entry) ParseLine(line []byte) error {
	rest, bad := line, false
	field := func() []byte {
		f, more, ok := bytes.Cut(rest, []byte{'\t'})
		bad = bad || !ok
		rest = more
		return f
	}
	number := func() int64 {
		n, err := strconv.ParseInt(string(field()), 36, 64)
		bad = bad || err != nil
		return n
	}
	before := e.D
	*e = Entry{}
	for _, c := range field() {
		switch c {
		case 'p':
			e.Page = true
		case 'u':
			e.U = true
		case 'x':
			e.X = true
		case 'f':
			e.F = true
		default:
			return errLine
		}
	}
	e.S, e.C, e.T = number(), uint32(number()), number()
	if e.Page {
		e.At = Span{Off: number(), Len: int32(number())}
		e.H = string(field())
	} else {
		e.R, e.Cut = int(number()), int(number())
		if id := field(); string(id) == before {
			e.D = before
		} else {
			e.D = unescape(id)
		}
		e.P = unescape(field())
	}
	e.N = unescape(rest)
	if bad || e.Cut < 0 || e.Cut > len(e.N) || e.S < 0 || e.R < 0 {
		return errLine
	}
	return nil
}

func unescape(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '\\' && i+1 < len(b) {
			i++
			switch c = b[i]; c {
			case 't':
				c = '\t'
			case 'n':
				c = '\n'
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// ReadEntries yields the entries of a list in their order. The entry is used
// again for the next one.
func ReadEntries(path string, yield func(*Entry) error) error {
	var e Entry
	return eachLine(path, func(line []byte) error {
		if err := e.ParseLine(line); err != nil {
			return (&LineReader{path: filepath.Base(path)}).Failed(err)
		}
		return yield(&e)
	})
}
