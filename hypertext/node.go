// Package hypertext writes HTML from typed parts. Each part is escaped for where it
// stands, so a text can't become markup and an address can't become a script; names
// of elements and attributes are constants. What comes out is to the byte what
// html/template would write of the same parts. That one is not used, since it looks up methods
// by name: the linker then keeps every exported method of the program, 3 MB.
package hypertext

import "strings"

// Node is a part of a page: Text, HTML, an element, an attribute, a Group or a Line.
type Node interface{ write(b *strings.Builder) }

// Text is read as it is, whatever it holds.
type Text string

// HTML is markup that this program made or cleaned: it is written as it is.
type HTML string

// Group is nodes one after the other; in a Block each is on a line of its own.
type Group []Node

// Line is nodes one after the other, on one line of a Block.
type Line []Node

// constant is a name or a piece of markup that stands in the source: a variable of
// another package can't be one.
type constant string

type element struct {
	name       constant
	attributes []attribute
	parts      []Node
}

type attribute struct {
	name  constant
	value string
	alone bool // a name without a value
}

// El is an element with its attributes and what is in it, in order. A nil part is nothing.
func El(name constant, parts ...Node) Node {
	e := element{name: name}
	e.add(parts)
	return e
}

func (e *element) add(parts []Node) {
	for _, p := range parts {
		switch p := p.(type) {
		case nil:
		case attribute:
			e.attributes = append(e.attributes, p)
		case Group:
			e.add(p)
		default:
			e.parts = append(e.parts, p)
		}
	}
}

// Block is an element whose parts are on lines of their own.
func Block(name constant, parts ...Node) Node {
	const newline = HTML("\n")
	e := element{name: name}
	e.add(parts)
	var lines []Node
	for _, p := range e.parts {
		lines = append(lines, newline, p)
	}
	e.parts = append(lines, newline)
	return e
}

// Attr is an attribute of an element. The value of one that leads somewhere passes
// through Address.
func Attr(name constant, value string) Node {
	switch name {
	case "action", "href", "src":
		value = Address(value)
	}
	return attribute{name: name, value: value}
}

// Class is the attribute of that name.
func Class(name constant) Node { return Attr("class", string(name)) }

// Link is a text that leads to an address, with further attributes.
func Link(address, text string, more ...Node) Node {
	return El("a", Attr("href", address), Group(more), Text(text))
}

// Flag is an attribute without a value, such as open; where on is false there is none.
func Flag(name constant, on bool) Node {
	return If(on, attribute{name: name, alone: true})
}

// If is n or nothing.
func If(on bool, n Node) Node {
	if !on {
		return nil
	}
	return n
}

// Each is what node makes of every item.
func Each[T any](list []T, node func(T) Node) Node {
	g := make(Group, len(list))
	for i, item := range list {
		g[i] = node(item)
	}
	return g
}

// String is the page that nodes make.
func String(parts ...Node) string {
	var b strings.Builder
	Group(parts).write(&b)
	return b.String()
}

func (t Text) write(b *strings.Builder) { b.WriteString(escaper.Replace(string(t))) }

func (h HTML) write(b *strings.Builder) { b.WriteString(string(h)) }

func (g Group) write(b *strings.Builder) {
	for _, n := range g {
		if n != nil {
			n.write(b)
		}
	}
}

func (l Line) write(b *strings.Builder) { Group(l).write(b) }

func (a attribute) write(b *strings.Builder) {
	b.WriteString(" " + string(a.name))
	if !a.alone {
		b.WriteString(`="` + escaper.Replace(a.value) + `"`)
	}
}

func (e element) write(b *strings.Builder) {
	b.WriteString("<" + string(e.name))
	for _, a := range e.attributes {
		a.write(b)
	}
	b.WriteString(">")
	switch e.name {
	case "br", "img", "input", "meta": // these have no end
		return
	}
	Group(e.parts).write(b)
	b.WriteString("</" + string(e.name) + ">")
}
