package record

import (
	"encoding/json"
	"testing"
)

// TestOverKeepsWhatTheFormHasNot puts a form's metadata over a former version's.
func TestOverKeepsWhatTheFormHasNot(t *testing.T) {
	for name, c := range map[string]struct{ ours, theirs, want string }{
		"a second licence": {`{"rights":[{"id":"cc-by-4.0"}]}`, `{"rights":[{"id":"mit"},{"title":{"en":"Own"}},{"id":"cc0-1.0"}]}`,
			`{"rights":[{"id":"cc-by-4.0"},{"title":{"en":"Own"}},{"id":"cc0-1.0"}]}`},
		"the same licence": {`{"rights":[{"id":"mit"}]}`, `{"rights":[{"id":"cc-by-4.0"},{"id":"mit"}]}`, `{"rights":[{"id":"mit"}]}`},
		"no licence now":   {`{}`, `{"rights":[{"id":"mit"}],"references":[{"reference":"x"}]}`, `{"references":[{"reference":"x"}]}`},
		"another title":    {`{"title":"new"}`, `{"title":"old","sizes":["11 pages"]}`, `{"title":"new","sizes":["11 pages"]}`},
		"a date by hand": {`{"dates":[{"date":"2025","type":{"id":"collected"}}]}`,
			`{"dates":[{"date":"2024","type":{"id":"collected"}},{"date":"2023","type":{"id":"created"}}]}`,
			`{"dates":[{"date":"2025","type":{"id":"collected"}},{"date":"2023","type":{"id":"created"}}]}`},
	} {
		var ours, theirs, want map[string]any
		for v, text := range map[*map[string]any]string{&ours: c.ours, &theirs: c.theirs, &want: c.want} {
			if err := json.Unmarshal([]byte(text), v); err != nil {
				t.Fatal(err)
			}
		}
		Over(ours)(theirs)
		got, _ := json.Marshal(theirs)
		expected, _ := json.Marshal(want)
		if string(got) != string(expected) {
			t.Errorf("%s: %s, want %s", name, got, expected)
		}
	}
}
