// Package docs holds what is written for people beside the README. Its test
// keeps the citations of the code true.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// heading is a heading of a page in docs/.
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	// cited is a page and the heading that is named after it, if one is:
	// "docs/zenodo-api.md, The DOI".
	cited = regexp.MustCompile(`docs/([a-z0-9-]+\.md)(?:, (\p{Lu}[^.,;:)]*))?`)
	// wrapped joins the lines of a comment.
	wrapped = regexp.MustCompile(`\n\s*// ?`)
	// elsewhere are citations that nobody can follow from here.
	elsewhere = regexp.MustCompile(`\b[Rr]eference (?:\d|[a-z-]+\.md)|[^/\w](?:transfer|screens|package|command-line)\.md`)
)

// TestCitations follows each citation in the code's comments.
func TestCitations(t *testing.T) {
	pages := map[string][]string{}
	names, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = []string{}
		for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
			pages[name] = append(pages[name], m[1])
		}
	}
	seen := 0
	err = filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".go" || e.Name() == "docs_test.go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range cited.FindAllStringSubmatch(wrapped.ReplaceAllString(string(text), " "), -1) {
			seen++
			headings, ok := pages[m[1]]
			if !ok {
				t.Errorf("%s cites docs/%s, which is not there", path, m[1])
			} else if m[2] != "" && !follows(m[2], headings) {
				t.Errorf("%s cites docs/%s, %s: no such heading", path, m[1], m[2])
			}
		}
		if m := elsewhere.FindString(string(text)); m != "" {
			t.Errorf("%s cites %q, which is not in the repository", path, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no citation was found: is the pattern right?")
	}
}

// follows reports whether a citation begins with one of the headings: text of
// the sentence may come after it.
func follows(citation string, headings []string) bool {
	for _, h := range headings {
		if strings.HasPrefix(citation, h) {
			return true
		}
	}
	return false
}
