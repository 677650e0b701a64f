package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func stampAt(t time.Time) func() entry { return func() entry { return entry{Time: t} } }

func TestJournalTornLine(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	j, err := openJournal(dir, stampAt(now), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.add(stepPlanned, nil); err != nil {
		t.Fatal(err)
	}
	if err := j.add(stepDraft, func(e *entry) { e.ID, e.URL = "123", "https://z/uploads/123" }); err != nil {
		t.Fatal(err)
	}
	want := j.look()
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range []string{"", `{"t":"2026-01-02T03:04:05Z","e":"doi","doi":"10.1/x"}`, "{", strings.Repeat("x", 9000)} {
		if err := os.WriteFile(path, append(bytes.Clone(whole), torn...), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir, stampAt(now), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if got := j.look(); !reflect.DeepEqual(got, want) {
			t.Errorf("after %.20q: %+v, want %+v", torn, got, want)
		}
		if err := j.add(stepSaved, nil); err != nil {
			t.Fatal(err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		if st, err := readJournal(path); err != nil || !st.Saved || st.ID != "123" {
			t.Errorf("after %.20q and a line more: %+v, %v", torn, st, err)
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
		st.state(true)
		_ = st.clone()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, journalName), append([]byte(head), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir, stampAt(time.Now()), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		defer j.close()
		if err := j.add(stepReview, nil); err != nil {
			t.Fatal(err)
		}
		if st, err := readJournal(filepath.Join(dir, journalName)); err != nil || !st.Reviewed && !st.Gone && st.ID == "123" {
			t.Fatalf("what was added is not read: %v", err)
		}
	})
}

func TestLock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	me := thisProcess()
	other := func(change func(*holder)) holder {
		h := me
		h.Nonce, h.Beat = "other", now
		change(&h)
		return h
	}
	for name, c := range map[string]struct {
		h     holder
		force bool
		taken bool
	}{
		"this process":                   {other(func(h *holder) {}), false, false},
		"dead process":                   {other(func(h *holder) { h.PID, h.Start = 1<<22-3, "77" }), false, true},
		"pid used again":                 {other(func(h *holder) { h.Start = "1" }), false, true},
		"before the last boot":           {other(func(h *holder) { h.Boot = "another" }), false, true},
		"other host":                     {other(func(h *holder) { h.Host, h.Beat = "elsewhere", now.Add(-9*time.Minute) }), true, false},
		"other host, silent":             {other(func(h *holder) { h.Host, h.Beat = "elsewhere", now.Add(-11*time.Minute) }), false, false},
		"other host, silent, user says":  {other(func(h *holder) { h.Host, h.Beat = "elsewhere", now.Add(-11*time.Minute) }), true, true},
		"other container on this kernel": {other(func(h *holder) { h.Space = "pid:[1]" }), true, false},
		"clock set back":                 {other(func(h *holder) { h.Host, h.Beat = "elsewhere", now.Add(time.Hour) }), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			data, _ := json.Marshal(c.h)
			if err := os.WriteFile(filepath.Join(dir, lockName), data, 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := locks{dir: dir, now: func() time.Time { return now }, force: c.force}.take()
			if (err == nil) != c.taken {
				t.Fatalf("taken: %v", err)
			}
			if k == nil {
				return
			}
			if !k.ours() {
				t.Error("it is not ours")
			}
			k.release()
			if _, err := os.Stat(filepath.Join(dir, lockName)); !os.IsNotExist(err) {
				t.Errorf("released: %v", err)
			}
		})
	}
	t.Run("torn", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, lockName), []byte(`{"host":`), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (locks{dir: dir, now: time.Now}).take(); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		dir := t.TempDir()
		got := make(chan *lock, 20)
		for range 20 {
			go func() {
				k, _ := locks{dir: dir, now: time.Now}.take()
				got <- k
			}()
		}
		n := 0
		for range 20 {
			if <-got != nil {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d took the lock", n)
		}
	})
}

func TestHashStore(t *testing.T) {
	dir := t.TempDir()
	h, err := openHashes(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(i int) string { return fmt.Sprintf("%064x", i) }
	const n = 3000
	if err := h.begin("a.zip"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := h.Put("a.zip", 3*i, sum(i), uint32(i)); err != nil {
			t.Fatal(err)
		}
		if i%777 == 0 { // the manifest of the same package reads them
			if got, crc, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) || crc != uint32(i) {
				t.Fatalf("%d: %s %d %v", i, got, crc, ok)
			}
		}
	}
	if err := h.Put("a.zip", 5, sum(1), 1); err == nil {
		t.Error("an index out of turn was taken")
	}
	for i := range n {
		if got, _, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) {
			t.Fatalf("before it is kept: %d", i)
		}
	}
	if h.count("a.zip") != 0 {
		t.Error("counted before it was kept")
	}
	if err := h.seal(); err != nil {
		t.Fatal(err)
	}
	if err := h.begin("b.zip"); err != nil {
		t.Fatal(err)
	}
	if err := h.Put("b.zip", 0, sum(9), 9); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{n - 1, 0, 5, 1234, 1235, 1236, 0} {
		if got, crc, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) || crc != uint32(i) {
			t.Errorf("%d: %s %d %v", i, got, crc, ok)
		}
		if _, _, ok := h.Get("a.zip", 3*i+1); ok {
			t.Errorf("%d is there", 3*i+1)
		}
		if got, _, ok := h.Get("b.zip", 0); !ok || got != sum(9) {
			t.Error("b.zip is lost")
		}
	}
	h.close()
	if h, err = openHashes(dir); err != nil {
		t.Fatal(err)
	}
	if h.count("a.zip") != n || h.count("b.zip") != 0 {
		t.Errorf("counts %d, %d", h.count("a.zip"), h.count("b.zip"))
	}
	if _, _, ok := h.Get("b.zip", 0); ok {
		t.Error("what was never finished is believed")
	}
}
