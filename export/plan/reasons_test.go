package plan

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"zenobis/export/job"
	"zenobis/page"
)

// TestReasons: scripts and readers rely on these words, and each is explained to
// the person who exports, in a record, and in the description of records.
func TestReasons(t *testing.T) {
	want := []string{"archived", "corrupt", "empty", "link", "missing", "no-access", "other-data-store", "settings", "unreadable"}
	if got := slices.Sorted(maps.Keys(job.Reasons)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	text, err := os.ReadFile("../../docs/package.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	_, list, _ := bytes.Cut(text, []byte("in\n`omitted.txt`"))
	list, _, _ = bytes.Cut(list, []byte("\n## "))
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (.+) \\|$").FindAllSubmatch(list, -1) {
		told[string(m[1])] = string(m[2])
	}
	if got := slices.Sorted(maps.Keys(told)); !slices.Equal(got, want) {
		t.Errorf("docs/package.md has %q, want %q", got, want)
	}
	for _, word := range want {
		if got := page.Reason(word); got != told[word] {
			t.Errorf("%s: %q in records, %q in docs/package.md", word, got, told[word])
		}
	}
}
