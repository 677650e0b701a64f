package session

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"zenobis/export"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
)

// A session that ends is opened again whatever call meets that: while looking,
// planning, sending and registering.
func TestASessionIsRenewedWhereverItIsUsed(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole export for each call")
	}
	b := newBenchWith(t, labdata.DemoLab())
	open := func() *Session { // one that has asked nothing yet
		s := b.connect(t, b.login())
		if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
			t.Fatal(err)
		}
		for _, d := range s.PendingStores() {
			s.AllowStore(d.Code)
		}
		return s
	}
	s := open()
	sel := small(t, s).Selection
	var job export.Job
	phases := []struct {
		name string
		do   func() error
	}{
		{"looking", func() error {
			if _, err := s.Spaces(t.Context()); err != nil {
				return err
			}
			_, _, err := s.DefaultMetadata(t.Context(), sel)
			return err
		}},
		{"planning", func() error {
			r := s.settings.Request(Overrides{AcceptFindings: true, LeaveOutBroken: true})
			r.Selection = sel
			var err error
			if r.Metadata, _, err = s.DefaultMetadata(t.Context(), sel); err == nil {
				r.Metadata.Title = "Growth"
				job, _, err = s.Plan(t.Context(), r, false, nil)
			}
			return err
		}},
		{"sending", func() error {
			run, err := s.Start(t.Context(), job.ID)
			if err == nil {
				err = run.Wait()
			}
			return err
		}},
		{"registering", func() error {
			all, err := s.Jobs(t.Context())
			if err != nil {
				return err
			}
			i := slices.IndexFunc(all, func(j export.Job) bool { return j.ID == job.ID })
			if err := b.ze.Publish(all[i].RecordID); err != nil {
				return err
			}
			all, err = s.Sync(t.Context(), job.ID)
			if err == nil && all[0].State != export.StateRegistered {
				t.Errorf("it is %s", all[0].State)
			}
			return err
		}},
	}
	calls := make([][]string, len(phases))
	for i, p := range phases {
		before := len(b.ob.Requests())
		if err := p.do(); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		for _, r := range b.ob.Requests()[before:] {
			if r.Call != "" && !slices.Contains(calls[i], r.Call) {
				calls[i] = append(calls[i], r.Call)
			}
		}
		if len(calls[i]) == 0 {
			t.Fatalf("%s makes no call", p.name)
		}
	}
	expire := func() { b.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession}) }
	for i, p := range phases {
		for _, some := range endings(p.name, calls[i]) {
			s = open()
			before := len(b.ob.Requests())
			for _, call := range some {
				b.ob.Fault(fakehttp.Fault{Kind: fakehttp.Do, Call: call, Do: expire})
			}
			if err := p.do(); err != nil {
				t.Fatalf("the session ended at each of %v while %s: %v", some, p.name, err)
			}
			logins := 0
			for _, r := range b.ob.Requests()[before:] {
				if r.Call == "login" {
					logins++
				}
			}
			if logins == 0 {
				t.Errorf("%s: the session did not end at %v", p.name, some)
			}
			b.ob.ClearFaults()
		}
	}
}

// endings are the calls at which the session ends in one go: one, since others may be
// on their way beside it; all where a thing can be done once only, one call after the other.
func endings(phase string, calls []string) [][]string {
	if phase == "sending" || phase == "registering" {
		return [][]string{calls}
	}
	return slices.Collect(slices.Chunk(calls, 1))
}

// A password that openBIS refuses when a session is to be opened again is not sent a
// second time, whatever asks for it: that would lock the account.
func TestARefusedPasswordIsSentOnce(t *testing.T) {
	b := newBench(t)
	b.env["ZENOBIS_OPENBIS_USER"], b.env["ZENOBIS_OPENBIS_PASSWORD"] = b.ob.User, b.ob.Password
	b.load(t)
	if f := b.Facts(); f.PasswordFrom != "ZENOBIS_OPENBIS_PASSWORD" || f.User != b.ob.User || f.TokenFrom != "" {
		t.Errorf("the configured login is %+v", f)
	}
	s := b.connect(t, Login{URL: b.ob.URL})
	b.ob.ForgetRequests()
	b.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	b.lab.Users[b.ob.User].Password = "another one now"
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := s.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if err := s.Renew(t.Context(), ""); !errors.Is(err, ErrNoLogin) {
		t.Errorf("opened again with nothing typed: %v", err)
	}
	logins := 0
	for _, r := range b.ob.Requests() {
		if r.Call == "login" {
			logins++
		}
	}
	if logins != 1 {
		t.Errorf("the password was sent %d times", logins)
	}
}
