package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"zenobis/human"
	"zenobis/openbis"
)

// SearchLimit is how many answers of a search are asked for at first, and
// SearchMost how many can be selected at once.
const (
	SearchLimit = 200
	SearchMost  = 10_000
)

// SearchHint says how a search is spelled.
const SearchHint = "words, type:ENTRY tag:NAME by:USER from:2025-01-01 to:2025-12-31 kind:object PROPERTY=value*"

// Chip is one condition of a search, as it was typed. Words without a field are
// one chip together.
type Chip struct{ Text string }

// ParseQuery reads a search. Quotes hold words together.
func ParseQuery(text string) (q openbis.Query, chips []Chip, err error) {
	var words []string
	for _, token := range quoted(text) {
		w := token.text
		key, value, field := strings.Cut(w, ":")
		key = strings.ToLower(key)
		if err := token.mistaken(); err != nil {
			return q, nil, err
		}
		if name, v, ok := strings.Cut(w, "="); ok && name != "" && v != "" && !strings.Contains(name, ":") {
			q.Properties = append(q.Properties, openbis.Equals{Code: strings.ToUpper(name), Value: v})
			chips = append(chips, Chip{w})
			continue
		}
		if !field || value == "" || !slices.Contains(searchFields(), key) {
			words = append(words, w)
			continue
		}
		switch key {
		case "type":
			q.Type = strings.ToUpper(strings.Join(strings.Fields(value), "_")) // a label has blanks where a code has none
		case "tag":
			q.Tag = value
		case "by":
			q.Registrator = value
		case "from":
			q.From, err = day(value)
		case "to":
			q.To, err = day(value)
		case "kind":
			kind, known := map[string]openbis.Kind{
				"object": openbis.KindObject, "collection": openbis.KindCollection, "dataset": openbis.KindDataSet,
			}[strings.ToLower(strings.ReplaceAll(value, " ", ""))]
			if !known {
				return q, nil, fmt.Errorf("kind:%s: take object, collection or dataset", value)
			}
			q.Kinds = append(q.Kinds, kind)
		}
		if err != nil {
			return q, nil, err
		}
		chips = append(chips, Chip{w})
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.From.After(q.To) {
		return q, nil, fmt.Errorf("from:%s is later than to:%s", q.From.Format(time.DateOnly), q.To.Format(time.DateOnly))
	}
	if q.Text = strings.Join(words, " "); q.Text != "" {
		chips = append([]Chip{{q.Text}}, chips...)
	}
	if q.Empty() && len(q.Kinds) > 0 {
		return q, nil, errors.New("a kind alone is too much to ask for: add a word or another condition")
	}
	return q, chips, nil
}

// Without is the search without one of its chips.
func Without(chips []Chip, i int) string {
	var out []string
	for j, c := range chips {
		if j == i {
			continue
		}
		text := c.Text
		if strings.Contains(text, " ") && strings.ContainsAny(text, ":=") || (token{text: text}).mistaken() != nil {
			text = `"` + text + `"`
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func day(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("%s is not a date: write it as 2025-12-31", s)
	}
	return t, nil
}

// searchFields are the words that a condition can begin with.
func searchFields() []string { return []string{"type", "tag", "by", "from", "to", "kind"} }

// token is a word of a search, or several in quotes.
type token struct {
	text   string
	quoted bool // it began with a quote: what is no field is meant as words
}

// mistaken says why a word was hardly meant as it was typed: it looks like a
// condition, but of a field that there is not, or without a value.
func (t token) mistaken() error {
	key, value, field := strings.Cut(t.text, ":")
	known := slices.Contains(searchFields(), strings.ToLower(key))
	switch {
	case !field || t.quoted || key == "" || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) }):
	case known && value == "":
		return fmt.Errorf("%s: has no value: write it right behind the colon, such as %s", key, example(strings.ToLower(key)))
	case !known && value != "" && !strings.HasPrefix(value, "//") && !strings.EqualFold(key, "doi"):
		return fmt.Errorf("there is no %s: to search by: take %s, or quotes around words: \"%s\"", key,
			strings.Join(searchFields(), ", "), t.text)
	}
	return nil
}

// example is a condition by a field.
func example(field string) string {
	for _, w := range strings.Fields(SearchHint) {
		if strings.HasPrefix(w, field+":") {
			return w
		}
	}
	return field + ":"
}

// quoted splits a text at blanks outside of quotes.
func quoted(text string) []token {
	var out []token
	var b strings.Builder
	in, began := false, false
	end := func() {
		if b.Len() > 0 {
			out = append(out, token{b.String(), began})
		}
		b.Reset()
		began = false
	}
	for _, r := range text {
		switch {
		case r == '"':
			began = began || b.Len() == 0
			in = !in
		case r == ' ' && !in:
			end()
		default:
			b.WriteRune(r)
		}
	}
	end()
	return out
}

// Remember puts a search in front of those before.
func (f *Flow) Remember(search string) {
	f.Searches = slices.DeleteFunc(f.Searches, func(s string) bool { return s == search })
	f.Searches = append([]string{search}, f.Searches[:min(len(f.Searches), 49)]...)
}

// HitsText says how many hits there are; total is -1 where the server did not say.
func HitsText(shown, total int) string {
	if total > shown {
		return "the first " + human.Number(shown) + " of " + human.Count(total, "hit", "hits")
	}
	return human.Count(max(shown, 0), "hit", "hits")
}

// placeOf is the path of what was found, for its row.
func placeOf(e *openbis.Entity) string {
	if e.Kind != openbis.KindDataSet {
		return e.Identifier
	}
	for _, r := range []*openbis.Ref{e.ObjectRef, e.CollRef} {
		if r != nil && r.Identifier != "" {
			return r.Identifier + " " + e.Type
		}
	}
	return e.Type
}

// KindsName names entities of a kind.
func KindsName(k openbis.Kind) string {
	return cmp.Or(map[openbis.Kind]string{
		openbis.KindSpace: "Spaces", openbis.KindProject: "Projects", openbis.KindCollection: "Collections",
		openbis.KindObject: "Objects", openbis.KindDataSet: "Data sets",
	}[k], string(k))
}

// QueryError is a search that can't find anything as it was typed.
type QueryError struct{ Text string }

func (e *QueryError) Error() string { return e.Text }

// Find asks openBIS, at most for limit answers. Where nothing is found by a
// type, that may be the type's name as it is shown, which is looked for then;
// a type that there is not is a *QueryError.
func Find(ctx context.Context, c Catalog, q openbis.Query, limit int) ([]openbis.Entity, int, error) {
	found, total, err := c.Find(ctx, q, limit)
	if err != nil || len(found) > 0 || q.Type == "" || strings.ContainsAny(q.Type, "*?") {
		return found, total, err
	}
	types := make(map[string]bool)
	for _, kind := range []openbis.Kind{openbis.KindCollection, openbis.KindObject, openbis.KindDataSet} {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, kind) {
			continue
		}
		list, err := c.Types(ctx, kind)
		if err != nil { // nothing was found, that is known
			return found, total, nil //nolint:nilerr // why types can't be read is no answer to a search
		}
		for code := range list {
			types[code] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(types)) {
		switch {
		case strings.EqualFold(code, q.Type):
			return found, total, nil
		case IsType(code, q.Type):
			q.Type = code
			return c.Find(ctx, q, limit)
		}
	}
	return nil, 0, &QueryError{noType(q.Type, slices.Sorted(maps.Keys(types)))}
}

// IsType reports whether a text is a type's code, or its name as it is shown.
func IsType(code, text string) bool {
	flat := func(s string) string {
		return strings.ToUpper(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == ' ' }), "_"))
	}
	return text != "" && (strings.EqualFold(code, text) || flat(strings.TrimPrefix(code, "$")) == flat(text))
}

// typesNamed is how many types an error names.
const typesNamed = 6

// noType says that there is no such type, and those that may be meant.
func noType(text string, codes []string) string {
	near := slices.DeleteFunc(slices.Clone(codes), func(c string) bool {
		return !strings.Contains(c, text) && !strings.Contains(text, c) && !strings.HasPrefix(c, text[:min(3, len(text))])
	})
	out := fmt.Sprintf("there is no type %s that you can see", text)
	switch {
	case len(near) > 0:
		return out + ": did you mean " + strings.Join(near[:min(len(near), typesNamed)], ", ") + "?"
	case len(codes) > typesNamed:
		return out + ": there are " + strings.Join(codes[:typesNamed], ", ") + " and others"
	case len(codes) > 0:
		return out + ": there are " + strings.Join(codes, ", ")
	}
	return out
}
