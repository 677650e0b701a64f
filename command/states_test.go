package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// line is one line of a journal.
func line(step, more string) string {
	return fmt.Sprintf(`{"t":%q,"e":%q%s}`+"\n", time.Now().UTC().Format(time.RFC3339Nano), step, more)
}

// TestEveryStateUnderEveryCommand: a job that is held is named with who holds it,
// one whose process is gone can be resumed, and nothing to do is never said of
// what is not complete.
func TestEveryStateUnderEveryCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("sends several exports")
	}
	live := fmt.Sprintf(`"pid":%d`, os.Getppid()) // a process that is there, and not this one
	dead := `"pid":1,"start":"x"`
	away := `"machine":"m2","host":"lab2","boot":"b2","pid":7`
	upTo := func(journal, step string) string { // a journal as far as its first line of that step
		var out strings.Builder
		for l := range strings.Lines(journal) {
			out.WriteString(l)
			if strings.Contains(l, `"e":"`+step+`"`) {
				break
			}
		}
		return out.String()
	}
	type said struct {
		status int
		words  string
	}
	nothing := said{0, "nothing to resume"}
	holder := fmt.Sprintf("process %d on ", os.Getppid())
	for _, c := range []struct {
		name    string
		journal func(whole string, by func(who string) string) string
		lock    string
		state   string // as zenobis jobs prints it
		resume  said
		discard said
		sync    said
	}{
		{"planned, its process lives", func(_ string, by func(string) string) string { return by(live) }, "", "planned",
			said{1, holder}, said{0, "discarded"}, said{0, ""}},
		{"planned, its process is gone", func(_ string, by func(string) string) string { return by(dead) }, "", "interrupted",
			said{0, "complete"}, said{0, "discarded"}, said{0, ""}},
		{"planned on another host", func(_ string, by func(string) string) string { return by(away) }, "", "planned",
			said{1, "process 7 on lab2"}, said{0, "discarded"}, said{0, ""}},
		{"running", func(w string, _ func(string) string) string { return upTo(w, "announced") }, live, "uploading",
			said{1, holder}, said{1, holder}, said{0, ""}},
		{"running on another host", func(w string, _ func(string) string) string { return upTo(w, "announced") }, away, "uploading",
			said{1, "process 7 on lab2"}, said{-1, "it waits for half a minute"}, said{0, ""}},
		{"killed while sending", func(w string, _ func(string) string) string { return upTo(w, "sending") }, dead, "interrupted",
			said{0, "complete"}, said{0, "discarded"}, said{0, ""}},
		{"interrupted", func(w string, _ func(string) string) string {
			return upTo(w, "confirmed") + line("interrupted", `,"reason":"stopped"`)
		}, "", "interrupted", said{0, "complete"}, said{0, "discarded"}, said{0, ""}},
		{"failed, resumable", func(w string, _ func(string) string) string {
			return upTo(w, "confirmed") + line("failed", `,"reason":"no network","resume":true`)
		}, "", "failed", said{0, "complete"}, said{0, "discarded"}, said{0, ""}},
		{"failed for good", func(w string, _ func(string) string) string {
			return upTo(w, "confirmed") + line("failed", `,"reason":"too large"`)
		}, "", "failed", said{2, "too large"}, said{0, "discarded"}, said{0, ""}},
		{"draft", func(w string, _ func(string) string) string { return w }, "", "draft",
			nothing, said{0, "discarded"}, said{0, ""}},
		{"discarded", func(w string, _ func(string) string) string { return w + line("discarded", "") }, "", "discarded",
			nothing, said{0, "discarded"}, said{0, ""}},
		{"registered", func(w string, _ func(string) string) string {
			return w + line("state", `,"state":"published","doi":"10.5281/zenodo.1"`) + line("registered", `,"objects":["1"],"confirmed":true`)
		}, "", "registered", nothing, said{4, "published already"}, said{0, "Nothing to do"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := lab(t)
			o := p.try(t, small("--title", "States")...)
			if o.status != 0 {
				t.Fatalf("%+v", o)
			}
			all := lines(t, o.stdout)
			id := all[len(all)-1]["job"].(string)
			dir := filepath.Join(p["HOME"], ".local", "state", "zenobis", "jobs", id)
			whole, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			by := func(who string) string {
				first, _, _ := bytes.Cut(whole, []byte("\n"))
				var l map[string]json.RawMessage
				if err := json.Unmarshal(first, &l); err != nil {
					t.Fatal(err)
				}
				var b, over map[string]any
				_ = json.Unmarshal(l["by"], &b)
				delete(b, "start")
				if err := json.Unmarshal([]byte("{"+who+"}"), &over); err != nil {
					t.Fatal(err)
				}
				for k, v := range over {
					b[k] = v
				}
				l["by"], _ = json.Marshal(b)
				out, _ := json.Marshal(l)
				return string(out) + "\n"
			}
			set := func() {
				if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), []byte(c.journal(string(whole), by)), 0o600); err != nil {
					t.Fatal(err)
				}
				_ = os.Remove(filepath.Join(dir, "lock"))
				if c.lock == "" {
					return
				}
				var planned struct{ By map[string]any }
				_ = json.Unmarshal([]byte(by(c.lock)), &planned)
				planned.By["nonce"], planned.By["beat"] = "x", time.Now().UTC()
				data, _ := json.Marshal(planned.By)
				if err := os.WriteFile(filepath.Join(dir, "lock"), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			check := func(want said, args ...string) {
				if want.status < 0 {
					return
				}
				set()
				o := p.try(t, args...)
				if o.status != want.status || !strings.Contains(o.stdout+o.stderr, want.words) {
					t.Errorf("%q: status %d, want %d and %q\n%s%s", args, o.status, want.status, want.words, o.stdout, o.stderr)
				}
			}
			check(said{0, id + "  " + c.state}, "jobs")
			check(c.sync, "sync", id)
			check(c.resume, "resume", id)
			if c.resume.status == 1 { // nor does one without a name pass it over in silence
				check(c.resume, "resume")
			}
			check(c.discard, "discard", id)
		})
	}
}

// TestSyncLooksAtDiscardedExports too, when nothing else is to be looked at: one that
// a server denied for a while may have been published since.
func TestSyncLooksAtDiscardedExports(t *testing.T) {
	if testing.Short() {
		t.Skip("sends an export")
	}
	p, _, ze := lab(t)
	o := p.try(t, small("--title", "Denied")...)
	all := lines(t, o.stdout)
	done := all[len(all)-1]
	dir := filepath.Join(p["HOME"], ".local", "state", "zenobis", "jobs", done["job"].(string))
	f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(line("state", `,"state":"discarded","reason":"it was discarded at Zenodo"`)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := ze.Publish(done["id"].(string)); err != nil {
		t.Fatal(err)
	}
	if o := p.try(t, "jobs"); !strings.Contains(o.stdout, "discarded") {
		t.Fatalf("%+v", o)
	}
	if o := p.try(t, "sync", "--quiet"); o.status != 0 || !strings.Contains(o.stdout, "registered") {
		t.Errorf("%+v", o)
	}
	if o := p.try(t, "sync"); o.status != 0 || !strings.Contains(o.stderr, "Nothing to do") {
		t.Errorf("afterwards: %+v", o)
	}
}
