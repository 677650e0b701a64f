package record

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/richtext"
	"zenobis/safetext"
)

const (
	maxInside      = 200     // lines of what is inside
	maxDescription = 100_000 // bytes
	maxOffered     = 50      // keywords and people
	maxRelated     = 50
	maxGlance      = 300 // characters of what an entity inside says it is about
)

// Catalog is what is read from openBIS; *openbis.Client implements it.
type Catalog interface {
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Collections(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionObjects(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error)
	DataSetsOf(ctx context.Context, objects []string, p openbis.Page) (openbis.Listing, error)
	Types(ctx context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error)
}

// DefaultsInput is what the prefilled metadata is made from beside openBIS.
type DefaultsInput struct {
	Roots []openbis.Ref // the selected entities: kind and permId
	// Selected reports whether an entity is selected, given what holds it, the
	// nearest first; nil means that everything below a root is.
	Selected func(entity openbis.Ref, holders ...openbis.Ref) bool

	Me     Agent  // who is logged in, by User at least: the first creator
	People People // what the lab knows of its people

	License             string // configured, as the rest below
	Language            string
	Community           string
	Keywords            []string
	Funding             []string // in the text form
	TitleTemplate       string
	DescriptionTemplate string
	Date                string // YYYY-MM-DD, the day of the plan
}

// Offers is what the form offers without choosing it.
type Offers struct {
	Keywords []string // types and tags
	People   []Credit // who made or changed what is selected, most of it first
	Dates    string   // EDTF: from the first to the last registration that was seen
}

// Comment is what is offered as comments of a metadata file, to be taken into it by
// hand; "" where nothing is.
func (o Offers) Comment() string {
	var b strings.Builder
	if len(o.People) > 0 {
		b.WriteString("\n# Who registered or changed what is selected, for creator = [...], or with a role in front\n" +
			"# for contributor = [...]:\n")
		for _, c := range o.People {
			line := "# " + strconv.Quote(c.Agent.String())
			if share := c.Share(); share != "" {
				line += "  " + share
			}
			b.WriteString(line + "\n")
		}
	}
	if len(o.Keywords) > 0 {
		var words []string
		for _, k := range o.Keywords {
			words = append(words, strconv.Quote(k))
		}
		b.WriteString("\n# Its types and tags:\n# keyword = [" + strings.Join(words, ", ") + "]\n")
	}
	if o.Dates != "" {
		b.WriteString("\n# Collected " + strings.ReplaceAll(o.Dates, "/", " to ") + ", which the record says by itself.\n")
	}
	return b.String()
}

// Defaults prefills the describe form from the selected entities. It reads them,
// one page of what is directly below them, and, as far as a few thousand
// entities go, who made what.
func Defaults(ctx context.Context, cat Catalog, in DefaultsInput) (Metadata, Offers, error) {
	m := Metadata{
		License: in.License, Access: AccessOpen, Community: in.Community, Date: in.Date, Language: in.Language,
		Keywords: Keywords(in.Keywords),
	}
	if me := in.People.Fill(in.Me); me.Family != "" {
		me.Role = "" // what somebody is among contributors
		m.Creators = []Agent{me}
	}
	for _, line := range in.Funding {
		g, _ := ParseGrant(line)
		m.Funding = append(m.Funding, g)
	}
	m.Funding = normalFunding(m.Funding)
	d := defaults{ctx: ctx, cat: cat, in: in, credits: newCredits(in.People)}
	if d.in.Selected == nil {
		d.in.Selected = func(openbis.Ref, ...openbis.Ref) bool { return true }
	}
	if err := d.read(); err != nil {
		return m, d.offers, err
	}
	m.Related = distinct(d.papers)
	d.offers.People = d.credits.list()
	d.offers.Dates = d.credits.period.String()
	values := d.placeholders(in.Date)
	m.Title = cmp.Or(expand(in.TitleTemplate, values), defaultTitle(d.roots))
	contents := contentsList(d.lines, maxDescription-len(d.goal))
	m.Description = d.goal + contents
	if in.DescriptionTemplate != "" {
		m.Description = expandHTML(in.DescriptionTemplate, values, d.goal, contents)
	}
	return m, d.offers, nil
}

// defaults is one run of Defaults.
type defaults struct {
	ctx     context.Context
	cat     Catalog
	in      DefaultsInput
	roots   []openbis.Entity
	types   map[openbis.Kind]map[string]openbis.EntityType
	goal    string   // of the roots, HTML
	lines   []inside // what is inside
	papers  []Related
	offers  Offers
	credits *credits
	away    error // openBIS did not answer what types there are
}

func (d *defaults) read() error {
	if err := d.readRoots(); err != nil {
		return err
	}
	for i := range d.roots {
		e := &d.roots[i]
		d.note(e)
		if goal := d.goalOf(e); goal != "" && len(d.goal)+len(goal) < maxDescription/2 {
			switch {
			case len(d.roots) == 1:
				d.goal = goal
			case !strings.EqualFold(plainText(goal), nameOf(e)): // else it says no more than the list
				d.goal += "<p><strong>" + html.EscapeString(nameOf(e)) + "</strong></p>" + goal
			}
		}
		var below []openbis.Entity
		listed := len(d.lines) <= maxInside
		g, ctx := errgroup.WithContext(d.ctx)
		if listed {
			g.Go(func() (err error) {
				below, err = d.inside(ctx, e)
				return err
			})
		}
		credited := d.credited(ctx, g, e)
		if err := g.Wait(); err != nil {
			return err
		}
		if listed {
			d.lines = append(d.lines, inside{d.line(e, false), false})
			for j := range below {
				d.lines = append(d.lines, inside{d.line(&below[j], true), true})
				d.note(&below[j])
			}
		}
		d.credits.add(e)
		for _, l := range credited {
			d.creditBelow(e, l)
		}
		if d.away != nil {
			return d.away
		}
	}
	return d.creditObjects()
}

// readRoots reads what was selected, the entities of a kind together.
func (d *defaults) readRoots() error {
	some := d.in.Roots[:min(len(d.in.Roots), maxRelated)]
	ids := map[openbis.Kind][]string{}
	for _, r := range some {
		ids[r.Kind] = append(ids[r.Kind], r.PermID)
	}
	found := map[openbis.Kind]map[string]openbis.Entity{}
	for kind, of := range ids {
		got, err := d.cat.Get(d.ctx, kind, of...)
		if err != nil {
			return fmt.Errorf("read what was selected: %w", err)
		}
		found[kind] = got
	}
	for _, r := range some {
		if e, ok := found[r.Kind][r.PermID]; ok {
			d.roots = append(d.roots, e)
		}
	}
	return nil
}

func defaultTitle(roots []openbis.Entity) string {
	var names []string
	for i, e := range roots {
		if i == 3 {
			names = append(names, "…")
			break
		}
		names = append(names, nameOf(&e))
	}
	return strings.Join(names, ", ")
}

// nameOf is the name of an entity as the ELN shows it.
func nameOf(e *openbis.Entity) string {
	if e.Name == "" && (e.Kind == openbis.KindSpace || e.Kind == openbis.KindProject) {
		return openbis.PrettyCode(e.Code)
	}
	return e.Label()
}

// goals are the endings of property codes that say what something is about, the
// best first, as the ELN's own types have them.
var goals = []string{"EXPERIMENTAL_GOALS", "EXPERIMENTAL_DESCRIPTION", "DESCRIPTION", "ABSTRACT", "PROCEDURE"}

// asides say it where none of these does: enough for a crate, not for a record.
var asides = []string{"GENERAL_DESCRIPTION", "SUMMARY", "NOTES"}

// GoalOf tells how well a property says what its entity is about: 0 is best, -1 says
// nothing of it.
func GoalOf(code string) int {
	return slices.Index(slices.Concat(goals, asides), code[1+strings.LastIndexAny(code, ".$"):])
}

// goalOf returns what an entity says it is about, as safe HTML.
func (d *defaults) goalOf(e *openbis.Entity) string {
	if e.Description != "" {
		return cleanHTML("", "", e.Description)
	}
	for _, g := range goals {
		var codes []string
		for code := range e.Properties {
			if i := GoalOf(code); i >= 0 && i < len(goals) && goals[i] == g {
				codes = append(codes, code)
			}
		}
		slices.Sort(codes)
		for _, code := range codes {
			dataType, widget := d.typeOf(e, code)
			if text := cleanHTML(dataType, widget, e.Property(code)); text != "" {
				return text
			}
		}
	}
	return ""
}

// typeOf tells what a property holds. The types are read only where its value
// alone does not tell whether it is rich text.
func (d *defaults) typeOf(e *openbis.Entity, code string) (dataType, widget string) {
	if !strings.ContainsAny(e.Property(code), "<&") {
		return "", ""
	}
	if d.types[e.Kind] == nil {
		types, err := d.cat.Types(d.ctx, e.Kind)
		if err != nil {
			if openbis.NoVerdict(err) && d.away == nil {
				d.away = fmt.Errorf("read the types of %ss: %w", e.Kind, err)
			}
			types = map[string]openbis.EntityType{} // a guess is as good as it gets
		}
		if d.types == nil {
			d.types = map[openbis.Kind]map[string]openbis.EntityType{}
		}
		d.types[e.Kind] = types
	}
	for _, p := range d.types[e.Kind][e.Type].Properties {
		if p.Code == code {
			return p.DataType, p.Widget
		}
	}
	return "", ""
}

// picture is one of rich text: a description has none.
var picture = regexp.MustCompile(`(?is)<img\b[^>]*>`)

// cleanHTML makes rich or plain text fit for a description; "" where no text is left.
func cleanHTML(dataType, widget, s string) string {
	if richtext.Is(dataType, widget, s) {
		s = picture.ReplaceAllString(s, "")
	}
	if len(s) > maxDescription || strings.TrimSpace(richtext.Readable(dataType, widget, s)) == "" {
		return ""
	}
	return richtext.SafeHTML(dataType, widget, s)
}

// inside returns one page of the projects, collections or objects directly below.
func (d *defaults) inside(ctx context.Context, e *openbis.Entity) ([]openbis.Entity, error) {
	page := openbis.Page{Count: maxInside}
	whole := openbis.Page{Count: creditPage, Detail: true} // as a plan wants it
	var l openbis.Listing
	var err error
	switch e.Kind {
	case openbis.KindSpace:
		l, err = d.cat.Projects(ctx, permID(e.Ref), whole)
	case openbis.KindProject:
		l, err = d.cat.Collections(ctx, e.PermID, whole)
	case openbis.KindCollection:
		l, err = d.cat.CollectionObjects(ctx, e.PermID, page)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list what is in %s %s: %w", e.Kind, quote(cmp.Or(e.Identifier, e.Code)), err)
	}
	var list []openbis.Entity
	for i := range l.Entities[:min(len(l.Entities), maxInside)] {
		if inner := l.Entities[i]; d.in.Selected(inner.Ref, e.Ref) {
			inner.Tags = nil // those of all that is below are counted together
			list = append(list, inner)
		}
	}
	return list, nil
}

// line is an entity in the list of contents; about adds what it says of itself.
func (d *defaults) line(e *openbis.Entity, about bool) string {
	name := nameOf(e)
	line := html.EscapeString(name)
	if !strings.EqualFold(name, e.Code) {
		line += " (" + html.EscapeString(e.Code) + ")"
	}
	if e.Type != "" {
		line += ", " + html.EscapeString(openbis.PrettyCode(e.Type))
	}
	if about {
		if text := plainText(d.goalOf(e)); text != "" {
			line += ": " + html.EscapeString(human.Cut(text, maxGlance))
		}
	}
	return line
}

// inside is a line of what is inside.
type inside struct {
	html  string
	below bool // what was selected is the line before that is not
}

// contentsList is the list of what is inside, within the limits: what was selected,
// and below each what it holds.
func contentsList(lines []inside, room int) string {
	if len(lines) == 0 {
		return ""
	}
	const more = "<li>…</li>"
	const most = len("</li></ul>\n<ul><li></li>" + more + "</ul></li></ul>") // of tags around a line
	var b strings.Builder
	b.WriteString("<p>Contents:</p><ul>")
	open := "" // what has to be closed before the next line of what was selected
	for i, l := range lines {
		if i >= maxInside || b.Len()+len(l.html)+most > room {
			b.WriteString(open + more)
			open = ""
			break
		}
		switch {
		case !l.below:
			b.WriteString(open + "<li>" + l.html)
			open = "</li>"
		case open == "</li>":
			b.WriteString("\n<ul><li>" + l.html + "</li>") // the line end that DescriptionHTML gives a list in a list
			open = "</ul></li>"
		default:
			b.WriteString("<li>" + l.html + "</li>")
		}
	}
	return b.String() + open + "</ul>"
}

// note offers what an entity knows of itself: keywords, and works by DOI.
func (d *defaults) note(e *openbis.Entity) {
	d.papers = append(d.papers, papers(e)...)
	d.keywords(e)
}

func (d *defaults) keywords(e *openbis.Entity) {
	words := slices.Clone(e.Tags)
	if e.Type != "" {
		words = append(words, openbis.PrettyCode(e.Type))
	}
	for _, word := range words {
		if len(d.offers.Keywords) < maxOffered && word != "" &&
			!slices.ContainsFunc(d.offers.Keywords, func(k string) bool { return strings.EqualFold(k, word) }) {
			d.offers.Keywords = append(d.offers.Keywords, word)
		}
	}
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
			for _, doi := range dois(html.UnescapeString(v)) {
				list = append(list, Related{Relation: relation, Identifier: doi})
			}
		}
	}
	return list
}

func distinct(list []Related) []Related {
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(r Related) bool {
		double := seen[strings.ToLower(r.Identifier)]
		seen[strings.ToLower(r.Identifier)] = true
		return double
	})
	return list[:min(len(list), maxRelated)]
}

func quote(s string) string { return `"` + safetext.Line(s) + `"` }
