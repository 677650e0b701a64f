package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The tests of this file open what the demo exports with programs that others
// have; .ci/readers installs them and runs the tests.

// reader is a script of readers/ with the program that runs it. Where that is
// not installed, the test is skipped by name.
func reader(t *testing.T, program, script string, args ...string) []byte {
	t.Helper()
	dir := os.Getenv("ZENOBIS_READERS")
	if dir == "" {
		t.Skip("ZENOBIS_READERS is not set: run make readers")
	}
	run := filepath.Join(dir, program, "bin", "python")
	if program == "npm" {
		run = "node"
		if _, err := os.Stat(filepath.Join(dir, "npm", "node_modules")); err != nil {
			t.Skip("the npm packages are not installed")
		}
	}
	if _, err := exec.LookPath(run); err != nil {
		t.Skipf("%s is not installed", program)
	}
	cmd := exec.Command(run, append([]string{filepath.Join("readers", script)}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, errs.String())
	}
	return out
}

// answer reads what a script printed.
func answer[T any](t *testing.T, out []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%v: %.500s", err, out)
	}
	return v
}

// exported exports some of the demo, publishes it, and returns a file of the record.
func exported(t *testing.T, key string, args ...string) []byte {
	t.Helper()
	s := serve(t)
	p := s.person(t)
	args = append([]string{
		"export", "--json", "--accept-findings", "--title", "Heat shock in yeast", "--description", "How fast the chaperones come.",
		"--creator", "Doe, Jane; 0000-0002-1825-0097; Example Lab", "--contributor",
		"datacurator: Äberli, Lena; 0000-0001-5109-3700; Example Lab",
		"--license", "cc-by-4.0", "--keyword", "yeast",
	}, args...)
	end := last(t, events(t, p.must(0, args...).stdout), "done")
	publish(t, end.text("url"))
	return s.download(t, end.text("id"), key)
}

// unpacked writes an archive to a folder and returns it, with the SHA-256 of each file.
func unpacked(t *testing.T, data []byte) (dir string, sums map[string]string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	dir, sums = t.TempDir(), map[string]string{}
	for _, f := range r.File {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if strings.HasSuffix(f.Name, "/") {
			if err := os.MkdirAll(to, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		sums[f.Name] = hex.EncodeToString(sum[:])
	}
	return dir, sums
}

// crateGraph is a crate's nodes by id.
func crateGraph(t *testing.T, dir string) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "ro-crate-metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, n := range answer[struct {
		Graph []map[string]any `json:"@graph"`
	}](t, text).Graph {
		byID[n["@id"].(string)] = n
	}
	return byID
}

func idsOf(v any) (ids []string) {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			ids = append(ids, m["@id"].(string))
		}
	}
	return ids
}

// entryRead is an entry as a reader of .eln has it.
type entryRead struct {
	ID, Name, Type, Text, Comment string
	Files                         map[string]string // SHA-256 by title or name
	Values                        []string
	Notes                         []string
}

// TestReadersELN reads the demo's .eln with the importers of two other ELNs: all
// entries, files, properties and texts arrive.
func TestReadersELN(t *testing.T) {
	slow(t)
	data := exported(t, "content.eln", "--crate", "eln", "project:/JDOE/HEAT_SHOCK", "space:METHODS")
	file := filepath.Join(t.TempDir(), "content.eln")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	dir, sums := unpacked(t, data)
	byID := crateGraph(t, filepath.Join(dir, "content"))
	entries := idsOf(byID["./"]["hasPart"])
	if len(entries) < 30 {
		t.Fatalf("%d entries", len(entries))
	}
	check := func(t *testing.T, got []entryRead, whole bool) {
		t.Helper()
		if len(got) != len(entries) {
			t.Errorf("%d entries arrived of %d", len(got), len(entries))
		}
		for _, e := range got {
			id := "./" + strings.TrimPrefix(e.ID, "./")
			n := byID[id]
			if n == nil {
				t.Errorf("entry %q is none of ours", e.ID)
				continue
			}
			want := map[string]int{}
			for _, f := range idsOf(n["hasPart"]) {
				want[sums[path.Join("content", f)]]++
			}
			for _, sum := range e.Files {
				want[sum]--
			}
			for sum, n := range want {
				if n > 0 && (whole || n == want[sum]) && !slices.Contains(slices.Collect(maps.Values(e.Files)), sum) {
					t.Errorf("%s: a file with SHA-256 %s did not arrive", id, sum)
				}
			}
			if len(idsOf(n["hasPart"])) != len(e.Files) {
				t.Errorf("%s: %d files arrived of %d", id, len(e.Files), len(idsOf(n["hasPart"])))
			}
			for _, v := range idsOf(n["variableMeasured"]) {
				if value := fmt.Sprint(byID[v]["value"]); !slices.ContainsFunc(e.Values, func(s string) bool { return same(s, value) }) {
					t.Errorf("%s: the value %q of %s did not arrive in %q", id, value, v, e.Values)
				}
			}
		}
	}
	t.Run("SampleDB", func(t *testing.T) {
		got := answer[struct {
			Error   string
			Entries []entryRead
			People  []string
		}](t, reader(t, "sampledb", "sampledb_read.py", file))
		if got.Error != "" {
			t.Fatal(got.Error)
		}
		check(t, got.Entries, true)
		for _, e := range got.Entries {
			if e.Type == "" || len(e.Notes) > 0 {
				t.Errorf("%s: type %q, notes %v", e.ID, e.Type, e.Notes)
			}
		}
	})
	t.Run("PASTA", func(t *testing.T) {
		got := answer[struct {
			Message    string
			Complaints []string
			Entries    []entryRead
		}](t, reader(t, "pasta", "pasta_read.py", file))
		if !strings.HasPrefix(got.Message, "Success") || len(got.Complaints) > 0 {
			t.Fatalf("%s: %v", got.Message, got.Complaints)
		}
		check(t, got.Entries, true)
		for _, e := range got.Entries {
			if e.Text == "" || e.Comment == "" {
				t.Errorf("%s: text %q, comment %q", e.ID, e.Text, e.Comment)
			}
		}
	})
}

// same compares a value as it was written and as a reader spells it.
func same(got, want string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	g, w := fold(got), fold(want)
	// Times arrive without their T and Z.
	return g == w || g == strings.TrimSuffix(strings.Replace(w, "t", " ", 1), "z")
}

// finding is what a validator says.
type finding struct{ Profile, Severity, Check, Entity, Message string }

// notGiven are the findings about facts that nobody gave: ORCIDs and
// organisations' addresses. The last one is the price of naming both profiles,
// without which the one of RO-Crate 1.1 is not met.
var notGiven = []string{
	"Person: SHOULD have ORCID identifier", "Organization: SHOULD have ROR identifier", "Organization: RECOMMENDED url property",
	"Organization: RECOMMENDED contactPoint references ContactPoint entity", "CreativeWork Author: RECOMMENDED",
	"Metadata File Descriptor: RECOMMENDED single `conformsTo` value",
}

// TestReadersCrate opens the demo's crate with rocrate-py, roc-validator and
// npm's ro-crate, as a folder and as a ZIP.
func TestReadersCrate(t *testing.T) {
	slow(t)
	data := exported(t, "content.zip", "--layout", "single", "collection:/JDOE/HEAT_SHOCK/TIME_COURSE")
	dir, sums := unpacked(t, data)
	packed := filepath.Join(t.TempDir(), "content.zip")
	if err := os.WriteFile(packed, data, 0o644); err != nil {
		t.Fatal(err)
	}
	context := filepath.Join(os.Getenv("ZENOBIS_READERS"), "npm/node_modules/ro-crate/lib/context.json")
	for name, at := range map[string]string{"folder": dir, "ZIP": packed} {
		t.Run("rocrate-py and roc-validator/"+name, func(t *testing.T) {
			got := answer[struct {
				Error    string
				Files    int
				Findings []finding
			}](t, reader(t, "crate", "crate_read.py", context, at, "ro-crate-1.1", "ro-crate-1.2"))
			if got.Error != "" {
				t.Error(got.Error)
			}
			// All but the crate itself and the manifest, which holds its hash.
			if want := len(sums) - 2; got.Files < want {
				t.Errorf("%d files of %d", got.Files, want)
			}
			for _, f := range got.Findings {
				if f.Severity == "REQUIRED" || !slices.ContainsFunc(notGiven, func(s string) bool { return strings.HasPrefix(f.Check, s) }) {
					t.Errorf("%s: %s: %s: %s: %s", f.Profile, f.Severity, f.Check, f.Entity, f.Message)
				}
			}
		})
	}
	t.Run("ro-crate of npm", func(t *testing.T) {
		got := answer[struct {
			Name             []string
			Entities         int
			Errors, Warnings []string
		}](t, reader(t, "npm", "crate_read.mjs", dir))
		if !slices.Equal(got.Name, []string{"Heat shock in yeast"}) || got.Entities < len(sums) {
			t.Errorf("%v with %d entities", got.Name, got.Entities)
		}
		if len(got.Errors)+len(got.Warnings) > 0 {
			t.Errorf("errors %v, warnings %v", got.Errors, got.Warnings)
		}
	})
	t.Run("Chromium and axe", func(t *testing.T) { browse(t, dir) })
}

// browse opens the index and some pages of each kind, narrow and wide, light and
// dark: no request to the network, no error, nothing that axe finds, nothing
// wider than the window, and all links lead to what is there.
func browse(t *testing.T, dir string) {
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			chromium = p
			break
		}
	}
	if chromium == "" {
		t.Skip("Chromium is not installed")
	}
	t.Setenv("CHROMIUM", chromium)
	pages := []string{"index.html"}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && filepath.Ext(p) == ".html" && e.Name() != "index.html" {
			rel, _ := filepath.Rel(dir, p)
			pages = append(pages, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) > 24 { // some of each depth
		slices.SortStableFunc(pages[1:], func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
		some := pages[:1]
		for i := 1; i < len(pages); i += len(pages) / 23 {
			some = append(some, pages[i])
		}
		pages = some
	}
	for _, p := range answer[[]struct {
		Page, Scheme              string
		Width, Wide               int
		Errors, Asked, Violations []string
		Links                     []string
	}](t, reader(t, "npm", "browse.mjs", append([]string{dir}, pages...)...)) {
		where := fmt.Sprintf("%s at %d, %s", p.Page, p.Width, p.Scheme)
		for _, x := range slices.Concat(p.Errors, p.Violations) {
			t.Errorf("%s: %s", where, x)
		}
		if len(p.Asked) > 0 {
			t.Errorf("%s: asks the network for %v", where, p.Asked)
		}
		if p.Wide > 0 {
			t.Errorf("%s: %d pixels wider than the window", where, p.Wide)
		}
		for _, l := range p.Links {
			u, err := url.Parse(l)
			if err != nil || u.Scheme != "file" {
				continue
			}
			if _, err := os.Stat(u.Path); err != nil {
				t.Errorf("%s: a link to %s, which is not there", where, u.Path)
			}
		}
	}
}
