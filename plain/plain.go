// Package plain is the same way as numbered questions, line by line: for screen
// readers and terminals that can't move the cursor. Nothing is drawn over;
// everything stays in the scrollback.
package plain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"zenobis/flow"
	"zenobis/richtext"
	"zenobis/safetext"
	"zenobis/session"
)

// talk asks and tells. What was answered is in the flow.
type talk struct {
	*flow.Flow
	runCtx context.Context // of exports, which may outlive the questions
	demo   *session.Login
	leaves bool // whether to leave is being asked
	out    io.Writer
	in     io.Reader
	lines  chan string
	tty    int // descriptor to read secrets from, -1 without a terminal
	now    func() time.Time
	width  func() int // columns of the terminal, 0 without one
}

// options is what the questions need.
type options struct {
	backend    flow.Backend
	in         io.Reader
	out        io.Writer
	demo       *session.Login
	runContext context.Context  // nil is the context of the questions
	now        func() time.Time // nil is the clock
	width      func() int       // nil asks the terminal
}

// errLeave is the way out at any question, errBack the way back by one step,
// errDescribe the way to the description of what was chosen among earlier exports.
var (
	errLeave    = errors.New("leave")
	errBack     = errors.New("back")
	errDescribe = errors.New("describe")
)

// Run asks until the person leaves, the input ends, or ctx does. An export that
// runs then is left to the caller.
func Run(ctx context.Context, t session.Terminal) (session.Summary, error) {
	return run(ctx, options{backend: flow.Over(t.Settings), in: t.In, out: t.Out, demo: t.Demo, runContext: t.RunContext,
		now: t.Settings.Now})
}

func run(ctx context.Context, o options) (session.Summary, error) {
	t := &talk{
		Flow: flow.New(
			o.backend,
			o.demo != nil,
		), runCtx: o.runContext, demo: o.demo, out: o.out, in: o.in, lines: make(chan string), tty: -1, now: o.now,
		width: o.width,
	}
	if t.width == nil {
		t.width = func() int { return columns(o.out) }
	}
	if t.runCtx == nil {
		t.runCtx = ctx
	}
	if t.now == nil {
		t.now = time.Now
	}
	if f, ok := o.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.tty = int(f.Fd())
	}
	ended := make(chan struct{})
	defer close(ended)
	go t.read(ended)
	t.say("zenobis. Answer each question with a line. At any question: back, exports, quit.")
	err := t.way(ctx)
	if errors.Is(err, errLeave) || errors.Is(err, io.EOF) || ctx.Err() != nil {
		err = nil
	}
	return t.Leave(ctx, t.runCtx.Err() == nil, t.now()), err
}

// read hands lines over until the questions end.
func (t *talk) read(ended <-chan struct{}) {
	defer close(t.lines)
	sc := bufio.NewScanner(t.in)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		select {
		case t.lines <- sc.Text():
		case <-ended:
			return
		}
	}
}

// words replaces what is drawn on a screen by what can be read aloud, whatever
// the locale: no drawing characters.
var words = strings.NewReplacer("☑ ", "", "☐ ", "", "▣ ", "", "◉ ", "", "☒ ", "", "✗ ", "Error: ",
	"✓ ", "", "▲ ", "", "■ ", "", "▸ ", "", "▾ ", "", "≡ ", "", " · ", ", ", "…", "...", "≥ ", "at least ", "→ ", "",
	"“", "\"", "”", "\"")

// say prints a line.
func (t *talk) say(s string) { fmt.Fprintln(t.out, t.fold(spoken(s))) }

// spoken is a text, names of others in it included, as it is said.
func spoken(s string) string { return words.Replace(safetext.Lines(s)) }

// fold breaks what is longer than a line of the terminal at its blanks, since
// the terminal would break it within a word. Anything else gets lines as they are.
func (t *talk) fold(s string) string {
	w := t.width()
	if w < narrowest {
		return s
	}
	number, rest, row := strings.Cut(s, "  ")
	if _, err := strconv.Atoi(number); !row || err != nil {
		return richtext.Wrap(s, w, "")
	}
	room := w - len(number) - 2
	if richtext.Columns(rest) > room {
		rest = strings.Join(strings.Fields(rest), " ") // columns are of no use on two lines
	}
	return number + "  " + richtext.Wrap(rest, room, strings.Repeat(" ", len(number)+2))
}

// narrowest is the width below which breaking lines would not help.
const narrowest = 20

// columns is how wide the terminal is that a writer leads to, 0 where there is none.
func columns(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			return w
		}
	}
	return 0
}

func (t *talk) sayf(format string, args ...any) { t.say(fmt.Sprintf(format, args...)) }

func (t *talk) complain(err error) {
	if err != nil && !flow.Silent(err) {
		t.say("Error: " + flow.Words(err))
	}
}

// ask prints a question and returns the answer; empty takes the default.
func (t *talk) ask(ctx context.Context, question, def string) (string, error) {
	shown := question
	if def != "" {
		shown += " [" + def + "]"
	}
	fmt.Fprint(t.out, t.fold(spoken(shown)+":")+" ")
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l, ok := <-t.lines:
		if !ok {
			return "", io.EOF
		}
		l = safetext.Line(l)
		switch l {
		case "":
			return def, nil
		case "quit":
			if err := t.leave(ctx); err != nil {
				return "", err
			}
			return t.ask(ctx, question, def)
		case "back":
			return "", errBack
		case "exports":
			if err := t.exportsList(ctx); err != nil {
				return "", err
			}
			return t.ask(ctx, question, def)
		}
		return l, nil
	}
}

// leave returns errLeave, after a question where something would be lost; nil is
// to stay.
func (t *talk) leave(ctx context.Context) error {
	if t.leaves || !t.AskLeave() {
		return errLeave
	}
	t.leaves = true
	defer func() { t.leaves = false }()
	yes, err := t.yes(ctx, "Leave zenobis? "+t.LeaveText(), false)
	switch {
	case errors.Is(err, errBack):
		return nil
	case err == nil && yes:
		return errLeave
	}
	return err
}

// yes asks until the answer is yes or no; def is what an empty line means.
func (t *talk) yes(ctx context.Context, question string, def bool) (bool, error) {
	words := map[bool]string{true: "yes", false: "no"}
	for {
		s, err := t.ask(ctx, strings.TrimSpace(question+" yes or no"), words[def])
		if err != nil {
			return false, err
		}
		switch strings.ToLower(s) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		if asksHelp(s) {
			t.help("yes or no")
		} else {
			t.say("Answer yes or no. help lists all commands.")
		}
	}
}

// asksHelp reports whether an answer asks what can be answered.
func asksHelp(s string) bool { return s == "help" || s == "?" }

// help says what can be answered here, and at any question.
func (t *talk) help(here ...string) {
	for _, l := range here {
		t.say(l)
	}
	t.say("An empty line: the answer in brackets")
	t.say("back: a step back; what was answered stays")
	t.say("exports: what was exported earlier, to go on with it")
	t.say("quit: leave")
}

// secret asks without echo where there is a terminal.
func (t *talk) secret(ctx context.Context, question string) (string, error) {
	if t.tty < 0 {
		return t.ask(ctx, question, "")
	}
	restore := echoOff(t.tty) // the terminal goes on handing over lines
	defer func() {
		restore()
		fmt.Fprintln(t.out)
	}()
	return t.ask(ctx, question, "")
}

// way goes from step to step; back goes one back, and what was answered stays.
func (t *talk) way(ctx context.Context) error {
	steps := []func(context.Context) error{
		flow.Connect: t.stepConnect, flow.Token: t.stepToken, flow.Browse: t.stepBrowse,
		flow.Describe: t.stepDescribe, flow.Review: t.stepReview, flow.Export: t.stepExport,
	}
	for at := flow.Connect; ; {
		switch err := steps[at](ctx); {
		case at == flow.Export && (err == nil || errors.Is(err, errBack)):
			at = flow.Browse
		case err == nil:
			at++
		case errors.Is(err, errDescribe):
			at = flow.Describe
		case errors.Is(err, errBack):
			at = max(at-1, flow.Connect)
		default:
			return err
		}
	}
}

// number asks for a number from 1 to most.
func (t *talk) number(ctx context.Context, question string, def, most int) (int, error) {
	for {
		s, err := t.ask(ctx, question, strconv.Itoa(def))
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= most {
			return n, nil
		}
		t.sayf("A number from 1 to %d, please.", most)
	}
}
