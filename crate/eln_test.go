package crate

import (
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/names"
	"zenobis/page"
)

// elnDemo is the demo as an .eln: its files and the nodes of its crate by id.
func elnDemo(t *testing.T) (*lab, map[string]map[string]any) {
	t.Helper()
	l := demoIn(t, names.NewELN(), page.HTML, page.JSON, page.Text)
	g, byID := graphOf(t, written(t, func(w io.Writer) error { return WriteELN(w, demoFacts, l, 0) }))
	if g.Context != elnContext {
		t.Errorf("context is %q", g.Context)
	}
	return l, byID
}

// TestELabFTW holds the rules of eLabFTW's importer, in our words: what it looks
// for in each node of the root, and where it ends the whole import.
func TestELabFTW(t *testing.T) {
	l, byID := elnDemo(t)
	sums := map[string]string{}
	for _, f := range l.files {
		sums["./"+f.Path] = f.SHA256
	}
	list := func(n map[string]any, key string) []string {
		v, ok := n[key]
		if _, isList := v.([]any); ok && !isList {
			t.Errorf("%v.%s is one object: the import ends", n["@id"], key)
		}
		return refs(v)
	}
	entries := list(byID["./"], "hasPart")
	if len(entries) != 4 { // a collection and three objects
		t.Errorf("%d entries: %v", len(entries), entries)
	}
	files := 0
	for _, id := range entries {
		n := byID[id]
		if n["@type"] != "Dataset" {
			t.Errorf("%s is a %v: it would become an empty experiment", id, n["@type"])
			continue
		}
		for _, key := range []string{"name", "text", "genre", "keywords", "description"} {
			if s, _ := n[key].(string); s == "" {
				t.Errorf("%s has no %s", id, key)
			}
		}
		if _, ok := n["hasPart"]; !ok {
			t.Errorf("%s has no hasPart: a warning", id)
		}
		for _, key := range []string{"dateCreated", "dateModified"} {
			if v, ok := n[key].(string); ok {
				if _, err := time.Parse(time.RFC3339, v); err != nil {
					t.Errorf("%s.%s: %v", id, key, err)
				}
			}
		}
		for _, v := range list(n, "variableMeasured") {
			p := byID[v]
			if p["@type"] != "PropertyValue" || p["propertyID"] == nil || p["value"] == nil {
				t.Errorf("%s: %v", v, p)
			}
		}
		for _, m := range list(n, "mentions") {
			if byID[m] == nil || byID[m]["name"] == nil {
				t.Errorf("%s mentions %q, which is not there", id, m)
			}
		}
		for _, f := range list(n, "hasPart") {
			files++
			if byID[f]["@type"] != "File" {
				t.Errorf("%s holds %s, of which only a name would be kept", id, f)
			}
			if sums[f] == "" || byID[f]["sha256"] != sums[f] {
				t.Errorf("%s lies nowhere under its id or has another hash: the import ends", f)
			}
			if !strings.HasPrefix(f, id) {
				t.Errorf("%s does not lie in %s", f, id)
			}
		}
	}
	if inEntries := len(sums); files < inEntries-3 { // but the project's pages
		t.Errorf("%d of %d files are reached", files, inEntries)
	}
}

// TestELNForm holds what SampleDB and PASTA want besides, where a text decides.
func TestELNForm(t *testing.T) {
	_, byID := elnDemo(t)
	plain := regexp.MustCompile(`^(\./)?[A-Za-z0-9._/-]*$`)
	descriptor := byID[names.Crate]
	if descriptor["version"] != "1.1" || byID[refs(descriptor["sdPublisher"])[0]]["@type"] != "Organization" {
		t.Errorf("descriptor: %v", descriptor)
	}
	if byID[refs(descriptor["sdPublisher"])[0]]["name"] == nil {
		t.Error("the publisher of the crate has no name")
	}
	genres := []string{"sample", "measurement", "simulation", "experiment", "procedure"}
	for id, n := range byID {
		switch n["@type"] {
		case "File":
			if size, _ := n["contentSize"].(string); size == "" || strings.Trim(size, "0123456789") != "" {
				t.Errorf("%s: size %v", id, n["contentSize"])
			}
			fallthrough
		case "Dataset":
			if !plain.MatchString(id) {
				t.Errorf("%q is another id when it is encoded", id)
			}
			if id != names.Crate && strings.HasSuffix(id, names.Crate) {
				t.Errorf("%q would be taken for the crate", id)
			}
		case "Person":
			if name, _ := n["name"].(string); name == "" {
				t.Errorf("%s has no name", id)
			}
		}
		if g, ok := n["genre"].(string); ok && !slices.Contains(genres, g) {
			t.Errorf("%s: genre %q", id, g)
		}
		if a, ok := n["author"]; ok {
			if _, one := a.(map[string]any); !one || byID[refs(a)[0]] == nil {
				t.Errorf("%s: author %v", id, a)
			}
		}
		for _, key := range []string{"keywords", "identifier", "name", "text", "description"} {
			if _, isText := n[key].(string); n[key] != nil && !isText {
				t.Errorf("%s.%s is no text", id, key)
			}
		}
	}
	step := byID["./LAB--CELLS--STEP1/"]
	for _, want := range []string{"<h2>Experimental details</h2>", "<table", "<img", "Data set Raw data", "see 10.1.2.3"} {
		if !strings.Contains(step["text"].(string), want) {
			t.Errorf("the text of an entry lacks %q: %s", want, step["text"])
		}
	}
	if v := byID["#20240302092000000-6-NOTES"]; v["propertyID"] != "20240302092000000-6.NOTES" {
		t.Errorf("a value of a data set: %v", v)
	}
	if v := byID["#20240302092000000-3-FINISHED_FLAG"]; v["value"] != true {
		t.Errorf("a truth value: %v", v)
	}
}

// A collection without files and text is no entry, and its data sets' properties
// are not lost with it.
func TestELNLeavesOutEmptyCollections(t *testing.T) {
	l := demoIn(t, names.NewELN(), page.HTML)
	for i := range l.nodes {
		if l.nodes[i].Place.Folder == "LAB--CELLS--EXP_1-collection" {
			e := *l.nodes[i].Entity
			e.Properties = map[string][]string{"$NAME": {"Only a name"}}
			l.nodes[i].Entity = &e
		}
	}
	b := written(t, func(w io.Writer) error { return WriteELN(w, demoFacts, l, 0) })
	_, byID := graphOf(t, b)
	if byID["./LAB--CELLS--EXP_1-collection/"] != nil {
		t.Error("a collection that says nothing is an entry")
	}
	if !json.Valid(b) {
		t.Error("not JSON")
	}
}
