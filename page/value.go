package page

import (
	"fmt"
	"strings"

	"zenobis/openbis"
)

// Value is a property as it is told outside of pages.
type Value struct {
	Code, Label string
	Text        string // readable, of tables their size; "" where nothing is told
	HTML        string // rich text as HTML, its pictures as their names; "" for all else
	Whole       string // every word that a page shows of it
}

// Values returns the properties that an entity's pages show, in their order. No
// picture is fetched.
func Values(e *openbis.Entity, t *openbis.EntityType) (out []Value) {
	in := Input{Entity: e, Type: t}
	for _, p := range properties(e, t) {
		f, _ := interpret(p, in, newPictures(nil))
		v := Value{Code: f.code, Label: f.label}
		switch {
		case f.gap != "":
			v.Text, v.Whole = "["+f.gap+"]", f.raw
		case f.rich != nil:
			blocks := withoutMarks(f.rich.blocks)
			body := &page{named: true, noPictures: true}
			body.blocks(blocks, 2)
			v.Text, v.HTML, v.Whole = plainBlocks(blocks), strings.TrimSpace(body.String()), plainBlocks(f.rich.blocks)
		case f.sheet != nil:
			v.Text = fmt.Sprintf("table of %d rows and %d columns, see the pages", len(f.sheet.rows), len(f.sheet.headers))
			v.Whole = string(f.sheet.csv())
		default:
			v.Whole = strings.Join(f.texts, "\n")
			if v.Text = v.Whole; !f.fixed {
				v.Text = OneLine(strings.Join(f.texts, ", "))
			}
		}
		out = append(out, v)
	}
	return out
}

// withoutMarks drops what the pages say of missing pictures: here none are fetched.
func withoutMarks(blocks []block) (out []block) {
	for _, b := range blocks {
		var spans []span
		for _, s := range b.spans {
			if !s.gap {
				spans = append(spans, s)
			}
		}
		b.spans, b.blocks = spans, withoutMarks(b.blocks)
		if len(spans) == 0 && (b.kind == paraBlock || b.kind == headingBlock) {
			continue
		}
		out = append(out, b)
	}
	return out
}
