package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/session"
)

// Without a terminal progress is one line every 10 seconds, on stderr.
func TestProgressLines(t *testing.T) {
	var out, errs bytes.Buffer
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := &printer{Out: &out, Err: &errs, now: func() time.Time { return now }}
	for range 35 {
		p.progress(export.Progress{Bytes: 5, Total: 10, File: "a\x1b[2Jb"})
		now = now.Add(time.Second)
	}
	if n := strings.Count(errs.String(), "\n"); n != 4 || out.Len() > 0 || strings.Contains(errs.String(), "\x1b") {
		t.Errorf("%d lines in 35 s: %q, %q", n, errs.String(), out.String())
	}
	p.quiet = true
	now = now.Add(time.Hour)
	errs.Reset()
	if p.progress(export.Progress{Bytes: 5, Total: 10}); errs.Len() > 0 {
		t.Errorf("quiet, yet %q", errs.String())
	}
}

// On a terminal the line is overwritten, and no longer than it is wide.
func TestProgressOnTerminal(t *testing.T) {
	var errs bytes.Buffer
	p := &printer{Err: &errs, tty: true, width: 30, now: time.Now}
	for range 2 {
		p.progress(export.Progress{Bytes: 5, Total: 10, File: strings.Repeat("long", 20)})
	}
	lines := strings.Split(errs.String(), "\r\x1b[K")
	if len(lines) != 3 || len([]rune(lines[1])) >= 30 || strings.Contains(errs.String(), "\n") {
		t.Errorf("%q", lines)
	}
}

// How to go on is the last line, once.
func TestFailSaysHowToGoOn(t *testing.T) {
	for _, do := range []string{"", "check the network", "zenobis resume J goes on"} {
		var errs bytes.Buffer
		p := &printer{Err: &errs, now: time.Now}
		p.failed("J", session.Explanation{What: "interrupted", Do: do}, true)
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		if strings.Count(errs.String(), "zenobis resume J") != 1 || !strings.Contains(lines[len(lines)-1], "zenobis resume J") {
			t.Errorf("%q", lines)
		}
	}
}

// Every key of every event is there: what has no value is null or empty.
func TestEventsHaveAllKeys(t *testing.T) {
	for want, ev := range map[string]any{
		`"job":"","entities":0,"datasets":0,"files":0,"bytes":0,"packages":[],"omitted":[],"limits":{"bytes":0,"files":0},"layout":"",` +
			`"findings":[],"gaps":[],"notes":[],"removed":[],"published":[]`: planEvent{},
		`"job":"","id":null,"url":null,"doi":null`:                            draftEvent{},
		`"job":"","id":null,"url":null,"doi":null,"bytes":null,"left_out":[]`: doneEvent{},
		`"job":"","entity":"","file":"","reason":"","message":""`:             omittedEvent{},
		`"job":"","title":"","state":"","id":null,"url":null,"doi":null,"created":null,"updated":null,"looked":null,"review":null,` +
			`"openbis_objects":null,"running":false,"reason":null,"left_out":[]`: jobEvent{},
		`"kind":"","code":"","name":"","perm_id":"","identifier":"","children":false,"bytes":null,"type":"","selection":""`: entityEvent{},
		`"package":"","dataset":"","file":"","ok":false,"message":""`:                                                       verifiedEvent{},
	} {
		line, err := encode("x", ev)
		if got := string(line); err != nil || got != `{"event":"x",`+want+"}\n" {
			t.Errorf("got  %s\nwant %s, %v", got, want, err)
		}
	}
}

// What a terminal or an editor would obey is spelt out.
func TestEventsAreEscaped(t *testing.T) {
	const hostile = "a\u0085b\u009bc\u202ed\u2066e\u061cf\u007fg\u00adh\x1bi"
	line, err := encode("x", draftEvent{Job: hostile})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range string(line) {
		if r != '\n' && (r < ' ' || r > '~') {
			t.Errorf("%U in %q", r, line)
		}
	}
	var back draftEvent
	if err := json.Unmarshal(line, &back); err != nil || back.Job != hostile {
		t.Errorf("read back as %q, %v", back.Job, err)
	}
}

// What is waited for is told once, not at each look; something else at once.
func TestWaitingIsToldOnce(t *testing.T) {
	var errs bytes.Buffer
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := &printer{Err: &errs, now: func() time.Time { return now }}
	for i := range 50 {
		p.waiting(fmt.Sprintf("Zenodo allows 100 requests a minute; going on in %d s", 50-i))
		now = now.Add(time.Second)
	}
	p.waiting("openBIS does not answer")
	p.waiting("Zenodo allows 100 requests a minute; going on in 3 s")
	now = now.Add(time.Hour)
	p.waiting("Zenodo allows 100 requests a minute; going on in 3 s")
	if n := strings.Count(errs.String(), "\n"); n != 4 {
		t.Errorf("%d lines: %s", n, errs.String())
	}
}
