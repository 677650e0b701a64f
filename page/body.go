package page

import (
	"fmt"
	"html"
	"strings"

	"zenobis/openbis"
	"zenobis/richtext"
)

// Body is what an entity's page shows of its description and properties, as HTML
// and as text, for readers that take it from a crate instead of from the page. pages
// are the files that Render made for it; refer tells how the HTML refers to one of
// them, a picture or a CSV file; named, which may be nil, finds what a property names.
func Body(
	e *openbis.Entity, t *openbis.EntityType, named Refer, pages []string, refer func(path string) string,
) (asHTML, asText string) {
	b := &body{pages: pages, refer: refer, pics: newPictures(nil)}
	in := Input{Entity: e, Type: t, Refer: named}
	if strings.TrimSpace(e.Description) != "" {
		b.field(b.read(property{Assignment: openbis.Assignment{Label: "Description"}, values: []string{e.Description}}, in))
	}
	last := ""
	for _, p := range properties(e, t) {
		if p.section != last {
			last = p.section
			fmt.Fprintf(&b.html, "<h2>%s</h2>\n", html.EscapeString(last))
			fmt.Fprintf(&b.text, "%s\n\n", last)
		}
		b.field(b.read(p, in))
	}
	return strings.TrimSpace(b.html.String()), strings.TrimSpace(b.text.String())
}

// body writes the properties of an entity.
type body struct {
	html, text strings.Builder
	pages      []string
	refer      func(path string) string
	pics       *pictures
	paths      []string // of the pictures by number
}

// read interprets a property with the pictures that lie beside the page.
func (b *body) read(p property, in Input) field {
	f := interpret(p, in, b.pics)
	if f.rich != nil {
		if doc, err := richtext.Read(strings.Join(p.values, "\n"), b.number); err == nil {
			f.rich = &doc
		}
	}
	return f
}

func (b *body) number(src string) (int, string) {
	mark := "-" + addressHash(src) + "."
	for _, p := range b.pages {
		if i := strings.LastIndex(p, ".picture-"); i >= 0 && strings.Contains(p[i:], mark) {
			b.paths = append(b.paths, p)
			return len(b.paths), ""
		}
	}
	return 0, "it could not be read"
}

func (b *body) field(f field) {
	label := html.EscapeString(f.label)
	switch {
	case f.rich != nil:
		picture := func(s richtext.Span) string {
			return fmt.Sprintf("<img src=\"%s\" alt=\"%s\">", html.EscapeString(b.refer(b.paths[s.Picture-1])), html.EscapeString(s.Text))
		}
		fmt.Fprintf(&b.html, "<h3>%s</h3>\n%s\n", label, richtext.HTMLBelow(f.rich.Blocks, 3, picture))
		fmt.Fprintf(&b.text, "%s:\n%s\n\n", f.label, richtext.Lay(f.rich.Blocks, "", richtext.TextForm{Picture: func(s richtext.Span) string {
			return "[picture: " + strings.TrimPrefix(s.Text+", "+b.refer(b.paths[s.Picture-1]), ", ") + "]"
		}}))
	case f.sheet != nil:
		table := []richtext.Block{f.sheet.block(len(f.sheet.rows))}
		fmt.Fprintf(&b.html, "<h3>%s</h3>\n%s\n", label, richtext.HTML(table, nil))
		fmt.Fprintf(&b.text, "%s:\n%s\n\n", f.label, richtext.Plain(table))
	default:
		p := &htmlWriter{}
		fmt.Fprintf(
			&b.html,
			"<p><strong>%s:</strong> %s</p>\n",
			label,
			strings.ReplaceAll(strings.ReplaceAll(string(p.short(f)), "<pre>", "<code>"), "</pre>", "</code>"),
		)
		value := strings.Join(f.texts, ", ")
		if f.gap != "" {
			value = "[" + f.gap + "]"
		}
		fmt.Fprintf(&b.text, "%s: %s\n\n", f.label, value)
	}
}

// aboutRelatives is how many relatives About names of each kind.
const aboutRelatives = 50

// About is what an entity's page says beside its properties: what it is, where it
// stands, who registered it, and its relatives by name, as lines of HTML and text.
func About(e *openbis.Entity, t *openbis.EntityType) (asHTML, asText string) {
	var h, s strings.Builder
	say := func(label, text string) {
		fmt.Fprintf(&h, "<p><strong>%s:</strong> %s</p>\n", html.EscapeString(label), html.EscapeString(text))
		fmt.Fprintf(&s, "%s: %s\n", label, text)
	}
	var above []string
	for _, r := range []*openbis.Ref{e.ProjectRef, e.CollRef, e.ObjectRef} {
		if r != nil {
			above = append(above, Link{Ref: *r}.name())
		}
	}
	if len(above) > 0 {
		say("In", strings.Join(above, " > "))
	}
	for _, r := range identification(Input{Entity: e, Type: t}) {
		if r.label != "Files" && r.label != "Size" { // they are beside
			say(r.label, r.text)
		}
	}
	for _, r := range []struct {
		label string
		refs  []openbis.Ref
	}{{"Parents", e.Parents}, {"Children", e.Children}, {"Components", e.Components}} {
		var list []string
		for i, to := range r.refs {
			if i == aboutRelatives {
				list = append(list, fmt.Sprintf("and %d more", len(r.refs)-i))
				break
			}
			list = append(list, Link{Ref: to}.told())
		}
		if len(list) > 0 {
			say(r.label, strings.Join(list, "; "))
		}
	}
	return strings.TrimSpace(h.String()), strings.TrimSpace(s.String())
}
