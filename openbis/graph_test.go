package openbis

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func parsed(t testing.TB, s string, l limits) (*graph, error) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	return parse(dec, l)
}

var wide = limits{values: 100_000, depth: 100}

func TestReferencesAndCycles(t *testing.T) {
	g, err := parsed(t, `{"objects":[
	 {"@id":2,"permId":{"@id":3,"permId":"1-1"},"code":"A","children":[{"@id":4,"permId":{"@id":5,"permId":"1-2"},"code":"B","parents":[2],"children":[4,2,99]}],"parents":[4]},
	 4],"totalCount":2}`, wide)
	if err != nil {
		t.Fatal(err)
	}
	l, err := g.listing(KindObject)
	if err != nil || len(l.Entities) != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	a, b := l.Entities[0], l.Entities[1]
	if a.Parents[0].Code != "B" || a.Children[0].Code != "B" || b.Parents[0].Code != "A" {
		t.Errorf("%+v\n%+v", a, b)
	}
	if len(b.Children) != 2 { // 99 is nobody
		t.Errorf("children %+v", b.Children)
	}
}

// A definition may come after its use where maps are concerned: the table is
// filled before anything is looked up.
func TestReferenceBeforeDefinition(t *testing.T) {
	g, err := parsed(
		t,
		`{"objects":[{"permId":{"permId":"x"},"code":"X","type":7},{"permId":{"permId":"y"},"code":"Y","type":{"@id":7,"code":"T"}}]}`,
		wide,
	)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := g.listing(KindObject); err != nil || l.Entities[0].Type != "T" || l.Total != 2 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestPropertyValues(t *testing.T) {
	g, err := parsed(
		t,
		`{"permId":{"permId":"1"},"properties":{"A":"text","B":["x","y",null],"C":null,"D":7,"E":true,"F":{"permId":"2"},"NAME":"new\u001b[31m server","G":[]}}`,
		wide,
	)
	if err != nil {
		t.Fatal(err)
	}
	e := g.entity(KindObject, g.obj(g.root))
	want := map[string][]string{
		"A":    {"text"},
		"B":    {"x", "y"},
		"D":    {"7"},
		"E":    {"true"},
		"F":    {`{"permId":"2"}`},
		"NAME": {"new\x1b[31m server"},
	}
	if !reflect.DeepEqual(e.Properties, want) {
		t.Errorf("%q", e.Properties)
	}
	if e.Name != "new[31m server" || e.Property("$NAME") == "" {
		t.Errorf("name %q", e.Name)
	}
}

func TestTextIsCleaned(t *testing.T) {
	g, err := parsed(
		t,
		`{"permId":{"permId":"1"},"code":"A\u001b]0;x\u0007B","description":"one\ntwo\u202e","type":{"code":"T\u0000"},"tags":[{"code":"t\n"}],
	 "registrator":{"userId":"alice","firstName":"A\u001b[2J","lastName":"B"}}`,
		wide,
	)
	if err != nil {
		t.Fatal(err)
	}
	e := g.entity(KindProject, g.obj(g.root))
	if e.Code != "A]0;xB" || e.Description != "one\ntwo" || e.Type != "T" || e.Tags[0] != "t" || e.Registrator.Name() != "A[2J B" {
		t.Errorf("%+v", e)
	}
}

func TestSpaceFromIdentifier(t *testing.T) {
	g := &graph{}
	for id, want := range map[string]string{"/LAB/P/E": "LAB", "/LAB/X": "LAB", "/SHARED": "", "": "", "/S/P/C:X": "S"} {
		if got := g.space(KindObject, nil, id); got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
}

func TestLimits(t *testing.T) {
	for name, s := range map[string]string{
		"depth":  strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200),
		"values": `[` + strings.Repeat(`1,`, 2000) + `1]`,
	} {
		if _, err := parsed(t, s, limits{values: 1000, depth: 100}); !errors.Is(err, errTooBig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := start(t, map[string][]recording{"searchSpaces": {result(`{"objects":[],"x":"` + strings.Repeat("x", 100_000) + `"}`)}})
	c.limits.bytes = 50_000
	if _, err := c.Spaces(t.Context()); !errors.Is(err, errTooBig) {
		t.Error(err)
	}
}

func TestKindlessDataSetIsPhysical(t *testing.T) {
	g := &graph{}
	d := g.data(map[string]any{})
	if d.Kind != Physical || d.Size != -1 {
		t.Errorf("%+v", d)
	}
}

func TestLinkedPlaces(t *testing.T) {
	g, err := parsed(t, `{"contentCopies":[
	 {"externalDms":{"@id":1,"code":"GIT","label":"Repository"},"path":"/a","gitCommitHash":"abc"},
	 {"externalDms":{"code":"WEB","urlTemplate":"https://x.example/${code}"},"externalCode":"7"},
	 {"externalDms":1,"externalCode":"c"},{}]}`, wide)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Repository: /a commit abc", "https://x.example/7", "Repository: c"}
	if got := g.linked(g.obj(g.root)); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func FuzzGraph(f *testing.F) {
	files, err := filepath.Glob("testdata/recorded/*.response.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var e struct {
			Result json.RawMessage `json:"result"`
		}
		if json.Unmarshal(b, &e) == nil {
			f.Add([]byte(e.Result))
		}
	}
	f.Add([]byte(`{"@id":1,"objects":[1,{"@id":2,"parents":[2],"experiment":2,"type":2,"permId":2,"dataStore":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := parsed(t, string(b), limits{values: 10_000, depth: 50})
		if err != nil {
			return
		}
		for _, kind := range []Kind{KindSpace, KindProject, KindCollection, KindObject, KindDataSet} {
			l, err := g.listing(kind)
			if err != nil {
				continue
			}
			for _, e := range l.Entities {
				if e.PermID == "" || strings.ContainsAny(e.Code+e.Name+e.Type, "\x1b\n") {
					t.Errorf("%+v", e.Ref)
				}
			}
		}
		for _, o := range g.list(g.obj(g.root)["objects"]) {
			g.found(o)
			g.assignment(o)
		}
		if m := g.obj(g.root); m != nil {
			serverInfo(m)
		}
	})
}
