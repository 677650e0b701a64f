package record

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// errForm means that a text or file of metadata does not have the shape; test
// with errors.Is.
var errForm = errors.New("metadata not understood")

// Form is the metadata as flags and files spell it: one text a field or entry.
// A metadata file is this form in TOML (docs/metadata.md).
type Form struct {
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
	Notes        string   `toml:"notes"`
	Groups       []string `toml:"group"`

	// from says where a text was given: "--creator", "line 7 of m.toml". Keys are
	// paths, with the number of the entry behind a list's. What is in it was given
	// although it may be empty: then the field is to be empty.
	from Origins
}

// Origins say where a field's value was given, by the field's path.
type Origins map[string]string

// Of returns where a field, "creators.0.orcid", was given; "" if nowhere.
func (o Origins) Of(field string) string {
	for field != "" {
		if at := o[field]; at != "" {
			return at
		}
		field = field[:max(strings.LastIndexByte(field, '.'), 0)]
	}
	return ""
}

// Add notes where a field was given.
func (o Origins) Add(field, where string) { o[field] = where }

// formText is a field of one text; its key is its path in FieldErrors.
type formText struct {
	key string
	at  *string
}

func (f *Form) texts() []formText {
	return []formText{
		{"title", &f.Title}, {"description", &f.Description}, {"license", &f.License}, {"access", &f.Access}, {"community", &f.Community},
		{"publication_date", &f.Date}, {"record_version", &f.Version}, {"language", &f.Language}, {"notes", &f.Notes},
	}
}

// formList is a field of several texts: the path in FieldErrors and the key.
type formList struct {
	path, key string
	at        *[]string
}

func (f *Form) lists() []formList {
	return []formList{
		{"creators", "creator", &f.Creators}, {"contributors", "contributor", &f.Contributors}, {"keywords", "keyword", &f.Keywords},
		{"related", "related", &f.Related}, {"funding", "funding", &f.Funding}, {"groups", "group", &f.Groups},
	}
}

// FromFlags says of a form that it was given by flags: "--title", "--creator".
// given tells which of them were there.
func (f Form) FromFlags(given func(flag string) bool) Form {
	f.from = Origins{}
	add := func(path, key string) {
		if flag := strings.ReplaceAll(key, "_", "-"); given(flag) {
			f.from[path] = "--" + flag
		}
	}
	for _, t := range f.texts() {
		add(t.key, t.key)
	}
	for _, l := range f.lists() {
		add(l.path, l.key)
	}
	return f
}

// says reports whether a form says something of a field: its value is empty only
// where that was given. A title is never empty.
func (f Form) says(path string, empty bool) bool {
	_, given := f.from[path]
	return !empty || given && path != "title"
}

// ReadForm reads a metadata file. Keys are also heard as the flags are spelled
// and in the plural, and a date may be one of TOML's own.
func ReadForm(path string) (Form, error) {
	file, err := os.Open(path)
	if err != nil {
		return Form{}, fmt.Errorf("%w: metadata file: %w", errForm, err)
	}
	defer file.Close()
	return ReadFormFrom(file, path)
}

// maxForm is how much a metadata file may hold, in bytes: a description of 100 kB
// and what else there may be.
const maxForm = 16 << 20

// ReadFormFrom is ReadForm of what is read; path is its name in messages.
func ReadFormFrom(r io.Reader, path string) (Form, error) {
	var f Form
	source, err := io.ReadAll(io.LimitReader(r, maxForm+1))
	if err == nil && len(source) > maxForm {
		err = fmt.Errorf("%s is larger than 16 MB", path)
	}
	if err != nil {
		return f, fmt.Errorf("%w: metadata file: %w", errForm, err)
	}
	text := strings.TrimPrefix(string(source), "\ufeff")
	var given map[string]any
	if _, err := toml.Decode(text, &given); err != nil {
		return f, fmt.Errorf("%w: metadata file %s: %s", errForm, path, syntax(err))
	}
	f.from = Origins{}
	keys := map[string]string{} // as they were spelled
	for _, key := range slices.Sorted(maps.Keys(given)) {
		field, err := f.set(key, given[key], func(value string) string { return where(text, path, key, value) })
		if err != nil {
			return f, err
		}
		if other, twice := keys[field]; twice {
			return f, fmt.Errorf("%w: %s: %s is there already, as %s", errForm, where(text, path, key, ""), key, other)
		}
		keys[field] = key
	}
	return f, nil
}

// syntax words a parser's error with its line.
func syntax(err error) string {
	var at toml.ParseError
	if errors.As(err, &at) {
		return fmt.Sprintf("line %d: %s", at.Position.Line, at.Message)
	}
	return strings.TrimPrefix(err.Error(), "toml: ")
}

// set takes one key's value, and tells which field's it is.
func (f *Form) set(key string, v any, at func(value string) string) (field string, err error) {
	name := strings.ReplaceAll(strings.ToLower(key), "-", "_")
	for _, t := range f.texts() {
		if t.key != name {
			continue
		}
		switch v := v.(type) {
		case string:
			*t.at = v
		case time.Time:
			*t.at = v.Format(time.DateOnly)
		case int64:
			if t.key != "publication_date" {
				return "", wantsText(at(""), key)
			}
			*t.at = strconv.FormatInt(v, 10)
		default:
			return "", wantsText(at(""), key)
		}
		f.from[t.key] = at("")
		return t.key, nil
	}
	for _, l := range f.lists() {
		if l.key != name && l.path != name {
			continue
		}
		list, ok := v.([]any)
		f.from[l.path] = at("")
		for i, e := range list {
			s, text := e.(string)
			if !text {
				ok = false
				break
			}
			*l.at = append(*l.at, s)
			f.from[l.path+"."+strconv.Itoa(i)] = at(s)
		}
		if !ok {
			return "", fmt.Errorf(`%w: %s: %s wants a list of texts, as in %s = ["...", "..."]`, errForm, at(""), key, key)
		}
		return l.path, nil
	}
	var keys []string
	for _, t := range f.texts() {
		keys = append(keys, t.key)
	}
	for _, l := range f.lists() {
		keys = append(keys, l.key)
	}
	return "", fmt.Errorf("%w: %s: unknown key %s%s", errForm, at(""), key, meant(name, keys))
}

func wantsText(at, key string) error {
	return fmt.Errorf("%w: %s: %s wants a text in quotes", errForm, at, key)
}

// where is the line of a key in a file, or that of a value of its list.
func where(text, path, key, value string) string {
	n, found := 0, 0
	for line := range strings.Lines(text) {
		n++
		rest := strings.TrimLeft(line, " \t")
		if found == 0 {
			after, ok := strings.CutPrefix(strings.TrimLeft(rest, `"'`), key)
			if !ok || !strings.HasPrefix(strings.TrimLeft(after, " \t\"'"), "=") {
				continue
			}
			found = n
		}
		quoted := strconv.Quote(value)
		if value == "" || strings.Contains(line, quoted) || strings.Contains(line, "'"+value+"'") {
			return fmt.Sprintf("line %d of %s", n, path)
		}
	}
	if found > 0 {
		return fmt.Sprintf("line %d of %s", found, path)
	}
	return path
}

// Over puts a form on top of another: what is given here replaces what is given there.
func (f Form) Over(below Form) Form {
	out := below
	out.from = Origins{}
	for k, v := range below.from {
		out.from[k] = v
	}
	keep := func(path string) {
		for k := range out.from {
			if k == path || strings.HasPrefix(k, path+".") {
				delete(out.from, k)
			}
		}
		for k, v := range f.from {
			if k == path || strings.HasPrefix(k, path+".") {
				out.from[k] = v
			}
		}
	}
	mine, theirs := f.texts(), out.texts()
	for i, t := range mine {
		if f.says(t.key, *t.at == "") {
			*theirs[i].at = *t.at
			keep(t.key)
		}
	}
	lists, others := f.lists(), out.lists()
	for i, l := range lists {
		if f.says(l.path, len(*l.at) == 0) {
			*others[i].at = *l.at
			keep(l.path)
		}
	}
	return out
}

// Apply puts what the form says on top of filled-in metadata, in canonical
// form, and returns where each field was given. An entry without the shape is
// an error; what else is wrong Validate tells.
func (f Form) Apply(m *Metadata) (Origins, error) {
	from := Origins{}
	texts := map[string]*string{
		"title": &m.Title, "description": &m.Description, "license": &m.License, "access": (*string)(&m.Access), "community": &m.Community,
		"publication_date": &m.Date, "record_version": &m.Version, "language": &m.Language, "notes": &m.Notes,
	}
	for _, t := range f.texts() {
		if !f.says(t.key, *t.at == "") {
			continue
		}
		*texts[t.key] = *t.at
		if t.key == "description" || t.key == "notes" {
			*texts[t.key] = DescriptionHTML(*t.at)
		}
		from[t.key] = f.from[t.key]
	}
	for i := range f.Groups { // which are no metadata, but given beside it
		from["groups."+strconv.Itoa(i)] = f.from.Of("groups." + strconv.Itoa(i))
	}
	if len(f.Groups) > 0 {
		from["groups"] = f.from.Of("groups")
	}
	agents := func(parse func(string) (Agent, error)) func(string) ([]Agent, error) {
		return func(s string) ([]Agent, error) { a, err := parse(s); return []Agent{a}, err }
	}
	grants := func(s string) ([]Grant, error) { g, err := ParseGrant(s); return []Grant{g}, err }
	words := func(s string) ([]string, error) { return []string{s}, nil }
	return from, errors.Join(
		apply(f, "creators", f.Creators, &m.Creators, agents(ParseAgent), normalAgents, from),
		apply(f, "contributors", f.Contributors, &m.Contribs, agents(ParseContributor), normalAgents, from),
		apply(f, "keywords", f.Keywords, &m.Keywords, words, Keywords, from),
		apply(f, "related", f.Related, &m.Related, ParseRelated, normalRelated, from),
		apply(f, "funding", f.Funding, &m.Funding, grants, normalFunding, from),
	)
}

// apply replaces a list if anything was given. normal may drop what is there
// already, so numbers are those of the outcome.
func apply[T any](
	f Form,
	path string,
	given []string,
	into *[]T,
	parse func(string) ([]T, error),
	normal func([]T) []T,
	from Origins,
) error {
	if !f.says(path, len(given) == 0) {
		return nil
	}
	*into = nil
	for i, s := range given {
		at := f.from.Of(fmt.Sprintf("%s.%d", path, i))
		list, err := parse(s)
		if err != nil {
			return fmt.Errorf("%w: %s%w", errForm, strings.TrimPrefix(at+": ", ": "), err)
		}
		before := len(*into)
		*into = normal(append(*into, list...))
		for j := before; j < len(*into); j++ {
			from[fmt.Sprintf("%s.%d", path, j)] = at
		}
	}
	return nil
}

// FormOf is the form of metadata, filled in.
func FormOf(m Metadata, groups []string) Form {
	f := Form{
		Title: m.Title, Description: m.Description, License: m.License, Keywords: m.Keywords, Access: string(m.Access), Community: m.Community,
		Date: m.Date, Version: m.Version, Language: m.Language, Notes: m.Notes, Groups: groups,
	}
	for _, a := range m.Creators {
		f.Creators = append(f.Creators, a.String())
	}
	for _, a := range m.Contribs {
		f.Contributors = append(f.Contributors, a.String())
	}
	for _, r := range m.Related {
		f.Related = append(f.Related, r.String())
	}
	for _, g := range m.Funding {
		f.Funding = append(f.Funding, g.String())
	}
	return f
}

// Encode is the form as a metadata file.
func (f Form) Encode() ([]byte, error) {
	data, err := toml.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write metadata: %w", err)
	}
	return data, nil
}
