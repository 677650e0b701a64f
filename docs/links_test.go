package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// link is a link or picture of a page that leads into the repository.
	link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	// made is a command of a page that the Makefile has to have.
	made = regexp.MustCompile(`(?m)(?:^    |` + "`" + `)make ([a-z]+(?: [a-z]+)*)`)
	// tested is how the README runs the tests.
	tested = regexp.MustCompile(`(?m)^    (go test \./\.\.\.)$`)
)

// TestPages follows the links of all pages, and holds the commands that they name
// against the Makefile, which CI runs.
func TestPages(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	pages, _ := filepath.Glob("*.md")
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
			}
		}
		for _, m := range made.FindAllStringSubmatch(string(text), -1) {
			for _, target := range strings.Fields(m[1]) {
				if !strings.Contains(string(makefile), "\n"+target+":") {
					t.Errorf("%s: make %s is not in the Makefile", page, target)
				}
			}
		}
		if page == "../README.md" && !tested.Match(text) {
			t.Error("README.md does not say how to run the tests")
		}
	}
	ci, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"lint", "test", "race", "readers", "lab"} {
		if !strings.Contains(string(ci), "make "+target) {
			t.Errorf(".ci/run does not run make %s", target)
		}
	}
	if !strings.Contains(string(makefile), "$(GO) test ./...\n") {
		t.Error("make test is not the README's go test ./...")
	}
}
