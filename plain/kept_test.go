package plain

import (
	"encoding/json"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/session"
)

// What was kept is counted, marked and named before anything of it is opened.
func TestPlainSaysWhatWasKept(t *testing.T) {
	f := flowtest.New()
	f.Kids["P1/collections"][0].Space = "JDOE"
	data, err := json.Marshal(flow.Kept{
		Version: 1, Server: f.Person.Server, User: f.Person.Person.UserID,
		Selection: selection.Selection{Rules: []selection.Rule{
			{Mode: selection.All, Kind: openbis.KindCollection, PermID: "C1", Label: "/JDOE/THIN_FILMS/MASS_LOSS"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.KeptFiles[flow.UnfinishedFile] = data
	out, _ := converse(t, f, []string{"", "", "secret", "yes", "tray", "quit"}, nil)
	for _, want := range []string{"Selected: 3 objects, 6 data sets", "Jane Doe, space JDOE, a part of it", "Mass loss measurements"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
}

// What the environment has to log in with is used without a question, and said; it
// is not sent again where it is refused.
func TestPlainUsesAConfiguredLogin(t *testing.T) {
	for with, set := range map[string]func(*session.Facts){
		"password from ZENOBIS_OPENBIS_PASSWORD": func(f *session.Facts) { f.PasswordFrom = "ZENOBIS_OPENBIS_PASSWORD" },
		"token from /home/jdoe/token":            func(f *session.Facts) { f.TokenFrom = "/home/jdoe/token" },
	} {
		f := flowtest.New()
		set(&f.Known)
		var sent []session.Login
		f.OnConnect = func(l session.Login) error { sent = append(sent, l); return nil }
		out, _ := converse(t, f, []string{"quit"}, nil)
		if len(sent) != 1 || sent[0].Password != "" || !strings.Contains(out, "Using the "+with) || strings.Contains(out, "Password") {
			t.Errorf("%s: sent %+v\n%s", with, sent, out)
		}
		sent = nil
		f.OnConnect = func(l session.Login) error {
			sent = append(sent, l)
			if l.Password == "" {
				return openbis.ErrLogin
			}
			return nil
		}
		out, _ = converse(t, f, []string{"", "", "right", "quit"}, nil)
		if len(sent) != 2 || sent[1].Password != "right" || !strings.Contains(out, "It is not tried again") {
			t.Errorf("%s refused: sent %+v\n%s", with, sent, out)
		}
	}
}

// The only sensible group is chosen already, and said with the reason; one that is no
// group of the person's is refused.
func TestPlainSaysTheGroup(t *testing.T) {
	f := flowtest.New()
	f.Person.Groups = session.Groups{{Name: "BIO", Mine: true, Publications: session.Visible}, {Name: "CHEM"}}
	out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "groups", "CHEM", "quit"}, nil)
	for _, want := range []string{"Groups: BIO (the only group of yours)", "CHEM is no group of yours"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
}

// Who leaves at the question, or whose terminal goes away there, has not answered
// it; the answer takes away what was kept.
func TestPlainKeepsWhatWasNotAnswered(t *testing.T) {
	kept, err := json.Marshal(flow.Kept{Version: 1, Server: flowtest.New().Person.Server, User: flowtest.New().Person.Person.UserID, Title: "Mass loss"})
	if err != nil {
		t.Fatal(err)
	}
	for answer, stays := range map[string]bool{"": true, "maybe": true, "quit": true, "no": false} {
		f := flowtest.New()
		f.KeptFiles[flow.UnfinishedFile] = kept
		answers := []string{"", "", "secret"}
		if answer != "" {
			answers = append(answers, answer)
		}
		out, _ := converse(t, f, answers, nil)
		if there := f.KeptFiles[flow.UnfinishedFile] != nil; !strings.Contains(out, "Mass loss") || there != stays {
			t.Errorf("%q: kept: %v, want %v\n%s", answer, there, stays, out)
		}
	}
}

// A link data set that is taken alone says so, however it is taken.
func TestPlainSaysThatALinkAloneIsNothing(t *testing.T) {
	for _, way := range []string{"select ", "only "} {
		f := flowtest.New()
		link := flowtest.DataSet("L1", "far away", "LINKED", -1)
		link.Data.Kind = openbis.Link
		f.Found = []openbis.Entity{link}
		out, _ := converse(t, f, []string{"", "", "secret", "find far", way + "1", "quit"}, nil)
		if !strings.Contains(out, "link data set alone can't be exported") {
			t.Errorf("not said after %s:\n%s", way, out)
		}
	}
}

// The plan that the review shows is no export yet.
func TestPlainListsNoPlanOfTheReview(t *testing.T) {
	f := flowtest.New()
	f.JobList = []export.Job{
		{ID: "job1", Title: "Mass loss", State: export.StatePlanned},
		{ID: "old", Title: "Earlier one", State: export.StateDraft, RecordID: "1"},
	}
	out, _ := converse(t, f, []string{
		"", "", "secret", "1", "1", "1", "select 1", "continue", "Mass loss", "continue", "exports", "", "quit",
	}, nil)
	if !strings.Contains(out, "1  Earlier one") || strings.Contains(out, "nothing sent") {
		t.Errorf("listed:\n%s", out)
	}
}
