package openbistest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// rawObject is a JSON object in document order.
type rawObject struct {
	keys []string
	vals map[string]any
}

// parseJSON reads one JSON value: nil, bool, json.Number, string, []any or
// *rawObject. What follows the value is not looked at, as on the server.
func parseJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return parseValue(d, 0)
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > 500 {
		return nil, errors.New("nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		out := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err = d.Token()
		return out, err
	case json.Delim('{'):
		o := &rawObject{vals: map[string]any{}}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			key := k.(string)
			if _, again := o.vals[key]; !again {
				o.keys = append(o.keys, key)
			}
			o.vals[key] = v
		}
		_, err = d.Token()
		return o, err
	}
	return t, nil
}

// node is a DTO of a request after all checks. References are resolved, so
// nodes can form cycles.
type node struct {
	typ    string
	keys   []string
	fields map[string]any // nil, bool, json.Number, string, []any, *node, map[string]any
}

func (n *node) node(key string) *node {
	if n == nil {
		return nil
	}
	c, _ := n.fields[key].(*node)
	return c
}

func (n *node) list(key string) []any {
	if n == nil {
		return nil
	}
	l, _ := n.fields[key].([]any)
	return l
}

// nodes are the DTOs of a list.
func (n *node) nodes(key string) []*node { return asNodes(n.list(key)) }

func asNodes(l []any) []*node {
	var out []*node
	for _, v := range l {
		if c, ok := v.(*node); ok {
			out = append(out, c)
		}
	}
	return out
}

// str is a text field. Numbers and booleans become text, as in Java beans.
func (n *node) str(key string) string {
	s, _ := n.text(key)
	return s
}

func (n *node) text(key string) (string, bool) {
	if n == nil {
		return "", false
	}
	switch v := n.fields[key].(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

func (n *node) number(key string) (int64, bool) {
	if n == nil {
		return 0, false
	}
	if v, ok := n.fields[key].(json.Number); ok {
		if i, err := v.Int64(); err == nil {
			return i, true
		}
	}
	return 0, false
}

func (n *node) flag(key string) bool {
	if n == nil {
		return false
	}
	b, _ := n.fields[key].(bool)
	return b
}

// short is the class without its package.
func (n *node) short() string { return shortName(n.typ) }

func shortName(typ string) string { return typ[strings.LastIndexByte(typ, '.')+1:] }

// decoder reads one parameter of a request. Every parameter is read on its
// own: numbers of objects do not reach over.
type decoder struct {
	byID map[string]*rawObject
	done map[*rawObject]*node
	path []string
}

// decodeParam reads a parameter of the kind that spec tells.
func decodeParam(raw any, spec string) (any, error) {
	d := &decoder{byID: map[string]*rawObject{}, done: map[*rawObject]*node{}}
	if err := d.collect(raw); err != nil {
		return nil, err
	}
	return d.value(raw, spec)
}

// collect finds all objects that have a number.
func (d *decoder) collect(raw any) error {
	switch v := raw.(type) {
	case []any:
		for _, x := range v {
			if err := d.collect(x); err != nil {
				return err
			}
		}
	case *rawObject:
		if id, ok := v.vals["@id"].(json.Number); ok {
			if d.byID[id.String()] != nil {
				return &javaError{class: exMapping, plain: true, message: "Already had POJO for id (java.lang.Integer) [" + id.String() + "]"}
			}
			d.byID[id.String()] = v
		}
		for _, k := range v.keys {
			if err := d.collect(v.vals[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// value reads by spec: "" anything; "[]x" a list, for which one value will
// do; "{}x" a map; "@name" one of the classes of an interface; else a class.
func (d *decoder) value(raw any, spec string) (any, error) {
	if raw == nil {
		return nil, nil
	}
	switch {
	case spec == "":
		return plain(raw), nil
	case strings.HasPrefix(spec, "[]"):
		items, ok := raw.([]any)
		if !ok {
			items = []any{raw}
		}
		out := make([]any, 0, len(items))
		for i, x := range items {
			d.path = append(d.path, fmt.Sprintf("java.util.ArrayList[%d]", i))
			v, err := d.value(x, spec[2:])
			if err != nil {
				return nil, err
			}
			d.path = d.path[:len(d.path)-1]
			out = append(out, v)
		}
		return out, nil
	case strings.HasPrefix(spec, "{}"):
		o, ok := raw.(*rawObject)
		if !ok {
			return nil, d.mismatch("java.util.LinkedHashMap")
		}
		out := make(map[string]any, len(o.keys))
		for _, k := range o.keys {
			d.path = append(d.path, fmt.Sprintf("java.util.LinkedHashMap[%q]", k))
			v, err := d.value(o.vals[k], spec[2:])
			if err != nil {
				return nil, err
			}
			d.path = d.path[:len(d.path)-1]
			out[k] = v
		}
		return out, nil
	}
	return d.object(raw, spec)
}

func (d *decoder) object(raw any, spec string) (any, error) {
	if id, ok := raw.(json.Number); ok {
		o := d.byID[id.String()]
		if o == nil {
			return nil, &javaError{class: exReference, plain: true, message: "Unresolved forward references for: Object id [" + id.String() + "]" + d.chain()}
		}
		raw = o
	}
	o, ok := raw.(*rawObject)
	if !ok {
		return nil, d.mismatch(javaName(spec))
	}
	if n := d.done[o]; n != nil {
		return n, nil
	}
	typ, typed := o.vals["@type"].(string)
	if !typed {
		switch {
		case strings.HasPrefix(spec, "@"):
			return nil, &javaError{class: exMapping, plain: true, message: "Could not deserialize object.\n" +
				"Attempt of deserialization with type failed with: \n" + exMapping + ": Cannot deserialize a polymorphic type without type information\n" +
				"Attempt of deserialization without type failed with: \ncom.fasterxml.jackson.databind.exc.InvalidDefinitionException: " +
				"Cannot construct instance of `" + javaName(spec) + "` (no Creators, like default construct, exist): abstract types either need to be " +
				"mapped to concrete types, have custom deserializer, or contain additional type information\n" +
				" at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
		case len(o.keys) == 0:
			return nil, &javaError{class: exTypeID, plain: true, message: "Missing type id when trying to resolve subtype of [simple type, class " +
				javaName(spec) + "]: missing type id property '@type'\n at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
		}
		typ = spec
	}
	known := []string{spec}
	if strings.HasPrefix(spec, "@") {
		known = interfaceMembers(spec[1:])
	}
	i := sort.SearchStrings(known, typ)
	if i >= len(known) || known[i] != typ {
		return nil, &javaError{class: exTypeID, plain: true, message: "Could not resolve type id '" + typ + "' as a subtype of [simple type, class " +
			javaName(spec) + "]: known type ids = [" + strings.Join(known, ", ") + "]\n at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
	}
	n := &node{typ: typ, fields: map[string]any{}}
	d.done[o] = n
	fields := inClass(typ)
	for _, k := range o.keys {
		if k == "@type" || k == "@id" {
			continue
		}
		spec, known := fields[k]
		if !known {
			spec = ""
		}
		d.path = append(d.path, fmt.Sprintf("%s[%q]", javaClass(typ), k))
		v, err := d.value(o.vals[k], spec)
		if err != nil {
			return nil, err
		}
		d.path = d.path[:len(d.path)-1]
		n.keys = append(n.keys, k)
		n.fields[k] = v
	}
	return n, nil
}

func (d *decoder) mismatch(class string) error {
	return &javaError{class: exInput, plain: true, message: "Cannot construct instance of `" + class +
		"`: no suitable creator method found to deserialize from this value\n at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
}

func (d *decoder) chain() string {
	if len(d.path) == 0 {
		return ""
	}
	return " (through reference chain: " + strings.Join(d.path, "->") + ")"
}

// plain keeps JSON that stands for no DTO.
func plain(raw any) any {
	switch v := raw.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	case *rawObject:
		out := make(map[string]any, len(v.keys))
		for k, x := range v.vals {
			out[k] = plain(x)
		}
		return out
	}
	return raw
}

// javaName is the Java type that a spec stands for.
func javaName(spec string) string {
	if strings.HasPrefix(spec, "@") {
		return javaInterface(spec[1:])
	}
	return javaClass(spec)
}
