package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"zenobis/safetext"
	"zenobis/wire"
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
	// Home is the home that the password database has of the user, "" for none.
	// Nil asks it. It counts where the environment names none.
	Home func() string
}

// SitePath is where an administrator puts the configuration of a server.
const SitePath = "/etc/zenobis/config.toml"

// Error is a mistake in the configuration, told so that it can be mended.
type Error struct{ Where, What string }

// Error is one clean line without secrets, whatever the file holds.
func (e *Error) Error() string {
	return safetext.Safe(e.Where + ": " + e.What)
}

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
	home, err := c.places(o)
	if err != nil {
		return nil, nil, err
	}
	c.Profile = cmp.Or(o.Profile, o.Env(EnvProfile))

	path, named := c.file(o)
	c.File = path
	layers, warnings, err := files(o.SitePath, path, named, c.Profile)
	if err != nil {
		return nil, nil, err
	}
	layers = append(layers, environment(o.Env), flags(o))

	for _, l := range layers {
		if err := c.apply(l); err != nil {
			return nil, nil, err
		}
	}
	c.finish(home)
	for _, address := range []string{c.OpenBIS.URL, c.Zenodo.URL} {
		if u, err := wire.ParseAddress(address); err == nil && !wire.Private(u) {
			warnings = append(warnings, wire.Plain(u).Error())
		}
	}
	for i, w := range warnings {
		warnings[i] = safetext.Safe(w)
	}
	return c, warnings, nil
}

// apply puts a layer on top. A key that the site has locked keeps the site's
// value: another one is an error, so that nobody believes it was heard.
func (c *Config) apply(l layer) error {
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		if !l.site && c.Locked(name) {
			if err := c.keeps(name, l.values[name], l.from); err != nil {
				return err
			}
			continue
		}
		k, _ := find(name)
		if err := k.set(c, l.values[name]); err != nil {
			return &Error{l.from, name + " " + err.Error()}
		}
	}
	if l.site {
		if err := c.checkLocks(l.from); err != nil {
			return err
		}
	}
	// A token belongs to the address beside it, or to the one known so far. So
	// does the leave to send one in clear.
	if has(l.values, "openbis.token_file", "openbis.token_command") {
		c.OpenBIS.tokenFor = c.OpenBIS.URL
	}
	if has(l.values, "openbis.allow_http") {
		c.OpenBIS.allowFor = c.OpenBIS.URL
	}
	if has(l.values, "zenodo.token_file", "zenodo.token_command") {
		c.Zenodo.tokenFor = c.Zenodo.URL
	}
	return nil
}

// file is where the user's file is, and whether the user named it.
func (c *Config) file(o Options) (path string, named bool) {
	path = cmp.Or(o.Path, o.Env(EnvConfig))
	return cmp.Or(path, filepath.Join(c.Dir, "config.toml")), path != ""
}

// Profiles are the names of the profiles in the site's and the user's file, as far as
// they can be read.
func Profiles(o Options) []string {
	c := defaults()
	if _, err := c.places(o); err != nil {
		return nil
	}
	user, _ := c.file(o)
	var list []string
	for _, path := range []string{o.SitePath, user} {
		var of struct{ Profiles map[string]any }
		if data, err := readOwn(path); err == nil {
			if _, err := toml.Decode(string(data), &of); err == nil {
				list = slices.AppendSeq(list, maps.Keys(of.Profiles))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

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
		data, err := readOwn(f.path)
		if errors.Is(err, fs.ErrNotExist) && (f.site || !mustExist) {
			continue
		}
		var tree map[string]any
		if err == nil {
			_, err = toml.Decode(string(data), &tree)
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
			warnings = append(warnings, fmt.Sprintf("%s: %s only counts in %s", path, where+name, SitePath))
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
		EnvOpenBIS: "openbis.url", EnvOpenBISUser: "openbis.user", EnvZenodo: "zenodo.url",
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
