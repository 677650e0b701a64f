package zenodo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"zenobis/zenodo"
)

// published makes a record with one file, as a person would in the browser.
func (b bench) published(t *testing.T, ctx context.Context, c *zenodo.Client, data []byte) zenodo.Record {
	t.Helper()
	if !b.publish {
		t.Skip("publishing is for good")
	}
	r := b.draft(t, ctx, c)
	if _, err := c.ReserveDOI(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	send(t, ctx, c, r.ID, "run 1/data.bin", data)
	if a := b.raw(t, b.token, "POST", draftPath(r.ID)+"/actions/publish", nil, nil); a.status != 202 {
		t.Fatalf("publish: %d %.400s", a.status, a.text)
	}
	return r
}

func testPublished(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	data := content(100_000)
	r := b.published(t, ctx, c, data)
	got := wantState(t, ctx, c, r.ID, zenodo.StatePublished)
	if got.DOI == "" || got.ConceptDOI == "" || got.DOI == got.ConceptDOI || !got.IsPublished ||
		!strings.HasSuffix(got.HTML, "/records/"+r.ID) ||
		got.ConceptID != r.ConceptID {
		t.Errorf("record: %+v", got)
	}
	guest := b.client(t, "")
	wantState(t, ctx, guest, r.ID, zenodo.StatePublished)
	_, err := c.Draft(ctx, r.ID)
	want(t, "its draft", err, zenodo.ErrNotFound)
	_, err = c.Save(ctx, r.ID, 0, body())
	want(t, "save", err, zenodo.ErrNotFound)
	want(t, "discard", c.DeleteDraft(ctx, r.ID), zenodo.ErrNotFound)
	_, err = c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: "late.txt"}})
	want(t, "announce", err, zenodo.ErrNotFound)
	want(t, "put", c.Put(ctx, r.ID, "late.txt", 3, strings.NewReader("abc")), zenodo.ErrNotFound)
	if byConcept, err := guest.Record(ctx, r.ConceptID); err != nil || byConcept.ID != r.ID {
		t.Errorf("the concept id leads to the latest version: %s, %v", byConcept.ID, err)
	}
	list, err := guest.RecordFiles(ctx, r.ID)
	if err != nil || len(list) != 1 || list[0].Key != "run 1/data.bin" || list[0].MD5 != sum(data) || list[0].Size != 100_000 ||
		!list[0].Completed() {
		t.Fatalf("files: %+v, %v", list, err)
	}
	if a := b.raw(t, "", "GET", "/api/records/"+r.ID+"/files", nil, nil); a.status != 406 {
		t.Errorf("files in the native form: %d %.200s", a.status, a.text)
	}
	rd, n, err := guest.OpenFile(ctx, r.ID, "run 1/data.bin")
	if err != nil {
		t.Fatal(err)
	}
	back, err := io.ReadAll(rd)
	if cerr := rd.Close(); err != nil || cerr != nil || sum(back) != sum(data) || n != -1 && n != 100_000 {
		t.Errorf("read back: %d of %d bytes, %v, %v", len(back), n, err, cerr)
	}
	if n != 100_000 {
		t.Errorf("length told: %d", n)
	}
	_, _, err = guest.OpenFile(ctx, r.ID, "unknown")
	want(t, "unknown file", err, zenodo.ErrNotFound)
	for _, doi := range []string{got.DOI, strings.ToUpper(got.DOI), got.ConceptDOI} {
		if id, err := guest.Resolve(ctx, doi); err != nil && errors.Is(err, zenodo.ErrNotFound) && doi == got.ConceptDOI {
			eventually(t, "the concept DOI in the index", func() bool { id, err := guest.Resolve(ctx, doi); return err == nil && id == r.ID })
		} else if err != nil || id != r.ID {
			t.Errorf("resolve %s: %s, %v", doi, id, err)
		}
	}
	_, err = guest.Resolve(ctx, "10.9999/elsewhere.1")
	want(t, "a DOI of somebody else", err, zenodo.ErrNotFound)
}

func testPublishRefused(t *testing.T, b bench) {
	if !b.publish {
		t.Skip("publishing is for good")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	try := func(name, text string) {
		t.Helper()
		if a := b.raw(t, b.token, "POST", draftPath(r.ID)+"/actions/publish", nil, nil); a.status != 400 || !strings.Contains(a.text, text) {
			t.Errorf("%s: %d %.300s, want %q", name, a.status, a.text, text)
		}
	}
	try("no files", "Missing uploaded files")
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.txt", Size: 3})
	try("a pending file", "have not completed their transfer")
	put(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	try("sent but not committed", "have not completed their transfer")
	commit(t, ctx, c, r.ID, "a.txt")
	d := body()
	d.Metadata.Creators, d.Metadata.Publisher = nil, ""
	if _, err := c.Save(ctx, r.ID, 0, d); err != nil {
		t.Fatal(err)
	}
	try("no creators", "metadata.creators")
	d.Metadata.Creators = body().Metadata.Creators
	if _, err := c.Save(ctx, r.ID, 0, d); err != nil {
		t.Fatal(err)
	}
	try("no publisher", "Missing publisher field required for DOI registration.")
}

func testEdited(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.published(t, ctx, c, content(1000))
	if a := b.raw(t, b.token, "POST", draftPath(r.ID), nil, nil); a.status != 201 {
		t.Fatalf("edit: %d %.300s", a.status, a.text)
	}
	d, err := c.Draft(ctx, r.ID)
	if err != nil || !d.IsDraft || !d.IsPublished {
		t.Errorf("an edited record is both: %+v, %v", d, err)
	}
	wantState(t, ctx, c, r.ID, zenodo.StatePublished)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "late.txt", Size: 3})
	e := want(t, "its files are locked", c.Put(ctx, r.ID, "late.txt", 3, strings.NewReader("abc")), zenodo.ErrDenied)
	if !strings.Contains(e.Message, "Bucket is locked for modifications.") {
		t.Errorf("its files are locked: %v", e)
	}
	want(t, "delete a file", c.DeleteFile(ctx, r.ID, "run 1/data.bin"), zenodo.ErrDenied)
	if err := c.DeleteDraft(ctx, r.ID); err != nil {
		t.Errorf("discard the changes: %v", err)
	}
	wantState(t, ctx, c, r.ID, zenodo.StatePublished)
}

func testNewVersion(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	data := content(1000)
	r := b.published(t, ctx, c, data)
	v, err := c.NewVersion(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.discardLater(t, c, v.ID)
	if v.ID == r.ID || v.ConceptID != r.ConceptID || v.DOI != "" || v.FileCount != 0 || v.Metadata.Version != "" ||
		v.Status != "new_version_draft" ||
		v.IsPublished {
		t.Errorf("new version: %+v", v)
	}
	// The draft hides the record in the user's list, yet it stays the user's.
	rec, err := c.Record(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := c.Mine(ctx, rec); err != nil || !mine {
		t.Errorf("a record with a draft of a new version is its owner's: %v, %v", mine, err)
	}
	eventually(t, "the record in the list of all versions", func() bool {
		mine, err := c.Mine(ctx, zenodo.Record{ID: r.ID}) // by the list alone
		return err == nil && mine
	})
	if b.second != "" {
		other := b.client(t, b.second)
		seen, err := other.Record(ctx, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if mine, err := other.Mine(ctx, seen); err != nil || mine {
			t.Errorf("it is also another user's: %v, %v", mine, err)
		}
	}
	if again, err := c.NewVersion(ctx, r.ID); err != nil || again.ID != v.ID {
		t.Errorf("the same again: %s, %v", again.ID, err)
	}
	if err := c.ImportFiles(ctx, v.ID); err != nil {
		t.Fatal(err)
	}
	list, err := c.Files(ctx, v.ID)
	if err != nil || len(list) != 1 || list[0].MD5 != sum(data) || !list[0].Completed() {
		t.Errorf("imported: %+v, %v", list, err)
	}
	e := want(t, "import again", c.ImportFiles(ctx, v.ID), zenodo.ErrInvalid)
	if len(e.Fields) != 1 || e.Fields[0].Messages[0] != "Please remove all files first." {
		t.Errorf("import again: %v", e)
	}
	send(t, ctx, c, v.ID, "more.bin", content(100))
	if err := c.DeleteFile(ctx, v.ID, "run 1/data.bin"); err != nil {
		t.Errorf("an imported file can go: %v", err)
	}
	wantState(t, ctx, c, v.ID, zenodo.StateDraft)
	wantState(t, ctx, c, r.ID, zenodo.StatePublished)
	if _, err := c.Save(ctx, v.ID, 0, body()); err != nil {
		t.Fatal(err)
	}
	if a := b.raw(t, b.token, "POST", draftPath(v.ID)+"/actions/publish", nil, nil); a.status != 202 {
		t.Fatalf("publish the version: %d %.400s", a.status, a.text)
	}
	latest, err := c.Record(ctx, r.ConceptID)
	if err != nil || latest.ID != v.ID || latest.ConceptDOI == "" {
		t.Errorf("latest: %s, %v", latest.ID, err)
	}
	if first, err := c.Record(ctx, r.ID); err != nil || first.ID != r.ID || first.DOI == latest.DOI || first.ConceptDOI != latest.ConceptDOI {
		t.Errorf("the first version stays: %+v, %v", first.DOI, err)
	}
	eventually(t, "the first version's DOI", func() bool {
		id, err := c.Resolve(ctx, rec.DOI)
		return err == nil && id == r.ID
	})
	unpublished := b.draft(t, ctx, c)
	_, err = c.NewVersion(ctx, unpublished.ID)
	want(t, "new version of a draft", err, zenodo.ErrNotFound)
}

func testDeletedRecord(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.published(t, ctx, c, content(1000))
	rec, err := c.Record(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a := b.raw(t, b.token, "POST", "/api/records/"+r.ID+"/request-deletion", nil,
		map[string]string{"reason": "retracted"}); a.status != 200 {
		t.Fatalf("delete: %d %.300s", a.status, a.text)
	}
	wantState(t, ctx, c, r.ID, zenodo.StateDeleted)
	wantState(t, ctx, b.client(t, ""), r.ID, zenodo.StateDeleted)
	_, err = c.Record(ctx, r.ID)
	want(t, "read", err, zenodo.ErrGone)
	_, err = c.RecordFiles(ctx, r.ID)
	want(t, "list", err, zenodo.ErrGone)
	_, _, err = c.OpenFile(ctx, r.ID, "run 1/data.bin")
	want(t, "open", err, zenodo.ErrGone)
	_, err = c.Resolve(ctx, rec.DOI)
	want(t, "resolve", err, zenodo.ErrGone)
	_, err = c.Draft(ctx, r.ID)
	want(t, "draft", err, zenodo.ErrNotFound)
	_, err = c.Record(ctx, r.ConceptID)
	want(t, "by its concept id", err, zenodo.ErrGone)
}

func testCommunity(t *testing.T, b bench) {
	if b.reviewed == "" {
		t.Skip("no community")
	}
	ctx, c := b.owner(t)
	k, err := c.Community(ctx, b.reviewed)
	if err != nil || k.ID == "" || k.Slug != b.reviewed || k.Title == "" || k.Submission != "open" || k.Review != "closed" {
		t.Fatalf("community: %+v, %v", k, err)
	}
	if same, err := c.Community(ctx, k.ID); err != nil || same.Slug != k.Slug {
		t.Errorf("by its id: %+v, %v", same, err)
	}
	_, err = c.Community(ctx, "no-such-community-here")
	want(t, "unknown community", err, zenodo.ErrNotFound)
	if b.open != "" {
		mine, err := c.Communities(ctx)
		found := false
		for _, m := range mine {
			found = found || m.Slug == b.open && m.MayInclude
		}
		if err != nil || !found {
			t.Errorf("own communities: %+v, %v", mine, err)
		}
	}
	r := b.draft(t, ctx, c)
	want(t, "a slug", c.SetReview(ctx, r.ID, b.reviewed), zenodo.ErrNotFound)
	if err := c.SetReview(ctx, r.ID, k.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReview(ctx, r.ID, k.ID); err != nil {
		t.Errorf("again: %v", err)
	}
	d, err := c.Draft(ctx, r.ID)
	if err != nil || d.Community != k.ID || d.Status != "draft_with_review" || d.ReviewState != "created" {
		t.Errorf("chosen: %+v, %v", d, err)
	}
	if s, err := c.Save(ctx, r.ID, 0, body()); err != nil || s.Community != k.ID {
		t.Errorf("a save keeps it: %q, %v", s.Community, err)
	}
	wantState(t, ctx, c, r.ID, zenodo.StateDraft)
	if a := b.raw(t, b.token, "DELETE", draftPath(r.ID)+"/review", nil, nil); a.status != 204 {
		t.Fatalf("drop the community: %d %s", a.status, a.text)
	}
	if d, err := c.Draft(ctx, r.ID); err != nil || d.Community != "" || d.Status != "draft" {
		t.Errorf("dropped: %+v, %v", d, err)
	}
}

func testReview(t *testing.T, b bench) {
	if b.reviewed == "" || b.curator == "" || b.second == "" || !b.publish {
		t.Skip("needs a community, two users and publishing")
	}
	ctx, _ := b.owner(t)
	c := b.client(t, b.second)
	b.token = b.second
	k, err := c.Community(ctx, b.reviewed)
	if err != nil {
		t.Fatal(err)
	}
	decide := func(id, what string) {
		t.Helper()
		req := fmt.Sprint(b.raw(t, b.second, "GET", draftPath(id), nil, nil).member(t, "parent", "review", "id"))
		if a := b.raw(t, b.curator, "POST", "/api/requests/"+req+"/actions/"+what, map[string]string{"Accept": "application/json"},
			map[string]any{}); a.status != 200 {
			t.Fatalf("%s: %d %.300s", what, a.status, a.text)
		}
	}
	r := b.draft(t, ctx, c)
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	if err := c.SetReview(ctx, r.ID, k.ID); err != nil {
		t.Fatal(err)
	}
	if a := b.raw(t, b.second, "POST", draftPath(r.ID)+"/actions/publish", nil, nil); a.status != 400 ||
		!strings.Contains(a.text, "open review request") {
		t.Errorf("publish with a review set: %d %.300s", a.status, a.text)
	}
	submit := func() {
		t.Helper()
		if a := b.raw(t, b.second, "POST", draftPath(r.ID)+"/actions/submit-review", nil, nil); a.status != 202 {
			t.Fatalf("submit: %d %.300s", a.status, a.text)
		}
	}
	submit()
	in := wantState(t, ctx, c, r.ID, zenodo.StateInReview)
	if in.Status != "in_review" || in.ReviewState != "submitted" {
		t.Errorf("in review: %s, %s", in.Status, in.ReviewState)
	}
	if a := b.raw(t, b.token, "DELETE", draftPath(r.ID)+"/review", nil, nil); a.status != 400 {
		t.Errorf("drop a submitted review: %d %s", a.status, a.text)
	}
	if e := want(t, "discard in review", c.DeleteDraft(ctx, r.ID), zenodo.ErrInvalid); !strings.Contains(e.Message, "open review") {
		t.Errorf("discard in review: %v", e)
	}
	if s, err := c.Save(ctx, r.ID, 0, body()); err != nil || s.Status != "in_review" {
		t.Errorf("save in review: %s, %v", s.Status, err)
	}
	send(t, ctx, c, r.ID, "b.txt", []byte("more"))
	if a := b.raw(t, b.second, "POST", draftPath(r.ID)+"/actions/submit-review", nil, nil); a.status != 500 {
		t.Errorf("submit twice: %d %.300s", a.status, a.text)
	}
	decide(r.ID, "decline")
	if d := wantState(t, ctx, c, r.ID, zenodo.StateDraft); d.Status != "declined" {
		t.Errorf("declined: %s", d.Status)
	}
	if err := c.SetReview(ctx, r.ID, k.ID); err != nil {
		t.Fatalf("choose again after a decline: %v", err)
	}
	// Files that are still being sent stop the acceptance, not the submission.
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "late.txt", Size: 3})
	submit()
	wantState(t, ctx, c, r.ID, zenodo.StateInReview)
	req := fmt.Sprint(b.raw(t, b.second, "GET", draftPath(r.ID), nil, nil).member(t, "parent", "review", "id"))
	if a := b.raw(t, b.curator, "POST", "/api/requests/"+req+"/actions/accept", map[string]string{"Accept": "application/json"},
		map[string]any{}); a.status != 400 ||
		!strings.Contains(a.text, "have not completed their transfer") {
		t.Errorf("accept with a pending file: %d %.300s", a.status, a.text)
	}
	put(t, ctx, c, r.ID, "late.txt", []byte("abc"))
	commit(t, ctx, c, r.ID, "late.txt")
	decide(r.ID, "accept")
	wantState(t, ctx, c, r.ID, zenodo.StatePublished)
	_, err = c.Draft(ctx, r.ID)
	want(t, "its draft", err, zenodo.ErrNotFound)
}

func testMembersOnly(t *testing.T, b bench) {
	if b.closed == "" || b.second == "" || !b.publish {
		t.Skip("needs a community for members only")
	}
	ctx, _ := b.owner(t)
	c := b.client(t, b.second)
	k, err := c.Community(ctx, b.closed)
	if err != nil || k.Submission != "closed" {
		t.Fatalf("community: %+v, %v", k, err)
	}
	b.token = b.second
	r := b.draft(t, ctx, c)
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	if err := c.SetReview(ctx, r.ID, k.ID); err != nil {
		t.Errorf("the choice is taken: %v", err)
	}
	if a := b.raw(t, b.second, "POST", draftPath(r.ID)+"/actions/submit-review", nil, nil); a.status != 403 ||
		!strings.Contains(a.text, "only allowed to community members") {
		t.Errorf("submit: %d %.300s", a.status, a.text)
	}
	wantState(t, ctx, c, r.ID, zenodo.StateDraft)
}
