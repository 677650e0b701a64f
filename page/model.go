package page

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"time"

	"zenobis/names"
	"zenobis/openbis"
)

// Model names what an entity's pages are made from: what openBIS says of the entity,
// as far as it is told, its place, the formats, and the pictures that Seen has noted.
// Pages of one model differ only where another version of the program makes them.
// What lies below an entity has a model of its own, and so have the files of a data
// set; of both it has the number. It has always 64 characters, hex.
func Model(in Input, formats []Format, seen *Seen) string {
	m := model{h: sha256.New()}
	m.say("model-1", in.Place.Folder, in.Place.Page, strconv.FormatBool(in.ASCII))
	for _, f := range formats {
		m.say("format", string(f))
	}
	e := in.Entity
	m.link("entity", Link{Ref: e.Ref})
	m.say("description", e.Description)
	for i, r := range []*openbis.Ref{e.ProjectRef, e.CollRef, e.ObjectRef} {
		if r != nil {
			m.say("in", strconv.Itoa(i), r.Identifier, r.PermID)
		}
	}
	m.say("registered", PersonName(e.Registrator), moment(e.Registered))
	m.say("modified", PersonName(e.Modifier), moment(e.Modified))
	m.say(append([]string{"tags"}, e.Tags...)...)
	if d := e.Data; d != nil {
		m.say(append([]string{"data", string(d.Kind)}, d.LinkedTo...)...)
	}
	m.say("files", fmt.Sprint(in.Files, in.Bytes, in.Total), in.Omitted)
	m.properties(e, in.Type)
	m.links("above", in.Above)
	m.links("parents", in.Parents)
	if e.Kind != openbis.KindDataSet {
		m.links("children", in.Children)
		m.links("parts", in.Parts)
		m.say("below", strconv.Itoa(in.BelowAll))
	}
	for i, l := range []*Link{in.Previous, in.Next} {
		if l != nil {
			m.link("beside"+strconv.Itoa(i), *l)
		}
	}
	for _, src := range slices.Sorted(maps.Keys(seen.pictures)) {
		m.say("picture", src, seen.pictures[src])
	}
	return hex.EncodeToString(m.h.Sum(nil))
}

// model is a sum over lines of quoted texts.
type model struct {
	h    hash.Hash
	line []byte
}

func (m *model) say(parts ...string) {
	m.line = m.line[:0]
	for _, p := range parts {
		m.line = append(strconv.AppendQuote(m.line, p), '\t')
	}
	m.h.Write(append(m.line, '\n'))
}

func (m *model) link(what string, l Link) {
	m.say(what, string(l.Kind), l.PermID, l.Identifier, l.Code, l.Name, l.Type, l.Page)
}

func (m *model) links(what string, list []Link) {
	for _, l := range list {
		m.link(what, l)
	}
}

// properties are the values as openBIS holds them, with what their type says of them:
// not all terms of a vocabulary, which grows, but those that occur.
func (m *model) properties(e *openbis.Entity, t *openbis.EntityType) {
	done := map[string]bool{}
	values := func(code string, terms map[string]string) {
		for _, v := range e.Properties[code] {
			m.say("value", v, terms[v])
		}
		done[code] = true
	}
	if t != nil {
		m.say("type", t.Code, t.Description)
		for _, a := range t.Properties {
			if len(e.Properties[a.Code]) > 0 {
				m.say("property", a.Code, a.Label, a.Section, a.DataType, a.Widget, strconv.FormatBool(a.Internal))
				values(a.Code, a.Terms)
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(e.Properties)) {
		if !done[code] {
			m.say("property", code)
			values(code, nil)
		}
	}
}

// moment is a time without its zone; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// Seen notes the pictures that pages were made with.
type Seen struct {
	pictures map[string]string // by hash of the address: kind and hash of the bytes, or what is missing
}

// Image notes what is fetched.
func (s *Seen) Image(fetch func(src string) (string, []byte, error)) func(src string) (string, []byte, error) {
	if fetch == nil {
		return nil
	}
	s.pictures = map[string]string{}
	return func(src string) (string, []byte, error) {
		kind, data, err := fetch(src)
		s.pictures[addressHash(src)] = kind + " " + names.Hash(string(data), 64)
		if err != nil {
			s.pictures[addressHash(src)] = "none"
		}
		return kind, data, err
	}
}
