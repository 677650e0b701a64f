package openbis

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"zenobis/safetext"
)

// graph is a result whose bare integers can be followed (docs/openbis-api.md,
// Objects on the wire): an object that occurs again is only its @id, and a number
// alone does not tell whether it is one. Who reads knows what to expect, and asks
// for it by obj or list. References are followed one at a time, so cycles do no
// harm.
type graph struct {
	root any
	objs map[string]map[string]any
}

// parse reads one value. The table is filled completely before anything is
// looked up. Nulls are dropped (not fetched and no value look alike anyway),
// fetchOptions too: they repeat the request and hold most of the bytes.
func parse(dec *json.Decoder, l limits) (*graph, error) {
	g := &graph{objs: map[string]map[string]any{}}
	p := parser{dec: dec, g: g, left: l.values}
	var err error
	g.root, err = p.value(l.depth)
	return g, err
}

type parser struct {
	dec  *json.Decoder
	g    *graph
	left int
}

func (p *parser) value(depth int) (any, error) {
	t, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	if p.left--; p.left < 0 {
		return nil, errTooBig
	}
	d, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth <= 0 {
		return nil, fmt.Errorf("%w: nested too deeply", errTooBig)
	}
	if d == '[' {
		return p.list(depth - 1)
	}
	return p.object(depth - 1)
}

func (p *parser) list(depth int) (any, error) {
	l := []any{}
	for p.dec.More() {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := p.dec.Token()
	return l, err
}

func (p *parser) object(depth int) (any, error) {
	m := map[string]any{}
	for p.dec.More() {
		t, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if key == "fetchOptions" {
			if err := skip(p.dec); err != nil {
				return nil, err
			}
			continue
		}
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		if v != nil {
			m[key] = v
		}
		if n, ok := v.(json.Number); ok && key == "@id" {
			p.g.objs[n.String()] = m
		}
	}
	_, err := p.dec.Token()
	return m, err
}

// obj is the object that v is or refers to; nil where there is none.
func (g *graph) obj(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return v
	case json.Number:
		return g.objs[v.String()]
	}
	return nil
}

// list is the objects of a list. Null is an empty list.
func (g *graph) list(v any) []map[string]any {
	l, _ := v.([]any)
	out := make([]map[string]any, 0, len(l))
	for _, e := range l {
		if o := g.obj(e); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// text is a scalar as text; "" for anything else.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// line is text as one clean line.
func line(v any) string { return safetext.Name(text(v)) }

func number(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

func truth(v any) bool { return text(v) == "true" }

// date reads milliseconds since 1970.
func date(v any) time.Time {
	n, ok := number(v)
	if !ok || n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// values reads a property: text on 20.10, a list on servers that know
// properties with several values (docs/openbis-api.md, Properties and types). Raw.
func values(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, values(e)...)
		}
		return all
	case map[string]any:
		b, err := json.Marshal(v)
		if err != nil {
			return nil // cannot happen: it was decoded from JSON
		}
		return []string{string(b)}
	}
	return []string{text(v)}
}
