package command

import (
	"bytes"
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
	p := &printer{Stdio: Stdio{Out: &out, Err: &errs}, now: func() time.Time { return now }}
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
	p := &printer{Stdio: Stdio{Err: &errs, ErrTTY: true, Width: 30}, now: time.Now}
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
		p := &printer{Stdio: Stdio{Err: &errs}, now: time.Now}
		p.fail("J", session.Explanation{What: "interrupted", Do: do, Resumable: true})
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		if strings.Count(errs.String(), "zenobis resume J") != 1 || !strings.Contains(lines[len(lines)-1], "zenobis resume J") {
			t.Errorf("%q", lines)
		}
	}
}
