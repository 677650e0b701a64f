package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Options says where to look. Flags hold settings by dotted name as given on
// the command line, such as "zenodo.url"; an absent one was not given.
type Options struct {
	Path     string // the user's file; "" for ZENOBIS_CONFIG, else the usual place
	SitePath string // the site's file; "" for none
	Profile  string // "" for ZENOBIS_PROFILE
	StateDir string // "" for ZENOBIS_STATE_DIR, else the usual place
	CAFile   string // an extra CA for both servers, from a flag
	Flags    map[string]string
	Env      func(string) string
}

// SitePath is where an administrator puts the configuration of a server.
const SitePath = "/etc/zenobis/config.toml"

// Error is a mistake in the configuration, told so that it can be mended.
type Error struct{ Where, What string }

func (e *Error) Error() string { return e.Where + ": " + e.What }

// layer is one source of settings.
type layer struct {
	from   string // for messages: a file, "environment", "flag --zenodo"
	values map[string]any
	site   bool
}

// Load reads everything. Warnings tell of what was ignored; an *Error is a
// mistake that must be mended first.
func Load(o Options) (*Config, []string, error) {
	c := defaults()
	home := o.Env("HOME")
	c.Dir = filepath.Join(cmp.Or(o.Env("XDG_CONFIG_HOME"), filepath.Join(home, ".config")), "zenobis")
	c.StateDir = cmp.Or(o.StateDir, o.Env("ZENOBIS_STATE_DIR"),
		filepath.Join(cmp.Or(o.Env("XDG_STATE_HOME"), filepath.Join(home, ".local", "state")), "zenobis"))
	c.Profile = cmp.Or(o.Profile, o.Env("ZENOBIS_PROFILE"))

	named := cmp.Or(o.Path, o.Env("ZENOBIS_CONFIG"))
	path := cmp.Or(named, filepath.Join(c.Dir, "config.toml"))
	layers, warnings, err := files(o.SitePath, path, named != "", c.Profile)
	if err != nil {
		return nil, nil, err
	}
	layers = append(layers, environment(o.Env), flags(o))

	var set = map[string]string{} // who set a key last, for the lock
	for _, l := range layers {
		if err := c.apply(l, set); err != nil {
			return nil, nil, err
		}
	}
	c.finish(home)
	for _, u := range []string{c.OpenBIS.URL, c.Zenodo.URL} {
		if strings.HasPrefix(u, "http://") && !Loopback(u) {
			warnings = append(warnings, fmt.Sprintf("%s is not encrypted: passwords and tokens can be read on the way", u))
		}
	}
	return c, warnings, nil
}

// apply puts a layer on top. A key that the site has locked keeps the site's
// value: another one is an error, so that nobody believes it was heard.
func (c *Config) apply(l layer, site map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		k, _ := find(name)
		trial := defaults()
		if err := k.set(trial, l.values[name]); err != nil {
			return &Error{l.from, name + " " + err.Error()}
		}
		if !l.site && slices.Contains(c.Site.Locked, lockName(name)) {
			same := defaults()
			*same = *c
			same.OpenBIS.DataStores = maps.Clone(c.OpenBIS.DataStores)
			k.set(same, l.values[name])
			if !equal(same, c) {
				return &Error{l.from, name + " is fixed by this server's administrator; take it out"}
			}
			continue
		}
		if err := k.set(c, l.values[name]); err != nil {
			return &Error{l.from, name + " " + err.Error()}
		}
	}
	// A token belongs to the address beside it, or to the one known so far.
	if has(l.values, "openbis.token_file", "openbis.token_command") {
		c.OpenBIS.tokenFor = c.OpenBIS.URL
	}
	if has(l.values, "zenodo.token_file", "zenodo.token_command") {
		c.Zenodo.tokenFor = c.Zenodo.URL
	}
	return nil
}

// lockName is the name under which a key is locked: all data stores together.
func lockName(name string) string {
	if strings.HasPrefix(name, storesPrefix) {
		return strings.TrimSuffix(storesPrefix, ".")
	}
	return name
}

func equal(a, b *Config) bool { return fmt.Sprint(*a) == fmt.Sprint(*b) }

func has(values map[string]any, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := values[n]; return ok })
}

// files reads the site's and the user's file; what they say of the profile
// comes on top of both.
func files(sitePath, userPath string, mustExist bool, profile string) (layers []layer, warnings []string, err error) {
	var profiles []layer
	found := profile == ""
	for _, f := range []struct {
		path string
		site bool
	}{{sitePath, true}, {userPath, false}} {
		if f.path == "" {
			continue
		}
		var tree map[string]any
		_, err := toml.DecodeFile(f.path, &tree)
		if errors.Is(err, fs.ErrNotExist) && (f.site || !mustExist) {
			continue
		}
		if err != nil {
			return nil, nil, &Error{f.path, readable(err)}
		}
		base, prof, w := split(tree, f.path, f.site, profile)
		layers = append(layers, layer{f.path, base, f.site})
		if prof != nil {
			found = true
			profiles = append(profiles, layer{f.path + ", profile " + profile, prof, f.site})
		}
		warnings = append(warnings, w...)
	}
	if !found {
		return nil, nil, &Error{"profile " + profile, "no file has a table [profiles." + profile + "]"}
	}
	return append(layers, profiles...), warnings, nil
}

// readable drops the position's "toml:" from a parser's error.
func readable(err error) string {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Sprintf("line %d: %s", parse.Position.Line, parse.Message)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// split flattens a file into its settings and those of one profile.
func split(tree map[string]any, path string, site bool, profile string) (base, prof map[string]any, warnings []string) {
	base = map[string]any{}
	unknown := func(name, where string) {
		w := fmt.Sprintf("%s: unknown key %s", path, where+name)
		if n := nearest(name); n != "" {
			w += fmt.Sprintf(" (did you mean %s?)", n)
		}
		warnings = append(warnings, w)
	}
	keep := func(into map[string]any, name, where string, v any) {
		if _, ok := find(name); !ok {
			unknown(name, where)
		} else if strings.HasPrefix(name, "site.") && (!site || where != "") {
			warnings = append(warnings, fmt.Sprintf("%s: %s is heard in %s only", path, where+name, SitePath))
		} else {
			into[name] = v
		}
	}
	profiles, _ := tree["profiles"].(map[string]any)
	delete(tree, "profiles")
	flatten("", tree, func(name string, v any) { keep(base, name, "", v) })
	for p, t := range profiles {
		into := map[string]any{}
		if p == profile {
			prof = into
		}
		sub, _ := t.(map[string]any)
		flatten("", sub, func(name string, v any) { keep(into, name, "profiles."+p+".", v) })
	}
	slices.Sort(warnings)
	return base, prof, warnings
}

func flatten(prefix string, tree map[string]any, yield func(string, any)) {
	for k, v := range tree {
		if sub, ok := v.(map[string]any); ok {
			flatten(prefix+k+".", sub, yield)
		} else {
			yield(prefix+k, v)
		}
	}
}

func environment(env func(string) string) layer {
	l := layer{from: "environment", values: map[string]any{}}
	for v, name := range map[string]string{
		"ZENOBIS_OPENBIS_URL": "openbis.url", "ZENOBIS_OPENBIS_USER": "openbis.user", "ZENOBIS_ZENODO_URL": "zenodo.url",
	} {
		if s := env(v); s != "" {
			l.values[name] = s
		}
	}
	return l
}

func flags(o Options) layer {
	l := layer{from: "command line", values: map[string]any{}}
	for name, v := range o.Flags {
		l.values[name] = v
	}
	if o.CAFile != "" {
		l.values["openbis.ca_file"], l.values["zenodo.ca_file"] = o.CAFile, o.CAFile
	}
	return l
}

// exists is used where a missing file is no error.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
