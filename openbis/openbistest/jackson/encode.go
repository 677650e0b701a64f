package jackson

import (
	"bufio"
	"io"
	"strconv"
	"unicode/utf8"
)

// Class is a DTO class: the names of its fields in the order in which the
// server writes them.
type Class struct {
	Name  string
	Keys  []string
	Index map[string]int
}

// Obj is a DTO on its way out. The same obj met again in one result becomes
// the bare number of its first appearance.
type Obj struct {
	Class *Class
	Vals  []any
}

// NewObj makes an object whose fields are all null.
func NewObj(name string) *Obj {
	c := outClass(name)
	return &Obj{Class: c, Vals: make([]any, len(c.Keys))}
}

// Set fills fields by name and value in turn. A name that the class lacks is
// a mistake of this package.
func (o *Obj) Set(pairs ...any) *Obj {
	for i := 0; i < len(pairs); i += 2 {
		n, ok := o.Class.Index[pairs[i].(string)]
		if !ok {
			panic("jackson: " + o.Class.Name + " has no " + pairs[i].(string))
		}
		o.Vals[n] = pairs[i+1]
	}
	return o
}

// Get is the value of a field.
func (o *Obj) Get(key string) any { return o.Vals[o.Class.Index[key]] }

// List is an array.
type List []any

// Pairs is a JSON object without type: a Java map.
type Pairs []Pair

// Pair is a key and its value.
type Pair [2]any

// Streamed writes itself, more than once if need be.
type Streamed interface{ Encode(*Encoder) }

// Encoder writes a result with its numbering.
type Encoder struct {
	W    *bufio.Writer
	ids  map[*Obj]int
	Next int
}

// NewEncoder numbers objects from 1.
func NewEncoder(w io.Writer) *Encoder {
	return &Encoder{W: bufio.NewWriterSize(w, 32<<10), ids: map[*Obj]int{}}
}

// Value writes a value and all that hangs on it.
func (e *Encoder) Value(v any) {
	switch v := v.(type) {
	case nil:
		e.Raw("null")
	case *Obj:
		if v == nil {
			e.Raw("null")
			return
		}
		e.Object(v)
	case string:
		e.Str(v)
	case bool:
		e.Raw(strconv.FormatBool(v))
	case int:
		e.Raw(strconv.Itoa(v))
	case int64:
		e.Raw(strconv.FormatInt(v, 10))
	case float64:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if v == float64(int64(v)) {
			s += ".0"
		}
		e.Raw(s)
	case List:
		_ = e.W.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				_ = e.W.WriteByte(',')
			}
			e.Value(x)
		}
		_ = e.W.WriteByte(']')
	case Pairs:
		_ = e.W.WriteByte('{')
		for i, p := range v {
			if i > 0 {
				_ = e.W.WriteByte(',')
			}
			e.Str(p[0].(string))
			_ = e.W.WriteByte(':')
			e.Value(p[1])
		}
		_ = e.W.WriteByte('}')
	case Streamed:
		v.Encode(e)
	default:
		panic("jackson: can't write a value of this kind")
	}
}

// Object writes an object, or its number when it was written before. The
// Number is taken before the fields, so cycles end.
func (e *Encoder) Object(o *Obj) {
	if n, ok := e.ids[o]; ok {
		e.Raw(strconv.Itoa(n))
		return
	}
	e.Next++
	e.ids[o] = e.Next
	e.Raw(`{"@type":`)
	e.Str(o.Class.Name)
	e.Raw(`,"@id":`)
	e.Raw(strconv.Itoa(e.Next))
	for i, k := range o.Class.Keys {
		_ = e.W.WriteByte(',')
		e.Str(k)
		_ = e.W.WriteByte(':')
		e.Value(o.Vals[i])
	}
	_ = e.W.WriteByte('}')
}

// Raw writes JSON as it is.
func (e *Encoder) Raw(s string) { _, _ = e.W.WriteString(s) }

const hexDigits = "0123456789ABCDEF"

// Str writes a string as Jackson does: nothing but quotes, backslashes and
// controls is escaped.
func (e *Encoder) Str(s string) {
	w := e.W
	_ = w.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			_ = w.WriteByte('\\')
			_ = w.WriteByte(c)
		case c == '\n':
			e.Raw(`\n`)
		case c == '\r':
			e.Raw(`\r`)
		case c == '\t':
			e.Raw(`\t`)
		case c == '\b':
			e.Raw(`\b`)
		case c == '\f':
			e.Raw(`\f`)
		case c < 0x20:
			e.Raw(`\u00`)
			_ = w.WriteByte(hexDigits[c>>4])
			_ = w.WriteByte(hexDigits[c&15])
		case c < utf8.RuneSelf:
			_ = w.WriteByte(c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			_, _ = w.WriteRune(r) // a broken byte becomes U+FFFD
			i += n
			continue
		}
		i++
	}
	_ = w.WriteByte('"')
}
