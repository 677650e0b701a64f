package config

import (
	"fmt"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/shape"
	"zenobis/wire"
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
	{"openbis.user", nameKey(func(c *Config) *string { return &c.OpenBIS.User })},
	{"openbis.allow_http", boolKey(func(c *Config) *bool { return &c.OpenBIS.AllowHTTP })},
	{"openbis.ca_file", stringKey(func(c *Config) *string { return &c.OpenBIS.CAFile })},
	{"openbis.proxy", proxyKey(func(c *Config) *string { return &c.OpenBIS.Proxy })},
	{"openbis.token_file", stringKey(func(c *Config) *string { return &c.OpenBIS.TokenFile })},
	{"openbis.token_command", stringKey(func(c *Config) *string { return &c.OpenBIS.TokenCommand })},
	{"openbis.profile_zenodo", addressKey(func(c *Config) *string { return &c.OpenBIS.ProfileZenodo })},
	{"zenodo.url", addressKey(func(c *Config) *string { return &c.Zenodo.URL })},
	{"zenodo.kind", oneOf(func(c *Config) *string { return &c.Zenodo.Kind }, wire.FlavourZenodo, wire.FlavourOther)},
	{"zenodo.name", nameKey(func(c *Config) *string { return &c.Zenodo.Name })},
	{"zenodo.ca_file", stringKey(func(c *Config) *string { return &c.Zenodo.CAFile })},
	{"zenodo.proxy", proxyKey(func(c *Config) *string { return &c.Zenodo.Proxy })},
	{"zenodo.token_file", stringKey(func(c *Config) *string { return &c.Zenodo.TokenFile })},
	{"zenodo.token_command", stringKey(func(c *Config) *string { return &c.Zenodo.TokenCommand })},
	{"export.layout", word(func(c *Config) *shape.Layout { return &c.Export.Layout }, shape.ParseLayout)},
	{"export.pages", words(func(c *Config) *[]shape.Format { return &c.Export.Pages }, shape.ParseFormat)},
	{"export.crate", word(func(c *Config) *shape.Crate { return &c.Export.Crate }, shape.ParseCrate)},
	{"export.part_size", sizeKey(func(c *Config) *int64 { return &c.Export.PartSize })},
	{"export.max_bytes", sizeKey(func(c *Config) *int64 { return &c.Export.MaxBytes })},
	{"export.license", nameKey(func(c *Config) *string { return &c.Export.License })},
	{"export.language", nameKey(func(c *Config) *string { return &c.Export.Language })},
	{"export.community", nameKey(func(c *Config) *string { return &c.Export.Community })},
	{"export.limit_rate", sizeKey(func(c *Config) *int64 { return &c.Export.LimitRate })},
	{"export.show_source", boolKey(func(c *Config) *bool { return &c.Export.ShowSource })},
	{"export.people_file", stringKey(func(c *Config) *string { return &c.Export.PeopleFile })},
	{"export.keywords", listKey(func(c *Config) *[]string { return &c.Export.Keywords })},
	{"export.funding", listKey(func(c *Config) *[]string { return &c.Export.Funding })},
	{"export.title_template", stringKey(func(c *Config) *string { return &c.Export.TitleTemplate })},
	{"export.description_template", stringKey(func(c *Config) *string { return &c.Export.DescriptionTemplate })},
	{"me.name", nameKey(func(c *Config) *string { return &c.Me.Name })},
	{"me.orcid", nameKey(func(c *Config) *string { return &c.Me.ORCID })},
	{"me.affiliation", nameKey(func(c *Config) *string { return &c.Me.Affiliation })},
	{"site.locked", listKey(func(c *Config) *[]string { return &c.Site.Locked })},
	{"site.ignore_switch", boolKey(func(c *Config) *bool { return &c.Site.IgnoreSwitch })},
	{"site.licenses", listKey(func(c *Config) *[]string { return &c.Site.Licenses })},
	{"site.communities", listKey(func(c *Config) *[]string { return &c.Site.Communities })},
}

const storesPrefix = "openbis.data_stores."

// defaults is a Config in which nobody set anything.
func defaults() *Config {
	return &Config{
		OpenBIS: OpenBIS{DataStores: map[string]string{}, ProfileZenodo: wire.ZenodoURL},
		Zenodo:  Zenodo{URL: wire.ZenodoURL},
		Export: Export{
			Layout: shape.Layouts()[0], Pages: shape.DefaultFormats(), Crate: shape.Crates()[0],
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

// Check says what is wrong with a value of a setting.
func Check(name, value string) error {
	k, ok := find(name)
	if !ok {
		return fmt.Errorf("there is no setting %s", name)
	}
	return k.set(defaults(), value)
}

// nearest returns the known key that a misspelt one most likely means.
func nearest(name string) string {
	known := make([]string, len(keys))
	for i, k := range keys {
		known[i] = k.name
	}
	return human.Nearest(name, known)
}
