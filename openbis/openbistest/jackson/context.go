package jackson

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ContextOf is the progress that the executor adds to an error: what it did,
// to which entity, and the request that it was given, values and all.
func ContextOf(what string, i, n int, entity string, key string, request *Node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%d/%d) {\n  \"entity\" : %s", what, i+1, n, entity)
	if request != nil {
		id := 0
		fmt.Fprintf(&b, ",\n  %q : ", key)
		prettyNode(&b, request, "  ", &id)
	}
	b.WriteString("\n}")
	return b.String()
}

// EntityContext is the part of a context that names an entity.
func EntityContext(class string, id int, permID, identifier string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n    \"class\" : %s,\n", quoted(class))
	if id > 0 {
		fmt.Fprintf(&b, "    \"id\" : %d,\n", id)
	}
	fmt.Fprintf(&b, "    \"permId\" : %s,\n    \"identifier\" : %s\n  }", quoted(permID), quoted(identifier))
	return b.String()
}

func quoted(s string) string {
	var b strings.Builder
	e := NewEncoder(&b)
	e.Str(s)
	_ = e.W.Flush()
	return b.String()
}

// prettyNode writes a request as Jackson's pretty printer does.
func prettyNode(b *strings.Builder, n *Node, indent string, id *int) {
	*id++
	fmt.Fprintf(b, "{\n%s  \"@type\" : %s,\n%s  \"@id\" : %d", indent, quoted(n.Typ), indent, *id)
	for _, k := range n.Keys {
		if n.Fields[k] == nil {
			continue
		}
		fmt.Fprintf(b, ",\n%s  %s : ", indent, quoted(k))
		PrettyValue(b, n.Fields[k], indent+"  ", id)
	}
	b.WriteString("\n" + indent + "}")
}

// PrettyValue writes a value of a request as Jackson's pretty printer does.
func PrettyValue(b *strings.Builder, v any, indent string, id *int) {
	switch v := v.(type) {
	case *Node:
		prettyNode(b, v, indent, id)
	case []any:
		b.WriteString("[ ")
		for i, x := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			PrettyValue(b, x, indent, id)
		}
		b.WriteString(" ]")
	case map[string]any:
		b.WriteString("{")
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(b, "\n%s  %s : ", indent, quoted(k))
			PrettyValue(b, v[k], indent+"  ", id)
		}
		b.WriteString("\n" + indent + "}")
	case string:
		b.WriteString(quoted(v))
	case json.Number:
		b.WriteString(v.String())
	default:
		fmt.Fprint(b, v)
	}
}
