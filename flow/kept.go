package flow

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zenobis/disk"
	"zenobis/export"
	"zenobis/human"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
)

// Kept is what was chosen and typed but not exported when the program ended. It
// is offered at the next start, once: the answer takes it away. There are no
// secrets in it.
type Kept struct {
	Version   int                 `json:"version"`
	Saved     time.Time           `json:"saved"`
	Server    string              `json:"server"`
	User      string              `json:"user"`
	Selection selection.Selection `json:"selection"`
	Title     string              `json:"title,omitempty"`
	Text      map[string]string   `json:"text,omitempty"` // fields that were typed
	Groups    []string            `json:"groups,omitempty"`
	Layout    export.Layout       `json:"layout,omitempty"`
	Switches  []string            `json:"switches,omitempty"` // letters of those that are on
	VersionOf string              `json:"version_of,omitempty"`
}

const keptVersion = 1

// The files that are kept.
const (
	UnfinishedFile = "unfinished.json"
	RecentFile     = "selections.json"
)

// Unfinished reports whether something was selected or typed that no export has
// taken yet.
func (f *Flow) Unfinished() bool {
	return f.Session != nil && (!f.Tree.Empty() || f.Description.touched()) && !f.exported()
}

// exported reports whether an export took exactly what is selected, also one
// that still runs or can be resumed, and nothing else was typed since.
func (f *Flow) exported() bool {
	key, title := f.Selection().Fingerprint(), f.Description.Title
	if !f.takenWhole() {
		return false
	}
	for _, j := range append([]export.Job{f.Run.Job}, f.Waiting...) {
		if j.ID != "" && j.Request.Selection.Fingerprint() == key && (title == j.Request.Metadata.Title || title == f.Description.base.Title) {
			return true
		}
	}
	return false
}

// AskLeave reports whether something would be lost if the program ended now:
// what no export has taken and, in the demo, the drafts as well.
func (f *Flow) AskLeave() bool { return f.Unfinished() || f.Demo && f.Draft.Job.ID != "" }

// Untouched reports whether nothing is selected and nothing was typed.
func (f *Flow) Untouched() bool { return f.Tree.Empty() && !f.Description.touched() }

func (d *Description) touched() bool { return d.Title != d.base.Title || len(d.typed) > 0 }

// keep is what is to be kept now.
func (f *Flow) keep(now time.Time) Kept {
	k := Kept{
		Version: keptVersion, Saved: now, Server: f.Who.Server, User: f.Who.Person.UserID, Selection: f.Selection(),
		Title: safetext.Redact(f.Description.Title), Text: make(map[string]string), Groups: f.ChosenGroups(), Layout: f.Switches.Layout,
		VersionOf: f.Switches.NewVersionOf,
	}
	for name := range f.Description.typed {
		k.Text[name] = safetext.Redact(f.Description.text[name])
	}
	for _, s := range f.SwitchList() {
		if *s.On {
			k.Switches = append(k.Switches, s.Key)
		}
	}
	return k
}

// Offer returns what an earlier start left unfinished for this server and
// person. It stays on disk until it is answered, by Resume or StartOver: who
// leaves at the question loses nothing.
func (f *Flow) Offer() (Kept, bool) {
	data, err := f.Backend.Kept(UnfinishedFile)
	if err != nil || data == nil {
		return Kept{}, false
	}
	var k Kept
	if json.Unmarshal(data, &k) != nil || k.Version != keptVersion || k.Server != f.Who.Server || k.User != f.Who.Person.UserID {
		return Kept{}, false
	}
	return k, true
}

// StartOver drops what was kept.
func (f *Flow) StartOver() {
	_ = f.Backend.Keep(UnfinishedFile, nil) // else it is offered once more, no worse
}

// Words say what was kept.
func (k Kept) Words() string {
	chosen := 0
	for _, r := range k.Selection.Rules {
		if r.Mode != selection.Exclude {
			chosen++
		}
	}
	text := human.Count(chosen, "selected item", "selected items")
	if k.Title != "" {
		text += ", the title “" + safetext.Line(k.Title) + "”"
	} else if len(k.Text) > 0 {
		text += ", a description"
	}
	return text + ", of " + human.Moment(k.Saved)
}

// Resume takes what was kept as if it had just been chosen and typed.
func (f *Flow) Resume(k Kept) {
	f.StartOver()
	f.Tree.Restore(k.Selection)
	d := f.Description
	d.Title, f.Switches.NewVersionOf = k.Title, k.VersionOf
	for _, fd := range d.fields {
		if text, ok := k.Text[fd.Name]; ok {
			d.Put(fd.Name, text)
		}
	}
	for _, g := range k.Groups {
		f.SetGroup(g, true)
	}
	if k.Layout != "" {
		f.SetLayout(k.Layout)
	}
	for _, s := range f.SwitchList() {
		for _, on := range k.Switches {
			*s.On = *s.On || s.Key == on
		}
	}
}

// KeepUnfinished writes what is unfinished for the next start.
func (f *Flow) KeepUnfinished(now time.Time) error {
	if f.Demo || !f.Unfinished() {
		return nil
	}
	data, err := json.Marshal(f.keep(now))
	if err != nil {
		return err
	}
	return f.Backend.Keep(UnfinishedFile, data)
}

// Keep implements Backend: a file in the state directory.
func (b backend) Keep(name string, data []byte) error {
	path := filepath.Join(b.Config.StateDir, name)
	if data == nil {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := disk.Root(b.Config.StateDir); err != nil {
		return err
	}
	return disk.Write(path, data)
}

// Kept implements Backend.
func (b backend) Kept(name string) ([]byte, error) {
	data, err := disk.Read(filepath.Join(b.Config.StateDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// AskMe returns what the person has typed of themselves where nothing of that is
// kept yet: they are asked once whether it shall be.
func (f *Flow) AskMe() (me record.Agent, ask bool) {
	d := f.Description
	if f.Demo || d.askedMe || f.Session == nil || d.me.User == "" || f.Session.MeKnown() {
		return me, false
	}
	for _, a := range d.Metadata().Creators {
		if a.User == d.me.User && a.ORCID != "" {
			d.askedMe = true
			return a, true
		}
	}
	return me, false
}

// AskMeText is the question, with what would be kept.
func AskMeText(me record.Agent) string {
	return "Fill in \"" + me.String() + "\" for you from now on? It is kept only in your configuration file."
}
