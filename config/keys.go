package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zenobis/human"
)

// key is one setting: its dotted name, what it says when nobody sets it, and
// how a value gets into a Config.
type key struct {
	name string
	set  func(c *Config, v any) error
}

// keys are all settings of a file. "openbis.data_stores" holds codes of the
// lab's own, so it is matched by its prefix.
var keys = []key{
	{"openbis.url", addressKey(func(c *Config) *string { return &c.OpenBIS.URL })},
	{"openbis.user", stringKey(func(c *Config) *string { return &c.OpenBIS.User })},
	{"openbis.ca_file", stringKey(func(c *Config) *string { return &c.OpenBIS.CAFile })},
	{"openbis.proxy", stringKey(func(c *Config) *string { return &c.OpenBIS.Proxy })},
	{"openbis.token_file", stringKey(func(c *Config) *string { return &c.OpenBIS.TokenFile })},
	{"openbis.token_command", stringKey(func(c *Config) *string { return &c.OpenBIS.TokenCommand })},
	{"openbis.profile_zenodo", addressKey(func(c *Config) *string { return &c.OpenBIS.ProfileZenodo })},
	{"zenodo.url", addressKey(func(c *Config) *string { return &c.Zenodo.URL })},
	{"zenodo.kind", oneOf(func(c *Config) *string { return &c.Zenodo.Kind }, "zenodo", "inveniordm")},
	{"zenodo.name", stringKey(func(c *Config) *string { return &c.Zenodo.Name })},
	{"zenodo.ca_file", stringKey(func(c *Config) *string { return &c.Zenodo.CAFile })},
	{"zenodo.proxy", stringKey(func(c *Config) *string { return &c.Zenodo.Proxy })},
	{"zenodo.token_file", stringKey(func(c *Config) *string { return &c.Zenodo.TokenFile })},
	{"zenodo.token_command", stringKey(func(c *Config) *string { return &c.Zenodo.TokenCommand })},
	{"export.layout", oneOf(func(c *Config) *string { return &c.Export.Layout }, "auto", "single", "per-dataset", "files")},
	{"export.pages", listKey(func(c *Config) *[]string { return &c.Export.Pages }, "html", "json", "txt", "docx")},
	{"export.crate", oneOf(func(c *Config) *string { return &c.Export.Crate }, "ro-crate", "eln")},
	{"export.part_size", sizeKey(func(c *Config) *int64 { return &c.Export.PartSize })},
	{"export.max_bytes", sizeKey(func(c *Config) *int64 { return &c.Export.MaxBytes })},
	{"export.license", stringKey(func(c *Config) *string { return &c.Export.License })},
	{"export.language", stringKey(func(c *Config) *string { return &c.Export.Language })},
	{"export.community", stringKey(func(c *Config) *string { return &c.Export.Community })},
	{"export.limit_rate", sizeKey(func(c *Config) *int64 { return &c.Export.LimitRate })},
	{"export.show_source", boolKey(func(c *Config) *bool { return &c.Export.ShowSource })},
	{"site.locked", listKey(func(c *Config) *[]string { return &c.Site.Locked })},
	{"site.ignore_switch", boolKey(func(c *Config) *bool { return &c.Site.IgnoreSwitch })},
}

const storesPrefix = "openbis.data_stores."

// defaults is a Config in which nobody set anything.
func defaults() *Config {
	return &Config{
		OpenBIS: OpenBIS{DataStores: map[string]string{}, ProfileZenodo: "https://zenodo.org"},
		Zenodo:  Zenodo{URL: "https://zenodo.org"},
		Export: Export{
			Layout: "auto", Pages: []string{"html", "json", "txt"}, Crate: "ro-crate",
			PartSize: 8_000_000_000, License: "cc-by-4.0",
		},
	}
}

// find returns the key of a dotted name.
func find(name string) (key, bool) {
	if code, ok := strings.CutPrefix(name, storesPrefix); ok && code != "" {
		return key{name, storeKey(code)}, true
	}
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

// nearest returns the known key that a misspelt one most likely means.
func nearest(name string) string {
	known := make([]string, len(keys))
	for i, k := range keys {
		known[i] = k.name
	}
	return human.Nearest(name, known)
}

func stringKey(at func(*Config) *string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("wants a string")
		}
		*at(c) = strings.TrimSpace(s)
		return nil
	}
}

func addressKey(at func(*Config) *string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("wants an address")
		}
		a, err := address(s)
		if err != nil {
			return err
		}
		*at(c) = a
		return nil
	}
}

func storeKey(code string) func(*Config, any) error {
	return func(c *Config, v any) error {
		var a string
		if err := addressKey(func(*Config) *string { return &a })(c, v); err != nil {
			return err
		}
		c.OpenBIS.DataStores[code] = a
		return nil
	}
}

func oneOf(at func(*Config) *string, values ...string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, _ := v.(string)
		if !slices.Contains(values, s) {
			return fmt.Errorf("wants one of %s", strings.Join(values, ", "))
		}
		*at(c) = s
		return nil
	}
}

// listKey takes a list of strings or one string with commas.
func listKey(at func(*Config) *[]string, values ...string) func(*Config, any) error {
	return func(c *Config, v any) error {
		var list []string
		switch v := v.(type) {
		case string:
			for s := range strings.SplitSeq(v, ",") {
				list = append(list, strings.TrimSpace(s))
			}
		case []any:
			for _, e := range v {
				s, ok := e.(string)
				if !ok {
					return fmt.Errorf("wants a list of strings")
				}
				list = append(list, s)
			}
		default:
			return fmt.Errorf("wants a list of strings")
		}
		for _, s := range list {
			if len(values) > 0 && !slices.Contains(values, s) {
				return fmt.Errorf("%q is none of %s", s, strings.Join(values, ", "))
			}
		}
		*at(c) = list
		return nil
	}
}

func boolKey(at func(*Config) *bool) func(*Config, any) error {
	return func(c *Config, v any) error {
		b, ok := v.(bool)
		if !ok {
			return fmt.Errorf("wants true or false")
		}
		*at(c) = b
		return nil
	}
}

// sizeKey takes bytes as a number or as text such as "8 GB" (decimal).
func sizeKey(at func(*Config) *int64) func(*Config, any) error {
	return func(c *Config, v any) error {
		n, ok := v.(int64)
		if s, is := v.(string); is {
			var err error
			if n, err = Size(s); err != nil {
				return err
			}
			ok = true
		}
		if !ok || n < 0 {
			return fmt.Errorf(`wants bytes, as a number or as in "8 GB"`)
		}
		*at(c) = n
		return nil
	}
}

// Size reads a number of bytes: "1000", "8 GB", "50MB" (decimal units).
func Size(s string) (int64, error) {
	t := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(t, u.suffix); ok {
			t, unit = rest, u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil || n < 0 || n*float64(unit) > 1e18 {
		return 0, fmt.Errorf(`%q is no number of bytes such as 1000 or "8 GB"`, s)
	}
	return int64(n * float64(unit)), nil
}
