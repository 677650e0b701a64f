package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLocksHoldForEverySource: no key that a site has locked can be changed by a
// file, the environment, a flag or a profile.
func TestLocksHoldForEverySource(t *testing.T) {
	values := map[string]string{ // another value than the default, in TOML
		"openbis.data_stores": "", "site.locked": "", "site.ignore_switch": "", "site.licenses": "", "site.communities": "",
		"zenodo.kind": "'inveniordm'", "export.layout": "'single'", "export.crate": "'eln'", "export.pages": "['txt']",
		"export.part_size": "5", "export.max_bytes": "5", "export.limit_rate": "5",
		"export.show_source": "true", "openbis.allow_http": "true",
		"export.keywords": "['x']", "export.funding": "['x']", "openbis.proxy": "'http://p.example'", "zenodo.proxy": "'http://p.example'",
	}
	for _, k := range keys {
		v, ok := values[k.name]
		if !ok {
			v = "'https://x.example'" // good for texts and addresses alike
		}
		if v == "" {
			continue
		}
		site := fmt.Sprintf("[site]\nlocked=[%q]\n", k.name)
		table, name, _ := strings.Cut(k.name, ".")
		flag := strings.Trim(v, "'[]")
		for source, o := range map[string]Options{
			"file": setup(t, site, fmt.Sprintf("[%s]\n%s=%s\n", table, name, v), nil),
			"profile": func() Options {
				o := setup(t, site, fmt.Sprintf("[profiles.p.%s]\n%s=%s\n", table, name, v), nil)
				o.Profile = "p"
				return o
			}(),
			"flag": func() Options {
				o := setup(t, site, "", nil)
				o.Flags = map[string]string{k.name: flag}
				return o
			}(),
		} {
			if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), k.name+" is locked") {
				t.Errorf("%s from a %s: %v", k.name, source, err)
			}
		}
		c := load(t, setup(t, site, "", nil))
		if err := c.Keeps(k.name, flag, "--flag"); err == nil || !strings.Contains(err.Error(), "--flag: "+k.name+" is locked") ||
			!c.Locked(k.name) {
			t.Errorf("%s given later: %v", k.name, err)
		}
		if c = load(t, setup(t, "", "", nil)); c.Keeps(k.name, flag, "--flag") != nil || c.Locked(k.name) {
			t.Errorf("%s without a lock", k.name)
		}
	}
	o := setup(t, "[site]\nlocked=['openbis.url','openbis.ca_file']\n", "", map[string]string{"ZENOBIS_OPENBIS_URL": "https://evil.example"})
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "environment: openbis.url is locked") {
		t.Errorf("the environment: %v", err)
	}
	o = setup(t, "[site]\nlocked=['openbis.ca_file']\n", "", nil)
	o.CAFile = "/x"
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "openbis.ca_file is locked") {
		t.Errorf("--ca-file: %v", err)
	}
	c := load(t, setup(t, "[site]\nlocked=['openbis.data_stores']\n", "", nil))
	if !c.Locked("openbis.data_stores.DSS1") || c.Keeps("openbis.data_stores.DSS1", "https://x", "") == nil {
		t.Error("a lock of all data stores holds for none")
	}
	c = load(t, setup(t, "[site]\nlocked=['export.layout']\n", "", nil))
	c.Site.Locked = append(c.Site.Locked, "export.odd")
	if err := c.Keeps("export.odd", "x", "a"); err == nil || !strings.Contains(err.Error(), "is not a setting") {
		t.Errorf("a lock of nothing: %v", err)
	}
}

// TestNothingComesFromTheCurrentFolder: without a home, whoever owns the folder
// would choose the commands that are run.
func TestNothingComesFromTheCurrentFolder(t *testing.T) {
	planted := t.TempDir()
	for _, dir := range []string{"zenobis", ".config/zenobis", "rel/zenobis"} {
		if err := os.MkdirAll(filepath.Join(planted, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(planted, dir, "config.toml"), []byte("[openbis]\nuser='planted'\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(planted)
	home := t.TempDir()
	for name, c := range map[string]struct {
		env        map[string]string
		home       string // in the password database
		dir, state string // "" for an error
	}{
		"HOME":            {map[string]string{"HOME": home}, "/other", home + "/.config/zenobis", home + "/.local/state/zenobis"},
		"no HOME":         {nil, home, home + "/.config/zenobis", home + "/.local/state/zenobis"},
		"relative HOME":   {map[string]string{"HOME": "."}, home, home + "/.config/zenobis", home + "/.local/state/zenobis"},
		"nowhere a home":  {nil, "", "", ""},
		"a relative home": {nil, "rel", "", ""},
		"relative XDG values": {map[string]string{"XDG_CONFIG_HOME": "rel", "XDG_STATE_HOME": "rel"}, home, home + "/.config/zenobis",
			home + "/.local/state/zenobis"},
		"XDG values": {map[string]string{"XDG_CONFIG_HOME": home + "/c", "XDG_STATE_HOME": home + "/s"}, "", home + "/c/zenobis",
			home + "/s/zenobis"},
		"only half of them":    {map[string]string{"XDG_CONFIG_HOME": home + "/c"}, "", "", ""},
		"the other half":       {map[string]string{"XDG_STATE_HOME": home + "/c"}, "", "", ""},
		"a state folder given": {map[string]string{"ZENOBIS_STATE_DIR": "here"}, home, home + "/.config/zenobis", planted + "/here"},
	} {
		o := Options{Env: func(k string) string { return c.env[k] }, Home: func() string { return c.home }}
		got, _, err := Load(o)
		if c.dir == "" {
			if err == nil || !strings.Contains(err.Error(), "set HOME") {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Dir != c.dir || got.StateDir != c.state {
			t.Errorf("%s: %s and %s, want %s and %s", name, got.Dir, got.StateDir, c.dir, c.state)
		}
		if got.OpenBIS.User == "planted" {
			t.Errorf("%s: a planted file was read", name)
		}
	}
	// The real password database knows this user.
	if _, _, err := Load(Options{Env: func(string) string { return "" }}); err != nil {
		t.Errorf("by the password database: %v", err)
	}
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	write := func(mode os.FileMode, uid int) Options {
		o := setup(t, "", "[openbis]\nuser='x'\n", nil)
		path := filepath.Join(o.Env("HOME"), ".config", "zenobis", "config.toml")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if uid >= 0 {
			if err := os.Chown(path, uid, -1); err != nil {
				t.Skip("the owner can't be changed here")
			}
		}
		return o
	}
	for _, mode := range []os.FileMode{0o602, 0o666, 0o606} {
		if _, _, err := Load(write(mode, -1)); err == nil || !strings.Contains(err.Error(), "everyone can write it") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o644, 0o664} {
		if c, _, err := Load(write(mode, -1)); err != nil || c.OpenBIS.User != "x" {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	// The site's file, too.
	o := setup(t, "[openbis]\nuser='x'\n", "", nil)
	if err := os.Chmod(o.SitePath, 0o646); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "everyone can write it") {
		t.Errorf("the site's file: %v", err)
	}
	// A device that everyone can write is no file of anybody.
	o = setup(t, "", "", nil)
	o.Path = "/dev/null"
	if _, _, err := Load(o); err != nil {
		t.Errorf("no configuration at all: %v", err)
	}
	o = setup(t, "", strings.Repeat("#", maxFile+1), nil)
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("an endless file: %v", err)
	}
	if _, _, err := Load(setup(t, "", "#"+strings.Repeat("x", maxFile-1), nil)); err != nil {
		t.Errorf("a long one: %v", err)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	if _, _, err := Load(write(0o600, 12345)); err == nil || !strings.Contains(err.Error(), "belongs to user number 12345") {
		t.Errorf("somebody else's: %v", err)
	}
	o = setup(t, "", "", nil)
	state := filepath.Join(o.Env("HOME"), ".local", "state", "zenobis")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(o); err != nil {
		t.Errorf("an own state directory: %v", err)
	}
	if err := os.Chown(state, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "--state-dir") {
		t.Errorf("somebody else's state directory: %v", err)
	}
}

// TestWhatAFileHoldsIsCleanedBeforeATerminal, whoever wrote it.
func TestWhatAFileHoldsIsCleanedBeforeATerminal(t *testing.T) {
	const evil = "\\u001b]0;owned\\u0007\\u202e"
	_, warnings, err := Load(setup(t, "", "[openbis]\n\""+evil+"\"='x'\n[profiles.\""+evil+"\".openbis]\nnope=1\n", nil))
	if err != nil || len(warnings) != 2 {
		t.Fatalf("%v, %v", warnings, err)
	}
	_, _, bad := Load(setup(t, "", "[export]\nlayout=\""+evil+"\"\npages=[\""+evil+"\"]\n", nil))
	_, _, worse := Load(setup(t, "[site]\nlocked=[\""+evil+"\"]\n", "", nil))
	_, _, worst := Load(setup(t, "", "[openbis]\nurl=\"https://"+evil+"\"\n", nil))
	if bad == nil || worse == nil || worst == nil {
		t.Fatal("no error")
	}
	shown := load(
		t,
		setup(
			t,
			"",
			"[openbis]\nuser=\"a"+evil+"b\"\n[zenodo]\nname=\"a"+evil+"b\"\n[export]\nkeywords=[\"a"+evil+"b\"]\n[me]\nname=\"a"+evil+"b\"\n",
			nil,
		),
	)
	for _, s := range []string{shown.OpenBIS.User, shown.Zenodo.Name, shown.Export.Keywords[0], shown.Me.Name} {
		if s != "a]0;ownedb" {
			t.Errorf("a name is %q", s)
		}
	}
	for _, s := range append(warnings, bad.Error(), worse.Error(), worst.Error()) {
		if strings.ContainsAny(s, "\x1b\x07\u202e") {
			t.Errorf("told as %q", s)
		}
	}
	if got := (&Error{"a", "http://me:pw@[x and $pat-alice-231114221320000x0123456789ABCDEF"}).Error(); strings.Contains(got, "pw") ||
		strings.Contains(got, "alice") {
		t.Errorf("told as %q", got)
	}
}

func TestLeaveToSendInClear(t *testing.T) {
	for name, c := range map[string]struct {
		site, user string
		flags      map[string]string
		want       bool
	}{
		"none":               {"", "[openbis]\nurl='http://lab.example'\n", nil, false},
		"beside the address": {"", "[openbis]\nurl='http://lab.example'\nallow_http=true\n", nil, true},
		"the site's":         {"[openbis]\nurl='http://lab.example'\nallow_http=true\n", "", nil, true},
		"of another address": {"[openbis]\nurl='http://lab.example'\nallow_http=true\n", "[openbis]\nurl='http://evil.example'\n",
			nil, false},
		"of another, by flag": {"", "[openbis]\nurl='http://lab.example'\nallow_http=true\n",
			map[string]string{"openbis.url": "http://evil.example"}, false},
		"of the same, by flag": {"", "[openbis]\nurl='http://lab.example'\nallow_http=true\n",
			map[string]string{"openbis.url": "http://LAB.example/"}, true},
		"taken back":               {"[openbis]\nurl='http://lab.example'\nallow_http=true\n", "[openbis]\nallow_http=false\n", nil, false},
		"without an address known": {"", "[openbis]\nallow_http=true\n", map[string]string{"openbis.url": "http://evil.example"}, false},
	} {
		o := setup(t, c.site, c.user, nil)
		o.Flags = c.flags
		got, warnings, err := Load(o)
		if err != nil || got.OpenBIS.AllowHTTP != c.want {
			t.Errorf("%s: %v, %v", name, got.OpenBIS.AllowHTTP, err)
		}
		if len(warnings) != 1 || !strings.Contains(warnings[0], "is not encrypted") {
			t.Errorf("%s: warned of %q", name, warnings)
		}
	}
	for address, warned := range map[string]bool{"http://localhost:1": false, "http://127.0.0.1": false, "https://lab.example": false,
		"http://127.evil.example": true} {
		o := setup(t, "", "", nil)
		o.Flags = map[string]string{"openbis.url": address}
		if _, warnings, _ := Load(o); (len(warnings) > 0) != warned {
			t.Errorf("%s: warned of %q", address, warnings)
		}
	}
}

// TestAKeptTokenBelongsToOneAddress: scheme, host, port and path.
func TestAKeptTokenBelongsToOneAddress(t *testing.T) {
	at := func(c *Config, address string) string {
		t.Helper()
		c.OpenBIS.URL = address
		got, err := c.OpenBISToken(context.Background(), func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		return got.Value
	}
	c := load(t, setup(t, "", "", nil))
	if err := c.KeepToken("openbis", "https://h", "kept"); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://h": "kept", "http://h": "", "https://h/other": "", "http://h/other/app": "", "https://h:8443": "", "https://x": "",
	} {
		if got := at(c, address); got != want {
			t.Errorf("%s gets %q, want %q", address, got, want)
		}
	}
	if c.KeptTokenPath("openbis", "https://h/a_b") == c.KeptTokenPath("openbis", "https://h_a/b") {
		t.Error("two addresses share a file")
	}
	// One that was kept under the host alone moves once, to https only.
	c = load(t, setup(t, "", "", nil))
	old := filepath.Join(c.Dir, "tokens", "openbis@h_8443")
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ address, want string }{
		{"http://h:8443", ""}, {"https://h:8443/app", "old"}, {"https://h:8443", ""}, {"https://h:8443/app", "old"},
	} {
		if got := at(c, step.address); got != step.want {
			t.Errorf("%s gets %q, want %q", step.address, got, step.want)
		}
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the old file is still there")
	}
	// A link in its place is not followed.
	c = load(t, setup(t, "", "", nil))
	if err := c.KeepToken("openbis", "https://h", "kept"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(c.KeptTokenPath("openbis", "https://h"), c.KeptTokenPath("openbis", "https://l")); err != nil {
		t.Fatal(err)
	}
	c.OpenBIS.URL = "https://l"
	if got, err := c.OpenBISToken(context.Background(), func(string) string { return "" }); err == nil {
		t.Errorf("a link gives %q", got.Value)
	}
}

func TestTokensAsTheyArePasted(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeffabc\r\n": "abc", "abc\nrest\n": "abc", "\n\n abc \n": "abc", strings.Repeat("x", 1000): strings.Repeat("x", 1000),
		"": "!holds no token", "\ufeff\n": "!holds no token", "a b": "!holds more than a token", "a\tb": "!holds more than a token",
		strings.Repeat("x", 1001): "!holds more than a token",
	} {
		path := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := setup(t, "", fmt.Sprintf("[zenodo]\ntoken_file=%q\n", path), nil)
		got, err := load(t, o).ZenodoToken(context.Background(), o.Env)
		if fails, bad := strings.CutPrefix(want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), fails) {
				t.Errorf("%.20q: %v, %v", text, got, err)
			}
		} else if err != nil || got.Value != want || got.Source != path {
			t.Errorf("%.20q: %q from %s, %v", text, got.Value, got.Source, err)
		}
	}
	for name, c := range map[string]struct{ variable, value string }{
		"Zenodo's": {"ZENOBIS_ZENODO_TOKEN", "\ufeffabc "}, "openBIS'": {"ZENOBIS_OPENBIS_TOKEN", " abc\r\n"},
	} {
		o := setup(t, "", "", map[string]string{c.variable: c.value})
		l := load(t, o)
		z, _ := l.ZenodoToken(context.Background(), o.Env)
		ob, _ := l.OpenBISToken(context.Background(), o.Env)
		if z.Value+ob.Value != "abc" || z.Source+ob.Source != c.variable {
			t.Errorf("%s token is %q from %s", name, z.Value+ob.Value, z.Source+ob.Source)
		}
	}
	o := setup(t, "", "", map[string]string{"ZENOBIS_OPENBIS_PASSWORD": " p w "})
	if got := load(t, o).OpenBISPassword(o.Env); got.Value != " p w " || got.Source != "ZENOBIS_OPENBIS_PASSWORD" || !got.Found() {
		t.Errorf("the password is %q", got.Value)
	}
}

// TestATokenCommand gets the program's environment, and no more than its time.
func TestATokenCommand(t *testing.T) {
	t.Setenv("ZENOBIS_PROFILE", "told")
	o := setup(
		t,
		"",
		"[zenodo]\ntoken_command='echo \"<$ZENOBIS_PROFILE>\"'\n",
		nil,
	)
	got, err := load(t, o).ZenodoToken(context.Background(), o.Env)
	if err != nil || got.Value != "<told>" || got.Source != "zenodo.token_command" {
		t.Errorf("%q from %s, %v", got.Value, got.Source, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	o = setup(t, "", "[zenodo]\ntoken_command='sleep 20'\n", nil)
	begin := time.Now()
	if _, err := load(t, o).ZenodoToken(ctx, o.Env); err == nil || !strings.Contains(err.Error(), "no answer within 30 s") ||
		time.Since(begin) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

func TestKeepMe(t *testing.T) {
	me := Me{"Muster, \"Max\" \\ é\x07", "0000-0002-1825-0097", ""}
	const keys = "name = \"Muster, \\\"Max\\\" \\\\ é\\u0007\"\norcid = \"0000-0002-1825-0097\"\naffiliation = \"\"\n"
	for name, c := range map[string]struct{ old, want string }{
		"no file":          {"", "[me]\n" + keys},
		"another table":    {"# mine\n[openbis]\nuser = \"x\" # me", "# mine\n[openbis]\nuser = \"x\" # me\n\n[me]\n" + keys},
		"ends with a line": {"[openbis]\nuser = \"x\"\n", "[openbis]\nuser = \"x\"\n\n[me]\n" + keys},
		"in its place": {"[me] # I\n# comment\nname = \"Old\"\n orcid=\"x\"\n\n[openbis]\nuser = \"x\"\nname2 = 1\n", "[me] # I\n" +
			keys + "# comment\n\n[openbis]\nuser = \"x\"\nname2 = 1\n"},
		"an empty table":    {"[me]", "[me]\n" + keys},
		"close comment":     {"[me]#x\naffiliation = \"y\"\n", "[me]#x\n" + keys},
		"more in the table": {"[me]\nother = 1\nname = \"Old\"\n", "[me]\n" + keys + "other = 1\n"},
		"inline":            {"me = { name = \"Old\" }\n", "!"},
		"dotted":            {"me.name = \"Old\"\n", "!"},
		"several lines":     {"[me]\nname = \"\"\"\nOld\n\"\"\"\n", "!"},
		"broken":            {"[me\n", "!"},
	} {
		o := setup(t, "", c.old, nil)
		path := filepath.Join(o.Env("HOME"), ".config", "zenobis", "config.toml")
		conf := &Config{File: path}
		err := conf.KeepMe(me)
		data, _ := os.ReadFile(path)
		if c.want == "!" {
			if err == nil || string(data) != c.old || conf.Me.Name != "" {
				t.Errorf("%s: %v, the file is %q", name, err, data)
			}
			continue
		}
		if err != nil || string(data) != c.want || conf.Me != me {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, data, c.want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
		if err := conf.KeepMe(me); err != nil {
			t.Errorf("%s, again: %v", name, err)
		}
		if again, _ := os.ReadFile(path); string(again) != c.want {
			t.Errorf("%s, again: %q", name, again)
		}
		o.SitePath = ""
		if c.old == "" || name == "another table" {
			if got := load(t, o); got.Me.Name != strings.TrimSuffix(me.Name, "\x07") || got.Me.ORCID != me.ORCID {
				t.Errorf("%s is read as %+v", name, got.Me)
			}
		}
	}
	// A file that lies elsewhere stays there.
	real := filepath.Join(t.TempDir(), "dotfile")
	if err := os.WriteFile(real, []byte("# mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := &Config{File: filepath.Join(t.TempDir(), "config.toml")}
	if err := os.Symlink(real, conf.File); err != nil {
		t.Fatal(err)
	}
	if err := conf.KeepMe(me); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(real); !strings.HasPrefix(string(data), "# mine\n\n[me]\n") {
		t.Errorf("the file is %q", data)
	}
	if err := os.Chmod(real, 0o606); err != nil {
		t.Fatal(err)
	}
	if err := conf.KeepMe(me); err == nil || !strings.Contains(err.Error(), "everyone can write") {
		t.Errorf("a file that everyone can write: %v", err)
	}
}

// What is kept goes into the file that is read, whoever named it.
func TestKeepMeIsReadAgain(t *testing.T) {
	for _, how := range []string{"the usual place", "named by a flag", "named in the environment"} {
		o := setup(t, "", "", nil)
		other := filepath.Join(t.TempDir(), "lab.toml")
		if err := os.WriteFile(other, []byte("# of the lab\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env := o.Env
		switch how {
		case "named by a flag":
			o.Path = other
		case "named in the environment":
			o.Env = func(k string) string {
				if k == EnvConfig {
					return other
				}
				return env(k)
			}
		}
		if err := load(t, o).KeepMe(Me{Name: "Doe, Jane"}); err != nil {
			t.Fatal(err)
		}
		if got := load(t, o).Me.Name; got != "Doe, Jane" {
			t.Errorf("%s: %q is read", how, got)
		}
	}
}

// FuzzKeepMe: whatever stood there is still there, or nothing was written.
func FuzzKeepMe(f *testing.F) {
	f.Add("[me]\nname='x'\n[openbis]\nuser='y'\n", "Max", "0", "ETH")
	f.Add("me.name = 1", "\"", "\\", "\n")
	f.Fuzz(func(t *testing.T, old, name, orcid, affiliation string) {
		me := Me{name, orcid, affiliation}
		written := withMe([]byte(old), me)
		if onlyMeDiffers([]byte(old), written, me) && !onlyMeDiffers(written, withMe(written, me), me) {
			t.Errorf("%q became %q, which can't be changed again", old, written)
		}
	})
}

func TestWhatFollowsFromTheRest(t *testing.T) {
	o := setup(
		t,
		"",
		"[openbis]\nca_file='~/ca.pem'\ntoken_file='~/t'\n[zenodo]\nurl='https://x.example'\nca_file='~/z.pem'\ntoken_file='~/y'\nproxy='p:1'\n"+
			"[export]\npeople_file='~/people'\nkeywords='a, b,,c'\nshow_source=true\n[me]\nname='N'\n",
		nil,
	)
	c, home := load(t, o), o.Env("HOME")
	for got, want := range map[string]string{
		c.OpenBIS.CAFile: home + "/ca.pem", c.OpenBIS.TokenFile: home + "/t", c.Zenodo.CAFile: home + "/z.pem", c.Zenodo.TokenFile: home + "/y",
		c.Export.PeopleFile: home + "/people", strings.Join(c.Export.Keywords, "|"): "a|b|c", c.Me.Name: "N",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	o.Flags = map[string]string{"export.show_source": "false"}
	if load(t, o).Export.ShowSource {
		t.Error("a flag does not take it back")
	}
	other := c.Zenodo.At("https://zenodo.org")
	if other.Kind != "zenodo" || other.Name != "Zenodo" || other.CAFile != c.Zenodo.CAFile || other.Proxy != "p:1" || other.TokenFile != "" {
		t.Errorf("another Zenodo is reached as %+v", other)
	}
}
