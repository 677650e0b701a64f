package zenodotest

import (
	"fmt"
	"net/http"
	"strings"
)

// matcher says whether a document answers a query.
type matcher func(object) bool

// parseQuery understands as much of the query-string syntax as programs use:
// words, "phrases", field:value, field:"value", AND, OR, NOT, parentheses and a
// trailing *. What the parser cannot read becomes a search for its words; what
// only the search engine would refuse is refused (docs/zenodo-api.md, Lists and
// search).
func parseQuery(q string) (matcher, *apiError) {
	q = strings.TrimSpace(q)
	if q == "" || q == "*" {
		return func(object) bool { return true }, nil
	}
	toks, ok := tokens(q)
	if ok {
		for _, t := range toks {
			if t.quoted {
				continue
			}
			_, v, hasField := strings.Cut(t.text, ":")
			if !hasField {
				v = t.text
			}
			if t.regexp {
				continue
			}
			if strings.ContainsAny(v, ":/") {
				return nil, refuse(http.StatusBadRequest, "Invalid query string syntax.")
			}
		}
		p := &parser{toks: toks}
		if m, ok := p.any(); ok && p.i == len(p.toks) {
			return m, nil
		}
	}
	words := wordsOf(q)
	return func(d object) bool {
		for _, w := range words {
			if allText(d, w) {
				return true
			}
		}
		return false
	}, nil
}

// qtoken is a word (with its field, if any), an operator or a parenthesis.
type qtoken struct {
	text   string
	quoted bool // the value was in quotes; text is FIELD:VALUE or VALUE
	field  string
	regexp bool
}

func tokens(q string) ([]qtoken, bool) {
	var out []qtoken
	for i := 0; i < len(q); {
		switch c := q[i]; {
		case c == ' ':
			i++
		case c == '(' || c == ')':
			out = append(out, qtoken{text: string(c)})
			i++
		default:
			start := i
			for i < len(q) && !strings.ContainsRune(" ()\"", rune(q[i])) {
				if q[i] == '\\' {
					i++
				}
				i++
			}
			i = min(i, len(q))
			word := q[start:i]
			if i < len(q) && q[i] == '"' {
				end := strings.IndexByte(q[i+1:], '"')
				if end < 0 {
					return nil, false
				}
				if word != "" && !strings.HasSuffix(word, ":") {
					return nil, false
				}
				out = append(out, qtoken{text: q[i+1 : i+1+end], quoted: true, field: strings.TrimSuffix(word, ":")})
				i += end + 2
				continue
			}
			if strings.HasSuffix(word, ":") {
				return nil, false
			}
			f, v, ok := strings.Cut(word, ":")
			if !ok {
				f, v = "", word
			}
			_ = v
			out = append(
				out,
				qtoken{text: strings.ReplaceAll(word, `\`, ""), field: f, regexp: ok && strings.HasPrefix(v, "//") && !strings.Contains(v, ":")},
			)
		}
	}
	return out, true
}

type parser struct {
	toks []qtoken
	i    int
}

func (p *parser) peek() string {
	if p.i < len(p.toks) && !p.toks[p.i].quoted {
		return p.toks[p.i].text
	}
	return ""
}

func (p *parser) any() (matcher, bool) {
	m, ok := p.all()
	for ok && p.peek() == "OR" {
		p.i++
		var n matcher
		if n, ok = p.all(); ok {
			a := m
			m = func(d object) bool { return a(d) || n(d) }
		}
	}
	return m, ok
}

func (p *parser) all() (matcher, bool) {
	m, ok := p.one()
	for ok && p.i < len(p.toks) && p.peek() != "OR" && p.peek() != ")" {
		if p.peek() == "AND" {
			p.i++
		}
		var n matcher
		if n, ok = p.one(); ok {
			a := m
			m = func(d object) bool { return a(d) && n(d) }
		}
	}
	return m, ok
}

func (p *parser) one() (matcher, bool) {
	if p.i >= len(p.toks) {
		return nil, false
	}
	t := p.toks[p.i]
	if !t.quoted {
		switch t.text {
		case "NOT":
			p.i++
			m, ok := p.one()
			return func(d object) bool { return !m(d) }, ok
		case "(":
			p.i++
			m, ok := p.any()
			if !ok || p.peek() != ")" {
				return nil, false
			}
			p.i++
			return m, true
		case ")", "AND", "OR":
			return nil, false
		}
	}
	p.i++
	value := t.text
	if !t.quoted {
		if _, v, ok := strings.Cut(t.text, ":"); ok {
			value = v
		}
	}
	if t.field == "" {
		if t.quoted {
			return func(d object) bool { return anyValue(d, func(v string) bool { return phrase(v, value) }) }, true
		}
		return func(d object) bool { return allText(d, strings.ToLower(value)) }, true
	}
	if strings.HasPrefix(t.field, "-") {
		name := t.field[1:]
		return func(d object) bool { return !fieldMatches(d, name, value) }, true
	}
	name := t.field
	return func(d object) bool { return fieldMatches(d, name, value) }, true
}

// fieldMatches looks a dotted path up, through lists.
func fieldMatches(d object, name, value string) bool {
	vals := []any{d}
	for part := range strings.SplitSeq(name, ".") {
		var next []any
		for _, v := range vals {
			m, ok := v.(object)
			if !ok {
				continue
			}
			x, ok := m[part]
			if !ok {
				continue
			}
			if l, ok := x.([]any); ok {
				next = append(next, l...)
			} else {
				next = append(next, x)
			}
		}
		vals = next
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	for _, v := range vals {
		if value == "*" {
			return true
		}
		s := fmt.Sprint(v)
		switch {
		case last == "identifier" || last == "id" || last == "status" || last == "user" || last == "scheme":
			if s == value || strings.HasSuffix(value, "*") && strings.HasPrefix(s, strings.TrimSuffix(value, "*")) {
				return true
			}
		case phrase(s, value):
			return true
		}
	}
	return false
}

// phrase reports whether the words of value follow each other in s.
func phrase(s, value string) bool {
	have, want := wordsOf(s), wordsOf(value)
	if len(want) == 0 {
		return false
	}
	open := strings.HasSuffix(value, "*")
next:
	for i := range have {
		for j, w := range want {
			if i+j >= len(have) || have[i+j] != w && !(open && j == len(want)-1 && strings.HasPrefix(have[i+j], w)) {
				continue next
			}
		}
		return true
	}
	return false
}

// anyValue visits the values that a search without field looks at.
func anyValue(d object, f func(string) bool) bool {
	var walk func(v any) bool
	walk = func(v any) bool {
		switch x := v.(type) {
		case string:
			return f(x)
		case object:
			for _, y := range x {
				if walk(y) {
					return true
				}
			}
		case []any:
			for _, y := range x {
				if walk(y) {
					return true
				}
			}
		}
		return false
	}
	return walk(d["metadata"]) || walk(d["id"]) || walk(d["pids"])
}

func allText(d object, word string) bool {
	return anyValue(d, func(v string) bool { return phrase(v, word) })
}
