package flow

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"

	"zenobis/disk"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/tree"
)

// TrayLine is one rule of the selection, with what it weighs.
type TrayLine struct {
	Rule   selection.Rule
	Mark   tree.Mark
	Kind   string
	Name   string
	Weight string // "" while its entity is not loaded
}

// TrayLine is a rule of the selection, counted in the order in which they were
// made.
func (f *Flow) TrayLine(i int) TrayLine {
	r := f.Tree.RuleAt(i)
	l := TrayLine{Rule: r, Kind: string(r.Kind), Name: safetext.Line(r.Label)}
	if r.Kind == "dataset" {
		l.Kind = "data set"
	}
	switch r.Mode {
	case selection.All:
		l.Mark = tree.Full
	case selection.Only:
		l.Mark = tree.Self
	default:
		l.Mark = tree.Excluded
	}
	if id, ok := f.Tree.Find(selection.Key{Kind: r.Kind, PermID: r.PermID}); ok {
		if name := f.Tree.Item(id).Label; name != l.Name {
			l.Name = name + "  " + l.Name
		}
	}
	if n := len(f.Tree.Patterns(r.PermID)); n > 0 && r.Kind == "dataset" {
		l.Mark = tree.Partly
		l.Name += ", " + human.Count(n, "choice of files", "choices of files")
	}
	if w, known := f.Tree.Weight(r); known {
		l.Weight = weightText(w)
	}
	return l
}

func weightText(w tree.Totals) string {
	text := human.Count(w.Objects, "object", "objects") + ", " + human.Count(w.DataSets, "data set", "data sets") + ", " + human.Bytes(w.Bytes)
	if w.AtLeast {
		text = "at least " + text
	}
	return text
}

// Recent is a selection of an earlier export.
type Recent struct {
	Saved     time.Time           `json:"saved"`
	Server    string              `json:"server"`
	Title     string              `json:"title"`
	Selection selection.Selection `json:"selection"`
}

// recentMost is how many earlier selections are kept.
const recentMost = 8

// KeepRecent keeps the selection of an export that starts, in front of those
// before.
func (f *Flow) KeepRecent(now time.Time) {
	r := Recent{Saved: now, Server: f.Who.Server, Title: safetext.Redact(f.Description.Title), Selection: f.Selection()}
	if len(r.Selection.Rules) == 0 {
		return
	}
	key := r.Selection.Fingerprint()
	list := slices.DeleteFunc(f.allRecent(), func(o Recent) bool { return o.Server == r.Server && o.Selection.Fingerprint() == key })
	list = append([]Recent{r}, list[:min(len(list), recentMost-1)]...)
	if data, err := json.Marshal(list); err == nil {
		_ = f.Backend.Keep(RecentFile, data) // a help for the next time, no more
	}
}

// RecentSelections are those of earlier exports from this server.
func (f *Flow) RecentSelections() []Recent {
	return slices.DeleteFunc(f.allRecent(), func(r Recent) bool { return r.Server != f.Who.Server })
}

func (f *Flow) allRecent() []Recent {
	data, err := f.Backend.Kept(RecentFile)
	if err != nil || data == nil {
		return nil
	}
	var list []Recent
	if json.Unmarshal(data, &list) != nil {
		return nil
	}
	return list
}

// ReadSelection reads a selection file, as zenobis export --selection does, and
// looks everything up.
func ReadSelection(ctx context.Context, cat Catalog, path string) (selection.Selection, error) {
	w, err := selection.ReadWords(path)
	if err != nil {
		return selection.Selection{}, err
	}
	return w.Resolve(ctx, cat)
}

// errThere is returned where a file of that name is there already.
var errThere = errors.New("there is a file of that name already: take another one")

// SaveSelection writes the selection as such a file, and replaces none.
func (f *Flow) SaveSelection(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return errThere
	}
	data, err := selection.WordsOf(f.Selection()).Encode()
	if err != nil {
		return err
	}
	return disk.Write(path, data)
}

// RulesText says how many rules a selection has.
func RulesText(s selection.Selection) string { return human.Count(len(s.Rules), "rule", "rules") }
