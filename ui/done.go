package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// doneScreen hands a draft over and follows it until it is registered.
type doneScreen struct {
	app    *app
	job    export.Job
	opened string // what became of the browser
	qr     []string
	watch  task
	ch     chan export.Job
	open   task
	look   task
	name   task
	// objects are the identifiers of the publication's objects, as far as known.
	objects []string
	err     error
}

// jobMsg brings a change of state; ok is false at the end of the watching.
type jobMsg struct {
	ch  chan export.Job
	job export.Job
	ok  bool
}

// watchEvery is gentle with the server although someone watches; one on this
// machine needs no mercy.
const (
	watchEvery    = 15 * time.Second
	practiceEvery = 3 * time.Second
)

// show takes a job; a fresh one is opened in the browser where there is one.
func (s *doneScreen) show(job export.Job, fresh bool) tea.Cmd {
	a := s.app
	a.at = atDone
	s.job, s.opened, s.qr, s.err, s.objects = job, "", nil, nil, nil
	a.stop(&s.name)
	cmd := tea.Batch(s.follow(), s.named())
	if fresh && !a.facts.NoBrowser {
		return tea.Batch(cmd, s.browser())
	}
	return cmd
}

func (s *doneScreen) enter() tea.Cmd { return nil }

// follow watches the job; needs a session, since registering does.
func (s *doneScreen) follow() tea.Cmd {
	a := s.app
	a.stop(&s.watch)
	s.ch = nil
	if a.sess == nil || s.job.State.Settled() {
		return nil
	}
	sess, id, ch := a.sess, s.job.ID, make(chan export.Job, 16)
	every := watchEvery
	if a.facts.Zenodo.Practice {
		every = practiceEvery
	}
	s.ch = ch
	cmd := a.do(&s.watch, "Watching the draft", 0, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.Watch(ctx, id, every, func(j export.Job) {
			select {
			case ch <- j:
			case <-ctx.Done():
			}
		})
		close(ch)
		return func() tea.Cmd {
			if err != nil && !silent(err) {
				s.err = err
				if a.sessionEnded(err) {
					return a.askRenewal(s.follow)
				}
			}
			return nil
		}
	})
	return tea.Batch(cmd, listenJobs(ch))
}

func listenJobs(ch chan export.Job) tea.Cmd {
	return func() tea.Msg {
		j, ok := <-ch
		return jobMsg{ch, j, ok}
	}
}

func (s *doneScreen) watched(m jobMsg) tea.Cmd {
	if m.ch != s.ch || !m.ok {
		return nil
	}
	s.err = nil
	s.job = m.job
	return tea.Batch(listenJobs(m.ch), s.named())
}

// named asks how the publication is called in openBIS: a permId tells nobody
// where to look.
func (s *doneScreen) named() tea.Cmd {
	sess, ids := s.app.sess, s.job.Objects
	if sess == nil || len(ids) == 0 || len(s.objects) > 0 {
		return nil
	}
	return s.app.do(&s.name, "Looking at the publication", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Get(ctx, openbis.KindObject, ids...)
		return func() tea.Cmd {
			if err != nil {
				return nil // the permIds stand there
			}
			for _, id := range ids {
				if e, ok := got[id]; ok && e.Identifier != "" {
					s.objects = append(s.objects, safetext.Line(e.Identifier))
				}
			}
			return nil
		}
	})
}

func (s *doneScreen) browser() tea.Cmd {
	be, url := s.app.be, s.address()
	return s.app.do(&s.open, "Opening the browser", 20*time.Second, func(ctx context.Context, _ *stage) func() tea.Cmd {
		ok, why := be.OpenBrowser(ctx, url)
		return func() tea.Cmd {
			s.opened = "Opened in your browser."
			if !ok {
				s.opened = "No browser was opened: " + safetext.Line(why) + "."
			}
			return nil
		}
	})
}

// address is where a person goes on: the draft's form, later the record.
func (s *doneScreen) address() string { return safetext.Line(s.job.URL) }

func (s *doneScreen) paste(tea.PasteMsg) tea.Cmd { return nil }
func (s *doneScreen) typing() bool               { return false }

func (s *doneScreen) key(k tea.KeyPressMsg) tea.Cmd {
	a := s.app
	switch k.String() {
	case "c":
		return a.copyText(s.address())
	case "Q":
		if s.qr != nil {
			s.qr = nil
			return nil
		}
		s.qr = s.fits(a.f.w, a.f.body)
		if s.qr == nil {
			a.fail("The QR code does not fit here.")
		}
	case "b":
		return s.browser()
	case "r":
		return s.lookNow()
	case "e":
		a.back = atBrowse
		return a.goTo(atExports)
	case "n":
		return a.goTo(atBrowse)
	case "q":
		return tea.Quit
	case "esc":
		if s.qr != nil {
			s.qr = nil
			return nil
		}
		if a.sess == nil {
			return a.goTo(atExports)
		}
		return a.goTo(atBrowse)
	}
	return nil
}

// lookNow asks for the state at once, and registers what was published.
func (s *doneScreen) lookNow() tea.Cmd {
	be, id := s.app.keeper(), s.job.ID
	return s.app.do(&s.look, "Looking", 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		jobs, err := be.Sync(ctx, id)
		return func() tea.Cmd {
			for _, j := range jobs {
				if j.ID == id {
					s.job = j
				}
			}
			if err != nil {
				return s.app.failed(err, s.lookNow)
			}
			return s.named()
		}
	})
}

// copyText sends a text to the terminal's clipboard, and to a multiplexer's
// buffer, since that one may drop what programs send. Whether either took it
// can't be known.
func (a *app) copyText(text string) tea.Cmd {
	be, ctx := a.be, a.ctx
	a.say("Sent to the terminal's clipboard.")
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		be.CopyBeside(ctx, text)
		return nil
	})
}

// fits returns the QR code if it can be shown whole.
func (s *doneScreen) fits(w, h int) []string {
	if s.app.ascii || s.address() == "" {
		return nil
	}
	qr := s.app.be.QR(s.address())
	if len(qr) == 0 || len(qr) > h || cells.Width(qr[0]) > w {
		return nil
	}
	return qr
}

func (s *doneScreen) view(w, h int) []string {
	th := s.app.th
	if s.qr != nil && len(s.qr) <= h && cells.Width(s.qr[0]) <= w {
		out := make([]string, len(s.qr))
		for i, l := range s.qr { // scanners want dark on light, whatever the terminal's colours
			out[i] = th.qr.Render(l)
		}
		return out
	}
	tw := min(w-2, textWidth)
	var out []string
	add := func(l string) { out = append(out, " "+l) }
	roomy := h > 10
	if roomy {
		add("")
	}
	add(th.bold.Render(cells.Clip(safetext.Line(s.job.Title), tw)))
	head := "The draft is on " + s.app.facts.Zenodo.Name + ". Look it over and publish it there:"
	if s.job.State == export.StatePublished || s.job.State == export.StateRegistered {
		head = "Published:"
	}
	for _, l := range cells.Wrap(head, tw) {
		add(l)
	}
	if roomy {
		add("")
	}
	if url := s.address(); cells.Width(url) <= w {
		out = append(out, url) // alone on its line, to be selected with one click
	} else {
		for len(url) > 0 {
			n := min(len(url), w)
			out, url = append(out, url[:n]), url[n:]
		}
	}
	if u := s.address(); roomy && (strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")) {
		add(th.link.Hyperlink(u).Render("open it (ctrl+click)"))
	}
	if roomy {
		add("")
	}
	for _, f := range s.facts() {
		ls := cells.Wrap(f[1], tw-11)
		for i, l := range ls {
			label := f[0]
			if i > 0 {
				label = ""
			}
			add(th.dim.Render(cells.Pad(label, 10)) + " " + l)
		}
	}
	if s.opened != "" {
		for _, l := range cells.Wrap(s.opened, tw) {
			add(th.dim.Render(l))
		}
	}
	if s.err != nil {
		for _, l := range cells.Wrap("✗ "+explain(s.err).String()+" r looks again.", tw) {
			add(th.bad.Render(l))
		}
	}
	return out
}

// stateText is a state in words.
func stateText(j export.Job) string {
	switch j.State {
	case export.StatePlanned:
		return "planned, nothing sent"
	case export.StateUploading:
		return "uploading"
	case export.StateInterrupted:
		return "interrupted, can be resumed"
	case export.StateFailed:
		return "failed"
	case export.StateDraft:
		return "draft: not public yet"
	case export.StateInReview:
		return "in review by the community"
	case export.StatePublished:
		return "published, not yet recorded in openBIS"
	case export.StateRegistered:
		if !j.Confirmed {
			return "published and recorded in openBIS (not visible to you)"
		}
		return "published and recorded in openBIS"
	case export.StateDiscarded:
		return "discarded"
	}
	return string(j.State)
}

func (s *doneScreen) facts() [][2]string {
	j := s.job
	out := [][2]string{{"State", "● " + stateText(j)}}
	out[0][1] = stateMark(j.State) + " " + stateText(j)
	if j.DOI != "" {
		doi := j.DOI
		if j.State != export.StatePublished && j.State != export.StateRegistered {
			doi += " (reserved, works once published)"
		}
		out = append(out, [2]string{"DOI", doi})
	}
	if len(j.Objects) > 0 {
		out = append(out, [2]string{"openBIS", s.where()})
	}
	if j.Reason != "" {
		out = append(out, [2]string{"Because", safetext.Line(j.Reason)})
	}
	if !j.Looked.IsZero() {
		out = append(out, [2]string{"Looked", j.Looked.Local().Format("2006-01-02 15:04:05")})
	}
	return out
}

// where are the publication's objects.
func (s *doneScreen) where() string {
	if len(s.objects) > 0 {
		return strings.Join(s.objects, ", ")
	}
	return strings.Join(s.job.Objects, ", ")
}

func stateMark(st export.State) string {
	switch st {
	case export.StateRegistered:
		return "✓"
	case export.StateFailed, export.StateDiscarded:
		return "✗"
	case export.StatePublished:
		return "▣"
	}
	return "☐"
}

func (s *doneScreen) status(int) string {
	switch {
	case s.look.busy:
		return s.app.waitText(&s.look)
	case s.job.State.Settled():
		return "All done."
	case s.watch.busy:
		return "Watching. You may leave at any time: zenobis sync goes on from here."
	}
	return "r looks again; registering in openBIS needs a login."
}

func (s *doneScreen) hints() []hint {
	h := []hint{{"c", "copy"}, {"b", "browser"}}
	if s.fits(s.app.f.w, s.app.f.body) != nil {
		h = append(h, hint{"Q", "QR code"})
	}
	return append(h, hint{"r", "look now"}, hint{"n", "another export"}, hint{"e", "exports"}, hint{"q", "leave"})
}

func (s *doneScreen) legend() string { return "" }
