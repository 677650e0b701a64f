package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/zenodo"
)

// small asks for a quick export: one project of the demo, pages only.
func small(t *testing.T, s *Session) export.Request {
	t.Helper()
	sel, err := (selection.Words{Select: []string{"/MSMITH/PEPTIDES"}}).Resolve(t.Context(), s.Client)
	if err != nil {
		t.Fatal(err)
	}
	r := s.settings.Request(Overrides{MetadataOnly: true, AcceptFindings: true})
	r.Selection = sel
	if r.Metadata, _, err = s.DefaultMetadata(t.Context(), sel); err != nil {
		t.Fatal(err)
	}
	r.Metadata.Title = "Peptides"
	return r
}

// A whole way: planned, sent, looked at without a login, registered with one.
func TestSessionCarriesAnExport(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole export")
	}
	b := newBenchWith(t, labdata.DemoLab())
	before := len(b.ob.Publications())
	s := b.connect(t, b.login())
	r := small(t, s)
	if _, p, err := s.Plan(t.Context(), r, true, nil); err != nil || p.Entities == 0 {
		t.Fatalf("a dry plan without a token: %+v, %v", p, err)
	}
	if _, _, err := s.Plan(t.Context(), r, false, nil); !errors.Is(err, zenodo.ErrToken) {
		t.Errorf("a plan that is kept, without a token: %v", err)
	}
	if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	job, _, err := s.Plan(t.Context(), r, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	all, err := s.Jobs(t.Context())
	if err != nil || len(all) != 1 || all[0].State != export.StateDraft {
		t.Fatalf("%+v, %v", all, err)
	}
	if same := SameBefore(all, r.Selection); len(same) != 1 {
		t.Errorf("the same selection is not known again: %v", same)
	}
	if other := SameBefore(all, selection.Selection{}); len(other) != 0 {
		t.Errorf("another selection is taken for it: %v", other)
	}
	if err := b.ze.Publish(all[0].RecordID); err != nil {
		t.Fatal(err)
	}
	if all, err = b.Settings.Sync(t.Context(), ""); err != nil || len(all) != 1 || all[0].State != export.StatePublished {
		t.Errorf("without a login: %+v, %v", all, err)
	}
	var states []export.State
	if err := s.Watch(t.Context(), job.ID, time.Millisecond, func(j export.Job) { states = append(states, j.State) }); err != nil {
		t.Error(err)
	}
	if all, err = s.Sync(t.Context(), job.ID); err != nil || len(all) != 1 || all[0].State != export.StateRegistered ||
		len(b.ob.Publications()) != before+1 {
		t.Errorf("with a login: %+v, %v, seen %v", all, err, states)
	}
	b.Config.Site.Locked, b.Config.Export.License = []string{"export.license"}, "cc0-1.0"
	next, _, err := s.NextMetadata(t.Context(), r.Selection, all[0].DOI)
	if err != nil || next.License != "cc0-1.0" || next.Title != r.Metadata.Title {
		t.Errorf("the next version, with a locked licence: %+v, %v", next, err)
	}
}

// What is refused is refused before anything is kept or made.
func TestSessionRefusesBeforeAnythingIsMade(t *testing.T) {
	b := newBenchWith(t, labdata.DemoLab())
	s := b.connect(t, b.login())
	if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	r := small(t, s)
	r.Groups = []string{"NOSUCH"}
	if _, _, err := s.Plan(t.Context(), r, false, nil); failure.Of(err) != failure.Refused {
		t.Errorf("an unknown group: %v", err)
	}
	r = small(t, s)
	r.Metadata.Creators[0].ORCID = "0000-0002-1825-0098"
	var f *failure.Error
	if _, _, err := s.Plan(t.Context(), r, false, nil); !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Field != "creators.0.orcid" {
		t.Errorf("a wrong ORCID: %v", err)
	}
	b.Config.Site.Locked = []string{"export.layout"}
	r = small(t, s)
	r.Layout = export.LayoutFiles
	var locked *config.Error
	if _, _, err := s.Plan(t.Context(), r, true, nil); !errors.As(err, &locked) {
		t.Errorf("a locked layout: %v", err)
	}
	if all, err := b.Settings.Jobs(t.Context()); err != nil || len(all) != 0 || len(b.ze.Drafts()) != 0 {
		t.Errorf("left %v, %d drafts, %v", all, len(b.ze.Drafts()), err)
	}
}

// Discarding takes the token that is at hand, and goes to the configured Zenodo.
func TestDiscardWithoutALogin(t *testing.T) {
	b := newBenchWith(t, labdata.DemoLab())
	s := b.connect(t, b.login())
	if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	job, _, err := s.Plan(t.Context(), small(t, s), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Settings.Discard(t.Context(), job.ID); err != nil {
		t.Errorf("a plan needs no token to be dropped: %v", err)
	}
	if all, _ := s.Jobs(t.Context()); len(all) > 1 || len(all) == 1 && all[0].State != export.StateDiscarded {
		t.Errorf("%+v", all)
	}
	if err := s.Discard(t.Context(), "nope"); failure.Of(err) != failure.NoJob {
		t.Errorf("an unknown export: %v", err)
	}
}

// Only pages of the configured Zenodo, and DOIs, are opened.
func TestOpenBrowser(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	browser, opened := filepath.Join(dir, "browser"), filepath.Join(dir, "opened")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho \"$1\" >> "+opened+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.env["BROWSER"], b.env["PATH"] = browser, os.Getenv("PATH")
	for _, foreign := range []string{"https://evil.example/uploads/1", "file:///etc/passwd", "https://doi.org.evil.example/x",
		b.ze.URL + "/a b"} {
		if ok, why := b.OpenBrowser(t.Context(), foreign); ok || why == "" {
			t.Errorf("%s is opened", foreign)
		}
	}
	for _, own := range []string{b.ze.URL + "/uploads/1", "https://doi.org/10.5281/zenodo.1"} {
		if ok, why := b.OpenBrowser(t.Context(), own); !ok {
			t.Errorf("%s: %s", own, why)
		}
	}
	b.env["BROWSER"] = "none"
	if ok, why := b.OpenBrowser(t.Context(), b.ze.URL+"/uploads/1"); ok || !strings.Contains(why, "none") {
		t.Errorf("opened without a browser: %s", why)
	}
	if b.QR("https://zenodo.org/uploads/1") == nil || b.QR(strings.Repeat("x", 5000)) != nil {
		t.Error("QR code")
	}
}

func TestReviewText(t *testing.T) {
	for review, want := range map[export.Review]string{"": "", "submitted": "in review", "accepted": "accepted",
		"declined": "declined", "expired": "expired"} {
		if got := ReviewText(export.Job{Review: review}); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", review, got)
		}
	}
}

// Looking at another Zenodo takes no token along.
func TestLookerElsewhere(t *testing.T) {
	b := newBench(t)
	b.env["ZENOBIS_ZENODO_TOKEN"] = b.ze.Token
	z, err := b.Looker(t.Context(), "https://sandbox.zenodo.org")
	if err != nil || z.URL() != "https://sandbox.zenodo.org" || z.HasToken() {
		t.Errorf("%v, %v", z, err)
	}
	if z, err = b.Looker(t.Context(), b.ze.URL); err != nil || !z.HasToken() {
		t.Errorf("the own one: %v", err)
	}
}
