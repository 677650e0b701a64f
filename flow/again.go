package flow

import (
	"context"
	"errors"
	"slices"

	"zenobis/export"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/wire"
)

// Take takes what an earlier export was made from as if it had just been chosen
// and typed: selection, description, switches.
func (f *Flow) Take(j export.Job) {
	r := j.Request
	f.Tree.Restore(r.Selection)
	f.Description, f.Switches = f.freshDescription(), f.firstSwitches()
	d := f.Description
	d.Title = r.Metadata.Title
	for _, fd := range d.fields {
		d.Put(fd.Name, fd.get(&r.Metadata))
	}
	for _, g := range f.OwnGroups() {
		f.SetGroup(g, slices.Contains(r.Groups, g))
	}
	d.lend()
	sw := &f.Switches
	f.SetLayout(r.Layout)
	sw.MetadataOnly, sw.WithParents, sw.WithChildren = r.MetadataOnly, r.WithParents, r.WithChildren
	sw.WithReferences, sw.OtherSpaces, sw.Unarchive = r.WithReferences, r.OtherSpaces, r.Unarchive
	f.ForgetPlan()
}

// AgainstVersion says why an export can't be followed by a new version; "" if it can.
func (f *Flow) AgainstVersion(j export.Job) string {
	switch {
	case f.Session == nil:
		return "Log in first."
	case j.DOI == "" || !j.State.Public():
		return "It is not published: there is no record to make a new version of."
	}
	return ""
}

// NextVersion is Take for a new version of what an export published. What it returns
// is to be told.
func (f *Flow) NextVersion(j export.Job) string {
	f.Take(j)
	f.Switches.NewVersionOf = j.DOI
	d := f.freshDescription()
	d.Title, d.groups = "", f.Description.groups
	f.Description = d
	return "A new version of " + safetext.Line(j.DOI) + ": selection and description are as they were."
}

// Prefill asks for what the description of the present selection begins with: what
// openBIS knows of it, or for a new version what was published, title included.
// What it returns may be called beside the flow; what that returns, in it: it takes
// the answer over.
func (f *Flow) Prefill() func(ctx context.Context) (take func(), err error) {
	sel, of, d, s := f.Selection(), f.Switches.NewVersionOf, f.Description, f.Session
	return func(ctx context.Context) (func(), error) {
		if of == "" {
			m, offers, err := s.DefaultMetadata(ctx, sel)
			return func() { d.Fill(sel, m, offers) }, err
		}
		m, offers, err := s.NextMetadata(ctx, sel, of)
		return func() {
			d.Fill(sel, m, offers)
			if d.Title == "" {
				d.Title = safetext.Line(m.Title)
				d.lentTitle = d.Title
			}
		}, err
	}
}

// Targets are the Zenodos that an export can go to from here: the rehearsal
// first, then the real one, then the lab's own; the present one is left out.
func (f *Flow) Targets() []string {
	var out []string
	if f.Fixed("zenodo.url") {
		return nil
	}
	for _, url := range []string{wire.SandboxURL, wire.ZenodoURL, f.home.URL} {
		if url != f.Facts.Zenodo.URL && !slices.Contains(out, url) && !f.home.Practice {
			out = append(out, url)
		}
	}
	return out
}

// errBusy is returned where an export runs or waits that needs the target as it is.
var errBusy = errors.New("an export runs or waits: let it end first")

// Retarget points what follows at another Zenodo. The token for it is to be
// found anew.
func (f *Flow) Retarget(url string) error {
	if f.Run.Live() || len(f.Waiting) > 0 {
		return errBusy
	}
	s, target, err := f.Session.At(url)
	if err != nil {
		return err
	}
	f.Session, f.Facts.Zenodo = s, honest(target, f.home.Practice)
	f.ForgetPlan()
	return nil
}

// At implements Session.
func (o opened) At(url string) (Session, session.Target, error) {
	s, target, err := o.Session.At(url)
	if err != nil {
		return nil, session.Target{}, err
	}
	return opened{s}, target, nil
}
