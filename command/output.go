package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// Stdio is where a command reads and writes.
type Stdio struct {
	In       io.Reader
	Out, Err io.Writer
	ErrTTY   bool // stderr is a terminal: progress may overwrite its line
	Width    int  // of that terminal; 0 unknown
}

// printer writes events for programs or lines for people.
type printer struct {
	Stdio
	json, quiet bool
	now         func() time.Time
	lastLine    time.Time // of the last progress line
	open        bool      // a progress line is not ended yet
}

// event prints one JSON object. Key "event" comes first in every one.
func (p *printer) event(name string, keys ...any) {
	if !p.json {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"event":%q`, name)
	for i := 0; i+1 < len(keys); i += 2 {
		v, err := json.Marshal(keys[i+1])
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, ",%q:%s", keys[i], v)
	}
	b.WriteString("}\n")
	io.WriteString(p.Out, b.String())
}

// say prints a line for people: on stdout, or on stderr beside JSON.
func (p *printer) say(format string, args ...any) {
	p.endLine()
	w := p.Out
	if p.json {
		w = p.Err
	}
	fmt.Fprintf(w, format+"\n", args...)
}

// note prints a line for people on stderr.
func (p *printer) note(format string, args ...any) {
	p.endLine()
	if !p.quiet {
		fmt.Fprintf(p.Err, format+"\n", args...)
	}
}

// fail prints an error in its three parts. How to go on comes last.
func (p *printer) fail(job string, x session.Explanation) {
	p.endLine()
	fmt.Fprintf(p.Err, "zenobis: %s\n", x.What)
	if x.Do != "" {
		fmt.Fprintf(p.Err, "  %s\n", x.Do)
	}
	if x.Resumable && job != "" && !strings.Contains(x.Do, "zenobis resume "+job) {
		fmt.Fprintf(p.Err, "  To go on: zenobis resume %s\n", job)
	}
}

// progress shows how far an export is: on a terminal in one line that is
// overwritten, elsewhere one line every 10 seconds.
func (p *printer) progress(pr export.Progress) {
	if p.quiet || pr.Total == 0 {
		return
	}
	now := p.now()
	if !p.ErrTTY && now.Sub(p.lastLine) < 10*time.Second {
		return
	}
	p.lastLine = now
	line := fmt.Sprintf("%s of %s  %d%%", human.Bytes(pr.Bytes), human.Bytes(pr.Total), pr.Bytes*100/pr.Total)
	if pr.Waiting != "" {
		line += "  waiting: " + safetext.Line(pr.Waiting)
	} else if pr.File != "" {
		line += "  " + safetext.Line(pr.File)
	}
	if !p.ErrTTY {
		fmt.Fprintln(p.Err, line)
		return
	}
	width := p.Width
	if width == 0 {
		width = 80
	}
	if r := []rune(line); len(r) >= width {
		line = string(r[:width-2]) + "…"
	}
	fmt.Fprintf(p.Err, "\r\x1b[K%s", line)
	p.open = true
}

func (p *printer) endLine() {
	if p.open {
		fmt.Fprint(p.Err, "\r\x1b[K")
		p.open = false
	}
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// orNull is the JSON null for a value that is not there.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
