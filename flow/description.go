package flow

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
)

// Field is one field of the description, edited as text. Fields of several
// entries hold one a line.
type Field struct {
	Name    string // in a metadata file, and in problems
	Label   string
	One     string // one entry of several, in words; "" where there is one value
	Hint    string
	Example string
	Text    bool // a text with paragraphs
	Fixed   bool // by the administrator: it is shown, and can't be typed
	get     func(*record.Metadata) string
	set     func(*record.Metadata, string)
	read    func(entry string) string // an entry as people read it; nil where it is that
}

// Description is the describing metadata as it is typed: what is typed is kept
// as text, so that a half-typed line is never lost.
type Description struct {
	Title  string
	Offer  string // a title that the selection suggests, never taken by itself
	Offers record.Offers

	base      record.Metadata // what the configuration says
	fields    []Field
	text      map[string]string // by field, as typed
	typed     map[string]bool   // prefilling leaves these alone
	from      map[string]string // where a prefilled value came from, by field
	groups    map[string]bool   // chosen; nil while nobody has
	me        record.Agent      // who is filled in as the first creator
	askedMe   bool              // whether the own name is to be kept
	filled    string            // the selection that the prefilled values belong to
	lent      map[string]string // of an earlier export, by field
	lentTitle string
	refused   []refusal // what the server said of the values
}

// refusal is what the server said of a field, for as long as that stays as it was.
type refusal struct {
	field, message string // the field's whole path
	text           string // of the field at that time
}

func newDescription(base record.Metadata, locked []string) *Description {
	d := &Description{
		Title: base.Title, base: base, fields: fields(),
		text: make(map[string]string), typed: make(map[string]bool), from: make(map[string]string),
	}
	for i := range d.fields {
		d.fields[i].One = record.One(d.fields[i].Name)
		// Of a list each entry stays that is fixed, and more may come: checks hold it.
		d.fields[i].Fixed = d.fields[i].One == "" && slices.Contains(locked, "export."+d.fields[i].Name)
	}
	d.fill(base, configured)
	return d
}

// fields are those after the title, in their order.
func fields() []Field {
	line := func(f Field, p func(*record.Metadata) *string) Field {
		f.get = func(m *record.Metadata) string { return *p(m) }
		f.set = func(m *record.Metadata, s string) { *p(m) = strings.TrimSpace(s) }
		return f
	}
	return []Field{
		{Name: "creators", Label: "Creators", Hint: "Family, Given; ORCID; affiliation, or org: its name",
			Example: "Doe, Jane; 0000-0002-1825-0097; Example Institute",
			get:     func(m *record.Metadata) string { return record.FormatLines(m.Creators) },
			set:     func(m *record.Metadata, s string) { m.Creators = record.ParseLines(s, record.ParseAgent) }},
		{Name: "description", Label: "Description", Text: true,
			Hint: "An empty line between paragraphs, - before items, **bold**, *italic*, [text](address)",
			get:  func(m *record.Metadata) string { return textOf(m.Description) },
			set:  func(m *record.Metadata, s string) { m.Description = HTMLOf(s) }},
		line(Field{Name: "license", Label: "Licence", Hint: "Type to search the server's list.", read: readLicense},
			func(m *record.Metadata) *string { return &m.License }),
		line(Field{Name: "access", Label: "Access", Hint: record.AccessWords(", or "), read: readAccess},
			func(m *record.Metadata) *string { return (*string)(&m.Access) }),
		{Name: "keywords", Label: "Keywords", Hint: "One a line.", Example: "corrosion",
			get: func(m *record.Metadata) string { return strings.Join(m.Keywords, "\n") },
			set: func(m *record.Metadata, s string) { m.Keywords = record.Lines(s) }},
		{Name: "related", Label: "Related works", Hint: "The relation, then a DOI, an address or another identifier.",
			Example: "is supplement to 10.1000/182", read: readRelated,
			get: func(m *record.Metadata) string { return record.FormatLines(m.Related) },
			set: func(m *record.Metadata, s string) { m.Related = record.ParseRelatedLines(s) }},
		{
			Name:    "funding",
			Label:   "Funding",
			Hint:    "The funder, then the number or name of the award.",
			Example: "Swiss National Science Foundation 200021_1",
			get:     func(m *record.Metadata) string { return record.FormatLines(m.Funding) },
			set:     func(m *record.Metadata, s string) { m.Funding = record.ParseLines(s, record.ParseGrant) },
		},
		line(Field{Name: "community", Label: "Community", Hint: "Its short name in the address; empty for none."},
			func(m *record.Metadata) *string { return &m.Community }),
		{Name: "contributors", Label: "Contributors", Hint: "role: Family, Given; ORCID; affiliation",
			Example: "data manager: Roe, Richard", read: readContributor,
			get: func(m *record.Metadata) string { return record.FormatLines(m.Contribs) },
			set: func(m *record.Metadata, s string) { m.Contribs = record.ParseLines(s, record.ParseContributor) }},
		{Name: "language", Label: "Language", Hint: "Its code, such as eng; its name finds it.", read: readLanguage,
			get: func(m *record.Metadata) string { return m.Language },
			set: func(m *record.Metadata, s string) { m.Language = codeOfLanguage(s) }},
		line(Field{Name: "publication_date", Label: "Date", Hint: "Of publication: YYYY-MM-DD"},
			func(m *record.Metadata) *string { return &m.Date }),
		line(Field{Name: "record_version", Label: "Version", Hint: "Of the data, such as 1.0; may be empty."},
			func(m *record.Metadata) *string { return &m.Version }),
		{Name: "notes", Label: "Notes", Text: true, Hint: "Shown on the record, below the description.",
			get: func(m *record.Metadata) string { return textOf(m.Notes) },
			set: func(m *record.Metadata, s string) { m.Notes = HTMLOf(s) }},
	}
}

func readLicense(id string) string {
	if l := record.LicenseOf(id); l.Name != "" {
		return l.Name + " (" + id + ")"
	}
	return id
}

func readLanguage(code string) string {
	if l := record.LanguageOf(code); l.Name != "" {
		return l.Name
	}
	return code
}

// codeOfLanguage takes the name of a language for its code; what is neither stays as
// it was typed.
func codeOfLanguage(s string) string {
	s = strings.TrimSpace(s)
	if l := record.LanguageOf(s); strings.EqualFold(l.Name, s) {
		return l.ID
	}
	return s
}

func readAccess(access string) string {
	switch day, embargo := record.Access(access).Embargo(); {
	case embargo:
		return "closed until " + day + ", then open"
	case access == string(record.AccessOpen):
		return "open: everyone can download"
	case access == string(record.AccessRestricted):
		return "restricted: the description is public, the files are not"
	}
	return access
}

// word is how people read an entry of a small vocabulary.
func word(list []record.Word, id string) string {
	for _, w := range list {
		if w.ID == id {
			return strings.ToLower(w.Title)
		}
	}
	return id
}

func readRelated(line string) string {
	list, err := record.ParseRelated(line)
	if err != nil || len(list) != 1 {
		return line
	}
	return word(record.RelationWords(), list[0].Relation) + " " + list[0].Identifier
}

func readContributor(line string) string {
	a, err := record.ParseContributor(line)
	if err != nil || a.Role == "" {
		return line
	}
	role := word(record.RoleWords(), a.Role)
	a.Role = ""
	return role + ": " + a.String()
}

// Fields are the fields after the title, in their order.
func (d *Description) Fields() []Field { return d.fields }

// Text is a field as it is typed.
func (d *Description) Text(name string) string { return d.text[name] }

// Put takes what was typed into a field; prefilling leaves it alone from now on.
// One that is fixed stays as it is.
func (d *Description) Put(name, text string) {
	if slices.ContainsFunc(d.fields, func(f Field) bool { return f.Name == name && f.Fixed }) {
		return
	}
	d.text[name], d.typed[name] = text, true
	delete(d.from, name)
}

// Origin says where the value of a field came from: typed, or from where it was
// prefilled. "" for an empty one.
func (d *Description) Origin(name string) string {
	switch {
	case slices.ContainsFunc(d.fields, func(f Field) bool { return f.Name == name && f.Fixed }):
		return FixedText
	case strings.TrimSpace(d.text[name]) == "":
		return ""
	case d.typed[name]:
		return "typed here"
	}
	return d.from[name]
}

// Filled reports whether the prefilled values belong to a selection.
func (d *Description) Filled(s selection.Selection) bool { return d.filled == s.Fingerprint() }

// Fill takes what openBIS knows of a selection for what was not typed. The name
// of what was selected is only offered: a title says what the data is, not
// where it lies.
func (d *Description) Fill(s selection.Selection, m record.Metadata, offers record.Offers) {
	d.filled, d.Offers, d.me = s.Fingerprint(), offers, record.Agent{}
	if len(m.Creators) > 0 {
		d.me = m.Creators[0]
	}
	d.fill(m, "")
	d.Offer = safetext.Line(m.Title)
}

const configured = "from the configuration"

// origins are where openBIS' values come from, by field.
var origins = map[string]string{
	"creators": "from your account in openBIS", "description": "from what is selected", "keywords": configured,
	"publication_date": "today", "related": "from what is selected",
}

// fill takes values for what was not typed. From is where they come from, ""
// for what openBIS tells. What it has no value for is as the configuration says:
// a value that was filled in before belongs to another selection.
func (d *Description) fill(m record.Metadata, from string) {
	for _, f := range d.fields {
		if d.typed[f.Name] {
			continue
		}
		v, from := safetext.Block(f.get(&m)), from
		if v == "" {
			v, from = safetext.Block(f.get(&d.base)), configured
		}
		switch {
		case v == "":
			delete(d.text, f.Name)
			delete(d.from, f.Name)
		case v != d.text[f.Name] || d.from[f.Name] == "":
			d.text[f.Name] = v
			d.from[f.Name] = cmp.Or(from, origins[f.Name], configured)
		}
	}
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

// Glance is a field on one line as people read it, "-" where it is empty.
func (d *Description) Glance(f Field) string {
	text := d.text[f.Name]
	if f.Text {
		text = Flat(HTMLOf(text))
	}
	ls := record.Lines(text)
	if len(ls) == 0 {
		return "-"
	}
	if f.Text {
		return strings.Join(ls, " ")
	}
	return strings.Join(f.Read(ls), " · ")
}

// Read spells entries of a field as people read them.
func (f Field) Read(entries []string) []string {
	if f.read == nil {
		return entries
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = f.read(e)
	}
	return out
}

// KeywordsOffered are the keywords that openBIS offers and that are not taken yet.
func (d *Description) KeywordsOffered() []string {
	have := record.Lines(d.text["keywords"])
	return slices.DeleteFunc(slices.Clone(d.Offers.Keywords), func(k string) bool { return slices.Contains(have, k) })
}

// Offered are what openBIS itself offers for an entry of a field: keywords, and
// people who made or changed what is selected.
func (d *Description) Offered(f Field, text string) []record.Choice {
	var out []record.Choice
	low := strings.ToLower(strings.TrimSpace(text))
	add := func(c record.Choice) {
		if c.Text != text && strings.Contains(strings.ToLower(c.Text), low) {
			out = append(out, c)
		}
	}
	switch f.Name {
	case "keywords":
		for _, k := range d.KeywordsOffered() {
			add(record.Choice{Text: k, Name: k, Detail: "from openBIS"})
		}
	case "creators", "contributors":
		have := d.text["creators"] + "\n" + d.text["contributors"]
		for _, p := range d.Offers.People {
			if f.Name == "creators" {
				p.Agent.Role = ""
			}
			if name := p.Agent.String(); !strings.Contains(have, p.Agent.Name()) {
				add(record.Choice{Text: name, Name: name, Detail: p.Share()})
			}
		}
	}
	return out
}

// Problems are the mistakes, by field: the first of each. People count entries
// from one.
func (f *Flow) Problems() map[string]string {
	out := make(map[string]string)
	for _, p := range f.complaints() {
		name, entry, more := strings.Cut(p.Field, ".")
		text := p.Message
		if n, err := strconv.Atoi(strings.SplitN(entry, ".", 2)[0]); more && err == nil {
			text = cmp.Or(record.One(name), "line") + " " + strconv.Itoa(n+1) + ": " + text
		}
		if out[name] == "" {
			out[name] = text
		}
	}
	return out
}

// EntryProblems are the mistakes of one field by its entries; -1 is the field
// as a whole.
func (f *Flow) EntryProblems(field string) map[int]string {
	out := make(map[int]string)
	for _, p := range f.complaints() {
		name, entry, _ := strings.Cut(p.Field, ".")
		if name != field {
			continue
		}
		n, err := strconv.Atoi(strings.SplitN(entry, ".", 2)[0])
		if err != nil {
			n = -1
		}
		if out[n] == "" {
			out[n] = p.Message
		}
	}
	return out
}

// complaints are what is wrong with the description, by ourselves and, until it
// is changed, by the server.
func (f *Flow) complaints() []record.FieldError {
	if f.Session == nil {
		return nil
	}
	out := f.Session.Validate(f.Description.Metadata())
	for _, r := range f.Description.refused {
		name, _, _ := strings.Cut(r.field, ".")
		if f.Description.text[name] == r.text || name == "title" && f.Description.Title == r.text {
			out = append(out, record.FieldError{Field: r.field, Message: r.message})
		}
	}
	return out
}

// Refused takes what the server said of fields, from an error of planning or of
// an export; false where it named none.
func (f *Flow) Refused(err error) bool {
	d := f.Description
	e := d.refusalOf(err)
	if e == nil {
		return false
	}
	d.refused = nil
	own := d.Metadata()
	for _, x := range e.Fields {
		name, entry, _ := strings.Cut(x.Field, ".")
		text, field := d.text[name], x.Field
		if name == "title" {
			text = d.Title
		}
		number, rest, _ := strings.Cut(entry, ".")
		if n, err := strconv.Atoi(number); err == nil {
			field = name
			if n = own.EntryOf(name, n); n >= 0 {
				field = strings.TrimSuffix(name+"."+strconv.Itoa(n)+"."+rest, ".")
			}
		}
		d.refused = append(d.refused, refusal{field, strings.Join(x.Messages, "; "), text})
	}
	return true
}

// refusalOf is an error that names fields of the description; nil for another one.
func (d *Description) refusalOf(err error) *failure.Error {
	var e *failure.Error
	if !errors.As(err, &e) {
		return nil
	}
	for _, x := range e.Fields {
		name, _, _ := strings.Cut(x.Field, ".")
		if name == "title" || slices.ContainsFunc(d.fields, func(f Field) bool { return f.Name == name }) {
			return e
		}
	}
	return nil
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

// ToggleOrg makes an entry of people an organisation, or a person again. The
// role of a contributor stays in front.
func ToggleOrg(field, line string) string {
	role := ""
	if field == "contributors" {
		if r, rest, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(r, ",;") && !strings.EqualFold(strings.TrimSpace(r), "org") {
			role, line = strings.TrimSpace(r)+": ", strings.TrimSpace(rest)
		}
	}
	if name, ok := strings.CutPrefix(line, "org:"); ok {
		return role + strings.TrimSpace(name)
	}
	return role + "org: " + strings.TrimSpace(line)
}
