package openbis

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Query says what to look for. All that is given must hold; the zero value of a
// field asks for nothing.
type Query struct {
	Text        string    // words in any field, each of them
	Kinds       []Kind    // collections, objects, data sets; all three where it is empty
	Type        string    // code of the type, * and ? allowed
	Properties  []Equals  // values of properties
	Tag         string    // code of a tag
	Registrator string    // user id
	From, To    time.Time // registered, both days included; zero is open
}

// Equals is a property with the value that is looked for, * and ? allowed.
type Equals struct{ Code, Value string }

// Empty reports whether nothing is asked for.
func (q Query) Empty() bool {
	return strings.TrimSpace(q.Text) == "" && q.Type == "" && len(q.Properties) == 0 && q.Tag == "" && q.Registrator == "" &&
		q.From.IsZero() &&
		q.To.IsZero()
}

// onlyText reports whether the server's global search can answer.
func (q Query) onlyText() bool {
	q2 := q
	q2.Text = ""
	return q2.Empty() && len(q.Kinds) == 0
}

// Find finds what a query asks for, at most limit entities, with all that holds
// them. Total is how many there are; -1 where the server does not tell.
func (c *Client) Find(ctx context.Context, q Query, limit int) (list []Entity, total int, err error) {
	if q.Empty() || limit <= 0 {
		return nil, 0, nil
	}
	if q.onlyText() {
		list, err = c.SearchText(ctx, q.Text, limit)
		return list, -1, err
	}
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = []Kind{KindCollection, KindObject, KindDataSet}
	}
	for _, kind := range kinds {
		if kind != KindCollection && kind != KindObject && kind != KindDataSet {
			continue
		}
		l, err := c.page(ctx, kind, placed, q.members(kind), 0, limit)
		if plain(err) && len(kinds) > 1 {
			continue // a property or a type that this kind does not have
		}
		if err != nil {
			return nil, 0, fmt.Errorf("search: %w", err)
		}
		total += l.Total
		list = append(list, l.Entities[:min(len(l.Entities), limit-len(list))]...)
	}
	return list, total, nil
}

// members are the criteria of a query for a kind.
func (q Query) members(kind Kind) []any {
	w := api[kind]
	var out []any
	for _, word := range strings.Fields(q.Text) {
		out = append(out, of("common.search.AnyFieldSearchCriteria", "fieldValue", contains(word)))
	}
	if q.Type != "" {
		out = append(out, of(w.pkg+".search."+w.class+"TypeSearchCriteria", "operator", "AND", "criteria",
			[]any{of("common.search.CodeSearchCriteria", "fieldValue", like(q.Type))}))
	}
	for _, p := range q.Properties {
		out = append(out, property(p.Code, like(p.Value)))
	}
	if q.Tag != "" {
		out = append(out, of("tag.search.TagSearchCriteria", "operator", "AND", "criteria", []any{code(q.Tag)}))
	}
	if q.Registrator != "" {
		out = append(out, of("person.search.RegistratorSearchCriteria", "operator", "AND", "criteria",
			[]any{of("person.search.UserIdSearchCriteria", "fieldValue", equal(q.Registrator))}))
	}
	day := func(class string, t time.Time) {
		if !t.IsZero() {
			out = append(out, of("common.search.RegistrationDateSearchCriteria",
				"fieldValue", of("common.search."+class, "value", t.Format("2006-01-02 15:04:05"))))
		}
	}
	day("DateLaterThanOrEqualToValue", q.From)
	if !q.To.IsZero() {
		day("DateEarlierThanOrEqualToValue", q.To.Add(24*time.Hour-time.Second))
	}
	return out
}

// like matches with * and ? as wildcards.
func like(pattern string) dto { return of("common.search.StringEqualToValue", "value", pattern) }

// Section is a part of the ELN's menu.
type Section int

// The sections, in the ELN's order.
const (
	LabNotebook Section = iota
	Inventory
	Stock
	Sections // how many there are
)

// String is the heading.
func (s Section) String() string {
	switch s {
	case Inventory:
		return "INVENTORY"
	case Stock:
		return "STOCK"
	}
	return "LAB NOTEBOOK"
}

// Suffixes, since servers with several groups put the group before them
// ("GRP_MATERIALS"); see docs/openbis-api.md, The ELN's tree.
var (
	stockSuffixes     = []string{"STOCK_CATALOG", "STOCK_ORDERS"}
	inventorySuffixes = []string{"MATERIALS", "METHODS", "STORAGE", "ELN_SETTINGS", "PUBLICATIONS"}
	hiddenSuffixes    = []string{"ELN_SETTINGS", "STORAGE"}
)

// SectionOf tells in which section the ELN shows a space, and whether it hides it.
func SectionOf(spaceCode string) (s Section, hidden bool) {
	hidden = spaceCode == "NAGIOS" || hasSuffix(spaceCode, hiddenSuffixes)
	switch {
	case hasSuffix(spaceCode, stockSuffixes):
		return Stock, hidden
	case hasSuffix(spaceCode, inventorySuffixes):
		return Inventory, hidden
	}
	return LabNotebook, hidden
}

func hasSuffix(code string, suffixes []string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(code, s) {
			return true
		}
	}
	return false
}
