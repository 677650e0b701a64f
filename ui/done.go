package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/ui/cells"
	"zenobis/ui/term"
)

// doneScreen hands a draft over and follows it until it is registered.
type doneScreen struct {
	app    *app
	shown  string // the job that is shown
	opened string // what became of the browser
	qr     []string
	scroll scroller
	watch  task
	ch     chan export.Job
	open   task
	look   task
	name   task
}

func newDone(a *app) screen { return &doneScreen{app: a} }

// showDraft shows a draft; a fresh one is opened in the browser where there is one.
func (a *app) showDraft(job export.Job, fresh bool) tea.Cmd {
	a.flow.Follow(job, fresh)
	return a.goTo(atDone)
}

func (s *doneScreen) draft() *flow.Draft { return &s.app.flow.Draft }

func (s *doneScreen) enter(bool) tea.Cmd {
	a, d := s.app, s.draft()
	if s.shown == d.Job.ID && !d.Fresh {
		return tea.Batch(s.follow(), s.named())
	}
	s.shown, s.opened, s.qr, s.scroll = d.Job.ID, "", nil, scroller{}
	a.stop(&s.name)
	cmd := tea.Batch(s.follow(), s.named())
	if d.Fresh && !a.flow.Facts.NoBrowser {
		cmd = tea.Batch(cmd, s.browser())
	}
	d.Fresh = false
	return cmd
}

// follow watches the job; needs a session, since registering does.
func (s *doneScreen) follow() tea.Cmd {
	a := s.app
	a.stop(&s.watch)
	s.ch = nil
	job := s.draft().Job
	if a.flow.Session == nil || job.State.Settled() {
		return nil
	}
	sess, ch, every := a.flow.Session, make(chan export.Job, 16), a.flow.WatchEvery()
	s.ch = ch
	cmd := a.do(&s.watch, "Watching the draft", 0, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.Watch(ctx, job.ID, every, func(j export.Job) {
			select {
			case ch <- j:
			case <-ctx.Done():
			}
		})
		close(ch)
		return func() tea.Cmd {
			if err != nil && !flow.Silent(err) {
				s.draft().Err = err
				if a.flow.SessionEnded(err) {
					return a.askRenewal(s.follow)
				}
			}
			return nil
		}
	})
	return tea.Batch(cmd, s.listen(ch))
}

// listen waits for the next change of state.
func (s *doneScreen) listen(ch chan export.Job) tea.Cmd {
	return func() tea.Msg {
		j, ok := <-ch
		return arrived(func() tea.Cmd {
			if ch != s.ch || !ok || j.ID != s.draft().Job.ID {
				return nil
			}
			s.draft().Err = nil
			s.app.flow.Changed(j)
			return tea.Batch(s.listen(ch), s.named())
		})
	}
}

// named asks how the publication is called in openBIS.
func (s *doneScreen) named() tea.Cmd {
	sess, ids := s.app.flow.Session, s.draft().Unnamed()
	if sess == nil || len(ids) == 0 {
		return nil
	}
	return s.app.do(&s.name, "Looking at the publication", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Get(ctx, openbis.KindObject, ids...)
		return func() tea.Cmd {
			if err == nil { // else the permIds are shown
				s.draft().Named(got)
			}
			return nil
		}
	})
}

func (s *doneScreen) browser() tea.Cmd {
	be, url := s.app.flow.Backend, s.draft().Address()
	return s.app.do(&s.open, "Opening the browser", 20*time.Second, func(ctx context.Context, _ *stage) func() tea.Cmd {
		ok, why := be.OpenBrowser(ctx, url)
		return func() tea.Cmd {
			s.opened = flow.OpenedText
			if !ok {
				s.opened = "No browser was opened: " + safetext.Line(why) + "."
			}
			return nil
		}
	})
}

func (s *doneScreen) input(tea.Msg) tea.Cmd { return nil }
func (s *doneScreen) typing() bool          { return false }

func (s *doneScreen) actions() []action {
	a := s.app
	address, doi := s.draft().Address() != "", flow.DOIOf(s.draft().Job)
	return append([]action{
		on("c", "c", "copy", func() tea.Cmd { return a.copyText("The address", s.draft().Address()) }).when(address).
			help(going, "copy the address", ""),
		on("b", "b", "browser", s.browser).when(address).help(going, "open the draft in the browser", ""),
		on("n", "n", "another export", func() tea.Cmd { return a.goTo(atBrowse) }).when(a.flow.Session != nil).
			help(going, "select something else; this draft is watched in Exports", ""),
		on("r", "r", "look now", s.lookNow).help(going, "look now what became of the draft", ""),
		on("e", "e", "exports", a.toExports),
		on(
			"d",
			"d",
			"copy DOI",
			func() tea.Cmd { return a.copyText("The DOI", doi) },
		).when(doi != "").
			help(going, "copy the DOI", ""),
		on(
			"C",
			"C",
			"copy citation",
			func() tea.Cmd { return a.copyText("The citation", a.flow.Citation()) },
		).when(doi != "").
			help(going, "copy how to cite it", ""),
		on("Q", "Q", "QR code", s.toggleQR).when(s.qr != nil || s.fits(a.panes.w, a.panes.h) != nil).
			help(going, "the address as a QR code, for your phone", ""),
		on("Q", "", "", s.noQR),
		on("q", "q", leaveHint, func() tea.Cmd { a.quits = 1; return a.leave() }),
		on("esc", "esc", "browse", s.escape).help(going, "back to Browse; the draft is still watched", ""),
	}, s.scroll.actions()...)
}

// noQR says why there is no QR code.
func (s *doneScreen) noQR() tea.Cmd {
	why := "No room for the QR code here."
	switch {
	case s.draft().Address() == "":
		why = "There is no address to show as a QR code."
	case s.app.ascii:
		why = "A QR code needs a terminal with UTF-8."
	}
	s.app.fail(why)
	return nil
}

func (s *doneScreen) toggleQR() tea.Cmd {
	if s.qr != nil {
		s.qr = nil
	} else {
		s.qr = s.fits(s.app.panes.w, s.app.panes.h)
	}
	return nil
}

func (s *doneScreen) escape() tea.Cmd {
	switch {
	case s.qr != nil:
		s.qr = nil
		return nil
	case s.app.flow.Session == nil:
		return s.app.goTo(atExports)
	}
	return s.app.goTo(atBrowse)
}

// lookNow asks for the state at once, and registers what was published.
func (s *doneScreen) lookNow() tea.Cmd {
	be, id := s.app.flow.Keeper(), s.draft().Job.ID
	return s.app.do(&s.look, "Looking", 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		jobs, err := be.Sync(ctx, id)
		return func() tea.Cmd {
			for _, j := range jobs {
				if j.ID == id {
					s.app.flow.Changed(j)
				}
			}
			switch {
			case s.draft().Job.ID != id:
				return nil // another one is shown by now
			case err != nil:
				return s.app.failed(err, s.lookNow)
			}
			s.app.sayState("Looked: ", s.draft().Job)
			return s.named()
		}
	})
}

// copyText sends a text to the terminal's clipboard, and to a multiplexer's
// buffer, since that one may drop what programs send. Whether either took it
// can't be known.
func (a *app) copyText(what, text string) tea.Cmd {
	be, ctx := a.flow.Backend, a.ctx
	a.say(what + " was sent to the terminal's clipboard.")
	return tea.Batch(term.Copy(a.env, text), func() tea.Msg {
		be.CopyBeside(ctx, text)
		return nil
	})
}

// fits returns the QR code if it can be shown whole.
func (s *doneScreen) fits(w, h int) []string {
	if s.app.ascii || s.draft().Address() == "" {
		return nil
	}
	qr := s.app.flow.Backend.QR(s.draft().Address())
	if len(qr) == 0 || len(qr) > h-1 || cells.Width(qr[0]) > w { // a line says how to leave it
		return nil
	}
	return qr
}

// whole is the QR code on the whole screen: with the quiet zone that scanners
// need it is too high for the body of a small one.
func (s *doneScreen) whole(w, h int) []string {
	if s.qr == nil || s.fits(w, h) == nil {
		return nil
	}
	out := make([]string, 0, h)
	for range (h - 1 - len(s.qr)) / 2 {
		out = append(out, "")
	}
	for _, l := range s.qr { // scanners want dark on light, whatever the terminal's colours
		out = append(out, strings.Repeat(" ", (w-cells.Width(l))/2)+s.app.th.QR.Render(l))
	}
	for len(out) < h-1 {
		out = append(out, "")
	}
	return append(out, " "+cells.Clip("esc goes back. "+s.draft().Address(), w-1))
}

func (s *doneScreen) view(w, h int) []string {
	th, d := s.app.th, s.draft()
	tw := min(w-3, textWidth) // a sign of more has room beside it
	var out []string
	add := func(l string) { out = append(out, " "+l) }
	roomy := h > 10
	if roomy {
		add("")
	}
	add(th.Bold.Render(cells.Clip(safetext.Line(d.Job.Title), tw)))
	for _, l := range cells.Wrap(s.app.flow.HeadText(), tw) {
		add(l)
	}
	if roomy && d.Address() != "" {
		add("")
	}
	if url := d.Address(); url == "" {
		// nothing to go to
	} else if cells.Width(url) <= w {
		out = append(out, url) // alone on its line, to be selected with one click
	} else {
		for len(url) > 0 {
			n := min(len(url), w)
			out, url = append(out, url[:n]), url[n:]
		}
	}
	if u := d.Address(); roomy && (strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")) {
		add(th.Link.Hyperlink(u).Render("open it (ctrl+click)"))
	}
	if roomy {
		add("")
	}
	for _, f := range d.Facts() {
		for i, l := range cells.Wrap(f[1], tw-11) {
			label := f[0]
			if i > 0 {
				label = ""
			}
			add(th.Dim.Render(cells.Pad(label, 10)) + " " + l)
		}
	}
	if c := s.app.flow.Citation(); c != "" && roomy {
		add("")
		for _, l := range cells.Wrap("Cite as: "+c, tw) {
			add(l)
		}
	}
	for _, l := range cells.Wrap(s.app.flow.NextText(), tw) {
		add(l)
	}
	if s.opened != "" && d.Address() != "" {
		for _, l := range cells.Wrap(s.opened, tw) {
			add(th.Dim.Render(l))
		}
	}
	if d.Err != nil {
		for _, l := range cells.Wrap("✗ "+byKey(flow.Words(d.Err))+" r looks again.", tw) {
			add(th.Bad.Render(l))
		}
	}
	return s.scroll.window(s.app, out, w, h)
}

func (s *doneScreen) status(int) string {
	switch {
	case s.look.busy:
		return s.app.waitText(&s.look)
	case s.draft().Job.State == export.StateDiscarded:
		return "Nothing is left to do here."
	case s.draft().Job.State.Settled():
		return "All done."
	case s.watch.busy:
		return s.app.flow.WatchText()
	case s.app.flow.Session != nil:
		return "r looks again."
	}
	return "r looks again; recording it in openBIS needs a login."
}
