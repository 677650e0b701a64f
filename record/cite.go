package record

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"zenobis/doi"
	"zenobis/richtext"
	"zenobis/zenodo"
)

// Citation is what citing a record takes. After the publication it holds the
// record as published, see CitationOf.
type Citation struct {
	Title     string
	Creators  []Agent
	Date      string // EDTF, as published
	Version   string
	License   string // id
	Publisher string
	DOI       string
	Keywords  []string
	Language  string
	Abstract  string // HTML
}

// CitationFormats are the formats that Cite takes.
func CitationFormats() []string { return []string{"text", "bibtex", "cff", "csl"} }

// CitationOf is the citation of a record as the server has it.
func CitationOf(r zenodo.Record) Citation {
	m := r.Metadata
	c := Citation{
		Title: m.Title, Date: m.Date, Version: m.Version, Publisher: m.Publisher, DOI: r.DOI, Abstract: m.Description,
	}
	c.Creators, c.License, c.Language = agentsOf(m.Creators), licenseOf(m), languageOf(m)
	for _, s := range m.Subjects {
		if s.Subject != "" {
			c.Keywords = append(c.Keywords, s.Subject)
		}
	}
	return c
}

// Cite words a citation in a format; see CitationFormats.
func Cite(c Citation, format string) (string, error) {
	if c.DOI == "" {
		return "", fmt.Errorf("there is no DOI yet, so it can't be cited")
	}
	switch format {
	case "text", "":
		return c.Text(), nil
	case "bibtex":
		return c.bibtex(), nil
	case "cff":
		return c.cff()
	case "csl":
		return c.csl()
	}
	return "", fmt.Errorf("no citation format %s; there are %s", quote(format), strings.Join(CitationFormats(), ", "))
}

// year is the first year of the date.
func (c Citation) year() string {
	if len(c.Date) < 4 {
		return "n.d."
	}
	return c.Date[:4]
}

// Text is the citation in DataCite's recommended form.
// Text words the record as DataCite recommends, with its address if it has a DOI.
func (c Citation) Text() string {
	var names []string
	for _, a := range c.Creators {
		names = append(names, a.Name())
	}
	title := strings.TrimSuffix(c.Title, ".")
	if c.Version != "" {
		title += " (Version " + c.Version + ")"
	}
	text := fmt.Sprintf("%s (%s). %s [Data set].", strings.Join(names, "; "), c.year(), title)
	if c.Publisher != "" {
		text += " " + c.Publisher + "."
	}
	if c.DOI != "" {
		text += " " + doi.Address(c.DOI)
	}
	return text
}

func (c Citation) bibtex() string {
	var names []string
	for _, a := range c.Creators {
		names = append(names, bibName(a))
	}
	fields := [][2]string{
		{"author", strings.Join(names, " and ")}, {"title", bibEscape(c.Title)}, {"year", c.year()}, {"publisher", bibEscape(c.Publisher)},
		{"version", bibEscape(c.Version)}, {"doi", c.DOI}, {"url", doi.Address(c.DOI)},
		{"copyright", bibEscape(LicenseOf(c.License).Name)}, {"keywords", bibEscape(strings.Join(c.Keywords, ", "))},
	}
	var b strings.Builder
	b.WriteString("@dataset{" + c.key())
	for _, f := range fields {
		if f[1] != "" {
			fmt.Fprintf(&b, ",\n  %-9s = {%s}", f[0], f[1])
		}
	}
	return b.String() + "\n}"
}

// bibName keeps an organisation together in braces of its own, and a family
// name that BibTeX would take apart.
func bibName(a Agent) string {
	if a.Given == "" || a.Organisation() {
		return "{" + bibEscape(a.Family) + "}"
	}
	family := bibEscape(a.Family)
	if strings.Contains(a.Family, ",") || slices.Contains(strings.Fields(a.Family), "and") {
		family = "{" + family + "}"
	}
	return family + ", " + bibEscape(a.Given)
}

var notKey = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// key names the record in a bibliography: first family name and year, as far as
// they are Latin letters, and the DOI's suffix, which no other record of the
// publisher has.
func (c Citation) key() string {
	_, suffix, _ := strings.Cut(c.DOI, "/")
	key := strings.Trim(notKey.ReplaceAllString(suffix, "-"), "-")
	if len(c.Creators) > 0 && len(c.Date) >= 4 {
		name := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, norm.NFD.String(strings.ToLower(c.Creators[0].Family)))
		if name != "" {
			key = name + c.year() + "-" + key
		}
	}
	return key
}

var bibSigns = strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`,
	"^", `\textasciicircum{}`, "~", `\textasciitilde{}`)

func bibEscape(s string) string { return bibSigns.Replace(oneLine(s)) }

// cffDOI are the DOIs that CFF 1.2.0 takes; the address says the others.
var cffDOI = regexp.MustCompile(`^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+$`)

// cff is a citation file (https://citation-file-format.github.io, 1.2.0). Its
// texts are JSON strings, which YAML reads.
func (c Citation) cff() (string, error) {
	var b strings.Builder
	var failed error
	line := func(name, value string) {
		text, err := jsonText(value)
		if err != nil {
			failed = err
		}
		fmt.Fprintf(&b, "%s: %s\n", name, text)
	}
	b.WriteString("cff-version: 1.2.0\nmessage: If you use these data, please cite them as below.\ntype: dataset\n")
	line("title", c.Title)
	b.WriteString("authors:\n")
	for _, a := range c.Creators {
		if a.Organisation() {
			line("  - name", a.Family)
			continue
		}
		line("  - family-names", a.Family)
		if a.Given != "" {
			line("    given-names", a.Given)
		}
		if a.ORCID != "" {
			line("    orcid", ORCIDAddress(a.ORCID))
		}
		if f := affiliationNames(a); f != "" {
			line("    affiliation", f)
		}
	}
	if c.Version != "" {
		line("version", c.Version)
	}
	if cffDOI.MatchString(c.DOI) {
		line("doi", c.DOI)
	}
	line("url", doi.Address(c.DOI))
	if _, err := time.Parse(time.DateOnly, c.Date); err == nil { // CFF takes whole days only
		line("date-released", c.Date)
	}
	switch l := LicenseOf(c.License); {
	case l.cff:
		line("license", l.SPDX)
	case l.URL != "":
		line("license-url", l.URL)
	}
	if len(c.Keywords) > 0 {
		b.WriteString("keywords:\n")
		for _, k := range c.Keywords {
			text, err := jsonText(k)
			if err != nil {
				failed = err
			}
			b.WriteString("  - " + text + "\n")
		}
	}
	if text := plainText(c.Abstract); text != "" {
		line("abstract", text)
	}
	return strings.TrimSuffix(b.String(), "\n"), failed
}

func affiliationNames(a Agent) string {
	var names []string
	for _, f := range a.Affiliations {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, "; ")
}

// csl is a list of one item in CSL-JSON, as reference managers read it.
func (c Citation) csl() (string, error) {
	type name struct {
		Family  string `json:"family,omitempty"`
		Given   string `json:"given,omitempty"`
		Literal string `json:"literal,omitempty"`
		ORCID   string `json:"ORCID,omitempty"`
	}
	type date struct {
		Parts [][]int `json:"date-parts"`
	}
	item := struct {
		ID        string `json:"id"`
		Type      string `json:"type"`
		Title     string `json:"title"`
		Author    []name `json:"author"`
		Issued    *date  `json:"issued,omitempty"`
		Publisher string `json:"publisher,omitempty"`
		Version   string `json:"version,omitempty"`
		DOI       string `json:"DOI"`
		URL       string `json:"URL"`
		Language  string `json:"language,omitempty"`
		Keyword   string `json:"keyword,omitempty"`
		Abstract  string `json:"abstract,omitempty"`
		License   string `json:"license,omitempty"`
	}{
		ID: c.key(), Type: "dataset", Title: c.Title, Author: []name{}, Issued: nil, Publisher: c.Publisher, Version: c.Version,
		DOI: c.DOI, URL: doi.Address(c.DOI), Language: c.Language, Keyword: strings.Join(c.Keywords, ", "),
		Abstract: plainText(c.Abstract), License: LicenseOf(c.License).SPDX,
	}
	for _, a := range c.Creators {
		if a.Given == "" || a.Organisation() {
			item.Author = append(item.Author, name{Literal: a.Family})
			continue
		}
		orcid := a.ORCID
		if orcid != "" {
			orcid = ORCIDAddress(orcid)
		}
		item.Author = append(item.Author, name{Family: a.Family, Given: a.Given, ORCID: orcid})
	}
	from, to, interval := strings.Cut(c.Date, "/")
	issued := &date{}
	for _, d := range []string{from, to} {
		if parts := dateParts(d); len(parts) > 0 && (interval || d == from) {
			issued.Parts = append(issued.Parts, parts)
			item.Issued = issued
		}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode([]any{item}); err != nil {
		return "", fmt.Errorf("write the citation: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// dateParts are year, month and day as far as a date has them.
func dateParts(s string) []int {
	t, parts := edtfParts(s)
	return []int{t.Year(), int(t.Month()), t.Day()}[:parts]
}

func jsonText(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", fmt.Errorf("write the citation: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// plainText is the text of HTML in one line.
func plainText(h string) string { return oneLine(richtext.Readable("", "", h)) }
