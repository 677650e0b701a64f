package plain

import (
	"context"
	"strings"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
	"zenobis/safetext"
)

// stepReview plans, and says what will lie on Zenodo.
func (t *talk) stepReview(ctx context.Context) error {
	if jobs, err := t.Backend.Jobs(ctx); err == nil { // to name those of the same selection
		t.Earlier.Take(jobs)
	}
	for {
		t.say("Planning...")
		req, drop := t.BeginPlan()
		if drop != "" {
			_ = t.Backend.Discard(ctx, drop) // only a folder of ours: the next start lists it, if it stays
		}
		job, plan, err := t.Session.Plan(ctx, req, false, func(string, int) {})
		t.Planned(job, plan, err)
		if t.renewed(ctx, err) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t.sayReview()
		s, err := t.ask(ctx, "start, layout NAME, or the letter of a choice", "start")
		if err != nil {
			return err
		}
		verb, arg, _ := strings.Cut(s, " ")
		switch verb {
		case "start":
			why := t.AgainstStart()
			if why == "" {
				return nil
			}
			t.say("Error: " + why + " Go back, or make another choice.")
		case "layout", "l":
			t.chooseLayout(arg)
		case "d":
			return errBack
		case "e":
			if err := t.exportsList(ctx); err != nil {
				return err
			}
		case "n":
			t.NewRecord()
		case "i":
			if !t.IntoOpenDraft() {
				t.say("There is no open draft to choose.")
			}
		case "b":
			t.showOpenDraft(ctx)
		case "a":
			t.Switches.AcceptFindings = !t.Switches.AcceptFindings
		default:
			if asksHelp(s) {
				t.help("start: begin the export", "layout NAME: how the files are arranged", "A letter: the choice that begins with it",
					"d: back to the description")
			} else if !t.flip(verb) {
				t.say("Not understood: " + s + ". help lists all commands.")
			}
		}
	}
}

// chooseLayout takes a layout by its name.
func (t *talk) chooseLayout(name string) {
	if t.LayoutFixed() {
		t.say("The layout is " + flow.FixedText + ".")
		return
	}
	t.SetLayout(export.LayoutAuto)
	for _, l := range flow.Layouts() {
		if string(l.Layout) == name {
			t.SetLayout(l.Layout)
		}
	}
}

// showOpenDraft shows the draft that is in the way in the browser.
func (t *talk) showOpenDraft(ctx context.Context) {
	d := t.OpenDraft()
	if d == nil || d.URL == "" {
		t.say("There is no open draft to show.")
		return
	}
	if ok, why := t.Backend.OpenBrowser(ctx, d.URL); ok {
		t.say("Opened in your browser.")
	} else {
		t.say(safetext.Line(d.URL))
		t.say("The browser was not opened: " + safetext.Line(why) + ".")
	}
}

// flip changes the choice of a letter; false if there is none.
func (t *talk) flip(letter string) bool {
	for _, s := range t.SwitchList() {
		if s.Key == letter {
			*s.On = !*s.On
			return true
		}
	}
	return false
}

func (t *talk) sayReview() {
	for _, s := range t.ReviewSections() {
		title := s.Title
		if s.Tone == flow.Alarming && len(s.Facts) == 0 && !t.Facts.Zenodo.Real {
			title = "Error: " + title
		}
		t.say(title)
		for _, f := range s.Facts {
			t.sayf("%s: %s", f[0], f[1])
		}
		for _, r := range s.Rows {
			t.sayf("%s: %s", r[0], r[1])
		}
		if s.Text != "" {
			for _, l := range strings.Split(flow.Flat(s.Text), "\n") {
				t.say(l)
			}
		}
		for _, it := range s.Items {
			t.say("- " + it)
		}
		if s.More > 0 {
			t.sayf("and %s more", human.Number(s.More))
		}
	}
	t.say("Choices")
	if t.LayoutFixed() {
		t.sayf("layout: %s, %s", t.Layout(), flow.FixedText)
	} else {
		t.sayf("layout: %s", t.Layout())
	}
	for _, s := range t.SwitchList() {
		state := "off"
		if *s.On {
			state = "on"
		}
		t.sayf("%s, now %s: %s", s.Key, state, s.Label)
	}
}
