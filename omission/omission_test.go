package omission

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zenobis/openbis"
)

// constants are the reasons that the package declares.
func constants(t *testing.T) (list []Reason) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "omission.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Reason" {
			word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, Reason(word))
		}
		return true
	})
	return list
}

// TestReasons: scripts and readers rely on these words, and each is explained to
// the person who exports, in a record, and in the description of records.
func TestReasons(t *testing.T) {
	want := []Reason{"archived", "corrupt", "empty", "link", "missing", "no-access", "other-data-store", "settings", "unreadable"}
	if got := slices.Sorted(slices.Values(constants(t))); !slices.Equal(got, want) {
		t.Errorf("declared are %q, want %q", got, want)
	}
	if got := slices.Sorted(maps.Keys(meanings)); !slices.Equal(got, want) {
		t.Errorf("worded are %q, want %q", got, want)
	}
	text, err := os.ReadFile("../docs/package.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[Reason]string{}
	_, list, _ := bytes.Cut(text, []byte("in\n`omitted.txt`"))
	list, _, _ = bytes.Cut(list, []byte("\n## "))
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (.+) \\|$").FindAllSubmatch(list, -1) {
		told[Reason(m[1])] = string(m[2])
	}
	if got := slices.Sorted(maps.Keys(told)); !slices.Equal(got, want) {
		t.Errorf("docs/package.md has %q, want %q", got, want)
	}
	for _, r := range want {
		if got := r.Public(); got != told[r] {
			t.Errorf("%s: %q in records, %q in docs/package.md", r, got, told[r])
		}
		if r.ToExporter() == "" || r.OnScreen() == "" || r.OnScreen() == string(r) {
			t.Errorf("%s: %q to the exporter, %q on screens", r, r.ToExporter(), r.OnScreen())
		}
	}
}

// TestUnknownReason: a job of another version may have one.
func TestUnknownReason(t *testing.T) {
	r := Reason("moon\x1b[2J\nphase")
	if r.ToExporter() != "" || r.Public() != r.OnScreen() || !strings.HasPrefix(r.Public(), "moon") || strings.ContainsAny(r.Public(), "\x1b\n") {
		t.Errorf("%q %q %q", r.ToExporter(), r.Public(), r.OnScreen())
	}
}

func TestOfData(t *testing.T) {
	store := openbis.DataStore{Code: "DSS1"} // where it is reached may be configured
	for name, c := range map[string]struct {
		data *openbis.Data
		want Reason
	}{
		"none":                {nil, Missing},
		"physical":            {&openbis.Data{Kind: openbis.Physical, Status: "AVAILABLE", Store: store}, ""},
		"locked":              {&openbis.Data{Kind: openbis.Physical, Status: "LOCKED", Store: store}, ""},
		"archived":            {&openbis.Data{Kind: openbis.Physical, Status: "ARCHIVED", Store: store}, Archived},
		"coming back":         {&openbis.Data{Kind: openbis.Physical, Status: "UNARCHIVE_PENDING", Store: store}, Archived},
		"of no store":         {&openbis.Data{Kind: openbis.Physical, Status: "AVAILABLE"}, OtherDataStore},
		"archived, no store":  {&openbis.Data{Kind: openbis.Physical, Status: "ARCHIVED"}, OtherDataStore},
		"link":                {&openbis.Data{Kind: openbis.Link}, Link},
		"container":           {&openbis.Data{Kind: openbis.Container}, ""},
		"container of a link": {&openbis.Data{Kind: openbis.Container, Status: "ARCHIVED"}, ""},
	} {
		if got := OfData(c.data); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
