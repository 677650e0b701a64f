package record

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/openbis"
)

// catalog is an openBIS of one collection with objects.
type catalog struct {
	collection openbis.Entity
	below      []openbis.Entity
}

func (c catalog) Get(_ context.Context, _ openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	out := map[string]openbis.Entity{}
	for _, id := range ids {
		if id == c.collection.PermID {
			out[id] = c.collection
		}
	}
	return out, nil
}

func (c catalog) Projects(context.Context, string, openbis.Page) (openbis.Listing, error) {
	return openbis.Listing{}, nil
}

func (c catalog) Collections(context.Context, string, openbis.Page) (openbis.Listing, error) {
	return openbis.Listing{}, nil
}

func (c catalog) CollectionObjects(_ context.Context, _ string, p openbis.Page) (openbis.Listing, error) {
	return openbis.Listing{Entities: c.below[:min(p.Count, len(c.below))], Total: len(c.below)}, nil
}

func (c catalog) Below(_ context.Context, kind openbis.Kind, _ openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	list := c.below
	if kind == openbis.KindDataSet {
		roe, poe := &openbis.Person{UserID: "roe", FirstName: "Jim", LastName: "Roe"}, &openbis.Person{UserID: "poe", LastName: "Poe"}
		list = []openbis.Entity{
			{Ref: openbis.Ref{Kind: kind, PermID: "D1"}, Registrator: roe, Modifier: poe, Registered: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)},
			{Ref: openbis.Ref{Kind: kind, PermID: "D2"}, Registrator: roe, Modifier: roe, Registered: time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC)},
			{Ref: openbis.Ref{Kind: kind, PermID: "D3"}, Registrator: &openbis.Person{UserID: "etlserver"},
				Modifier: &openbis.Person{UserID: "system", LastName: "System User"}},
		}
	}
	l := openbis.Listing{Total: len(list), Next: p.From + p.Count}
	if l.Next >= len(list) {
		l.Next = -1
	}
	l.Entities = list[min(p.From, len(list)):min(p.From+p.Count, len(list))]
	return l, nil
}

func (c catalog) DataSetsOf(context.Context, []string, openbis.Page) (openbis.Listing, error) {
	return openbis.Listing{Next: -1}, nil
}

func (c catalog) Types(context.Context, openbis.Kind) (map[string]openbis.EntityType, error) {
	return map[string]openbis.EntityType{"EXPERIMENT": {Properties: []openbis.Assignment{
		{Code: "DEFAULT_EXPERIMENT.EXPERIMENTAL_GOALS", DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"},
	}}}, nil
}

func object(code, name string) openbis.Entity {
	return openbis.Entity{
		Ref:         openbis.Ref{Kind: openbis.KindObject, PermID: "P-" + code, Code: code, Name: name, Type: "EXPERIMENTAL_STEP"},
		Registrator: &openbis.Person{UserID: "roe", FirstName: "Jim", LastName: "Roe"},
	}
}

func TestDefaults(t *testing.T) {
	co := openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindCollection, PermID: "E-1", Code: "E", Name: "Growth in light", Type: "EXPERIMENT"}}
	co.Properties = map[string][]string{
		"DEFAULT_EXPERIMENT.EXPERIMENTAL_GOALS": {
			`<p>To <strong>grow</strong><script>alert(1)</script> <img src="/openbis/x.png" onerror="x()"></p>`,
		},
		"PUBLICATION": {"see https://doi.org/10.1234/paper.1."},
	}
	co.Tags = []string{"light"}
	var below []openbis.Entity
	for i := range 300 {
		below = append(below, object(fmt.Sprintf("S%03d", i), "Step <i>"))
	}
	out := object("OUT", "left out")
	below = append([]openbis.Entity{out}, below...)
	in := DefaultsInput{
		Me: Agent{Kind: Person, Family: "Doe", Given: "Jane", User: "jdoe"}, License: "cc-by-4.0", Date: "2026-03-31",
		Roots: []openbis.Ref{co.Ref}, Selected: func(e openbis.Ref, _ ...openbis.Ref) bool { return e.PermID != out.PermID },
		People: People{
			"jdoe": {Kind: Person, Family: "Doe-Smith", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []Affiliation{{Name: "Lab"}}},
			"roe":  {ORCID: "0000-0002-1694-233X"},
		},
		Keywords: []string{"lab", "Lab"}, Funding: []string{"00k4n6c32 7"},
	}
	m, offers, err := Defaults(t.Context(), catalog{co, below}, in)
	if err != nil {
		t.Fatal(err)
	}
	if m.Title != "Growth in light" || m.License != "cc-by-4.0" || m.Creators[0].String() != "Doe-Smith, Jane; 0000-0002-1825-0097; Lab" ||
		m.Date != "2026-03-31" ||
		!slices.Equal(m.Keywords, []string{"lab"}) ||
		len(m.Funding) != 1 {
		t.Errorf("%+v", m)
	}
	for _, bad := range []string{"<script", "alert", "<img", "onerror", "<i>"} {
		if strings.Contains(m.Description, bad) {
			t.Errorf("description holds %s", bad)
		}
	}
	if !strings.Contains(m.Description, "<strong>grow</strong>") || !strings.Contains(m.Description, "Step &lt;i&gt; (S000)") ||
		strings.Count(m.Description, "<li>") > maxInside+1 ||
		len(m.Description) > maxDescription {
		t.Errorf("description: %d lines, %s", strings.Count(m.Description, "<li>"), m.Description[:200])
	}
	if !slices.Contains(m.Related, Related{"issupplementto", "10.1234/paper.1"}) {
		t.Errorf("related: %v", m.Related)
	}
	if !slices.Contains(offers.Keywords, "light") || !slices.Contains(offers.Keywords, "Experimental Step") || len(offers.People) != 2 {
		t.Fatalf("offers: %+v", offers)
	}
	roe, poe := offers.People[0], offers.People[1]
	if roe.Agent.String() != "Roe, Jim; 0000-0002-1694-233X" || roe.Agent.User != "roe" || roe.Share() != "300 objects, 2 data sets" {
		t.Errorf("%s: %s", roe.Agent, roe.Share())
	}
	if poe.Agent.Family != "Poe" || poe.Share() != "1 data set" {
		t.Errorf("%s: %s", poe.Agent, poe.Share())
	}
	if offers.Dates != "2025-03-01/2025-03-02" {
		t.Errorf("dates: %s", offers.Dates)
	}
	if list := Validate(m, today); len(list) != 0 {
		t.Errorf("the prefilled form is refused: %v", list)
	}
}

func TestTemplates(t *testing.T) {
	co := openbis.Entity{
		Ref:         openbis.Ref{Kind: openbis.KindProject, PermID: "P-1", Code: "THIN_FILMS", Identifier: "/JDOE/THIN_FILMS"},
		Description: "Growth below T<Tc and above p>0",
	}
	in := DefaultsInput{
		Roots: []openbis.Ref{co.Ref}, Date: "2026-03-31",
		TitleTemplate: "{name}, {year}", DescriptionTemplate: "Data of {project} ({code}) in {space}.\n\n{goal}\n\nMore & more.",
	}
	m, _, err := Defaults(t.Context(), catalog{collection: co}, in)
	if err != nil {
		t.Fatal(err)
	}
	want := "<p>Data of Thin Films (THIN_FILMS) in Jdoe.</p><p>Growth below T&lt;Tc and above p&gt;0</p><p>More &amp; more.</p>"
	if m.Title != "Thin Films, 2026" || m.Description != want {
		t.Errorf("%q\n%s", m.Title, m.Description)
	}
	if err := CheckTitleTemplate("{name} {yaer}"); err == nil || !strings.Contains(err.Error(), "did you mean {year}?") {
		t.Errorf("%v", err)
	}
	if CheckTitleTemplate("{goal}") == nil || CheckDescriptionTemplate("{goal}{contents}{name}") != nil ||
		CheckTitleTemplate("{ } {1} a{b") != nil {
		t.Error("templates")
	}
}

func TestReadPeople(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`# the lab
jdoe = "Doe, Jane; https://orcid.org/0000-0002-1825-0097; ETH Zurich (05a28rw58)"

["r.roe@example"]
name = "Roe, Richard"
orcid = "0000-0002-1694-233x"
affiliation = ["Lab X", "ETH Zurich (05a28rw58)"]
role = "Data Manager"
`)
	people, err := ReadPeople(path)
	if err != nil || len(people) != 2 {
		t.Fatalf("%+v, %v", people, err)
	}
	roe, ok := people.Of("R.Roe@example")
	if !ok || roe.String() != "datamanager: Roe, Richard; 0000-0002-1694-233X; Lab X; ETH Zurich (05a28rw58)" || roe.User != "r.roe@example" {
		t.Errorf("%+v", roe)
	}
	for text, want := range map[string]string{
		"a = 1":                                  "line 1, a: wants a text",
		"\na = \"Doe, J; 0000-0002-1825-0096\"":  "line 2, a: orcid",
		"\n\n[a]\nnaem = \"Doe, J\"":             "line 3, a: unknown key naem: did you mean name?",
		"a = \"Jane Doe\"":                       `line 1, a: name: write "Doe, Jane"`,
		"[a]\nrole = \"boss\"":                   "no role",
		"[a]\naffiliation = \"ETH (05a28rw59)\"": "not a valid ROR id",
		"a = ":                                   "line 1",
		"a = \"Doe, J\"\na = \"Roe, R\"":         "line 2",
	} {
		write(text)
		if _, err := ReadPeople(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := ReadPeople(path + "x"); err == nil {
		t.Error("a file that is not there")
	}
}

func TestExamplePeople(t *testing.T) {
	people, err := ReadPeople("../docs/people.example.toml")
	if err != nil || len(people) != 4 {
		t.Fatalf("%+v, %v", people, err)
	}
	for user, want := range map[string]string{
		"jdoe":              "Doe, Jane; 0000-0002-1825-0097; ETH Zurich (05a28rw58)",
		"sukarno":           "Sukarno,",
		"r.roe@lab.example": "datamanager: Roe, Richard; 0000-0002-1694-233X; Institute of Physics, Group X; ETH Zurich (05a28rw58)",
		"msmith":            "Smith, Max; 05a28rw58",
	} {
		got := people.Fill(Agent{Kind: Person, Family: "Smith", Given: "Max", User: user})
		if got.String() != want || got.User != user {
			t.Errorf("%s: %s (%s)", user, got, got.User)
		}
	}
}

func TestRecognise(t *testing.T) {
	me := Agent{Kind: Person, Family: "Zhang", Given: "Wei", User: "wzhang"}
	other := Agent{Kind: Person, Family: "Roe", Given: "Jim", ORCID: "0000-0002-1694-233X", User: "jroe"}
	namesake := Agent{Kind: Person, Family: "Li", Given: "Na", User: "nli"}
	offered := []Credit{{Agent: other}, {Agent: namesake}}
	for line, want := range map[string]string{
		"Zhang, Wei": "wzhang", "Zhang, Wei; 0000-0002-1825-0097; Lab": "wzhang", "Roe, J.; 0000-0002-1694-233X": "jroe",
		"Li, Na": "nli", "Li, Na; 0000-0002-1825-0097": "", "Roe, Jim": "", "org: Li": "",
	} {
		a, _ := ParseAgent(line)
		if got := Recognise([]Agent{a}, me, offered)[0].User; got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func TestContentsListIsNested(t *testing.T) {
	lines := []inside{{"A", false}, {"a1", true}, {"a2", true}, {"B", false}, {"C", false}, {"c1", true}}
	const want = "<p>Contents:</p><ul><li>A\n<ul><li>a1</li><li>a2</li></ul></li><li>B</li><li>C\n<ul><li>c1</li></ul></li></ul>"
	if got := contentsList(lines, 1000); got != want {
		t.Errorf("%s", got)
	}
	if again := DescriptionHTML(want); again != want {
		t.Errorf("written to a file and read, it is another: %s", again)
	}
	for room := range len(want) + 200 {
		got := contentsList(lines, room)
		if len(got) > max(room, len("<p>Contents:</p><ul><li>…</li></ul>")) {
			t.Errorf("room for %d, %d taken", room, len(got))
		}
		for _, tag := range []string{"ul", "li"} {
			if strings.Count(got, "<"+tag+">") != strings.Count(got, "</"+tag+">") {
				t.Errorf("room for %d: %s", room, got)
			}
		}
	}
}
