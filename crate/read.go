package crate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	maxText        = 64 << 10 // bytes that are kept of a text; what Part has is far shorter
	maxValue       = 1 << 20  // bytes of anything else
	maxDepth       = 100      // of nesting
	maxIdentifiers = 100      // that are kept of one entity
)

// Part is what a crate says of one of its entities, as far as who reads a record
// again asks. What is of another kind than it should be counts as not there.
type Part struct {
	ID, Type, Name string
	LocalPath      string // a record file's name
	AlternateName  string // the place in the tree of a file that is a record file
	SHA256         string
	Identifiers    []string
	Size           int64 // contentSize, as a number or as text
	HasSize        bool
}

// Read reads a crate's entities, one after the other. It keeps one of them at a time,
// and of that what Part has, however large the crate is. What was yielded is as
// trustworthy as r: who has it from a server reads r to its end.
func Read(r io.Reader, yield func(Part) error) error {
	c := &crateReader{bound: bounded{r: &shortened{r: r}, left: maxValue}}
	c.dec = json.NewDecoder(&c.bound)
	c.dec.UseNumber()
	if err := c.document(yield); err != nil {
		return fmt.Errorf("read RO-Crate: %w", err)
	}
	return nil
}

// bounded is a reader that gives so many bytes until it is allowed more.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLarge
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

var errLarge = errors.New("a value is larger than any of ours")

// shortened is JSON of which the texts are cut: a property's value may have megabytes.
type shortened struct {
	r      io.Reader
	inside bool // of a text
	length int  // of it so far
	escape int  // bytes left of an escape, 6 where its kind is not known
	kept   bool // the escape is
}

func (s *shortened) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		kept := p[:0]
		for _, b := range p[:n] {
			if s.keep(b) {
				kept = append(kept, b)
			}
		}
		if len(kept) > 0 || n == 0 || err != nil {
			return len(kept), err
		}
	}
}

// keep reports whether a byte is passed on. A text is never cut inside an escape.
func (s *shortened) keep(b byte) bool {
	if !s.inside {
		s.inside, s.length = b == '"', 0
		return true
	}
	full := s.length >= maxText
	s.length++
	switch {
	case s.escape > 0:
		if s.escape--; s.escape == 5 { // the byte behind the backslash
			if s.escape = 0; b == 'u' {
				s.escape = 4
			}
		}
		return s.kept
	case b == '\\':
		s.escape, s.kept = 6, !full
		return s.kept
	case b == '"':
		s.inside = false
		return true
	}
	return !full
}

type crateReader struct {
	dec   *json.Decoder
	bound bounded
	depth int
}

// token is the next token; it counts how deep it stands.
func (c *crateReader) token() (json.Token, error) {
	c.bound.left = maxValue
	t, err := c.dec.Token()
	if err == io.EOF { //nolint:errorlint // the decoder's own; what wraps it is a connection's
		err = io.ErrUnexpectedEOF
	}
	switch t {
	case json.Delim('{'), json.Delim('['):
		if c.depth++; c.depth > maxDepth {
			return nil, errors.New("it is nested too deep")
		}
	case json.Delim('}'), json.Delim(']'):
		c.depth--
	}
	return t, err
}

// document goes through the document up to the end of its graph.
func (c *crateReader) document(yield func(Part) error) error {
	if t, err := c.token(); err != nil || t != json.Delim('{') {
		return errOr(err, "it is no object")
	}
	for {
		key, err := c.token()
		if err != nil {
			return err
		}
		t, ok, err := c.value(key)
		if err != nil || !ok {
			return errOr(err, "it has no graph")
		}
		if key == "@graph" {
			if t != json.Delim('[') {
				return errors.New("its graph is no list")
			}
			return c.graph(yield)
		}
		if err := c.skip(t); err != nil {
			return err
		}
	}
}

// value is the first token of a key's value; ok is false where the object ends.
func (c *crateReader) value(key json.Token) (t json.Token, ok bool, err error) {
	if _, ok = key.(string); ok {
		t, err = c.token()
	}
	return t, ok, err
}

// skip reads the rest of a value that began with t.
func (c *crateReader) skip(t json.Token) error {
	if t != json.Delim('{') && t != json.Delim('[') {
		return nil
	}
	for outside := c.depth - 1; c.depth > outside; {
		if _, err := c.token(); err != nil {
			return err
		}
	}
	return nil
}

func (c *crateReader) graph(yield func(Part) error) error {
	for {
		t, err := c.token()
		if err != nil || t == json.Delim(']') {
			return err
		}
		if t != json.Delim('{') {
			if err := c.skip(t); err != nil {
				return err
			}
			continue
		}
		p, err := c.part()
		if err == nil {
			err = yield(p)
		}
		if err != nil {
			return err
		}
	}
}

// part reads an entity behind its bracket.
func (c *crateReader) part() (Part, error) {
	var p Part
	for {
		key, err := c.token()
		if err != nil {
			return p, err
		}
		t, ok, err := c.value(key)
		if err != nil || !ok {
			return p, err
		}
		if key == "identifier" && t == json.Delim('[') {
			err = c.identifiers(&p)
		} else {
			p.set(key, t)
			err = c.skip(t)
		}
		if err != nil {
			return p, err
		}
	}
}

// set keeps a value that is no list and no object.
func (p *Part) set(key, value json.Token) {
	text, _ := value.(string)
	switch key {
	case "@id":
		p.ID = text
	case "@type":
		p.Type = text
	case "name":
		p.Name = text
	case "localPath":
		p.LocalPath = text
	case "alternateName":
		p.AlternateName = text
	case "sha256":
		p.SHA256 = text
	case "identifier":
		if text != "" {
			p.Identifiers = []string{text}
		}
	case "contentSize":
		if n, ok := value.(json.Number); ok {
			text = n.String()
		}
		n, err := strconv.ParseInt(text, 10, 64)
		p.Size, p.HasSize = n, err == nil
	}
}

// identifiers reads the texts of a list behind its bracket.
func (c *crateReader) identifiers(p *Part) error {
	for {
		t, err := c.token()
		if err != nil || t == json.Delim(']') {
			return err
		}
		if text, ok := t.(string); ok && len(p.Identifiers) < maxIdentifiers {
			p.Identifiers = append(p.Identifiers, text)
		}
		if err := c.skip(t); err != nil {
			return err
		}
	}
}

func errOr(err error, what string) error {
	if err == nil {
		err = errors.New(what)
	}
	return err
}
