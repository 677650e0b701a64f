package command

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"time"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// printer writes events for programs or lines for people. Safe for concurrent use.
type printer struct {
	mu          sync.Mutex
	Out, Err    io.Writer
	tty         bool // stderr is a terminal: progress may overwrite its line
	width       int  // of that terminal; 0 unknown
	json, quiet bool
	now         func() time.Time
	lastLine    time.Time // of the last progress line
	open        bool      // a progress line is not ended yet
	lost        error     // the first thing that stdout did not take
	waited      string    // for, as told last, without its numbers
	waitedAt    time.Time
}

// write writes the result of a command.
func (p *printer) write(line []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	if p.lost == nil {
		_, p.lost = p.Out.Write(line)
	}
}

// unwritten is what stdout did not take. A command whose output is its result
// has failed then.
func (p *printer) unwritten() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost == nil {
		return nil
	}
	return fmt.Errorf("the output can't be written: %w", p.lost)
}

// event prints one JSON object.
func (p *printer) event(name string, keys any) {
	if !p.json {
		return
	}
	line, err := encode(name, keys)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.lost = errors.Join(p.lost, err)
		return
	}
	p.write(line)
}

// error prints the event of an ending that is no success.
func (p *printer) error(job string, x session.Explanation, resumable bool) {
	p.event("error", errorEvent{job, x.Kind.String(), x.Message(), x.Do, resumable})
}

// clean is what people read: nothing in it steers a terminal or takes no cell,
// whatever a text was cleaned for before. Tabs part the columns of lists.
func clean(text string) []byte {
	columns := strings.Split(text, "\t")
	for i, c := range columns {
		columns[i] = safetext.Lines(c)
	}
	return []byte(strings.Join(columns, "\t"))
}

// say prints a line for people: on stdout, or on stderr beside JSON.
func (p *printer) say(format string, args ...any) {
	line := clean(fmt.Sprintf(format+"\n", args...))
	if p.json {
		p.tell(line)
		return
	}
	p.write(line)
}

// note prints a line for people on stderr.
func (p *printer) note(format string, args ...any) {
	if !p.quiet {
		p.tell(clean(fmt.Sprintf(format+"\n", args...)))
	}
}

// waiting tells what is waited for: once a minute, not at each look.
func (p *printer) waiting(text string) {
	key := human.Unnumbered(text)
	p.mu.Lock()
	known := key == p.waited && p.now().Sub(p.waitedAt) < time.Minute
	if !known {
		p.waited, p.waitedAt = key, p.now()
	}
	p.mu.Unlock()
	if !known {
		p.note("Waiting: %s", safetext.Line(text))
	}
}

// tell writes to stderr.
func (p *printer) tell(text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	_, _ = p.Err.Write(text) // where nobody hears, there is nobody to be told
}

// failed tells an error for programs and for people. How to go on comes last.
func (p *printer) failed(job string, x session.Explanation, resumable bool) {
	if errors.Is(p.unwritten(), syscall.EPIPE) {
		return // nobody reads on; like any filter, say nothing
	}
	text := fmt.Sprintf("zenobis: %s\n", x.Message())
	if x.Do != "" {
		text += fmt.Sprintf("  %s\n", x.Do)
	}
	if resumable && job != "" && !strings.Contains(x.Do, "zenobis resume "+job) {
		text += fmt.Sprintf("  To go on: zenobis resume %s\n", job)
	}
	p.tell(clean(text))
}

// progress shows how far an export is: on a terminal in one line that is
// overwritten, elsewhere one line every 10 seconds.
func (p *printer) progress(pr export.Progress) {
	if p.quiet || pr.Total == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if !p.tty && now.Sub(p.lastLine) < 10*time.Second {
		return
	}
	p.lastLine = now
	line := fmt.Sprintf("%s of %s  %d%%", human.Bytes(pr.Bytes), human.Bytes(pr.Total), pr.Bytes*100/pr.Total)
	if pr.Waiting != "" {
		line += "  waiting: " + safetext.Line(pr.Waiting)
	} else if pr.File != "" {
		line += "  " + safetext.Line(pr.File)
	}
	if !p.tty {
		fmt.Fprintln(p.Err, line)
		return
	}
	width := p.width
	if width == 0 {
		width = 80
	}
	fmt.Fprintf(p.Err, "\r\x1b[K%s", human.Cut(line, width-2))
	p.open = true
}

// endLine clears a progress line.
func (p *printer) endLine() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func (p *printer) end() {
	if p.open {
		fmt.Fprint(p.Err, "\r\x1b[K")
		p.open = false
	}
}

// planning shows what is being found, on a terminal.
func (p *printer) planning(stage string, n int) {
	if p.tty && !p.quiet {
		p.mu.Lock()
		defer p.mu.Unlock()
		fmt.Fprintf(p.Err, "\r\x1b[K%s %d", safetext.Line(stage), n)
		p.open = true
	}
}
