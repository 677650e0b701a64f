package richtext

import (
	"strings"
	"unicode/utf8"
)

// math reads a formula in MathML as a line: what it says with places above and
// below is said with raised and lowered text, fractions and roots with signs.
func (r *reader) math(f *flow, n *node, st Style) {
	var kids []*node // without the blanks between them
	for _, c := range n.kids {
		switch {
		case c.tag != nil:
			kids = append(kids, c)
		case strings.TrimSpace(c.text) != "" && n.name != "annotation" && n.name != "annotation-xml" &&
			n.name != "mphantom": // words where none belong
			r.children(f, n, st)
			return
		}
	}
	say := func(s string) { f.add(Span{Style: st, Text: s}) }
	raised := func(c *node, by int) {
		inner := st
		inner.Raise = by
		r.node(f, c, inner)
	}
	switch {
	case n.name == "annotation" || n.name == "annotation-xml" || n.name == "mphantom":
	case n.name == "msqrt":
		say("√(")
		r.children(f, n, st)
		say(")")
	case n.name == "mroot" && len(kids) == 2:
		raised(kids[1], 1)
		say("√(")
		r.node(f, kids[0], st)
		say(")")
	case n.name == "mfrac" && len(kids) == 2:
		r.grouped(f, kids[0], st)
		say("/")
		r.grouped(f, kids[1], st)
	case (n.name == "msup" || n.name == "mover") && len(kids) == 2:
		r.grouped(f, kids[0], st)
		raised(kids[1], 1)
	case (n.name == "msub" || n.name == "munder") && len(kids) == 2:
		r.grouped(f, kids[0], st)
		raised(kids[1], -1)
	case (n.name == "msubsup" || n.name == "munderover") && len(kids) == 3:
		r.grouped(f, kids[0], st)
		raised(kids[1], -1)
		raised(kids[2], 1)
	case n.name == "mfenced":
		say("(")
		for i, c := range kids {
			if i > 0 {
				say(", ")
			}
			r.node(f, c, st)
		}
		say(")")
	case n.name == "mtd" || n.name == "mtr" || n.name == "mspace":
		r.children(f, n, st)
		say(" ")
	default:
		r.children(f, n, st)
	}
}

// grouped puts what has several parts into brackets.
func (r *reader) grouped(f *flow, n *node, st Style) {
	alone := n.name == "mfenced" || n.name == "mi" || n.name == "mn" ||
		len(n.kids) == 1 && n.kids[0].tag == nil && utf8.RuneCountInString(n.kids[0].text) == 1
	if !alone {
		f.add(Span{Style: st, Text: "("})
	}
	r.node(f, n, st)
	if !alone {
		f.add(Span{Style: st, Text: ")"})
	}
}
