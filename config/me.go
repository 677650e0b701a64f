package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"zenobis/disk"
)

// KeepMe writes the person at the keyboard into the user's own file, as the table
// [me]. Everything else in the file stays as it is, comments included; a file that
// can't be changed so is left alone, with an *Error.
func (c *Config) KeepMe(me Me) error {
	path := c.File
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the file may lie among others that are kept under version control
	}
	old, err := readOwn(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &Error{path, readable(err)}
	}
	written := withMe(old, me)
	if !onlyMeDiffers(old, written, me) {
		return &Error{path, "it can't be changed by zenobis: write name, orcid and affiliation under [me] yourself"}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the person: %w", disk.Full(err))
	}
	if err := disk.Write(path, written); err != nil {
		return fmt.Errorf("keep the person: %w", err)
	}
	c.Me = me
	return nil
}

// withMe puts the three keys into the table [me], which comes last if it is new.
func withMe(old []byte, me Me) []byte {
	keys := []struct{ name, value string }{{"name", me.Name}, {"orcid", me.ORCID}, {"affiliation", me.Affiliation}}
	var fresh bytes.Buffer
	for _, k := range keys {
		fmt.Fprintf(&fresh, "%s = %s\n", k.name, quoted(k.value))
	}
	var out bytes.Buffer
	in, found := false, false
	for line := range strings.Lines(string(old)) {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "[") {
			in = text == "[me]" || strings.HasPrefix(text, "[me] ") || strings.HasPrefix(text, "[me]#")
		}
		name, _, assigns := strings.Cut(text, "=")
		if in && assigns {
			switch strings.TrimSpace(name) {
			case "name", "orcid", "affiliation":
				continue
			}
		}
		out.WriteString(line)
		if in && !found {
			found = true
			if !strings.HasSuffix(line, "\n") {
				out.WriteByte('\n')
			}
			out.Write(fresh.Bytes())
		}
	}
	if !found {
		if out.Len() > 0 {
			if !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
				out.WriteByte('\n')
			}
			out.WriteByte('\n')
		}
		out.WriteString("[me]\n")
		out.Write(fresh.Bytes())
	}
	return out.Bytes()
}

// quoted is a basic string of TOML.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// onlyMeDiffers reports whether the new text holds what the old one does, and the
// person.
func onlyMeDiffers(old, written []byte, me Me) bool {
	var a, b map[string]any
	if toml.Unmarshal(old, &a) != nil || toml.Unmarshal(written, &b) != nil {
		return false
	}
	got, _ := b["me"].(map[string]any)
	if got["name"] != me.Name || got["orcid"] != me.ORCID || got["affiliation"] != me.Affiliation {
		return false
	}
	for _, tree := range []map[string]any{a, b} {
		if t, ok := tree["me"].(map[string]any); ok {
			delete(t, "name")
			delete(t, "orcid")
			delete(t, "affiliation")
			if len(t) == 0 {
				delete(tree, "me")
			}
		}
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}
