package command

import (
	"context"
	"strings"
	"testing"

	"zenobis/zenodo"
)

// A draft of the new version that is open already is refused by name, and taken
// only where it was chosen; a draft that is left over is named and can be deleted.
func TestOpenAndLeftOverDrafts(t *testing.T) {
	if testing.Short() {
		t.Skip("plans the demo's data several times")
	}
	p, _, ze := lab(t)
	o := p.try(t, small("--title", "Heat shock")...)
	all := lines(t, o.stdout)
	id := all[len(all)-1]["id"].(string)
	if err := ze.Publish(id); err != nil {
		t.Fatal(err)
	}
	z, err := zenodo.New(zenodo.Options{URL: ze.URL, Token: ze.Token})
	if err != nil {
		t.Fatal(err)
	}
	mine, err := z.NewVersion(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{{"--dry-run"}, nil} {
		o := p.try(t, small(append([]string{"--new-version-of", id, "--title", "Again", "--layout", "single"}, more...)...)...)
		if o.status != 4 || !strings.Contains(o.stdout, `"kind":"draft-open"`) || !strings.Contains(o.stderr, "--into-draft "+mine.ID) {
			t.Errorf("%q: %+v", more, o)
		}
	}
	if o := p.try(t, small("--into-draft", mine.ID, "--title", "Again")...); o.status != 2 {
		t.Errorf("without the record: %+v", o)
	}
	into := small("--new-version-of", id, "--into-draft", mine.ID, "--title", "Again", "--record-version", "2", "--accept-removals")
	o = p.try(t, into...)
	all = lines(t, o.stdout)
	if o.status != 0 || all[len(all)-1]["id"] != mine.ID {
		t.Fatalf("%+v", o)
	}
	if d, _ := ze.Deposit(mine.ID); d.Title != "Heat shock" {
		t.Errorf("its title is %q", d.Title)
	}
	if o := p.try(t, into...); o.status != 4 || !strings.Contains(o.stderr, "belongs to export") {
		t.Errorf("a second one: %+v", o)
	}
	left, err := z.Create(context.Background(), zenodo.DraftBody{Metadata: zenodo.Metadata{Title: "Half an upload",
		Identifiers: []zenodo.Identifier{{Identifier: "zenobis:20250101-abcdefgh", Scheme: "other"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if o := p.try(t, "doctor"); !strings.Contains(o.stdout, "Half an upload") || !strings.Contains(o.stdout, "zenobis discard "+left.ID) {
		t.Errorf("not offered: %s", o.stdout)
	}
	if o := p.try(t, "discard", "--json", left.ID); o.status != 0 || !strings.Contains(o.stdout, `"state":"discarded"`) {
		t.Errorf("%+v", o)
	}
	if _, there := ze.Deposit(left.ID); there {
		t.Error("it is still there")
	}
	if o := p.try(t, "discard", left.ID); o.status != 2 {
		t.Errorf("a second time: %+v", o)
	}
}
