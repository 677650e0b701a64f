package command

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/session"
	"zenobis/zenodo/zenodotest"
)

// doctor names each check, says what to do about those that failed, and ends
// with 1 then.
func TestDoctor(t *testing.T) {
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()}), zenodotest.Start(t, zenodotest.Options{RateLimit: -1})
	all := "configuration|state|openbis|openbis login|openbis user|openbis version|openbis rights|lab's switch|publications|recording|" +
		"zenodo token|zenodo login|limits|drafts|session"
	for name, c := range map[string]struct {
		set    map[string]string
		failed string // names, with a bar in between
		hint   string
	}{
		"all is well":    {nil, "", ""},
		"no openBIS":     {map[string]string{"ZENOBIS_OPENBIS_URL": ""}, "openbis", ""},
		"openBIS away":   {map[string]string{"ZENOBIS_OPENBIS_URL": "http://127.0.0.1:1"}, "openbis", "check the address"},
		"something else": {map[string]string{"ZENOBIS_OPENBIS_URL": ze.URL}, "openbis", "in the browser"},
		"wrong password": {map[string]string{"ZENOBIS_OPENBIS_PASSWORD": "wrong"}, "openbis login", "single sign-on"},
		"no login":       {map[string]string{"ZENOBIS_OPENBIS_PASSWORD": ""}, "openbis login", "ZENOBIS_OPENBIS_TOKEN"},
		"no token":       {map[string]string{"ZENOBIS_ZENODO_TOKEN": ""}, "zenodo token", "ZENOBIS_ZENODO_TOKEN"},
		"refused token":  {map[string]string{"ZENOBIS_ZENODO_TOKEN": "wrong"}, "zenodo login", "deposit:write"},
		"Zenodo away":    {map[string]string{"ZENOBIS_ZENODO_URL": "http://127.0.0.1:1"}, "zenodo login", "check the network"},
		"no login, no profile": {map[string]string{"ZENOBIS_OPENBIS_PASSWORD": "wrong", "ZENOBIS_ZENODO_TOKEN": ""},
			"openbis login|zenodo token", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := at(t, ob)
			p["ZENOBIS_ZENODO_URL"], p["ZENOBIS_ZENODO_TOKEN"] = ze.URL, ze.Token
			for k, v := range c.set {
				p[k] = v
			}
			waits := &clock{now: time.Now(), at: func(int) {}} // what may pass is waited out
			o := p.with(t, waits.set, "doctor", "--json")
			var names, failed, hints []string
			for _, e := range lines(t, o.stdout) {
				if e["event"] != "check" {
					continue
				}
				names = append(names, e["name"].(string))
				if e["ok"] != true {
					failed = append(failed, e["name"].(string))
					hints = append(hints, e["hint"].(string))
				}
			}
			if got := strings.Join(failed, "|"); got != c.failed || o.status != map[bool]int{true: 0, false: 1}[c.failed == ""] {
				t.Errorf("failed %q, want %q; status %d\n%s", got, c.failed, o.status, o.stdout)
			}
			if !strings.Contains(strings.Join(hints, "|"), c.hint) {
				t.Errorf("hints %q do not say %q", hints, c.hint)
			}
			if got := strings.Join(names, "|"); c.failed == "" &&
				got != all {
				t.Errorf("checks: %s", got)
			}
			if last := lines(t, o.stdout); c.failed != "" && last[len(last)-1]["event"] != "error" {
				t.Errorf("no error event at the end: %v", last[len(last)-1])
			}
		})
	}
	if n := ob.OpenSessions(); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
}

// Who leaves before the end is told so, not that something is wrong.
func TestDoctorThatIsLeft(t *testing.T) {
	ob := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()})
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ze := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := me.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	defer ze.Close()
	p := at(t, ob)
	p["ZENOBIS_ZENODO_URL"], p["ZENOBIS_ZENODO_TOKEN"] = ze.URL, "a-token"
	if o := p.try(t, "doctor"); o.status != session.StatusInterrupted || strings.Contains(o.stderr, "some checks failed") {
		t.Errorf("status %d: %s\n%s", o.status, o.stdout, o.stderr)
	}
}
