package session

import (
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
)

// TestRecordable: where the service for publications is missing the user's own
// rights count, and a plan is refused before anything is made where they don't do.
func TestRecordable(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct {
		name    string
		user    string
		faults  []fakehttp.Fault
		refused bool
		notice  string
	}{
		{"the service is there", "jdoe", nil, false, ""},
		{"an admin may write", "root", []fakehttp.Fault{{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always}}, false, ""},
		{"nobody else may", "jdoe", []fakehttp.Fault{{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always}}, true, ""},
		{"nobody sees it", "jdoe", []fakehttp.Fault{{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always},
			{Kind: openbistest.FaultPublicationsInvisible, Times: fakehttp.Always}}, true, ""},
		{"services are not told", "jdoe", []fakehttp.Fault{{Kind: openbistest.FaultRPCError, Call: "searchCustomASServices",
			Message: "no such thing", Times: fakehttp.Always}}, false, "can't be seen"},
		{"rights are not told", "jdoe", []fakehttp.Fault{{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always},
			{Kind: openbistest.FaultRPCError, Call: "getRights", Message: "no such thing", Times: fakehttp.Always}}, false, "can't be seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lab := labdata.DemoLab()
			lab.AddUser(labdata.UserSpec{ID: "root", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
			ob := openbistest.Start(t, openbistest.Options{Lab: lab})
			b := newBench(t)
			l := Login{URL: ob.URL, User: ob.User, Password: ob.Password}
			if c.user == "root" {
				l.User, l.Password = "root", "s3cret-password"
			}
			s := b.connect(t, l)
			if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
				t.Fatal(err)
			}
			for _, f := range c.faults {
				ob.Fault(f)
			}
			r := small(t, s)
			r.Metadata.Creators = []record.Agent{{Family: "Doe", Given: "Jane"}}
			r.MetadataOnly, r.AcceptFindings = true, true
			_, plan, err := s.Plan(t.Context(), r, false, nil)
			if (failure.Of(err) == failure.Refused) != c.refused || !c.refused && err != nil {
				t.Fatalf("%v", err)
			}
			if c.refused {
				if !strings.Contains(Explain(err).String(), "publication-api") {
					t.Errorf("%v", err)
				}
				return
			}
			if notes := strings.Join(plan.Notes, "|"); !strings.Contains(notes, c.notice) || c.notice == "" && strings.Contains(notes, "can't be seen") {
				t.Errorf("notes %q", notes)
			}
		})
	}
}
