package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// homes are the words and forms that stand in one file of the product, from where
// all others have them.
var homes = []struct {
	what  string
	form  *regexp.Regexp
	files []string
}{
	{"a variable of the environment", regexp.MustCompile(`ZENOBIS_`), []string{"config/env.go", "secrets/secrets.go"}},
	{"the name of Zenodo", regexp.MustCompile(`"Zenodo"`), []string{"wire/address.go"}},
	{"the group without a prefix", regexp.MustCompile(`"GENERAL"`), []string{"openbis/publication.go"}},
	{"an embargo", regexp.MustCompile(`"[^"]*embargo:`), []string{"record/access.go"}},
	{"percent-encoding", regexp.MustCompile(`"0123456789ABCDEF"`), []string{"wire/escape.go"}},
	{"the form of a permanent id", regexp.MustCompile(`\\d\{17\}`), []string{"openbis/entity.go"}},
	{"where a DOI leads", regexp.MustCompile(`"https://doi\.org|"doi\.org"`), []string{"doi/doi.go"}},
	{"a page of a record", regexp.MustCompile(`"/(records|communities)/"|uploads\|`), []string{"zenodo/pages.go"}},
	{"a layout", regexp.MustCompile(`"(per-dataset|ro-crate)"`), []string{"shape/shape.go"}},
	{"a reason for leaving out", regexp.MustCompile(`"(no-access|other-data-store|unreadable)"`), []string{"omission/omission.go"}},
	{"a file that is written in place", regexp.MustCompile(`os\.(WriteFile|Create)\(`), []string{"command/metadata.go", "command/man.go", "demo.go"}},
	{"the file of a page", regexp.MustCompile(`\+ ?"\.(html|txt|json|docx|csv)"|\["\.(html|txt|json|docx|csv)"\]`), []string{"page/csv.go"}},
	{"the end of a session of openBIS", regexp.MustCompile(`(?i)"the openBIS session has ended`), []string{"export/failure/failure.go"}},
	{"how often drafts are looked at", regexp.MustCompile(`(?i)(watch|practice)\w*every\w*\s*=`), []string{"export/watch.go"}},
	{"the files' access at Zenodo", regexp.MustCompile(`"public"`), []string{"zenodo/types.go"}},
	{"what a wrong ROR id is told by", regexp.MustCompile(`not a valid ROR`), []string{"record/validate.go"}},
	{"the kinds of pictures", regexp.MustCompile(`"image/(webp|bmp)"`), []string{"names/pictures.go", "names/mediatype.go"}},
}

// TestOneHome: what has one place is written there alone.
func TestOneHome(t *testing.T) {
	for path, text := range product(t) {
		for _, h := range homes {
			if slices.Contains(h.files, path) || !h.form.MatchString(text) {
				continue
			}
			for i, line := range strings.Split(text, "\n") {
				if code, _, _ := strings.Cut(line, " // "); h.form.MatchString(code) && !strings.HasPrefix(strings.TrimSpace(line), "//") {
					t.Errorf("%s:%d: %s has its home in %s:\n%s", path, i+1, h.what, strings.Join(h.files, " and "), line)
				}
			}
		}
	}
}

// product are the files of the program itself, by path: without tests, without the
// two built-in servers and what measures the program.
func product(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = strings.TrimPrefix(filepath.ToSlash(path), "../")
		if e.IsDir() {
			switch e.Name() {
			case ".git", "openbistest", "zenodotest", "fakehttp", "bench", "pictures", "flowtest", "pagetest", "disktest", "testdata":
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(filepath.Join("..", path))
			if err != nil {
				return err
			}
			out[path] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
