// Package jackson speaks JSON as openBIS' mapper does: requests with @type and
// @id become nodes, refused as strictly as there; results are numbered, so that
// an object met again is a bare integer; exceptions carry their context.
package jackson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// RawObject is a JSON object in document order.
type RawObject struct {
	Keys []string
	Vals map[string]any
}

// ParseJSON reads one JSON value: nil, bool, json.Number, string, []any or
// *RawObject. What follows the value is not looked at, as on the server.
func ParseJSON(data []byte) (any, error) {
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
		o := &RawObject{Vals: map[string]any{}}
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
			if _, again := o.Vals[key]; !again {
				o.Keys = append(o.Keys, key)
			}
			o.Vals[key] = v
		}
		_, err = d.Token()
		return o, err
	}
	return t, nil
}

// Node is a DTO of a request after all checks. References are resolved, so
// Nodes can form cycles.
type Node struct {
	Typ    string
	Keys   []string
	Fields map[string]any // nil, bool, json.Number, string, []any, *node, map[string]any
}

// Node is the object in a field, nil for none.
func (n *Node) Node(key string) *Node {
	if n == nil {
		return nil
	}
	c, _ := n.Fields[key].(*Node)
	return c
}

// List is the array in a field.
func (n *Node) List(key string) []any {
	if n == nil {
		return nil
	}
	l, _ := n.Fields[key].([]any)
	return l
}

// Nodes are the DTOs of a list.
func (n *Node) Nodes(key string) []*Node { return AsNodes(n.List(key)) }

// AsNodes keeps the objects of an array.
func AsNodes(l []any) []*Node {
	var out []*Node
	for _, v := range l {
		if c, ok := v.(*Node); ok {
			out = append(out, c)
		}
	}
	return out
}

// Str is a text field. Numbers and booleans become text, as in Java beans.
func (n *Node) Str(key string) string {
	s, _ := n.Text(key)
	return s
}

// Text is the string in a field, if it has one.
func (n *Node) Text(key string) (string, bool) {
	if n == nil {
		return "", false
	}
	switch v := n.Fields[key].(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// Number is the whole number in a field, if it has one.
func (n *Node) Number(key string) (int64, bool) {
	if n == nil {
		return 0, false
	}
	if v, ok := n.Fields[key].(json.Number); ok {
		if i, err := v.Int64(); err == nil {
			return i, true
		}
	}
	return 0, false
}

// Flag is the boolean in a field; null is false.
func (n *Node) Flag(key string) bool {
	if n == nil {
		return false
	}
	b, _ := n.Fields[key].(bool)
	return b
}

// Short is the class without its package.
func (n *Node) Short() string { return ShortName(n.Typ) }

// ShortName is a class without its package.
func ShortName(typ string) string { return typ[strings.LastIndexByte(typ, '.')+1:] }

// decoder reads one parameter of a request. Every parameter is read on its
// own: numbers of objects do not reach over.
type decoder struct {
	byID map[string]*RawObject
	done map[*RawObject]*Node
	path []string
}

// DecodeParam reads a parameter of the kind that spec tells.
func DecodeParam(raw any, spec string) (any, error) {
	d := &decoder{byID: map[string]*RawObject{}, done: map[*RawObject]*Node{}}
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
	case *RawObject:
		if id, ok := v.Vals["@id"].(json.Number); ok {
			if d.byID[id.String()] != nil {
				return &Exception{Class: ExMapping, Plain: true, Message: "Already had POJO for id (java.lang.Integer) [" + id.String() + "]"}
			}
			d.byID[id.String()] = v
		}
		for _, k := range v.Keys {
			if err := d.collect(v.Vals[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Value reads by spec: "" anything; "[]x" a list, for which one value will
// do; "{}x" a map; "@name" one of the classes of an interface; else a class.
func (d *decoder) value(raw any, spec string) (any, error) {
	if raw == nil {
		return nil, nil
	}
	switch {
	case spec == "":
		return Plain(raw), nil
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
		o, ok := raw.(*RawObject)
		if !ok {
			return nil, d.mismatch("java.util.LinkedHashMap")
		}
		out := make(map[string]any, len(o.Keys))
		for _, k := range o.Keys {
			d.path = append(d.path, fmt.Sprintf("java.util.LinkedHashMap[%q]", k))
			v, err := d.value(o.Vals[k], spec[2:])
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
			return nil, &Exception{
				Class:   ExReference,
				Plain:   true,
				Message: "Unresolved forward references for: Object id [" + id.String() + "]" + d.chain(),
			}
		}
		raw = o
	}
	o, ok := raw.(*RawObject)
	if !ok {
		return nil, d.mismatch(javaName(spec))
	}
	if n := d.done[o]; n != nil {
		return n, nil
	}
	typ, typed := o.Vals["@type"].(string)
	if !typed {
		switch {
		case strings.HasPrefix(spec, "@"):
			return nil, &Exception{Class: ExMapping, Plain: true, Message: "Could not deserialize object.\n" +
				"Attempt of deserialization with type failed with: \n" + ExMapping +
				": Cannot deserialize a polymorphic type without type information\n" +
				"Attempt of deserialization without type failed with: \ncom.fasterxml.jackson.databind.exc.InvalidDefinitionException: " +
				"Cannot construct instance of `" + javaName(spec) + "` (no Creators, like default construct, exist): abstract types either need " +
				"to be " +
				"mapped to concrete types, have custom deserializer, or contain additional type information\n" +
				" at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
		case len(o.Keys) == 0:
			return nil, &Exception{Class: ExTypeID, Plain: true, Message: "Missing type id when trying to resolve subtype of [simple type, class " +
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
		return nil, &Exception{
			Class: ExTypeID,
			Plain: true,
			Message: "Could not resolve type id '" + typ + "' as a subtype of [simple type, class " +
				javaName(spec) + "]: known type ids = [" + strings.Join(known, ", ") + "]\n at [Source: UNKNOWN; line: -1, column: -1]" + d.chain(),
		}
	}
	n := &Node{Typ: typ, Fields: map[string]any{}}
	d.done[o] = n
	fields := inClass(typ)
	for _, k := range o.Keys {
		if k == "@type" || k == "@id" {
			continue
		}
		spec, known := fields[k]
		if !known {
			spec = ""
		}
		d.path = append(d.path, fmt.Sprintf("%s[%q]", javaClass(typ), k))
		v, err := d.value(o.Vals[k], spec)
		if err != nil {
			return nil, err
		}
		d.path = d.path[:len(d.path)-1]
		n.Keys = append(n.Keys, k)
		n.Fields[k] = v
	}
	return n, nil
}

func (d *decoder) mismatch(class string) error {
	return &Exception{Class: ExInput, Plain: true, Message: "Cannot construct instance of `" + class +
		"`: no suitable creator method found to deserialize from this value\n at [Source: UNKNOWN; line: -1, column: -1]" + d.chain()}
}

func (d *decoder) chain() string {
	if len(d.path) == 0 {
		return ""
	}
	return " (through reference chain: " + strings.Join(d.path, "->") + ")"
}

// Plain keeps JSON that stands for no DTO.
func Plain(raw any) any {
	switch v := raw.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = Plain(x)
		}
		return out
	case *RawObject:
		out := make(map[string]any, len(v.Keys))
		for k, x := range v.Vals {
			out[k] = Plain(x)
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
