package plain

import (
	"context"
	"strings"
	"time"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/safetext"
)

// waitsEvery is how often a long planning looks what it waits for.
const waitsEvery = time.Second

// stepReview plans, and says what will lie on Zenodo.
func (t *talk) stepReview(ctx context.Context) error {
	if jobs, err := t.Backend.Jobs(ctx); err == nil { // to name those of the same selection
		t.TakeExports(jobs)
	}
	for {
		t.say("Planning...")
		req, drop := t.BeginPlan()
		if drop != "" {
			_ = t.Backend.Discard(ctx, drop) // only a folder of ours: the next start lists it, if it stays
		}
		quiet := t.tellWaits()
		job, plan, err := t.Session.Plan(ctx, req, false, func(string, int) {})
		quiet()
		need := t.Planned(job, plan, err)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if again, err := t.given(ctx, need); err != nil {
			return err
		} else if again {
			continue
		}
		t.sayReview(false)
		for again := false; !again; {
			s, err := t.ask(ctx, "start, layout NAME, or the letter of a choice", "start")
			if err != nil {
				return err
			}
			var start bool
			if start, again, err = t.reviewed(ctx, s); start || err != nil {
				return err
			}
		}
	}
}

// tellWaits says what the servers are waited for until it is called off. The
// caller says nothing meanwhile.
func (t *talk) tellWaits() (off func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(waitsEvery)
		defer tick.Stop()
		said := ""
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				if why := t.WaitingText(); why != "" && unlike(why, said) {
					t.say(why)
					said = why
				}
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}

// reviewed does what was answered to the review: start it, or again where it is
// to be planned anew. After anything else only the question is asked again.
func (t *talk) reviewed(ctx context.Context, s string) (start, again bool, err error) {
	verb, arg, _ := strings.Cut(s, " ")
	switch verb {
	case "start":
		why := t.AgainstStart()
		if why == "" {
			return true, false, nil
		}
		t.say("Error: " + why + " Go back, or make another choice.")
	case "layout", "l":
		return false, t.chooseLayout(arg), nil
	case "d":
		return false, false, errBack
	case "e":
		return false, true, t.exportsList(ctx) // what it does may be in the plan
	case "list":
		t.sayReview(true)
	case "n":
		t.NewRecord()
		return false, true, nil
	case "i":
		if t.IntoOpenDraft() {
			return false, true, nil
		}
		t.say("There is no open draft to choose.")
	case "b":
		t.showOpenDraft(ctx)
	case "a":
		t.Switches.AcceptFindings = !t.Switches.AcceptFindings
		return false, true, nil
	default:
		if asksHelp(s) {
			t.help("start: begin the export", "list: all of this again, with the lines that were summed up",
				"layout NAME: how the files are arranged, "+layoutNames(), "A letter: the choice that begins with it",
				"a: accept the private details, or no more", "d: back to the description", "e: the exports before, as exports does",
				"n: a record of its own instead of a new version", "i: into the open draft, or no more", "b: show the open draft")
		} else if t.flip(verb) {
			return false, true, nil
		} else {
			t.say("Not understood: " + s + ". help lists all commands.")
		}
	}
	return false, false, nil
}

// layoutNames are the layouts as they are typed.
func layoutNames() string {
	var names []string
	for _, l := range flow.Layouts() {
		names = append(names, string(l.Layout))
	}
	return strings.Join(names, ", ")
}

// chooseLayout takes a layout by its name; false for one that there is not.
func (t *talk) chooseLayout(name string) bool {
	if t.LayoutFixed() {
		t.say("The layout is " + flow.FixedText + ".")
		return false
	}
	for _, l := range flow.Layouts() {
		if string(l.Layout) == name {
			t.SetLayout(l.Layout)
			return true
		}
	}
	t.say("There is no such layout. Take one of these: " + layoutNames() + ".")
	return false
}

// showOpenDraft shows the draft that is in the way in the browser.
func (t *talk) showOpenDraft(ctx context.Context) {
	d := t.OpenDraft()
	if d == nil || d.URL == "" {
		t.say("There is no open draft to show.")
		return
	}
	if ok, why := t.Backend.OpenBrowser(ctx, d.URL); ok {
		t.say(flow.OpenedText)
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

// heard is how many lines of a list that is much alike are said at once.
const heard = 3

// sayReview says the review; whole, with what is summed up else.
func (t *talk) sayReview(whole bool) {
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
		items, more := s.Items, s.More
		if s.Alike && !whole && len(items) > heard {
			items, more = items[:heard], more+len(items)-heard
		}
		for _, it := range items {
			t.say("- " + it)
		}
		switch {
		case more > s.More:
			t.sayf("and %s more: list says them", human.Number(more))
		case more > 0:
			t.sayf("and %s more", human.Number(more))
		}
	}
	t.say("Choices")
	if t.LayoutFixed() {
		t.sayf("layout: %s, %s", t.Layout(), flow.FixedText)
	} else {
		t.sayf("layout: %s", t.Layout())
	}
	for _, l := range t.FixedSettings() {
		t.sayf("%s, %s", l, flow.FixedText)
	}
	for _, s := range t.SwitchList() {
		state := "off"
		if *s.On {
			state = "on"
		}
		t.sayf("%s, now %s: %s", s.Key, state, s.Label)
	}
}
