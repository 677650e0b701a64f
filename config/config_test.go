package config

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// setup writes files into a home and returns options that look there.
func setup(t *testing.T, site, user string, env map[string]string) Options {
	t.Helper()
	home := t.TempDir()
	e := map[string]string{"HOME": home}
	maps.Copy(e, env)
	o := Options{Env: func(k string) string { return e[k] }}
	if site != "" {
		o.SitePath = filepath.Join(home, "site.toml")
		os.WriteFile(o.SitePath, []byte(site), 0o644)
	}
	if user != "" {
		dir := filepath.Join(home, ".config", "zenobis")
		os.MkdirAll(dir, 0o700)
		os.WriteFile(filepath.Join(dir, "config.toml"), []byte(user), 0o600)
	}
	return o
}

func load(t *testing.T, o Options) *Config {
	t.Helper()
	c, _, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPrecedence(t *testing.T) {
	site := "[openbis]\nurl='site.example'\n[zenodo]\nurl='https://site.zenodo/'\n"
	user := "[openbis]\nurl='user.example'\n[profiles.p.openbis]\nurl='profile.example'\n"
	env := map[string]string{"ZENOBIS_OPENBIS_URL": "env.example"}
	for _, c := range []struct {
		name            string
		o               Options
		openbis, zenodo string
	}{
		{"nothing", setup(t, "", "", nil), "", "https://zenodo.org"},
		{"site", setup(t, site, "", nil), "https://site.example", "https://site.zenodo"},
		{"user over site", setup(t, site, user, nil), "https://user.example", "https://site.zenodo"},
		{"environment over user", setup(t, site, user, env), "https://env.example", "https://site.zenodo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, c.o)
			if got.OpenBIS.URL != c.openbis || got.Zenodo.URL != c.zenodo {
				t.Errorf("got %q and %q", got.OpenBIS.URL, got.Zenodo.URL)
			}
		})
	}
	t.Run("profile over files", func(t *testing.T) {
		o := setup(t, site, user, nil)
		o.Profile = "p"
		if got := load(t, o); got.OpenBIS.URL != "https://profile.example" {
			t.Error(got.OpenBIS.URL)
		}
	})
	t.Run("flag over everything", func(t *testing.T) {
		o := setup(t, site, user, env)
		o.Flags = map[string]string{"openbis.url": "http://127.0.0.1:8080/"}
		if got := load(t, o); got.OpenBIS.URL != "http://127.0.0.1:8080" {
			t.Error(got.OpenBIS.URL)
		}
	})
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, site, user string
		profile          string
		want             string
	}{
		{"broken file", "", "[openbis\n", "", "line 2"},
		{"wrong layout", "", "[export]\nlayout='big'\n", "", `is wrong: "big" is no layout; there are auto, single`},
		{"wrong kind of value", "", "[openbis]\nurl=3\n", "", "wants an address"},
		{"wrong size", "", "[export]\npart_size='huge'\n", "", "no number of bytes"},
		{"user in the address", "", "[openbis]\nurl='https://me:pw@x'\n", "", "must not hold a user or password"},
		{"missing profile", "", "[openbis]\n", "nope", "[profiles.nope]"},
		{"address without sense", "", "[openbis]\nurl='http://me:pw@[x'\n", "", "is not an address"},
		{"proxy without sense", "", "[openbis]\nproxy='http://me:pw@[x'\n", "", "openbis.proxy is not an address"},
		{"another proxy without sense", "", "[zenodo]\nproxy='ftp://me:pw@x'\n", "", "zenodo.proxy is not an address"},
		{"proxy of another kind", "", "[zenodo]\nproxy=7\n", "", "wants an address"},
		{"no list", "", "[export]\nkeywords=7\n", "", "wants a list of strings"},
		{"a list of others", "", "[export]\nkeywords=[7]\n", "", "wants a list of strings"},
		{"not of the list", "", "[export]\npages=['html','pdf']\n", "", `is wrong: "pdf" is no page format; there are html`},
		{"no truth", "", "[export]\nshow_source='yes'\n", "", "wants true or false"},
		{"negative size", "", "[export]\npart_size=-1\n", "", "wants bytes"},
		{"no text", "", "[me]\nname=7\n", "", "wants a string"},
		{"a store without sense", "", "[openbis.data_stores]\nDSS='ftp://x'\n", "", "must begin with https"},
		{"a lock of nothing", "[site]\nlocked=['zenodo.nonsense']\n", "", "", "\"zenodo.nonsense\", which is not a setting"},
		{"a lock misspelt", "[site]\nlocked=['zenodo.ulr']\n", "", "", "did you mean zenodo.url?"},
		{"a locked default", "[site]\nlocked=['export.license']\n", "[export]\nlicense='cc0-1.0'\n", "", "export.license is locked"},
		{"a locked leave", "[site]\nlocked=['openbis.allow_http']\n", "[openbis]\nallow_http=true\n", "", "openbis.allow_http is locked"},
		{"one locked store", "[site]\nlocked=['openbis.data_stores.DSS1']\n", "[openbis.data_stores]\nDSS1='https://x'\n", "",
			"openbis.data_stores.DSS1 is locked"},
		{"locked stores", "[site]\nlocked=['openbis.data_stores']\n", "[openbis.data_stores]\nX='https://x'\n", "",
			"openbis.data_stores is locked"},
		{"a value of another kind for a locked key", "[site]\nlocked=['export.license']\n", "[export]\nlicense=7\n", "", "wants a string"},
		{"locked key", "[zenodo]\nurl='https://sandbox.zenodo.org'\n[site]\nlocked=['zenodo.url']\n",
			"[zenodo]\nurl='https://zenodo.org'\n", "", "administrator"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := setup(t, c.site, c.user, nil)
			o.Profile = c.profile
			_, _, err := Load(o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "pw") {
				t.Error("the password is repeated")
			}
		})
	}
}

func TestLockedKeyMayBeRepeated(t *testing.T) {
	same := "[zenodo]\nurl='https://sandbox.zenodo.org'\n"
	c := load(t, setup(t, same+"[site]\nlocked=['zenodo.url']\n", same, nil))
	if err := c.Keeps("zenodo.url", "sandbox.zenodo.org", "the screen"); err != nil {
		t.Errorf("the locked value itself: %v", err)
	}
	if c.Zenodo.URL != "https://sandbox.zenodo.org" || c.Zenodo.Kind != "zenodo" || !c.Zenodo.Sandbox() {
		t.Errorf("%+v", c.Zenodo)
	}
}

func TestUnknownKeys(t *testing.T) {
	_, warnings, err := Load(setup(t, "", "[openbis]\nulr='x'\n[site]\nignore_switch=true\n[profiles.a.zenodo]\nkidn='zenodo'\n", nil))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(warnings, "\n")
	for _, want := range []string{"openbis.ulr (did you mean openbis.url?)", "site.ignore_switch only counts in /etc",
		"profiles.a.zenodo.kidn (did you mean zenodo.kind?)"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}

func TestKindAndName(t *testing.T) {
	for _, c := range []struct{ user, kind, name string }{
		{"", "zenodo", "Zenodo"},
		{"[zenodo]\nurl='https://sandbox.zenodo.org'\n", "zenodo", "Zenodo"},
		{"[zenodo]\nurl='http://127.0.0.1:5000'\n", "inveniordm", "127.0.0.1:5000"},
		{"[zenodo]\nurl='https://rdm.example'\nkind='zenodo'\nname='RDM'\n", "zenodo", "RDM"},
	} {
		got := load(t, setup(t, "", c.user, nil)).Zenodo
		if got.Kind != c.kind || got.Name != c.name {
			t.Errorf("%s: %s, %s", c.user, got.Kind, got.Name)
		}
	}
}

func TestTokenBelongsToOneAddress(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	os.WriteFile(token, []byte("from-file\n"), 0o600)
	user := fmt.Sprintf("[zenodo]\nurl='https://zenodo.org'\ntoken_file=%q\n", token)
	for _, c := range []struct {
		name  string
		flags map[string]string
		env   map[string]string
		want  string
	}{
		{"its own address", nil, nil, "from-file"},
		{"another address by flag", map[string]string{"zenodo.url": "https://evil.example"}, nil, ""},
		{"another address by environment", nil, map[string]string{"ZENOBIS_ZENODO_URL": "https://evil.example"}, ""},
		{"environment's token goes where the run goes", map[string]string{"zenodo.url": "https://other.example"},
			map[string]string{"ZENOBIS_ZENODO_TOKEN": " from-env "}, "from-env"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := setup(t, "", user, c.env)
			o.Flags = c.flags
			got, err := load(t, o).ZenodoToken(context.Background(), o.Env)
			if err != nil || got.Value != c.want {
				t.Errorf("got %q, %v", got.Value, err)
			}
		})
	}
}

func TestTokenSources(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	os.WriteFile(open, []byte("t"), 0o644)
	for _, c := range []struct{ name, keys, want, wantErr string }{
		{"command", "token_command='echo secret'", "secret", ""},
		{"command fails", "token_command='echo top-secret >&2; exit 3'", "", "exit status 3"},
		{"command says nothing", "token_command='true'", "", "holds no token"},
		{"command comes before file", fmt.Sprintf("token_command='echo c'\ntoken_file=%q", open), "c", ""},
		{"file that others can read", fmt.Sprintf("token_file=%q", open), "", "chmod 600"},
		{"no such file", "token_file='/nowhere'", "", "does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := setup(t, "", "[zenodo]\n"+c.keys+"\n", nil)
			got, err := load(t, o).ZenodoToken(context.Background(), o.Env)
			if got.Value != c.want || (err != nil) != (c.wantErr != "") || (err != nil && !strings.Contains(err.Error(), c.wantErr)) {
				t.Errorf("got %q, %v", got.Value, err)
			}
			if err != nil && strings.Contains(err.Error(), "top-secret") {
				t.Error("the command's stderr is repeated")
			}
		})
	}
}

func TestKeptToken(t *testing.T) {
	o := setup(t, "", "", nil)
	c := load(t, o)
	if err := c.KeepToken("zenodo", c.Zenodo.URL, "kept"); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(c.KeptTokenPath("zenodo", c.Zenodo.URL))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if got, err := c.ZenodoToken(context.Background(), o.Env); got.Value != "kept" || err != nil {
		t.Errorf("got %q, %v", got.Value, err)
	}
	o.Flags = map[string]string{"zenodo.url": "https://other.example"}
	if got, _ := load(t, o).ZenodoToken(context.Background(), o.Env); got.Found() {
		t.Error("a kept token is given to another host")
	}
}

func TestSecretDoesNotPrint(t *testing.T) {
	s := Secret{"hidden", "a file"}
	if out := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(out, "hidden") {
		t.Error(out)
	}
}

// TestExample holds the example against the defaults: loaded, it changes
// nothing, and with its comments taken away it names every key.
func TestExample(t *testing.T) {
	data, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	plain, example := load(t, setup(t, "", "", nil)), load(t, setup(t, "", string(data), nil))
	example.Dir, example.StateDir, example.File = plain.Dir, plain.StateDir, plain.File
	plain.OpenBIS.tokenFor, plain.Zenodo.tokenFor = example.OpenBIS.tokenFor, example.Zenodo.tokenFor
	for _, list := range []*[]string{&example.Export.Keywords, &example.Export.Funding} {
		if len(*list) == 0 {
			*list = nil // an empty list is none
		}
	}
	if !reflect.DeepEqual(plain, example) {
		t.Errorf("the example differs from the defaults:\n%+v\n%+v", plain, example)
	}
	var lines []string
	for l := range strings.Lines(string(data)) {
		if u := strings.TrimPrefix(l, "# "); strings.Contains(u, " = ") || strings.HasPrefix(u, "[") {
			l = u
		}
		lines = append(lines, l)
	}
	var tree map[string]any
	if _, err := toml.Decode(strings.Join(lines, ""), &tree); err != nil {
		t.Fatal(err)
	}
	base, _, warnings := split(tree, "example", true, "")
	if len(warnings) > 0 {
		t.Error(warnings)
	}
	for _, k := range keys {
		if _, ok := base[k.name]; !ok {
			t.Errorf("the example does not explain %s", k.name)
		}
	}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(base)), func(s string) bool { return strings.HasPrefix(s, storesPrefix) }) {
		t.Error("the example does not explain data stores")
	}
}

func TestSize(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "1000": 1000, "8 GB": 8e9, "1.5mb": 1500000, "2KB": 2000, "1000000TB": 1e18} {
		if got, err := Size(in); got != want || err != nil {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "-1", "x", "9999999999999 TB", "1000001 TB"} {
		if _, err := Size(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("[openbis]\nurl='x'\n[profiles.a.export]\npages='html'\n")
	f.Fuzz(func(t *testing.T, s string) { Load(setup(t, "", s, nil)) })
}
