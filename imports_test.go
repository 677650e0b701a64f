package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms says who may import whom of our own packages; README.md draws it.
var rooms = map[string][]string{
	"safetext":                    {},
	"wire":                        {},
	"fakehttp":                    {},
	"archive":                     {},
	"handoff":                     {"safetext", "wire"},
	"config":                      {"disk", "human", "safetext", "wire"},
	"disk":                        {"human"},
	"human":                       {},
	"ui/cells":                    {},
	"ui/term":                     {},
	"ui/style":                    {"richtext", "safetext", "ui/cells"},
	"tree":                        {"openbis", "selection"},
	"docs":                        {},
	"openbis":                     {"safetext", "wire"},
	"zenodo":                      {"human", "safetext", "wire"},
	"richtext":                    {"safetext"},
	"names":                       {"openbis"},
	"page":                        {"human", "openbis", "safetext", "names", "richtext"},
	"crate":                       {"record", "human", "openbis", "safetext", "names", "page", "richtext"},
	"export/failure":              {"wire", "openbis", "safetext", "zenodo", "selection", "disk"},
	"export":                      {"export/failure", "openbis", "zenodo", "archive", "crate", "names", "page", "safetext", "wire", "record", "selection", "disk", "export/job", "export/plan", "export/register", "export/snapshot", "export/transfer", "export/verify"},
	"session":                     {"disk", "export/failure", "openbis", "zenodo", "export", "config", "safetext", "wire", "record", "handoff", "selection", "human"},
	"command":                     {"disk", "wire", "wire", "flow", "export/failure", "human", "session", "export", "tree", "handoff", "config", "openbis", "zenodo", "safetext", "record", "richtext", "selection"},
	"flow":                        {"page", "disk", "export", "export/failure", "human", "openbis", "record", "safetext", "session", "tree", "zenodo", "richtext", "selection"},
	"flow/flowtest":               {"export", "flow", "openbis", "record", "session", "zenodo", "selection"},
	"plain":                       {"record", "export", "flow", "human", "openbis", "safetext", "session", "tree", "zenodo", "richtext"},
	"ui":                          {"record", "ui/style", "ui/term", "ui/cells", "export", "flow", "human", "openbis", "safetext", "session", "tree", "zenodo", "richtext"},
	"":                            {"command", "ui", "plain", "session", "openbis/openbistest", "openbis/openbistest/labdata", "zenodo/zenodotest"},
	"record":                      {"human", "richtext", "openbis", "zenodo", "safetext"},
	"openbis/openbistest":         {"fakehttp", "openbis/openbistest/jackson", "openbis/openbistest/labdata"},
	"openbis/openbistest/jackson": {},
	"openbis/openbistest/labdata": {},
	"zenodo/zenodotest":           {"fakehttp", "safetext", "human"},
	"selection":                   {"openbis", "safetext"},
	"export/fetch":                {"export/failure", "openbis", "safetext", "wire"},
	"export/job":                  {"disk", "export/failure", "openbis", "record", "safetext", "selection", "wire", "zenodo"},
	"export/plan":                 {"crate", "export/failure", "export/job", "export/snapshot", "human", "names", "openbis", "page", "record", "safetext", "selection", "zenodo", "wire"},
	"export/register":             {"export/failure", "export/job", "openbis", "zenodo"},
	"export/snapshot":             {"archive", "crate", "disk", "export/fetch", "export/job", "names", "openbis", "record", "safetext", "export/failure"},
	"export/transfer":             {"disk", "export/failure", "export/fetch", "export/job", "export/snapshot", "openbis", "record", "safetext", "wire", "zenodo"},
	"export/verify":               {"archive", "export/failure", "export/job", "names", "openbis", "safetext", "zenodo"},
	"bench":                       {"fakehttp", "human", "openbis/openbistest", "openbis/openbistest/labdata", "zenodo/zenodotest"},
}

func TestWhoImportsWhom(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "zenobis"), "/")
		allowed, known := rooms[room]
		if !known && len(p.Imports) > 0 {
			t.Errorf("%q is no room of the plan", room)
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "zenobis/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", room, ours)
			}
			if strings.HasPrefix(i, "charm.land/") && room != "ui" && !strings.HasPrefix(room, "ui/") {
				t.Errorf("%s imports %s: the screens are in ui", room, i)
			}
		}
	}
}
