package page

import (
	"fmt"
	"strings"

	"zenobis/openbis"
	"zenobis/richtext"
)

// Value is a property as it is told outside of pages.
type Value struct {
	Code, Label string
	Text        string // readable, of tables their size; "" where nothing is told
	HTML        string // rich text as HTML, its pictures as their texts; "" for all else
	Whole       string // every word that a page shows of it, or that its JSON holds
	Refs        []Link // the entities that it names, as far as they were found
}

// Refer finds what a property names by its permId or identifier.
type Refer func(id string) (Link, bool)

// Values returns the properties that an entity's pages show, in their order. No
// picture is fetched. refer may be nil.
func Values(e *openbis.Entity, t *openbis.EntityType, refer Refer) []Value {
	return valuesOf(Input{Entity: e, Type: t, Refer: refer})
}

func valuesOf(in Input) (out []Value) {
	e, t := in.Entity, in.Type
	for _, p := range properties(e, t) {
		f := interpret(p, in, newPictures(nil))
		v := Value{Code: f.code, Label: f.label}
		switch {
		case f.gap != "":
			v.Text, v.Whole = "["+f.gap+"]", strings.Join(f.values, "\n")
		case f.rich != nil:
			blocks := withoutMarks(f.rich.Blocks)
			v.Text, v.HTML = richtext.Plain(blocks), richtext.HTMLBelow(blocks, 2, nil)
			v.Whole = richtext.Plain(f.rich.Blocks) + "\n" + strings.Join(f.values, "\n")
		case f.sheet != nil:
			v.Text = fmt.Sprintf("table of %d rows and %d columns, see the pages", len(f.sheet.rows), len(f.sheet.headers))
			v.Whole = string(f.sheet.csv())
		default:
			v.Whole = strings.Join(append(f.texts, f.values...), "\n")
			if v.Text = strings.Join(f.texts, "\n"); len(f.texts) > 1 && !strings.Contains(v.Text, "\n\n") && !f.fixed {
				v.Text = strings.Join(f.texts, ", ")
			}
			for _, l := range f.refs {
				if l != nil {
					v.Refs = append(v.Refs, *l)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// withoutMarks drops what the pages say of missing pictures: here none are fetched.
func withoutMarks(blocks []richtext.Block) (out []richtext.Block) {
	for _, b := range blocks {
		var spans []richtext.Span
		for _, s := range b.Spans {
			if !s.Gap {
				spans = append(spans, s)
			}
		}
		b.Spans, b.Blocks = spans, withoutMarks(b.Blocks)
		if len(spans) == 0 && (b.Kind == richtext.Para || b.Kind == richtext.Heading) {
			continue
		}
		out = append(out, b)
	}
	return out
}
