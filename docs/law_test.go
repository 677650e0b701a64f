package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rule is a rule of depguard in .golangci.yml, as it is written there.
var rule = regexp.MustCompile(`(?s)\n          files: \[([^\]]*)\]\n          allow: \[([^\]]*)\]`)

// TestLaw holds the law of the rooms against the arrows that exist, both ways:
// depguard finds what is not allowed, and nothing is allowed that nobody imports.
func TestLaw(t *testing.T) {
	text, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	law := map[string][]string{}
	for _, m := range rule.FindAllStringSubmatch(string(text), -1) {
		room := "."
		if f := strings.Trim(strings.Split(m[1], ",")[0], `"`); f != "**/main.go" {
			room = filepath.Dir(strings.TrimPrefix(f, "**/"))
		}
		law[room] = []string{}
		for _, a := range strings.Split(m[2], ",") {
			if a = strings.TrimSuffix(strings.TrimSpace(a), "$"); ours(a) {
				law[room] = append(law[room], a)
			}
		}
		slices.Sort(law[room])
	}
	for room, imports := range arrows(t) {
		if want, ok := law[room]; !ok {
			t.Errorf("%s has no rule in .golangci.yml; it imports %v", room, imports)
		} else if !slices.Equal(want, imports) {
			t.Errorf("%s may import %v, it imports %v", room, want, imports)
		}
		delete(law, room)
	}
	for room := range law {
		t.Errorf("there is no room %s", room)
	}
}

// ours tells whether a package lies in this repository.
func ours(path string) bool {
	return strings.HasPrefix(path, "zenobis/") || path == "before.invalid/secrets"
}

// arrows are our own packages that each room imports outside of tests.
func arrows(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		room, _ := filepath.Rel("..", filepath.Dir(path))
		if found[room] == nil {
			found[room] = map[string]bool{}
		}
		for _, i := range f.Imports {
			if p := strings.Trim(i.Path.Value, `"`); ours(p) {
				found[room][p] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for room, set := range found {
		out[room] = slices.Sorted(maps.Keys(set))
	}
	return out
}

// TestDrawing: each room of the house is in its drawing, and none else.
func TestDrawing(t *testing.T) {
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn := string(text)
	for room := range arrows(t) {
		if name := filepath.Base(room) + "/"; room != "." && !regexp.MustCompile(`(^|[\s`+"`"+`/])`+name).MatchString(drawn) {
			t.Errorf("%s is not in the drawing of docs/architecture.md", room)
		}
	}
	_, drawing, _ := strings.Cut(drawn, "```\n")
	drawing, _, _ = strings.Cut(drawing, "```")
	for _, m := range regexp.MustCompile(`\s([a-z]+)/ `).FindAllStringSubmatch(drawing, -1) {
		if !isRoom(m[1]) {
			t.Errorf("%s/ is drawn and is not there", m[1])
		}
	}
}

// isRoom looks for a folder of a name anywhere.
func isRoom(name string) (found bool) {
	_ = filepath.WalkDir("..", func(_ string, e fs.DirEntry, err error) error {
		found = found || err == nil && e.IsDir() && e.Name() == name
		return nil
	})
	return found
}

// TestRoomsStaySmall: a room that needs more files than can be overlooked is two.
func TestRoomsStaySmall(t *testing.T) {
	const mostFiles, mostLines = 25, 500
	files := map[string]int{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		files[filepath.Dir(path)]++
		text, err := os.ReadFile(path)
		if n := strings.Count(string(text), "\n"); n > mostLines {
			t.Errorf("%s has %d lines, more than %d", path, n, mostLines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for room, n := range files {
		if n > mostFiles {
			t.Errorf("%s has %d files besides tests, more than %d", room, n, mostFiles)
		}
	}
}
