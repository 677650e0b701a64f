package session

import (
	"slices"
	"testing"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
)

// What the review can switch is planned again without a question to either server,
// as far as it needs nothing that was not read yet: and what was read for one switch
// is known when it is switched on again.
func TestEachSwitchOfTheReviewAsksNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("many plans")
	}
	b := newBenchWith(t, labdata.DemoLab())
	s := b.connect(t, b.login())
	if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	r := wide(t, s)
	if _, _, err := s.Plan(t.Context(), r, false, nil); err != nil {
		t.Fatal(err)
	}
	if len(b.ob.Requests()) == 0 || len(b.ze.Requests()) == 0 {
		t.Fatal("nothing is counted")
	}
	for _, c := range []struct {
		name   string
		change func(*export.Request)
		out    openbis.Kind
		more   bool // it needs what was not read: that is asked for once
	}{
		{name: "r, nothing changed", change: func(*export.Request) {}},
		{name: "l, single", change: func(r *export.Request) { r.Layout = export.LayoutSingle }},
		{name: "l, per data set", change: func(r *export.Request) { r.Layout = export.LayoutPerDataSet }},
		{name: "l, files", change: func(r *export.Request) { r.Layout = export.LayoutFiles }},
		{name: "pages", change: func(r *export.Request) { r.Pages = r.Pages[:1] }},
		{name: "m, metadata only", change: func(r *export.Request) { r.MetadataOnly = true }},
		{name: "a, findings accepted", change: func(r *export.Request) { r.AcceptFindings = false }},
		{name: "v, removals accepted", change: func(r *export.Request) { r.AcceptRemovals = true }},
		{name: "o, other spaces alone", change: func(r *export.Request) { r.OtherSpaces = true }},
		{name: "a project taken out", out: openbis.KindProject},
		{name: "a collection taken out", out: openbis.KindCollection},
		{name: "an object taken out", out: openbis.KindObject},
		{name: "a data set taken out", out: openbis.KindDataSet},
		{name: "the group, named", change: func(r *export.Request) { r.Groups = []string{"GENERAL"} }},
		{name: "p, parents", change: func(r *export.Request) { r.WithParents = true }, more: true},
		{name: "c, children", change: func(r *export.Request) { r.WithChildren = true }, more: true},
		{name: "f, references", change: func(r *export.Request) { r.WithReferences = true }, more: true},
		{name: "p c f o, all relatives", change: func(r *export.Request) {
			r.WithParents, r.WithChildren, r.WithReferences, r.OtherSpaces = true, true, true, true
		}, more: true},
		{name: "u, from the archive", change: func(r *export.Request) { r.Unarchive = true }, more: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			switched := r
			switched.Selection.Rules = slices.Clone(r.Selection.Rules)
			if c.out != "" {
				c.change = takeOut(t, b, c.out)
			}
			c.change(&switched)
			for i, req := range []export.Request{switched, r, switched} { // on, off, on
				b.ob.ForgetRequests()
				b.ze.ForgetRequests()
				if _, _, err := s.DefaultMetadata(t.Context(), req.Selection); err != nil { // as on the way back to the review
					t.Fatal(err)
				}
				_, p, err := s.Plan(t.Context(), req, false, nil)
				if p == nil {
					t.Fatal(err)
				}
				if i == 0 && c.more {
					continue
				}
				for _, q := range b.ob.Requests() {
					t.Errorf("switched %d times, openBIS was asked: %s", i+1, q.Call)
				}
				for _, q := range b.ze.Requests() {
					t.Errorf("switched %d times, Zenodo was asked: %s %s", i+1, q.Method, q.Path)
				}
			}
		})
	}
}

// wide asks for a space and a project of the demo, which hold objects, data in the
// archive, relatives elsewhere.
func wide(t *testing.T, s *Session) export.Request {
	t.Helper()
	sel, err := (selection.Words{Select: []string{"space:JDOE", "/MSMITH/PEPTIDES"}}).Resolve(t.Context(), s.Client)
	if err != nil {
		t.Fatal(err)
	}
	r := s.settings.Request(Overrides{AcceptFindings: true})
	r.Selection = sel
	if r.Metadata, _, err = s.DefaultMetadata(t.Context(), sel); err != nil {
		t.Fatal(err)
	}
	r.Metadata.Title = "Wide"
	return r
}

// takeOut takes a project, a collection, an object or a data set out of what is selected.
func takeOut(t *testing.T, b *bench, kind openbis.Kind) func(*export.Request) {
	list := b.lab.All[map[openbis.Kind]labdata.Kind{
		openbis.KindProject: labdata.KindProject, openbis.KindCollection: labdata.KindExperiment,
		openbis.KindObject: labdata.KindSample, openbis.KindDataSet: labdata.KindDataSet,
	}[kind]]
	for _, e := range list {
		if e.Space != nil && e.Space.Code == "JDOE" && (kind != openbis.KindObject || len(e.Children) > 0) {
			return func(r *export.Request) {
				r.Selection.Rules = append(r.Selection.Rules, selection.Rule{Mode: selection.Exclude, Kind: kind, PermID: e.PermID, Label: e.Code})
			}
		}
	}
	t.Fatalf("the demo has no %s to take out", kind)
	return nil
}
