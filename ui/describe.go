package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/human"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// metaField is one line of the describe screen.
type metaField struct {
	name   string // in a metadata file, and in problems
	label  string
	hint   string
	area   bool   // several lines
	vocab  string // for suggestions
	choose bool   // the suggestion replaces the text, else it is added to it
	get    func(*record.Metadata) string
	set    func(*record.Metadata, string)
}

func line1(p func(*record.Metadata) *string) (func(*record.Metadata) string, func(*record.Metadata, string)) {
	return func(m *record.Metadata) string { return *p(m) },
		func(m *record.Metadata, s string) { *p(m) = strings.TrimSpace(s) }
}

// metaFields are the fields after the title, in their order on the screen.
func metaFields() []metaField {
	f := func(name, label, hint, vocab string, p func(*record.Metadata) *string) metaField {
		get, set := line1(p)
		return metaField{name: name, label: label, hint: hint, vocab: vocab, choose: true, get: get, set: set}
	}
	return []metaField{
		{name: "creators", label: "Creators", area: true, vocab: "affiliations",
			hint: "One a line: Family, Given; ORCID; affiliation",
			get:  func(m *record.Metadata) string { return agentsText(m.Creators) },
			set:  func(m *record.Metadata, s string) { m.Creators = parseAgents(s, false) }},
		{name: "description", label: "Description", area: true, hint: "Plain text, an empty line between paragraphs; or HTML.",
			get: func(m *record.Metadata) string { return descriptionText(m.Description) },
			set: func(m *record.Metadata, s string) { m.Description = parseDescription(s) }},
		f("license", "Licence", "Type to search the server's list.", "licenses", func(m *record.Metadata) *string { return &m.License }),
		f("access", "Access", "open, restricted, or embargo:YYYY-MM-DD", "", func(m *record.Metadata) *string { return &m.Access }),
		{name: "keywords", label: "Keywords", area: true, hint: "One a line.", vocab: offered,
			get: func(m *record.Metadata) string { return strings.Join(m.Keywords, "\n") },
			set: func(m *record.Metadata, s string) { m.Keywords = lines(s) }},
		{name: "related", label: "Related works", area: true, vocab: "relationtypes",
			hint: "One a line: relation identifier, such as: issupplementto 10.1000/182",
			get:  func(m *record.Metadata) string { return relatedText(m.Related) },
			set:  func(m *record.Metadata, s string) { m.Related = parseRelated(s) }},
		{name: "funding", label: "Funding", area: true, vocab: "funders", hint: "One a line: funder (ROR id) award number",
			get: func(m *record.Metadata) string { return fundingText(m.Funding) },
			set: func(m *record.Metadata, s string) { m.Funding = parseFunding(s) }},
		f("community", "Community", "Its short name in the address; empty for none.", "communities", func(m *record.Metadata) *string { return &m.Community }),
		{name: "contributors", label: "Contributors", area: true, vocab: "contributorsroles",
			hint: "One a line: role: Family, Given; ORCID; affiliation",
			get:  func(m *record.Metadata) string { return agentsText(m.Contribs) },
			set:  func(m *record.Metadata, s string) { m.Contribs = parseAgents(s, true) }},
		f("language", "Language", "Three letters, such as eng.", "languages", func(m *record.Metadata) *string { return &m.Language }),
		f("publication_date", "Date", "YYYY-MM-DD", "", func(m *record.Metadata) *string { return &m.Date }),
		f("version", "Version", "Of the data, such as 1.0; may be empty.", "", func(m *record.Metadata) *string { return &m.Version }),
		{name: "notes", label: "Notes", area: true, hint: "Shown on the record, below the description.",
			get: func(m *record.Metadata) string { return m.Notes },
			set: func(m *record.Metadata, s string) { m.Notes = strings.TrimSpace(s) }},
	}
}

// offered is the vocabulary of what openBIS itself offers for a field.
const offered = "offered"

// describeScreen is the metadata form: the title first, the rest prefilled.
type describeScreen struct {
	app     *app
	title   textinput.Model
	touched bool   // the title was typed in
	offer   string // a title that the selection suggests, never taken by itself
	fields  []metaField
	text    map[string]string // by field, as typed
	typed   map[string]bool   // prefilling leaves these alone
	row     int               // 0 the title, then the fields, the groups if any, "continue"
	groups  map[string]bool
	offers  record.Offers
	filled  string // the selection that the prefilled values belong to
	offset  int
	edit    *editor
	fill    task
}

func newDescribe(a *app) *describeScreen {
	s := &describeScreen{app: a, fields: metaFields()}
	s.reset()
	return s
}

// reset forgets what belongs to another server's session.
func (s *describeScreen) reset() {
	s.app.stop(&s.fill)
	s.title = s.app.newInput("", false)
	s.title.Placeholder, s.offer = titlePrompt, ""
	s.title.CharLimit = 500
	s.title.Focus()
	s.text, s.typed, s.groups = make(map[string]string), make(map[string]bool), make(map[string]bool)
	s.row, s.filled, s.touched, s.edit = 0, "", false, nil
	m := s.app.request.Metadata
	s.fillIn(m)
	s.title.SetValue(m.Title)
}

const titlePrompt = "What is this data? One line."

func (s *describeScreen) restyle() { s.title.SetStyles(s.app.th.input()) }

func (s *describeScreen) enter() tea.Cmd {
	a := s.app
	sel := a.selection()
	key := selectionKey(sel)
	if key == s.filled || s.fill.busy {
		return nil
	}
	sess := a.sess
	return a.do(&s.fill, "Reading what openBIS knows", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		m, offers, err := sess.DefaultMetadata(ctx, sel)
		return func() tea.Cmd {
			if err != nil {
				return a.failed(err, s.enter)
			}
			s.filled, s.offers = key, offers
			s.fillIn(m)
			s.suggestTitle(m.Title)
			return nil
		}
	})
}

func selectionKey(sel export.Selection) string {
	var b strings.Builder
	for _, r := range sel.Rules {
		b.WriteString(string(r.Mode) + " " + string(r.Kind) + " " + r.PermID + "\n")
	}
	for _, f := range sel.Files {
		b.WriteString(f.DataSet + " " + f.Glob + "\n")
	}
	return b.String()
}

// fillIn takes prefilled values for what was not typed.
func (s *describeScreen) fillIn(m record.Metadata) {
	for _, f := range s.fields {
		if v := f.get(&m); v != "" && !s.typed[f.name] {
			s.text[f.name] = safetext.Block(v)
		}
	}
}

// suggestTitle shows the name of what was selected where the title will stand.
// It is only shown: a title says what the data is, not where it lies.
func (s *describeScreen) suggestTitle(name string) {
	s.offer = safetext.Line(name)
	s.title.Placeholder = cmp.Or(s.offer, titlePrompt)
}

// metadata is what the form says now.
func (s *describeScreen) metadata() record.Metadata {
	m := s.app.facts.Request.Metadata
	m.Title = strings.TrimSpace(s.title.Value())
	for _, f := range s.fields {
		f.set(&m, s.text[f.name])
	}
	return m
}

func (s *describeScreen) chosenGroups() []string {
	var out []string
	for _, g := range s.app.who.Groups {
		if s.groups[g] {
			out = append(out, g)
		}
	}
	return out
}

// problems are the mistakes, by field.
func (s *describeScreen) problems() map[string]string {
	out := make(map[string]string)
	if s.app.sess == nil {
		return out
	}
	for _, p := range s.app.sess.Validate(s.metadata()) {
		parts := strings.Split(p.Field, ".")
		text := p.Message
		if len(parts) > 1 && len(parts[1]) < 6 && strings.Trim(parts[1], "0123456789") == "" {
			text = "line " + human.Number(atoi(parts[1])+1) + ": " + text
		}
		if out[parts[0]] == "" {
			out[parts[0]] = text
		}
	}
	return out
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

func (s *describeScreen) multiGroup() bool { return len(s.app.who.Groups) > 1 }

// last is the row that goes on.
func (s *describeScreen) last() int {
	n := len(s.fields) + 1
	if s.multiGroup() {
		n++
	}
	return n
}

func (s *describeScreen) typing() bool { return s.edit != nil || s.row == 0 }

func (s *describeScreen) key(k tea.KeyPressMsg) tea.Cmd {
	if s.edit != nil {
		return s.editKey(k)
	}
	switch k.String() {
	case "esc":
		return s.app.goTo(atBrowse)
	case "tab", "down":
		s.goRow(min(s.row+1, s.last()))
		return nil
	case "shift+tab", "up":
		s.goRow(max(s.row-1, 0))
		return nil
	case "pgdown":
		s.goRow(s.last())
		return nil
	case "pgup":
		s.goRow(0)
		return nil
	case "enter":
		switch {
		case s.row == 0 || s.row == s.last():
			return s.onward()
		case s.row <= len(s.fields):
			return s.open(s.fields[s.row-1])
		default:
			s.askGroups()
			return nil
		}
	}
	if s.row == 0 {
		return s.editTitle(k)
	}
	if k.String() == "c" {
		return s.onward()
	}
	return nil
}

func (s *describeScreen) editTitle(m tea.Msg) tea.Cmd {
	if k, ok := m.(tea.KeyPressMsg); ok && k.String() == "right" && s.title.Value() == "" {
		s.title.SetValue(s.offer)
		s.title.CursorEnd()
		return nil
	}
	var cmd tea.Cmd
	s.title, cmd = s.title.Update(m)
	s.touched = true
	return cmd
}

func (s *describeScreen) paste(m tea.PasteMsg) tea.Cmd {
	m.Content = safetext.Block(m.Content)
	if s.edit != nil {
		return s.editMsg(m)
	}
	s.goRow(0)
	return s.editTitle(m)
}

func (s *describeScreen) goRow(row int) {
	s.row = row
	if row == 0 {
		s.title.Focus()
	} else {
		s.title.Blur()
	}
}

// onward goes to the review, or to the first mistake.
func (s *describeScreen) onward() tea.Cmd {
	s.touched = true
	problems := s.problems()
	if problems["title"] == "" && s.title.Value() == "" {
		problems["title"] = "A title is needed."
	}
	if p := problems["title"]; p != "" {
		s.goRow(0)
		s.app.fail("Title: " + p)
		return nil
	}
	for i, f := range s.fields {
		if p := problems[f.name]; p != "" {
			s.goRow(i + 1)
			s.app.fail(f.label + ": " + p)
			return nil
		}
	}
	if s.multiGroup() && len(s.chosenGroups()) == 0 {
		s.goRow(len(s.fields) + 1)
		s.app.fail("Groups: say in which group's list the publication is to appear.")
		return nil
	}
	return s.app.goTo(atReview)
}

func (s *describeScreen) askGroups() {
	d := &dialog{title: "Groups", text: "In whose lists shall the publication appear? Choose one after the other; choosing again takes it away."}
	for i, g := range s.app.who.Groups {
		box := "☐ "
		if s.groups[g] {
			box = "☑ "
		}
		d.choices = append(d.choices, choice{"", box + g, func() tea.Cmd {
			s.groups[g] = !s.groups[g]
			s.askGroups()
			s.app.top().sel = i
			return nil
		}})
	}
	d.choices = append(d.choices, choice{"d", "done", nil})
	d.keep = true
	s.app.ask(d)
}

func (s *describeScreen) view(w, h int) []string {
	if s.edit != nil {
		return s.editView(w, h)
	}
	th := s.app.th
	tw := min(w-2, textWidth+20)
	problems := s.problems()
	var out []string
	at := 0 // line of the cursor
	add := func(row int, text string) {
		if row == s.row {
			at = len(out)
			if row > 0 {
				text = th.here.Render(cells.Pad(text, tw))
			}
		}
		out = append(out, " "+text)
	}
	complain := func(name string) {
		if p := problems[name]; p != "" {
			for _, l := range cells.Wrap("✗ "+p, tw-16) {
				out = append(out, strings.Repeat(" ", 16)+th.bad.Render(l))
			}
		}
	}
	s.title.SetWidth(max(tw-17, 4))
	if h > 10 {
		out = append(out, "")
	}
	mark := "  "
	if s.row == 0 {
		mark = "▸ "
	}
	add(0, mark+th.bold.Render(cells.Pad("Title", 14))+s.title.View())
	if s.touched {
		complain("title")
	}
	if h > 12 {
		out = append(out, "")
	}
	for i, f := range s.fields {
		add(i+1, "  "+cells.Pad(f.label, 14)+s.glance(f, tw-16))
		complain(f.name)
	}
	if s.multiGroup() {
		add(len(s.fields)+1, "  "+cells.Pad("Groups", 14)+strings.Join(s.chosenGroups(), ", "))
	}
	add(s.last(), "▸ Continue to the review")
	if len(out) <= h {
		s.offset = 0
		return out
	}
	if at < s.offset+1 {
		s.offset = max(at-1, 0)
	}
	if at >= s.offset+h-1 {
		s.offset = at - h + 2
	}
	s.offset = max(min(s.offset, len(out)-h), 0)
	return out[s.offset : s.offset+h]
}

// glance is a field on one line.
func (s *describeScreen) glance(f metaField, w int) string {
	text := s.text[f.name]
	if f.name == "description" && strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = htmlText(text)
	}
	ls := lines(text)
	if len(ls) == 0 {
		return "-"
	}
	sep := " · "
	if f.name == "description" || f.name == "notes" {
		sep = " "
	}
	return cells.Clip(strings.Join(ls, sep), w)
}

func (s *describeScreen) status(int) string {
	if s.fill.busy {
		return s.app.waitText(&s.fill)
	}
	if s.edit != nil {
		return s.edit.field.hint
	}
	if s.row == 0 {
		if s.offer != "" && s.title.Value() == "" {
			return "The title is the one thing that must be typed; → takes the grey one."
		}
		return "The title is the one thing that must be typed; the rest is prefilled."
	}
	if s.row <= len(s.fields) {
		return s.fields[s.row-1].hint
	}
	return "Nothing is sent yet: the review comes first."
}

func (s *describeScreen) hints() []hint {
	switch {
	case s.edit != nil && s.edit.field.choose:
		return []hint{{"enter", "take it"}, {"↑↓", "suggestions"}, {"esc", "back, keeping the text"}}
	case s.edit != nil:
		h := []hint{{"esc", "done"}, {"enter", "new line"}}
		if s.edit.field.vocab != "" {
			h = append(h, hint{"ctrl+f", "look up"})
		}
		return h
	case s.row == 0:
		return []hint{{"enter", "review"}, {"↓", "the rest"}, {"esc", "back"}}
	}
	return []hint{{"enter", "open"}, {"c", "continue"}, {"↑↓", "move"}, {"esc", "back"}}
}

func (s *describeScreen) legend() string { return "" }

// keywordsOffered are the offers that are not taken yet.
func (s *describeScreen) keywordsOffered() []string {
	have := lines(s.text["keywords"])
	return slices.DeleteFunc(slices.Clone(s.offers.Keywords), func(k string) bool { return slices.Contains(have, k) })
}

// suggestWait is the pause in typing after which the server is asked.
const suggestWait = 250 * time.Millisecond
