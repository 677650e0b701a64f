package ui

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

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/ui/cells"
	"zenobis/zenodo"
)

// plain is the same way as numbered questions, line by line: for screen readers
// and terminals that can't move the cursor. Nothing is drawn over; everything
// stays in the scrollback. It shares the state of the screens, but no terminal.
type plain struct {
	*app
	out   io.Writer
	in    io.Reader
	lines chan string
	tty   int // descriptor to read secrets from, -1 without a terminal
}

// errLeave is the way out at any question.
var errLeave = errors.New("leave")

// errBack is the way back by one step.
var errBack = errors.New("back")

func runPlain(ctx context.Context, o Options) (Summary, error) {
	p := &plain{app: newApp(ctx, o), out: o.Out, in: o.In, lines: make(chan string), tty: -1}
	if f, ok := o.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.tty = int(f.Fd())
	}
	asked := make(chan struct{})
	defer close(asked)
	go p.read(asked)
	p.say("zenobis. Answer each question with a line. At any question: back, exports, quit.")
	err := p.way(ctx)
	if errors.Is(err, errLeave) || errors.Is(err, io.EOF) || ctx.Err() != nil {
		err = nil
	}
	p.cutOff()
	p.closeSession(ctx)
	p.summarize()
	return p.summary, err
}

// read hands lines over until the questions end.
func (p *plain) read(asked <-chan struct{}) {
	defer close(p.lines)
	sc := bufio.NewScanner(p.in)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		select {
		case p.lines <- sc.Text():
		case <-asked:
			return
		}
	}
}

var plainWords = strings.NewReplacer("☑", "[x]", "☐", "[ ]", "▣", "[part]", "◉", "[this only]", "✗ ", "Error: ",
	"✓ ", "", "▲ ", "", "■ ", "", "▸ ", "", "▾ ", "", "≡ ", "", "·", "-", "…", "...", "≥", "at least")

// say prints a line.
func (p *plain) say(s string) {
	s = plainWords.Replace(ansi.Strip(s))
	if p.ascii {
		s = cells.ASCII(s)
	}
	fmt.Fprintln(p.out, s)
}

func (p *plain) sayf(format string, args ...any) { p.say(fmt.Sprintf(format, args...)) }

func (p *plain) complain(err error) {
	if !silent(err) {
		p.say("Error: " + explain(err).String())
	}
}

// ask prints a question and returns the answer; empty takes the default.
func (p *plain) ask(ctx context.Context, question, def string) (string, error) {
	if def != "" {
		question += " [" + def + "]"
	}
	fmt.Fprint(p.out, plainWords.Replace(question)+": ")
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l, ok := <-p.lines:
		if !ok {
			return "", io.EOF
		}
		l = safetext.Line(l)
		switch l {
		case "":
			return def, nil
		case "quit":
			return "", errLeave
		case "back":
			return "", errBack
		case "exports":
			if err := p.exportsList(ctx); err != nil {
				return "", err
			}
			return p.ask(ctx, question, "")
		}
		return l, nil
	}
}

// secret asks without echo where there is a terminal.
func (p *plain) secret(ctx context.Context, question string) (string, error) {
	if p.tty < 0 {
		return p.ask(ctx, question, "")
	}
	restore := echoOff(p.tty) // the terminal goes on handing over lines
	defer func() {
		restore()
		fmt.Fprintln(p.out)
	}()
	return p.ask(ctx, question, "")
}

// way goes from step to step; back goes one back, and what was answered stays.
func (p *plain) way(ctx context.Context) error {
	steps := []func(context.Context) error{p.stepConnect, p.stepToken, p.stepBrowse, p.stepDescribe, p.stepReview}
	for i := 0; ; {
		if i == len(steps) {
			if err := p.stepExport(ctx); err != nil && !errors.Is(err, errBack) {
				return err
			}
			i = 2
			continue
		}
		switch err := steps[i](ctx); {
		case err == nil:
			i++
		case errors.Is(err, errBack):
			i = max(i-1, 0)
		default:
			return err
		}
	}
}

func (p *plain) stepConnect(ctx context.Context) error {
	first := true
	for {
		l := Login{}
		if p.opt.Demo != nil && first {
			l = *p.opt.Demo
		} else if p.facts.TokenFrom != "" && first && len(p.facts.Servers) > 0 {
			l.URL = p.facts.Servers[0]
			p.sayf("Using the openBIS token %s.", p.facts.TokenFrom)
		} else {
			var err error
			if l, err = p.askLogin(ctx); err != nil {
				return err
			}
		}
		first = false
		p.sayf("Connecting to %s...", host(l.URL))
		sess, err := p.be.Connect(ctx, l)
		if err != nil {
			p.complain(err)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if p.sess != nil {
			_ = p.sess.Close(ctx) // a second login replaces the first
		}
		p.connected(sess)
		if p.who.Refused != "" {
			p.say("Error: " + p.who.Refused)
			continue
		}
		p.sayf("Connected to %s as %s.", host(p.who.Server), p.who.Person.UserID)
		return nil
	}
}

func (p *plain) askLogin(ctx context.Context) (Login, error) {
	server := p.connect.fields[rowServer].Value()
	user := p.connect.fields[rowUser].Value()
	l := Login{URL: server}
	var err error
	if !p.facts.ServerLocked || server == "" {
		if l.URL, err = p.ask(ctx, "Address of openBIS", server); err != nil {
			return l, err
		}
	}
	if l.User, err = p.ask(ctx, "User, or the word token", user); err != nil {
		return l, err
	}
	p.connect.fields[rowServer].SetValue(l.URL)
	if l.User == "token" {
		l.User = ""
		l.Token, err = p.secret(ctx, "Personal access token or session token")
		return l, err
	}
	p.connect.fields[rowUser].SetValue(l.User)
	l.Password, err = p.secret(ctx, "Password")
	return l, err
}

func (p *plain) stepToken(ctx context.Context) error {
	from, err := p.sess.FindToken(ctx)
	switch {
	case err == nil:
		p.sayf("Zenodo token %s.", from)
		return nil
	case errors.Is(err, zenodo.ErrToken):
		p.sayf("The Zenodo token %s was refused.", from)
	case !errors.Is(err, ErrNoToken):
		p.complain(err)
	}
	p.sayf("Make a token for %s here, and tick deposit:write and deposit:actions:", p.facts.Zenodo.Name)
	p.say(p.facts.Zenodo.TokenURL)
	for {
		t, err := p.secret(ctx, "Zenodo token")
		if err != nil {
			return err
		}
		if err := p.sess.UseToken(ctx, strings.TrimSpace(t)); err != nil {
			p.complain(err)
			continue
		}
		places := p.token.places()
		for i, pl := range places {
			text := pl.label
			if pl.off != "" {
				text += ": " + pl.off
			}
			p.sayf("%d  %s", i+1, text)
		}
		n, err := p.number(ctx, "Where to keep it", 1, len(places))
		if err != nil {
			return err
		}
		if pl := places[n-1]; pl.where != KeepNowhere && pl.off == "" {
			if err := p.sess.KeepToken(ctx, pl.where); err != nil {
				p.complain(err)
			}
		}
		return nil
	}
}

// number asks for a number from 1 to most.
func (p *plain) number(ctx context.Context, question string, def, most int) (int, error) {
	for {
		s, err := p.ask(ctx, question, strconv.Itoa(def))
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= most {
			return n, nil
		}
		p.sayf("A number from 1 to %d, please.", most)
	}
}

// exportsList shows earlier exports and what can be done with them.
func (p *plain) exportsList(ctx context.Context) error {
	for {
		jobs, err := p.be.Jobs(ctx)
		if err != nil {
			p.complain(err)
			return nil
		}
		p.exports.take(jobs)
		jobs = p.exports.jobs
		if len(jobs) == 0 {
			p.say("No exports yet.")
			return nil
		}
		for i, j := range jobs {
			p.sayf("%d  %s: %s %s %s", i+1, safetext.Line(j.Title), stateText(j), j.Created.Local().Format("2006-01-02"), j.URL)
		}
		s, err := p.ask(ctx, "resume N, look N, discard N, or empty to go on", "")
		if err != nil || s == "" {
			if errors.Is(err, errBack) {
				err = nil
			}
			return err
		}
		verb, num, _ := strings.Cut(s, " ")
		n, err := strconv.Atoi(strings.TrimSpace(num))
		if err != nil || n < 1 || n > len(jobs) {
			p.say("A word and a number, such as: look 1")
			continue
		}
		if err := p.exportsAct(ctx, verb, jobs[n-1]); err != nil {
			return err
		}
	}
}

func (p *plain) exportsAct(ctx context.Context, verb string, j export.Job) error {
	switch verb {
	case "resume":
		if p.sess == nil {
			p.say("Log in first.")
			return nil
		}
		p.review.job = j
		return p.stepExport(ctx)
	case "look":
		if _, err := p.keeper().Sync(ctx, j.ID); err != nil {
			p.complain(err)
		}
	case "discard":
		s, err := p.ask(ctx, "Discard it, with its draft at Zenodo? yes or no", "no")
		if err != nil {
			return err
		}
		if s == "yes" {
			if err := p.keeper().Discard(ctx, j.ID); err != nil {
				p.complain(err)
			}
		}
	default:
		p.say("resume, look or discard.")
	}
	return nil
}

// progressEvery is how often a running export says how far it is.
const progressEvery = 10 * time.Second

// renewed asks for the password after an ended session; true if it was opened again.
func (p *plain) renewed(ctx context.Context, err error) bool {
	if !errors.Is(err, openbis.ErrSession) {
		return false
	}
	p.say("The openBIS session has ended.")
	pw, err := p.secret(ctx, "Password of "+p.who.Person.UserID)
	if err != nil {
		return false
	}
	if err := p.sess.Renew(ctx, Login{URL: p.who.Server, User: p.who.Person.UserID, Password: pw}); err != nil {
		p.complain(err)
		return false
	}
	return true
}
