package job

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func TestJournalTornLine(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	j, err := openJournal(dir, at(now), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Add(Planned{}); err != nil {
		t.Fatal(err)
	}
	if err := j.Add(Created{ID: "123", URL: "https://z/uploads/123"}); err != nil {
		t.Fatal(err)
	}
	want := j.Status()
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range []string{"", `{"t":"2026-01-02T03:04:05Z","e":"doi","doi":"10.1/x"}`, "{", strings.Repeat("x", 4095),
		strings.Repeat("x", 9000)} {
		if err := os.WriteFile(path, append(bytes.Clone(whole), torn...), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir, at(now), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if got := j.Status(); !reflect.DeepEqual(got, want) {
			t.Errorf("after %.20q: %+v, want %+v", torn, got, want)
		}
		if err := j.Add(Saved{}); err != nil {
			t.Fatal(err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		if st, err := readJournal(path); err != nil || !st.Saved || st.ID != "123" {
			t.Errorf("after %.20q and a line more: %+v, %v", torn, st, err)
		}
		line, err := encode(now, Saved{})
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != string(whole)+string(line) {
			t.Errorf("after %.20q and a line more it ends with %q, %v", torn, data[min(len(whole), len(data)):], err)
		}
	}
}

// TestLongLines are passed over; what follows them is read.
func TestLongLines(t *testing.T) {
	for name, c := range map[string]struct {
		length int // with its line feed
		read   bool
	}{"the longest": {maxLine, true}, "too long": {maxLine + 1, false}, "much too long": {3*maxLine + 7, false}} {
		head, tail := `{"e":"draft","id":"long","url":"`, `"}`+"\n"
		line := head + strings.Repeat("x", c.length-len(head)-len(tail)) + tail
		st := newStatus()
		if err := foldLines(strings.NewReader(line+`{"e":"saved","rev":6}`+"\n"), &st); err != nil || st.Revision != 6 ||
			(st.ID == "long") != c.read {
			t.Errorf("%s: draft %q, revision %d, %v", name, st.ID, st.Revision, err)
		}
	}
}

// FuzzJournal feeds anything to the reader: it never fails, and what stood
// before is still believed.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"e":"confirmed","pkg":"a.zip","md5":"x"}` + "\n"))
	f.Add([]byte("{\n\x00\xff\n\n"))
	f.Add([]byte(`{"e":"state","state":"published"}`))
	head := `{"t":"2026-01-02T03:04:05Z","e":"draft","id":"123"}` + "\n"
	f.Fuzz(func(t *testing.T, tail []byte) {
		st := newStatus()
		if err := foldLines(strings.NewReader(head), &st); err != nil || st.ID != "123" {
			t.Fatal(err)
		}
		st = newStatus()
		if err := foldLines(bytes.NewReader(append([]byte(head), tail...)), &st); err != nil {
			t.Fatal(err)
		}
		if st.ID == "" && !bytes.Contains(tail, []byte("draft")) {
			t.Error("the draft was forgotten")
		}
		st.Stands(true)
		_ = st.clone()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, journalName), append([]byte(head), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir, at(time.Now()), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		defer j.close()
		if err := j.Add(Reviewed{}); err != nil {
			t.Fatal(err)
		}
		if st, err := readJournal(filepath.Join(dir, journalName)); err != nil || !st.Reviewed && !st.Gone && st.ID == "123" {
			t.Fatalf("what was added is not read: %v", err)
		}
	})
}
