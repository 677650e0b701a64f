package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Locked reports whether the site's file fixes a setting, by its dotted name: a data
// store by its own or by that of all.
func (c *Config) Locked(name string) bool {
	return slices.Contains(c.Site.Locked, name) || slices.Contains(c.Site.Locked, lockName(name))
}

// Keeps refuses a value of a locked setting unless it is the one that is locked.
// from says where it comes from, for the error: "--license", "this form".
func (c *Config) Keeps(name, value, from string) error {
	if !c.Locked(name) {
		return nil
	}
	return c.keeps(name, value, from)
}

func (c *Config) keeps(name string, value any, from string) error {
	k, ok := find(name)
	if !ok {
		return &Error{from, name + " is not a setting"}
	}
	same := *c
	same.OpenBIS.DataStores = maps.Clone(c.OpenBIS.DataStores)
	if err := k.set(&same, value); err != nil {
		return &Error{from, name + " " + err.Error()}
	}
	if fmt.Sprint(same) != fmt.Sprint(*c) {
		if !slices.Contains(c.Site.Locked, name) {
			name = lockName(name)
		}
		return &Error{from, fmt.Sprintf("%s is locked by the administrator of this computer (%s): take it out", name, SitePath)}
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

// checkLocks refuses a lock of nothing: its author would believe that it holds.
func (c *Config) checkLocks(from string) error {
	for _, name := range c.Site.Locked {
		if _, ok := find(name); ok || name == lockName(storesPrefix) {
			continue
		}
		what := fmt.Sprintf("site.locked names %q, which is not a setting", name)
		if n := nearest(name); n != "" {
			what += fmt.Sprintf(" (did you mean %s?)", n)
		}
		return &Error{from, what}
	}
	return nil
}
