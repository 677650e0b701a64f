package richtext

import "strings"

// TextForm is how rich text is laid out as text.
type TextForm struct {
	Room  int                             // columns at which lines are broken, 0 for never
	Table func(b *Block, room int) string // draws a table; nil: its cells with tabs between them

	// Picture tells a picture; nil: by its text.
	Picture func(s Span) string

	// Escape makes words fit for what the text stands in; nil: as they are.
	Escape func(s string) string
}

// Plain is rich text without markup, its lines as they are. What markup says beyond
// its looks is said with signs: marks of lists, raised and lowered text, struck
// text, addresses of links.
func Plain(blocks []Block) string { return Lay(blocks, "", TextForm{}) }

// Lay is Plain in a form, each line behind a margin.
func Lay(blocks []Block, margin string, form TextForm) string {
	w := &textWriter{form: form}
	w.blocks(blocks, margin, 0)
	return strings.TrimRight(w.String(), "\n")
}

// maxIndent bounds how far nested blocks stand to the right, in levels.
const maxIndent = 12

// textWriter writes lines, each behind its margin.
type textWriter struct {
	strings.Builder
	form  TextForm
	first string // what the next line begins with instead of its margin
}

// lines writes text behind a margin.
func (w *textWriter) lines(s, margin string, whole bool) {
	if w.form.Room > 0 && !whole {
		s = Wrap(s, max(w.form.Room-len(margin), 24), "")
	}
	for line := range strings.SplitSeq(s, "\n") {
		lead := margin
		if w.first != "" {
			lead, w.first = w.first, ""
		}
		if line == "" {
			lead = strings.TrimRight(lead, " ")
		}
		w.WriteString(lead + line + "\n")
	}
}

func (w *textWriter) blocks(blocks []Block, margin string, depth int) {
	inner := func(more string) string {
		if depth >= maxIndent {
			return margin
		}
		return margin + more
	}
	for i := range blocks {
		b := &blocks[i]
		if i > 0 && !(depth > 0 && b.Kind == List && blocks[i-1].Kind == Para) {
			w.WriteByte('\n')
		}
		switch b.Kind {
		case List:
			for k := range b.Items {
				label := b.Label(k) + " "
				if w.first == "" {
					w.first = margin
				}
				w.first += label
				if len(b.Items[k].Blocks) == 0 {
					w.lines("", margin, true)
				}
				w.blocks(b.Items[k].Blocks, inner(strings.Repeat(" ", len(label))), depth+1)
			}
		case Table:
			if len(b.Caption) > 0 {
				w.lines(w.spans(b.Caption), margin, false)
			}
			draw := tabbed
			if w.form.Table != nil {
				draw = w.form.Table
			}
			w.lines(draw(b, w.form.Room-len(margin)), margin, true)
		case Quote:
			w.blocks(b.Blocks, inner("> "), depth+1)
		case Rule:
			w.lines("--------------------", margin, true)
		case Heading:
			s := w.spans(b.Spans)
			if w.form.Room > 0 {
				s = Wrap(s, max(w.form.Room-len(margin), 24), "")
				s += "\n" + strings.Repeat("~", max(3, min(w.form.Room-len(margin), Columns(s))))
			}
			w.lines(s, margin, true)
		default:
			w.lines(w.spans(b.Spans), margin, b.Kind == Pre)
		}
	}
}

func (w *textWriter) spans(spans []Span) string { return plainSpans(spans, w.form) }

// tabbed is a table with tabs between its cells.
func tabbed(b *Block, _ int) string {
	var rows []string
	for _, r := range b.Rows {
		var row strings.Builder
		at := 0
		for i := range r {
			if text := CellText(&r[i]); text != "" {
				row.WriteString(strings.Repeat("\t", r[i].Column-at) + text)
				at = r[i].Column
			}
		}
		rows = append(rows, row.String())
	}
	return strings.Join(rows, "\n")
}

// CellText is a cell's text on one line.
func CellText(c *Cell) string { return strings.Join(strings.FieldsFunc(Plain(c.Blocks), gap), " ") }

func gap(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }

// PlainSpans is the text of spans. Addresses of links stand behind them.
func PlainSpans(spans []Span) string { return plainSpans(spans, TextForm{}) }

func plainSpans(spans []Span, form TextForm) string {
	var b strings.Builder
	link := "" // text of the link that goes on
	for i, s := range spans {
		said := s.Text
		switch {
		case s.Newline:
			said = "\n"
		case s.Picture > 0 && form.Picture != nil:
			said = form.Picture(s)
		case s.Picture > 0:
			said = "[picture]"
			if s.Text != "" {
				said = "[picture: " + s.Text + "]"
			}
		case s.Raise > 0:
			said = moved(s.Text, raised, "^")
		case s.Raise < 0:
			said = moved(s.Text, lowered, "_")
		}
		if form.Escape != nil && !s.Newline {
			said = form.Escape(said)
		}
		if s.Strike && strings.TrimSpace(said) != "" {
			said = around(said, "~~")
		}
		b.WriteString(said)
		if s.Link == "" {
			continue
		}
		if link += s.Text; i+1 == len(spans) || spans[i+1].Link != s.Link {
			if bareAddress(link) != bareAddress(s.Link) {
				b.WriteString(" <" + s.Link + ">")
			}
			link = ""
		}
	}
	return b.String()
}

// bareAddress is what people write of an address.
func bareAddress(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"https://", "http://", "mailto:", "doi.org/", "doi:", "www."} {
		s = strings.TrimSpace(strings.TrimPrefix(s, p))
	}
	return strings.TrimSuffix(s, "/")
}

// around puts a sign around what is not blank.
func around(s, sign string) string {
	core := strings.Trim(s, " ")
	at := strings.Index(s, core)
	return s[:at] + sign + core + sign + s[at+len(core):]
}

var (
	raised = map[rune]rune{
		'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
		'+': '⁺', '-': '⁻', '−': '⁻', '–': '⁻', '=': '⁼', '(': '⁽', ')': '⁾', 'n': 'ⁿ',
	}
	lowered = map[rune]rune{
		'0': '₀', '1': '₁', '2': '₂', '3': '₃', '4': '₄', '5': '₅', '6': '₆', '7': '₇', '8': '₈', '9': '₉',
		'+': '₊', '-': '₋', '−': '₋', '–': '₋', '=': '₌', '(': '₍', ')': '₎',
	}
)

// moved is raised or lowered text in Unicode's own characters, else behind a sign.
func moved(s string, to map[rune]rune, sign string) string {
	core := strings.Trim(s, " ")
	if core == "" {
		return s
	}
	var b strings.Builder
	for _, r := range core {
		c, ok := to[r]
		if !ok {
			at := strings.Index(s, core)
			if len([]rune(core)) > 1 {
				core = "(" + core + ")"
			}
			return s[:at] + sign + core + s[at+len(strings.Trim(s, " ")):]
		}
		b.WriteRune(c)
	}
	return strings.Replace(s, core, b.String(), 1)
}
