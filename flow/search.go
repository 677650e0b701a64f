package flow

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
	for _, w := range quoted(text) {
		key, value, field := strings.Cut(w, ":")
		key = strings.ToLower(key)
		if name, v, ok := strings.Cut(w, "="); ok && name != "" && v != "" && !strings.Contains(name, ":") {
			q.Properties = append(q.Properties, openbis.Equals{Code: strings.ToUpper(name), Value: v})
			chips = append(chips, Chip{w})
			continue
		}
		if !field || value == "" || !slices.Contains([]string{"type", "tag", "by", "from", "to", "kind"}, key) {
			words = append(words, w)
			continue
		}
		switch key {
		case "type":
			q.Type = strings.ToUpper(value)
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
		if strings.Contains(text, " ") && (strings.Contains(text, ":") || strings.Contains(text, "=")) {
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

// quoted splits a text at blanks outside of quotes.
func quoted(text string) []string {
	var out []string
	var b strings.Builder
	in := false
	for _, r := range text {
		switch {
		case r == '"':
			in = !in
		case r == ' ' && !in:
			if b.Len() > 0 {
				out = append(out, b.String())
				b.Reset()
			}
		default:
			b.WriteRune(r)
		}
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
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
