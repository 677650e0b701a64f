package command

import (
	"fmt"
	"html"
	"os"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"zenobis/record"
)

// fields are the metadata of an export as flags and files spell them.
type fields struct {
	Title        string   `toml:"title"`
	Description  string   `toml:"description"`
	Creators     []string `toml:"creator"`
	Contributors []string `toml:"contributor"`
	License      string   `toml:"license"`
	Keywords     []string `toml:"keyword"`
	Related      []string `toml:"related"`
	Funding      []string `toml:"funding"`
	Access       string   `toml:"access"`
	Community    string   `toml:"community"`
	Date         string   `toml:"publication_date"`
	Version      string   `toml:"record_version"`
	Language     string   `toml:"language"`
	Groups       []string `toml:"group"`
}

// fields returns what was given: the file first, flags on top.
func (e *metadataFlags) fields() (fields, error) {
	var f fields
	if e.MetadataFile != "" {
		if err := f.read(e.MetadataFile); err != nil {
			return f, err
		}
	}
	for _, s := range []struct {
		to   *string
		from string
	}{{&f.Title, e.Title}, {&f.Description, e.Description}, {&f.License, e.License}, {&f.Access, e.Access}, {&f.Community, e.Community},
		{&f.Date, e.Date}, {&f.Version, e.Version}, {&f.Language, e.Language}} {
		if s.from != "" {
			*s.to = s.from
		}
	}
	for _, l := range []struct {
		to   *[]string
		from []string
	}{{&f.Creators, e.Creators}, {&f.Contributors, e.Contributors}, {&f.Keywords, e.Keywords}, {&f.Related, e.Related}, {&f.Funding, e.Funding}, {&f.Groups, e.Groups}} {
		if len(l.from) > 0 {
			*l.to = l.from
		}
	}
	return f, nil
}

// read reads a metadata file. Keys are also heard as the flags are spelled, and
// a date may be one of TOML's own.
func (f *fields) read(path string) error {
	var given map[string]any
	if _, err := toml.DecodeFile(path, &given); err != nil {
		return fmt.Errorf("%w: metadata file: %v", ErrUsage, err)
	}
	spelled := map[string]any{}
	for k, v := range given {
		if day, ok := v.(time.Time); ok {
			v = day.Format(time.DateOnly)
		}
		spelled[strings.ReplaceAll(k, "-", "_")] = v
	}
	data, err := toml.Marshal(spelled)
	if err != nil {
		return fmt.Errorf("%w: metadata file %s: %v", ErrUsage, path, err)
	}
	md, err := toml.Decode(string(data), f)
	if err != nil {
		return fmt.Errorf("%w: metadata file %s: %v", ErrUsage, path, err)
	}
	if u := md.Undecoded(); len(u) > 0 {
		return fmt.Errorf("%w: metadata file %s: unknown key %s", ErrUsage, path, u[0])
	}
	return nil
}

// apply puts what was given on top of what was filled in.
func (f fields) apply(m *record.Metadata) error {
	for _, s := range []struct {
		to   *string
		from string
	}{{&m.Title, strings.TrimSpace(f.Title)}, {&m.License, strings.ToLower(f.License)}, {&m.Access, f.Access}, {&m.Community, f.Community},
		{&m.Date, f.Date}, {&m.Version, f.Version}, {&m.Language, f.Language}} {
		if s.from != "" {
			*s.to = s.from
		}
	}
	if f.Description != "" {
		m.Description = asHTML(f.Description)
	}
	if len(f.Keywords) > 0 {
		m.Keywords = f.Keywords
	}
	if err := parseAll(f.Creators, &m.Creators, ParseAgent); err != nil {
		return err
	}
	if err := parseAll(f.Contributors, &m.Contribs, ParseContributor); err != nil {
		return err
	}
	if err := parseAll(f.Related, &m.Related, ParseRelated); err != nil {
		return err
	}
	return parseAll(f.Funding, &m.Funding, ParseGrant)
}

// parseAll replaces a list if anything was given.
func parseAll[T any](given []string, into *[]T, parse func(string) (T, error)) error {
	if len(given) == 0 {
		return nil
	}
	*into = nil
	for _, s := range given {
		v, err := parse(s)
		if err != nil {
			return err
		}
		*into = append(*into, v)
	}
	return nil
}

// asHTML makes paragraphs of plain text; what looks like HTML is left alone.
func asHTML(s string) string {
	if strings.Contains(s, "</") || strings.Contains(s, "<p>") || strings.Contains(s, "<br") {
		return s
	}
	var b strings.Builder
	for p := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(p)), "\n", "<br>") + "</p>")
	}
	return b.String()
}

// writeMetadata writes the fields, filled in, for --metadata to read.
func writeMetadata(path string, m record.Metadata, groups []string) error {
	f := fields{
		Title: m.Title, Description: m.Description, License: m.License, Keywords: m.Keywords, Access: m.Access,
		Community: m.Community, Date: m.Date, Version: m.Version, Language: m.Language, Groups: groups,
	}
	for _, a := range m.Creators {
		f.Creators = append(f.Creators, FormatAgent(a))
	}
	for _, a := range m.Contribs {
		f.Contributors = append(f.Contributors, FormatAgent(a))
	}
	for _, r := range m.Related {
		f.Related = append(f.Related, r.Relation+" "+r.Identifier)
	}
	for _, g := range m.Funding {
		f.Funding = append(f.Funding, strings.TrimSpace(g.Funder+" "+g.Award))
	}
	data, err := toml.Marshal(f)
	if err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	return nil
}
