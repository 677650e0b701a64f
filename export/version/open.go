package version

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Open is a draft of a new version that was there before an export came. The
// server has one for each record and gives it to whoever asks, so it may be
// somebody's work: nothing of it is touched, unless its user chose it.
type Open struct {
	Record zenodo.Record
	Files  []zenodo.FileEntry
	Owner  string // the export that it belongs to, "" if none is known
}

// OwnerOf is the export that a draft belongs to: one of this computer, or the one
// whose marker it has and did not get from the version before.
func OwnerOf(rec, before zenodo.Record, here func(recordID string) string) string {
	if id := here(rec.ID); id != "" {
		return id
	}
	for _, i := range rec.Metadata.Identifiers {
		if id, ok := strings.CutPrefix(i.Identifier, job.Marker("")); ok && !slices.Contains(before.Metadata.Identifiers, i) {
			return safetext.Line(id)
		}
	}
	return ""
}

// FindOpen finds the draft that is open after the version f; nil if none is.
func (f *Former) FindOpen(ctx context.Context, z interface {
	OpenVersion(ctx context.Context, concept string) (zenodo.Record, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
}, here func(recordID string) string) (*Open, error) {
	if !f.Record.NextDraft {
		return nil, nil
	}
	rec, err := z.OpenVersion(ctx, f.Record.ConceptID)
	if errors.Is(err, zenodo.ErrNotFound) { // the list lags; that there is one is known
		return &Open{Record: zenodo.Record{HTML: f.Record.HTML}}, nil
	}
	o := &Open{Record: rec}
	if err == nil {
		o.Files, err = z.Files(ctx, rec.ID)
	}
	if err != nil {
		return nil, failure.Wrap("the draft of the new version that is open can't be looked at", err)
	}
	o.Owner = OwnerOf(rec, f.Record, here)
	return o, nil
}

// Choice refuses a draft that is open and was not chosen, and a choice of one that
// is not there.
func (f *Former) Choice(draft string) error {
	switch {
	case draft == "" && f.Open == nil:
		return nil
	case f.Open == nil:
		return failure.Refuse("there is no open draft "+safetext.Quote(draft)+" of a new version of "+f.Name(), "",
			"leave it out: a new draft is made then (--into-draft)", nil)
	case draft == "" || f.Open.Record.ID != draft || f.Open.Owner != "":
		return f.Open.Refusal()
	}
	return nil
}

// Text says what becomes of the draft that was chosen.
func (o Open) Text(added int) string {
	return fmt.Sprintf("%s added to the open draft %s, %s: its title, its description and its %s stay as they are.",
		human.Count(added, "file is", "files are"), o.Record.ID, safetext.Quote(o.Record.Metadata.Title),
		human.Count(len(o.Files), "file", "files"))
}

// Refusal says that the draft is not taken, and what its user can do.
func (o Open) Refusal() error {
	rec := o.Record
	f := &failure.Error{
		Kind: failure.DraftOpen, URL: rec.HTML, What: "a draft of a new version is open already",
		Do: "publish or discard it on its page, " + rec.HTML + ", then export again",
	}
	if o.Owner != "" {
		f.What = fmt.Sprintf("the draft of a new version, %s, belongs to export %s", rec.ID, o.Owner)
		f.Do = "finish that export, or discard it (zenobis discard " + o.Owner + ")"
	} else if rec.ID != "" {
		f.What += fmt.Sprintf(": %s, %s", rec.ID, safetext.Quote(rec.Metadata.Title))
		f.Draft = rec.ID
		f.Do += "; --into-draft " + rec.ID + " adds the files to it and leaves the rest as it is"
	}
	if n := len(o.Files); n > 0 {
		f.Why = fmt.Sprintf("it has %s; nothing of it was changed", human.Count(n, "file", "files"))
	}
	return f
}

// Takes refuses what does not fit into the draft: packages of the same name as one
// of its files, more than a record takes, a draft that belongs to another export.
func (o Open) Takes(packages []job.Package, limits zenodo.Limits) error {
	if o.Owner != "" {
		return o.Refusal()
	}
	var both []string
	var bytes int64
	for _, f := range o.Files {
		bytes += f.Size
	}
	for _, p := range packages {
		bytes += p.Bytes
		if o.has(p.Name) {
			both = append(both, safetext.Line(p.Name))
		}
	}
	f := &failure.Error{Kind: failure.DraftOpen, URL: o.Record.HTML}
	switch n := len(o.Files) + len(packages); {
	case len(both) > 0:
		f.What = fmt.Sprintf("the draft %s has files of the same name as this export", o.Record.ID)
		f.Why, f.Do = strings.Join(both, ", "), "rename or remove them there, or export with another layout"
		return f
	case limits.Files > 0 && n > limits.Files:
		f.What = fmt.Sprintf("the draft %s would have %s, a record takes %s", o.Record.ID, human.Count(n, "file", "files"),
			human.Number(limits.Files))
		f.Do = "export with another layout, or remove files there"
		return f
	case limits.Bytes > 0 && bytes > limits.Bytes:
		f.What = fmt.Sprintf("the draft %s would have %s, a record takes %s", o.Record.ID, human.Bytes(bytes), human.Bytes(limits.Bytes))
		f.Do = "select less, or remove files there"
		return f
	}
	return nil
}

func (o Open) has(name string) bool {
	return slices.ContainsFunc(o.Files, func(f zenodo.FileEntry) bool { return f.Key == name })
}

// Lacks are those of some files that the draft does not have either.
func (o Open) Lacks(files []job.VersionFile) []job.VersionFile {
	return slices.DeleteFunc(slices.Clone(files), func(v job.VersionFile) bool { return o.has(v.Name) })
}
