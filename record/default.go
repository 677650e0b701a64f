package record

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"zenobis/openbis"
	"zenobis/richtext"
	"zenobis/safetext"
)

const (
	maxInside      = 200     // lines of what is inside
	maxDescription = 100_000 // bytes
	maxOffered     = 50      // keywords and creators
	maxRelated     = 50
)

// Catalog is what is read from openBIS; *openbis.Client implements it.
type Catalog interface {
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Collections(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionObjects(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
}

// DefaultsInput is what the prefilled metadata is made from beside openBIS.
type DefaultsInput struct {
	Roots []openbis.Ref // the selected entities: kind and permId
	// Wanted reports whether an entity directly below a root is selected, too.
	Wanted    func(root, child openbis.Ref) bool
	Creators  []Agent // the user first; from the session and the lab's people file
	License   string  // configured
	Language  string
	Community string
	Date      string // YYYY-MM-DD, the day of the plan
	SourceURL string // openBIS address if the lab allows it to be seen, else ""
}

// Offers is what the form offers without choosing it.
type Offers struct {
	Keywords []string // types and tags
	Creators []Agent  // registrators
}

// Defaults prefills the describe form from the selected entities. It
// reads them and one page of what is directly below them.
func Defaults(ctx context.Context, cat Catalog, in DefaultsInput) (Metadata, Offers, error) {
	m := Metadata{
		Creators: slices.Clone(in.Creators), License: in.License,
		Access: "open", Community: in.Community, Date: in.Date, Language: in.Language,
	}
	var offers Offers
	var roots []openbis.Entity
	for _, r := range in.Roots[:min(len(in.Roots), maxRelated)] {
		got, err := cat.Get(ctx, r.Kind, r.PermID)
		if err != nil {
			return m, offers, fmt.Errorf("read %s %s: %w", r.Kind, quote(r.PermID), err)
		}
		if e, ok := got[r.PermID]; ok {
			roots = append(roots, e)
		}
	}
	m.Title = defaultTitle(roots)
	var goal string
	var lines []string
	for i := range roots {
		e := &roots[i]
		goal = cmp.Or(goal, goalOf(e))
		offers.note(e)
		m.Related = append(m.Related, papers(e)...)
		if len(lines) > maxInside {
			continue
		}
		below, err := inside(ctx, cat, e, in.Wanted)
		if err != nil {
			return m, offers, err
		}
		lines = append(lines, describeLine(e))
		for j := range below {
			lines = append(lines, describeLine(&below[j]))
			offers.note(&below[j])
		}
	}
	m.Related = distinct(m.Related)
	m.Description = description(goal, lines)
	return m, offers, nil
}

func defaultTitle(roots []openbis.Entity) string {
	var names []string
	for i, e := range roots {
		if i == 3 {
			names = append(names, "…")
			break
		}
		name := e.Label()
		if e.Name == "" && (e.Kind == openbis.KindSpace || e.Kind == openbis.KindProject) {
			name = openbis.PrettyCode(e.Code)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// goals are the endings of property codes that say what something is about, the
// best first (reference openbis-eln-types.md).
var goals = []string{"EXPERIMENTAL_GOALS", "EXPERIMENTAL_DESCRIPTION", "DESCRIPTION", "ABSTRACT", "PROCEDURE"}

// goalOf returns what an entity says it is about, as safe HTML.
func goalOf(e *openbis.Entity) string {
	if e.Description != "" {
		return cleanHTML(e.Description)
	}
	for _, g := range goals {
		var codes []string
		for code := range e.Properties {
			if code == g || code == "$"+g || strings.HasSuffix(code, "."+g) {
				codes = append(codes, code)
			}
		}
		slices.Sort(codes)
		for _, code := range codes {
			if text := cleanHTML(e.Property(code)); text != "" {
				return text
			}
		}
	}
	return ""
}

// picture is one of rich text: a description has none.
var picture = regexp.MustCompile(`(?is)<img\b[^>]*>`)

// cleanHTML makes rich or plain text fit for a description; "" where no text is left.
func cleanHTML(s string) string {
	if richtext.Is("", "", s) {
		s = picture.ReplaceAllString(s, "")
	}
	if len(s) > maxDescription || strings.TrimSpace(richtext.Readable("", "", s)) == "" {
		return ""
	}
	return richtext.SafeHTML("", "", s)
}

// inside returns one page of the collections or objects directly below.
func inside(ctx context.Context, cat Catalog, e *openbis.Entity, wanted func(root, child openbis.Ref) bool) ([]openbis.Entity, error) {
	page := openbis.Page{Count: maxInside}
	var l openbis.Listing
	var err error
	switch e.Kind {
	case openbis.KindSpace:
		l, err = cat.Projects(ctx, permID(e.Ref), page)
	case openbis.KindProject:
		l, err = cat.Collections(ctx, e.PermID, page)
	case openbis.KindCollection:
		l, err = cat.CollectionObjects(ctx, e.PermID, page)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list what is in %s %s: %w", e.Kind, quote(cmp.Or(e.Identifier, e.Code)), err)
	}
	var list []openbis.Entity
	for i := range l.Entities {
		if wanted(e.Ref, l.Entities[i].Ref) {
			list = append(list, l.Entities[i])
		}
	}
	return list, nil
}

func describeLine(e *openbis.Entity) string {
	line := html.EscapeString(e.Label())
	if e.Name != "" {
		line += " (" + html.EscapeString(e.Code) + ")"
	}
	if e.Type != "" {
		line += ", " + html.EscapeString(openbis.PrettyCode(e.Type))
	}
	return line
}

// description puts the goal and the list of what is inside together, within the limits.
func description(goal string, lines []string) string {
	var b strings.Builder
	if len(goal) < maxDescription {
		b.WriteString(goal)
	}
	const end, more = "</ul>", "<li>…</li>"
	for i, line := range lines {
		if i == 0 {
			b.WriteString("<p>Contents:</p><ul>")
		}
		if i >= maxInside || b.Len()+len(line)+len("<li></li>")+len(end)+len(more) > maxDescription {
			b.WriteString(more)
			break
		}
		b.WriteString("<li>" + line + "</li>")
	}
	if len(lines) > 0 {
		b.WriteString(end)
	}
	return b.String()
}

// papers are the works that properties name by DOI.
func papers(e *openbis.Entity) []Related {
	var list []Related
	codes := make([]string, 0, len(e.Properties))
	for code := range e.Properties {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		relation := "references"
		if strings.Contains(code, "PUBLICATION") {
			relation = "issupplementto"
		}
		for _, v := range e.Properties[code] {
			for _, doi := range DOIs(v) {
				list = append(list, Related{Relation: relation, Identifier: doi})
			}
		}
	}
	return list
}

func distinct(list []Related) []Related {
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(r Related) bool {
		double := seen[r.Identifier]
		seen[r.Identifier] = true
		return double
	})
	return list[:min(len(list), maxRelated)]
}

// note offers what an entity knows of itself.
func (o *Offers) note(e *openbis.Entity) {
	add := func(word string) {
		if word != "" && len(o.Keywords) < maxOffered && !slices.Contains(o.Keywords, word) {
			o.Keywords = append(o.Keywords, word)
		}
	}
	for _, t := range e.Tags {
		add(t)
	}
	if e.Type != "" {
		add(openbis.PrettyCode(e.Type))
	}
	if p := e.Registrator; p != nil && p.LastName != "" && len(o.Creators) < maxOffered {
		a := Agent{Family: p.LastName, Given: p.FirstName}
		same := func(b Agent) bool { return a.Family == b.Family && a.Given == b.Given }
		if !slices.ContainsFunc(o.Creators, same) {
			o.Creators = append(o.Creators, a)
		}
	}
}

func quote(s string) string { return `"` + safetext.Line(s) + `"` }
