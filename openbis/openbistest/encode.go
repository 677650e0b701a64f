package openbistest

import (
	"bufio"
	"io"
	"strconv"
	"unicode/utf8"
)

// class is a DTO class: the names of its fields in the order in which the
// server writes them.
type class struct {
	name  string
	keys  []string
	index map[string]int
}

// obj is a DTO on its way out. The same obj met again in one result becomes
// the bare number of its first appearance.
type obj struct {
	class *class
	vals  []any
}

// newObj makes an object whose fields are all null.
func newObj(name string) *obj {
	c := outClass(name)
	return &obj{class: c, vals: make([]any, len(c.keys))}
}

// set fills fields by name and value in turn. A name that the class lacks is
// a mistake of this package.
func (o *obj) set(pairs ...any) *obj {
	for i := 0; i < len(pairs); i += 2 {
		n, ok := o.class.index[pairs[i].(string)]
		if !ok {
			panic("openbistest: " + o.class.name + " has no " + pairs[i].(string))
		}
		o.vals[n] = pairs[i+1]
	}
	return o
}

func (o *obj) get(key string) any { return o.vals[o.class.index[key]] }

// list is an array.
type list []any

// pairs is a JSON object without type: a Java map.
type pairs []pair

type pair struct {
	key string
	val any
}

// streamed writes itself, more than once if need be.
type streamed interface{ encode(*encoder) }

// encoder writes a result with its numbering.
type encoder struct {
	w    *bufio.Writer
	ids  map[*obj]int
	next int
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: bufio.NewWriterSize(w, 32<<10), ids: map[*obj]int{}}
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.raw("null")
	case *obj:
		if v == nil {
			e.raw("null")
			return
		}
		e.object(v)
	case string:
		e.str(v)
	case bool:
		e.raw(strconv.FormatBool(v))
	case int:
		e.raw(strconv.Itoa(v))
	case int64:
		e.raw(strconv.FormatInt(v, 10))
	case float64:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if v == float64(int64(v)) {
			s += ".0"
		}
		e.raw(s)
	case list:
		_ = e.w.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				_ = e.w.WriteByte(',')
			}
			e.value(x)
		}
		_ = e.w.WriteByte(']')
	case pairs:
		_ = e.w.WriteByte('{')
		for i, p := range v {
			if i > 0 {
				_ = e.w.WriteByte(',')
			}
			e.str(p.key)
			_ = e.w.WriteByte(':')
			e.value(p.val)
		}
		_ = e.w.WriteByte('}')
	case streamed:
		v.encode(e)
	default:
		panic("openbistest: can't write a value of this kind")
	}
}

// object writes an object, or its number when it was written before. The
// number is taken before the fields, so cycles end.
func (e *encoder) object(o *obj) {
	if n, ok := e.ids[o]; ok {
		e.raw(strconv.Itoa(n))
		return
	}
	e.next++
	e.ids[o] = e.next
	e.raw(`{"@type":`)
	e.str(o.class.name)
	e.raw(`,"@id":`)
	e.raw(strconv.Itoa(e.next))
	for i, k := range o.class.keys {
		_ = e.w.WriteByte(',')
		e.str(k)
		_ = e.w.WriteByte(':')
		e.value(o.vals[i])
	}
	_ = e.w.WriteByte('}')
}

func (e *encoder) raw(s string) { _, _ = e.w.WriteString(s) }

const hexDigits = "0123456789ABCDEF"

// str writes a string as Jackson does: nothing but quotes, backslashes and
// controls is escaped.
func (e *encoder) str(s string) {
	w := e.w
	_ = w.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			_ = w.WriteByte('\\')
			_ = w.WriteByte(c)
		case c == '\n':
			e.raw(`\n`)
		case c == '\r':
			e.raw(`\r`)
		case c == '\t':
			e.raw(`\t`)
		case c == '\b':
			e.raw(`\b`)
		case c == '\f':
			e.raw(`\f`)
		case c < 0x20:
			e.raw(`\u00`)
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
