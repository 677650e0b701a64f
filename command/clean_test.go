package command

import (
	"bytes"
	"testing"
	"time"

	"zenobis/session"
)

// Whoever wrote a text: on its way to people it is clean, and lists keep their columns.
func TestWhatPeopleReadIsClean(t *testing.T) {
	const hostile = "a\u202e\u009b\x1b]0;owned\x07\u200bb"
	var out, errs bytes.Buffer
	p := &printer{Out: &out, Err: &errs, now: time.Now}
	p.say("%s\t%s\n  %s", hostile, hostile, hostile)
	if want := "ab\tab\n  ab\n"; out.String() != want {
		t.Errorf("said %q", out.String())
	}
	p.note("%s", hostile)
	p.failed("j", session.Explanation{What: hostile, Why: hostile, Do: hostile}, true)
	p.json = true
	p.say("%s", hostile)
	if want := "ab\nzenobis: ab: ab\n  ab\n  To go on: zenobis resume j\nab\n"; errs.String() != want {
		t.Errorf("told %q", errs.String())
	}
}
