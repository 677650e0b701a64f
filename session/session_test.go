package session

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zenobis/config"
	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/wire"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// bench is a person's settings before two servers.
type bench struct {
	*Settings
	lab *labdata.Lab
	ob  *openbistest.Server
	ze  *zenodotest.Server
	env map[string]string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return newBenchWith(t, smallLab())
}

// smallLab is what most of an open session needs: somebody who may log in. The
// demo's draws pictures each time.
func smallLab() *labdata.Lab {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: labdata.DemoUser, Password: labdata.DemoPassword, FirstName: "Jane", LastName: "Doe",
		Email: "jane.doe@lab.example", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	l.AddPAT(labdata.PATSpec{User: labdata.DemoUser, Session: "zenobis demo", Token: labdata.DemoPAT})
	return l
}

// newBenchWith is a bench with a lab of its own.
func newBenchWith(t *testing.T, lab *labdata.Lab) *bench {
	t.Helper()
	b := &bench{
		lab: lab, ob: openbistest.Start(t, openbistest.Options{Lab: lab}), ze: zenodotest.Start(t, zenodotest.Options{RateLimit: -1}),
		env: map[string]string{"HOME": t.TempDir()},
	}
	b.env["ZENOBIS_OPENBIS_URL"], b.env["ZENOBIS_ZENODO_URL"] = b.ob.URL, b.ze.URL
	b.load(t)
	return b
}

// load reads the configuration again.
func (b *bench) load(t *testing.T) {
	t.Helper()
	env := func(k string) string { return b.env[k] }
	c, _, err := config.Load(config.Options{Env: env})
	if err != nil {
		t.Fatal(err)
	}
	b.Settings = &Settings{Config: c, Env: env, Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now, Waits: NewWaits(time.Now)}
}

// login is what the person types.
func (b *bench) login() Login { return Login{URL: b.ob.URL, User: b.ob.User, Password: b.ob.Password} }

func (b *bench) connect(t *testing.T, l Login) *Session {
	t.Helper()
	s, err := b.Connect(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

func TestConnect(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	if w := s.Who(); w.Server != b.ob.URL || w.Person.UserID != b.ob.User || w.PAT || !w.PATs || w.Refused != "" {
		t.Errorf("who: %+v", w)
	}
	ended, end := context.WithCancel(t.Context())
	end() // a logout is due all the same
	if err := s.Close(ended); err != nil || b.ob.OpenSessions() != 0 {
		t.Errorf("closed with %v, %d sessions are open", err, b.ob.OpenSessions())
	}
	handed := b.connect(t, Login{URL: b.ob.URL, Token: " " + b.ob.PAT + "\n"})
	if !handed.Who().PAT {
		t.Error("a personal access token is not known as one")
	}
	if err := handed.Close(t.Context()); err != nil {
		t.Error(err)
	}
	b.connect(t, Login{URL: b.ob.URL, Token: b.ob.PAT}) // it was handed in, so it is still good
}

func TestConnectRefused(t *testing.T) {
	b := newBench(t)
	b.env["ZENOBIS_OPENBIS_TOKEN"] = b.ob.PAT
	b.load(t)
	var moved atomic.Int64 // what may pass is waited out, on a clock that moves by waiting
	b.Now = func() time.Time { return time.Now().Add(time.Duration(moved.Load())) }
	b.Sleep = func(ctx context.Context, d time.Duration) error { moved.Add(int64(d)); return ctx.Err() }
	other := openbistest.Start(t, openbistest.Options{Lab: smallLab()})
	for name, c := range map[string]struct {
		l    Login
		want error
	}{
		"wrong password": {Login{URL: b.ob.URL, User: b.ob.User, Password: "wrong"}, openbis.ErrLogin},
		"wrong token":    {Login{URL: b.ob.URL, Token: "$pat-x-1"}, openbis.ErrSession},
		"the configured token for another server": {Login{URL: other.URL}, ErrNoLogin},
		"not an openBIS": {Login{URL: b.ze.URL}, openbis.ErrNotOpenBIS},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := b.Connect(t.Context(), c.l); s != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	for _, r := range other.Requests() {
		if strings.Contains(r.Call, "ession") && r.Call != "getServerPublicInformation" {
			t.Errorf("the other server was asked %s", r.Call)
		}
	}
	if b.ob.OpenSessions() != 0 {
		t.Errorf("%d sessions are left", b.ob.OpenSessions())
	}
}

// A configured login goes to no server that it was not meant for.
func TestConnectTo(t *testing.T) {
	b := newBench(t)
	if _, err := b.ConnectTo(t.Context(), ""); !errors.Is(err, ErrNoLogin) {
		t.Errorf("without a login: %v", err)
	}
	b.env["ZENOBIS_OPENBIS_USER"], b.env["ZENOBIS_OPENBIS_PASSWORD"] = b.ob.User, b.ob.Password
	b.load(t)
	var wrong *config.Error
	if _, err := b.ConnectTo(t.Context(), "https://openbis.other.example"); !errors.As(err, &wrong) ||
		!strings.Contains(err.Error(), "--openbis https://openbis.other.example") {
		t.Errorf("another server's export: %v", err)
	}
	s, err := b.ConnectTo(t.Context(), b.ob.URL)
	if err != nil {
		t.Fatal(err)
	}
	if s.Close(t.Context()); b.ob.OpenSessions() != 0 {
		t.Error("not logged out")
	}
	b.env["ZENOBIS_OPENBIS_URL"] = ""
	b.load(t)
	if _, err := b.ConnectTo(t.Context(), ""); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "--openbis") {
		t.Errorf("without an address: %v", err)
	}
}

// What the site's file fixes can't be typed otherwise either.
func TestALoginKeepsLocks(t *testing.T) {
	b := newBench(t)
	b.Config.Site.Locked, b.Config.OpenBIS.User = []string{"openbis.url", "openbis.user"}, b.ob.User
	var locked *config.Error
	for what, change := range map[string]func(*Login){
		"server": func(l *Login) { l.URL = "https://openbis.other.example" },
		"user":   func(l *Login) { l.User = "roe" },
	} {
		l := b.login()
		change(&l)
		if _, err := b.Connect(t.Context(), l); !errors.As(err, &locked) || !strings.Contains(err.Error(), "locked by the administrator") {
			t.Errorf("another %s: %v", what, err)
		}
	}
	if n := len(b.ob.Requests()); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	for _, l := range []Login{b.login(), {URL: b.ob.URL, Token: b.ob.PAT}} {
		b.connect(t, l).Close(t.Context())
	}
}

// A configured token belongs to its own server, whatever way its address is written.
func TestIsConfigured(t *testing.T) {
	b := newBench(t)
	b.Config.OpenBIS.URL = "https://openbis.lab.example/eln"
	for address, want := range map[string]bool{
		"https://openbis.lab.example/eln": true, "openbis.lab.example/eln/": true,
		"https://OPENBIS.lab.example:443/eln/openbis/webapp/eln-lims/": true,
		"http://openbis.lab.example/eln":                               false,
		"https://openbis.lab.example:8443/eln":                         false, "https://openbis.lab.example/other": false,
		"https://openbis.lab.example": false, "https://openbis.lab.example.evil.example/eln": false,
		"https://user@openbis.lab.example/eln": false, "": false, "%": false,
	} {
		if got := b.isConfigured(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

// A password that came with this run wins over a token that was kept earlier,
// and a token of this run over both.
func TestWhichCredentials(t *testing.T) {
	b := newBench(t)
	if err := b.Config.KeepToken("openbis", b.ob.URL, "kept"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ user, password, token, want string }{
		{"", "", "", "kept"},
		{"u", "", "", "kept"},
		{"", "p", "", "kept"},
		{"u", "p", "", "u:p"},
		{"u", "p", "t", "t"},
	} {
		b.Config.OpenBIS.User = c.user // what the environment names is there already
		b.env["ZENOBIS_OPENBIS_PASSWORD"], b.env["ZENOBIS_OPENBIS_TOKEN"] = c.password, c.token
		cr, err := b.configured(t.Context())
		got := cr.token.Value
		if cr.password != "" {
			got = cr.user + ":" + cr.password
		}
		if err != nil || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

// An ended session is opened again wherever it is used, as long as its password
// is known; many callers open one.
func TestRenewalWhileLooking(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	b.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Spaces(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := b.ob.OpenSessions(); n != 1 {
		t.Errorf("%d sessions are open", n)
	}
}

func TestRenewalByHand(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, Login{URL: b.ob.URL, Token: b.ob.PAT})
	b.ob.ExpirePATs(time.Now())
	if _, err := s.Spaces(t.Context()); !errors.Is(err, openbis.ErrSession) {
		t.Fatalf("a token that was handed in can't be renewed: %v", err)
	}
	if err := s.Renew(t.Context(), "wrong"); !errors.Is(err, openbis.ErrLogin) {
		t.Errorf("renewed with a wrong password: %v", err)
	}
	if err := s.Renew(t.Context(), b.ob.Password); err != nil {
		t.Fatal(err)
	}
	b.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if _, err := s.Spaces(t.Context()); err != nil {
		t.Errorf("the password is known now: %v", err)
	}
}

// What is typed to open a session again is a password or a token, whatever the
// session was opened with. No token is sent as a password, and nobody else's is taken.
func TestRenewalByWhatIsTyped(t *testing.T) {
	for name, c := range map[string]struct {
		typed  func(b *bench) string
		err    error // nil where the session is opened again
		pat    bool  // by such a token
		logins int
	}{
		"password":       {func(b *bench) string { return b.ob.Password }, nil, false, 1},
		"personal token": {func(b *bench) string { return " " + b.ob.PAT + "\n" }, nil, true, 0},
		"wrong password": {func(*bench) string { return "wrong" }, openbis.ErrLogin, false, 1},
		"wrong token":    {func(*bench) string { return "$pat-jane-1x0" }, openbis.ErrSession, false, 0},
		"somebody else":  {func(*bench) string { return "$pat-rroe-1x0" }, failure.Login, false, 0},
		"nothing":        {func(*bench) string { return " " }, ErrNoLogin, false, 0},
	} {
		for _, byToken := range []bool{false, true} {
			lab := smallLab()
			lab.AddUser(labdata.UserSpec{ID: "rroe", Password: "other", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
			lab.AddPAT(labdata.PATSpec{User: "rroe", Session: "theirs", Token: "$pat-rroe-1x0"})
			lab.AddPAT(labdata.PATSpec{User: labdata.DemoUser, Session: "second", Token: "$pat-second"})
			b := newBenchWith(t, lab)
			l := b.login()
			if byToken {
				l = Login{URL: b.ob.URL, Token: "$pat-second"}
			}
			s := b.connect(t, l)
			typed := c.typed(b)
			b.ob.ForgetRequests()
			err := s.Renew(t.Context(), typed)
			if !errors.Is(err, c.err) {
				t.Errorf("%s, after a token: %v: %v", name, byToken, err)
			}
			logins := 0
			for _, r := range b.ob.Requests() {
				if r.Call == "login" {
					logins++
				}
			}
			if who := s.Who(); logins != c.logins || who.PAT != (c.pat || err != nil && byToken) || who.Person.UserID != b.ob.User {
				t.Errorf("%s, after a token: %v: %d logins, %+v", name, byToken, logins, who)
			}
		}
	}
}

// A token names its person before the time of its login.
func TestWhatLooksLikeAToken(t *testing.T) {
	for text, want := range map[string]bool{
		"$pat-jane-doe-231114221320000x0123ABCD": true, "jane-doe-231114221320000x0123ABCD": true, " jane-doe-231114221320000x01\n": true,
		"jane-doe-secretx": false, "jane-doe-x": false, "jane-doe": false, "jdoe-231114221320000x01": false, "": false, "123x": false,
	} {
		if isToken(text, "jane-doe") != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestLogoutIsTriedAgain(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	b.ob.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "logout"})
	if err := s.Close(t.Context()); err != nil || b.ob.OpenSessions() != 0 {
		t.Errorf("%v, %d sessions are open", err, b.ob.OpenSessions())
	}
}

func TestConsent(t *testing.T) {
	var c consent
	a, b := openbis.DataStore{Code: "DSS1", URL: "https://a"}, openbis.DataStore{Code: "DSS2", URL: "https://b"}
	s := &Session{account: &account{}}
	ask := func(d openbis.DataStore) bool { return s.account.consent.allow(d) }
	if ask(a) || ask(b) || ask(a) {
		t.Error("allowed without a word")
	}
	if p := s.PendingStores(); len(p) != 2 || p[0] != a || p[1] != b {
		t.Errorf("pending: %v", p)
	}
	s.AllowStore("DSS1")
	if !ask(a) || ask(b) {
		t.Error("consent is not for the store that it was given for")
	}
	if p := s.PendingStores(); len(p) != 1 || p[0] != b {
		t.Errorf("pending: %v", p)
	}
	if c.allow(a) {
		t.Error("another session's consent counts")
	}
}

// The token is found in the environment, a file, the profile; its source is named.
func TestFindToken(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	if _, err := s.FindToken(t.Context()); !errors.Is(err, ErrNoToken) {
		t.Errorf("without a token: %v", err)
	}
	if _, err := s.Engine(); !errors.Is(err, zenodo.ErrToken) {
		t.Errorf("an engine without a token: %v", err)
	}
	const key = "personal-zenodo-api-token"
	b.ob.SetSetting(b.ob.User, key, "of zenodo.org") // this Zenodo is another one
	if _, err := s.FindToken(t.Context()); !errors.Is(err, ErrNoToken) {
		t.Errorf("another host's token is used: %v", err)
	}
	b.ob.SetSetting(b.ob.User, key+"@"+wire.Host(b.ze.URL), b.ze.Token)
	if from, err := s.FindToken(t.Context()); err != nil || from != "from your openBIS profile" {
		t.Errorf("%q, %v", from, err)
	}
	b.env["ZENOBIS_ZENODO_TOKEN"] = "wrong"
	from, err := s.FindToken(t.Context())
	if !errors.Is(err, zenodo.ErrToken) || from != "from ZENOBIS_ZENODO_TOKEN" || !strings.Contains(err.Error(), "from ZENOBIS_ZENODO_TOKEN") {
		t.Errorf("%q, %v", from, err)
	}
	for _, r := range b.ze.Requests() {
		if strings.Contains(r.Header.Get("Authorization"), "zenodo.org") {
			t.Error("a token went to a host that it was not made for")
		}
	}
}

func TestKeepToken(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	if err := s.UseToken(t.Context(), "wrong"); !errors.Is(err, zenodo.ErrToken) {
		t.Errorf("%v", err)
	}
	if err := s.UseToken(t.Context(), "\uFEFF "+b.ze.Token+"\r\n"); err != nil {
		t.Fatal(err)
	}
	first, err := s.Engine()
	if again, _ := s.Engine(); err != nil || again != first {
		t.Errorf("two engines for one token, %v", err)
	}
	for _, where := range []TokenPlace{KeepNowhere, KeepFile, KeepProfile} {
		if err := s.KeepToken(t.Context(), where); err != nil {
			t.Errorf("%q: %v", where, err)
		}
	}
	if got := b.ob.Setting(b.ob.User, b.SettingKey()); got != b.ze.Token {
		t.Errorf("in the profile: %q", got)
	}
	path := b.Facts().TokenFile
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", path, info, err)
	}
	if token, err := b.ZenodoToken(t.Context(), nil); err != nil || token.Value != b.ze.Token || token.Source != path {
		t.Errorf("kept token: %v, %v", token, err)
	}
	pat := b.connect(t, Login{URL: b.ob.URL, Token: b.ob.PAT})
	if err := pat.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	if err := pat.KeepToken(t.Context(), KeepProfile); !errors.Is(err, openbis.ErrPATDenied) {
		t.Errorf("a personal access token saved a setting: %v", err)
	}
}

func TestRememberPAT(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	where, err := s.RememberPAT(t.Context(), time.Now().Add(24*time.Hour))
	if err != nil || !strings.HasPrefix(where, filepath.Join(b.env["HOME"], ".config")) {
		t.Fatalf("%q, %v", where, err)
	}
	if f := b.Facts(); f.TokenFrom != where {
		t.Errorf("the next start finds it in %q", f.TokenFrom)
	}
	if !b.connect(t, Login{URL: b.ob.URL}).Who().PAT {
		t.Error("the next start does not use it")
	}
}

// What is waited for can be asked at any time, and ends.
func TestWaiting(t *testing.T) {
	b := newBench(t)
	var told []string
	var mu sync.Mutex
	b.Waits.Listen(func(_ time.Duration, why string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, why+" | "+b.Waits.Now())
	})
	s := b.connect(t, b.login())
	b.ob.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "searchSpaces", Times: 1})
	if _, err := s.Spaces(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || !strings.Contains(told[0], "try 1 failed, the last is made at") {
		t.Errorf("told %q", told)
	}
	if now := b.Waits.Now(); now != "" {
		t.Errorf("still waiting: %q", now)
	}
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := NewWaits(func() time.Time { return clock })
	w.budget(5*time.Second, "request budget")
	if w.Now() != "request budget" {
		t.Errorf("%q", w.Now())
	}
	clock = clock.Add(6 * time.Second)
	if w.Now() != "" {
		t.Errorf("a waiting that is over is told: %q", w.Now())
	}
	// Two calls of a kind are told apart, and a promise is not told any more once it was kept.
	one, two := &wire.Series{}, &wire.Series{}
	wait := wire.Wait{Call: one, What: "read", Err: errors.New("HTTP 502"), Try: 3, Until: clock.Add(time.Second), GiveUp: clock.Add(time.Minute)}
	w.repeated(wait)
	wait.Call = two
	w.repeated(wait)
	w.repeated(wire.Wait{Call: two, What: "read"})
	at := clock.Add(time.Minute).Local().Format("15:04:05")
	if want := "read: HTTP 502; try 3 failed, the last is made at " + at; w.Now() != want {
		t.Errorf("while one of two waits: %q, want %q", w.Now(), want)
	}
	clock = clock.Add(time.Minute + time.Second)
	if want := "read: HTTP 502; try 3 failed, the last try is under way"; w.Now() != want {
		t.Errorf("during the last try: %q, want %q", w.Now(), want)
	}
	w.repeated(wire.Wait{Call: one, What: "read"})
	if w.Now() != "" {
		t.Errorf("afterwards: %q", w.Now())
	}
	var none *Waits
	none.budget(time.Second, "x")
	if none.Now() != "" {
		t.Error("nobody waits")
	}
}

// Sessions for two Zenodos share one login: what renews one renews the other.
func TestAnotherZenodoSharesTheLogin(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, Login{URL: b.ob.URL, Token: b.ob.PAT})
	other, target, err := s.At("https://sandbox.zenodo.org")
	if err != nil || target.URL != "https://sandbox.zenodo.org" {
		t.Fatalf("%+v, %v", target, err)
	}
	if _, err := other.FindToken(t.Context()); !errors.Is(err, ErrNoToken) {
		t.Errorf("a token of another Zenodo: %v", err)
	}
	b.ob.ExpirePATs(time.Now())
	if err := other.Renew(t.Context(), b.ob.Password); err != nil {
		t.Fatal(err)
	}
	b.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession})
	if _, err := s.Spaces(t.Context()); err != nil {
		t.Errorf("the first session does not know the password: %v", err)
	}
	b.env["ZENOBIS_ZENODO_TOKEN"] = b.ze.Token
	if _, _, err := s.At("https://sandbox.zenodo.org"); err == nil {
		t.Error("the token of this run is taken to another host")
	}
}

// Who logs in again goes on with the token that was accepted, at its Zenodo alone.
func TestALoginAgainTakesTheToken(t *testing.T) {
	b := newBench(t)
	first, second := b.connect(t, b.login()), b.connect(t, b.login())
	second.TakeToken(first)
	if _, err := second.Engine(); !errors.Is(err, zenodo.ErrToken) {
		t.Errorf("a token out of nothing: %v", err)
	}
	if err := first.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, _, err := second.At("https://sandbox.zenodo.org")
	if err != nil {
		t.Fatal(err)
	}
	other.TakeToken(first)
	if _, err := other.Engine(); !errors.Is(err, zenodo.ErrToken) {
		t.Errorf("a token of another Zenodo: %v", err)
	}
	second.TakeToken(first)
	if _, err := second.Engine(); err != nil {
		t.Errorf("after logging in again: %v", err)
	}
}

// The lab's switch is not passed over because something before openBIS spoke, or did
// not let anybody through.
func TestTheSwitchDoesNotFailOpen(t *testing.T) {
	for name, f := range map[string]fakehttp.Fault{
		"a proxy that wants a login": {Kind: fakehttp.Gateway, Status: http.StatusProxyAuthRequired, Times: fakehttp.Always},
		"a gate":                     {Kind: fakehttp.Gateway, Status: http.StatusForbidden, Times: fakehttp.Always},
		"away":                       {Kind: fakehttp.Gateway, Times: fakehttp.Always},
	} {
		b := newBench(t)
		var mu sync.Mutex
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
		b.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
		b.Sleep = func(_ context.Context, d time.Duration) error { pass(d); return nil }
		s := b.connect(t, b.login())
		pass(time.Hour) // what it said when the session was opened is not remembered any more
		b.ob.Fault(f)
		if notice, err := s.Switch(t.Context()); err == nil {
			t.Errorf("%s: it goes on with %q", name, notice)
		}
	}
}

// A keyword that every record gets is there however it is written in the site's file.
func TestLockedKeywordsCanBeKept(t *testing.T) {
	b := newBench(t)
	b.Config.Site.Locked = []string{"export.keywords"}
	b.Config.Export.Keywords = []string{"  thin   film ", "", "Lab X", "lab x"}
	for _, c := range []struct {
		have   []string
		lacked int
	}{{nil, 2}, {[]string{"thin film", "LAB X"}, 0}, {[]string{" Thin  Film", "other"}, 1}} {
		if got := b.lacking(record.Metadata{Keywords: c.have}); len(got) != c.lacked {
			t.Errorf("%q lack %v", c.have, got)
		}
	}
}
