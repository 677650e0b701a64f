package flow

import (
	"slices"
	"strconv"
	"strings"

	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
)

// Field is one field of the description, edited as text. Fields of several
// lines hold an entry a line.
type Field struct {
	Name    string // in a metadata file, and in problems
	Label   string
	Hint    string
	Several bool   // several lines
	Lookup  string // vocabulary to look it up in; Offered for what openBIS offers
	Whole   bool   // what is looked up replaces the text, else it is added to it
	get     func(*record.Metadata) string
	set     func(*record.Metadata, string)
}

// Offered is the vocabulary of what openBIS itself offers for a field.
const Offered = "offered"

// Description is the describing metadata as it is typed: what is typed is kept
// as text, so that a half-typed line is never lost.
type Description struct {
	Title  string
	Offer  string // a title that the selection suggests, never taken by itself
	Offers record.Offers

	base   record.Metadata // what the configuration says
	fields []Field
	text   map[string]string // by field, as typed
	typed  map[string]bool   // prefilling leaves these alone
	groups map[string]bool   // chosen; nil while nobody has
	me     record.Agent      // who is filled in as the first creator
	filled string            // the selection that the prefilled values belong to
}

func newDescription(base record.Metadata) *Description {
	d := &Description{
		Title: base.Title, base: base, fields: fields(),
		text: make(map[string]string), typed: make(map[string]bool),
	}
	d.fill(base)
	return d
}

// fields are those after the title, in their order.
func fields() []Field {
	line := func(name, label, hint, lookup string, p func(*record.Metadata) *string) Field {
		return Field{
			Name: name, Label: label, Hint: hint, Lookup: lookup, Whole: true,
			get: func(m *record.Metadata) string { return *p(m) },
			set: func(m *record.Metadata, s string) { *p(m) = strings.TrimSpace(s) },
		}
	}
	return []Field{
		{Name: "creators", Label: "Creators", Several: true, Lookup: "affiliations",
			Hint: "One a line: Family, Given; ORCID; affiliation",
			get:  func(m *record.Metadata) string { return record.FormatLines(m.Creators) },
			set:  func(m *record.Metadata, s string) { m.Creators = record.ParseLines(s, record.ParseAgent) }},
		{Name: "description", Label: "Description", Several: true, Hint: "Plain text, an empty line between paragraphs; or HTML.",
			get: func(m *record.Metadata) string { return record.DescriptionText(m.Description) },
			set: func(m *record.Metadata, s string) { m.Description = record.DescriptionHTML(s) }},
		line("license", "Licence", "Type to search the server's list.", "licenses", func(m *record.Metadata) *string { return &m.License }),
		line("access", "Access", "open, restricted, or embargo:YYYY-MM-DD", "", func(m *record.Metadata) *string { return &m.Access }),
		{Name: "keywords", Label: "Keywords", Several: true, Hint: "One a line.", Lookup: Offered,
			get: func(m *record.Metadata) string { return strings.Join(m.Keywords, "\n") },
			set: func(m *record.Metadata, s string) { m.Keywords = record.Lines(s) }},
		{Name: "related", Label: "Related works", Several: true, Lookup: "relationtypes",
			Hint: "One a line: relation identifier, such as: issupplementto 10.1000/182",
			get:  func(m *record.Metadata) string { return record.FormatLines(m.Related) },
			set:  func(m *record.Metadata, s string) { m.Related = record.ParseRelatedLines(s) }},
		{Name: "funding", Label: "Funding", Several: true, Lookup: "funders", Hint: "One a line: funder (ROR id) award number",
			get: func(m *record.Metadata) string { return record.FormatLines(m.Funding) },
			set: func(m *record.Metadata, s string) { m.Funding = record.ParseLines(s, record.ParseGrant) }},
		line("community", "Community", "Its short name in the address; empty for none.", "communities", func(m *record.Metadata) *string { return &m.Community }),
		{Name: "contributors", Label: "Contributors", Several: true, Lookup: "contributorsroles",
			Hint: "One a line: role: Family, Given; ORCID; affiliation",
			get:  func(m *record.Metadata) string { return record.FormatLines(m.Contribs) },
			set:  func(m *record.Metadata, s string) { m.Contribs = record.ParseLines(s, record.ParseContributor) }},
		line("language", "Language", "Three letters, such as eng.", "languages", func(m *record.Metadata) *string { return &m.Language }),
		line("publication_date", "Date", "YYYY-MM-DD", "", func(m *record.Metadata) *string { return &m.Date }),
		line("record_version", "Version", "Of the data, such as 1.0; may be empty.", "", func(m *record.Metadata) *string { return &m.Version }),
		{Name: "notes", Label: "Notes", Several: true, Hint: "Shown on the record, below the description.",
			get: func(m *record.Metadata) string { return record.DescriptionText(m.Notes) },
			set: func(m *record.Metadata, s string) { m.Notes = record.DescriptionHTML(s) }},
	}
}

// Fields are the fields after the title, in their order.
func (d *Description) Fields() []Field { return d.fields }

// Text is a field as it is typed.
func (d *Description) Text(name string) string { return d.text[name] }

// Put takes what was typed into a field; prefilling leaves it alone from now on.
func (d *Description) Put(name, text string) { d.text[name], d.typed[name] = text, true }

// Filled reports whether the prefilled values belong to a selection.
func (d *Description) Filled(s selection.Selection) bool { return d.filled == selectionKey(s) }

// Fill takes what openBIS knows of a selection for what was not typed. The name
// of what was selected is only offered: a title says what the data is, not
// where it lies.
func (d *Description) Fill(s selection.Selection, m record.Metadata, offers record.Offers) {
	d.filled, d.Offers, d.me = selectionKey(s), offers, record.Agent{}
	if len(m.Creators) > 0 {
		d.me = m.Creators[0]
	}
	d.fill(m)
	d.Offer = safetext.Line(m.Title)
}

func (d *Description) fill(m record.Metadata) {
	for _, f := range d.fields {
		if v := f.get(&m); v != "" && !d.typed[f.Name] {
			d.text[f.Name] = safetext.Block(v)
		}
	}
}

// selectionKey is the same for selections that say the same, in whatever order
// they were made.
func selectionKey(s selection.Selection) string {
	var out []string
	for _, r := range s.Rules {
		out = append(out, string(r.Mode)+" "+string(r.Kind)+" "+r.PermID)
	}
	for _, f := range s.Files {
		out = append(out, f.DataSet+" "+f.Glob)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Metadata is what the description says now.
func (d *Description) Metadata() record.Metadata {
	m := d.base
	m.Title = strings.TrimSpace(d.Title)
	for _, f := range d.fields {
		f.set(&m, d.text[f.Name])
	}
	m.Creators = record.Recognise(m.Creators, d.me, d.Offers.People)
	m.Contribs = record.Recognise(m.Contribs, d.me, d.Offers.People)
	return m
}

// Glance is a field on one line, "-" where it is empty.
func (d *Description) Glance(f Field) string {
	text := d.text[f.Name]
	if f.Name == "description" && strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = HTMLText(text)
	}
	ls := record.Lines(text)
	if len(ls) == 0 {
		return "-"
	}
	sep := " · "
	if f.Name == "description" || f.Name == "notes" {
		sep = " "
	}
	return strings.Join(ls, sep)
}

// KeywordsOffered are the keywords that openBIS offers and that are not taken yet.
func (d *Description) KeywordsOffered() []string {
	have := record.Lines(d.text["keywords"])
	return slices.DeleteFunc(slices.Clone(d.Offers.Keywords), func(k string) bool { return slices.Contains(have, k) })
}

// Problems are the mistakes, by field; people count lines from one.
func (f *Flow) Problems() map[string]string {
	out := make(map[string]string)
	if f.Session == nil {
		return out
	}
	for _, p := range f.Session.Validate(f.Description.Metadata()) {
		parts := strings.Split(p.Field, ".")
		text := p.Message
		if len(parts) > 1 {
			if n, err := strconv.Atoi(parts[1]); err == nil && n >= 0 {
				text = "line " + strconv.Itoa(n+1) + ": " + text
			}
		}
		if out[parts[0]] == "" {
			out[parts[0]] = text
		}
	}
	return out
}

// Mistake is what keeps the description from being sent.
type Mistake struct {
	Field string // "title", "groups", or the name of a field
	Text  string
}

// FirstMistake is the first one in the order of the fields; false if there is none.
func (f *Flow) FirstMistake() (Mistake, bool) {
	problems := f.Problems()
	if problems["title"] == "" && f.Description.Title == "" {
		problems["title"] = "A title is needed."
	}
	if p := problems["title"]; p != "" {
		return Mistake{"title", "Title: " + p}, true
	}
	for _, fd := range f.Description.fields {
		if p := problems[fd.Name]; p != "" {
			return Mistake{fd.Name, fd.Label + ": " + p}, true
		}
	}
	if f.MultiGroup() && len(f.ChosenGroups()) == 0 {
		return Mistake{"groups", "Groups: say in which group's list the publication is to appear."}, true
	}
	return Mistake{}, false
}
