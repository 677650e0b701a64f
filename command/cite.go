package command

import (
	"fmt"
	"regexp"
	"strings"

	"zenobis/export"
	"zenobis/record"
)

// cite words a citation of an export's record in a format: bibtex, cff, text.
func cite(j export.Job, format string) (string, error) {
	m := j.Request.Metadata
	if j.DOI == "" {
		return "", fmt.Errorf("%s has no DOI yet, so it can't be cited", j.ID)
	}
	year, _, _ := strings.Cut(m.Date, "-")
	switch format {
	case "bibtex":
		var names []string
		for _, a := range m.Creators {
			names = append(names, bibName(a))
		}
		return fmt.Sprintf("@dataset{%s,\n  author    = {%s},\n  title     = {%s},\n  year      = {%s},\n  publisher = {%s},\n  doi       = {%s},\n  url       = {https://doi.org/%s}\n}",
			bibKey(m, year), strings.Join(names, " and "), bibEscape(j.Title), year, bibEscape(publisher(j)), j.DOI, j.DOI), nil
	case "cff":
		var b strings.Builder
		fmt.Fprintf(&b, "cff-version: 1.2.0\nmessage: If you use these data, please cite them as below.\ntype: dataset\ntitle: %q\nauthors:\n", j.Title)
		for _, a := range m.Creators {
			if a.Given == "" {
				fmt.Fprintf(&b, "  - name: %q\n", a.Family)
				continue
			}
			fmt.Fprintf(&b, "  - family-names: %q\n    given-names: %q\n", a.Family, a.Given)
			if a.ORCID != "" {
				fmt.Fprintf(&b, "    orcid: https://orcid.org/%s\n", a.ORCID)
			}
		}
		fmt.Fprintf(&b, "doi: %s\ndate-released: %s", j.DOI, m.Date)
		return b.String(), nil
	}
	var names []string
	for _, a := range m.Creators {
		n := a.Family
		if a.Given != "" {
			n += ", " + a.Given
		}
		names = append(names, n)
	}
	return fmt.Sprintf("%s (%s). %s [Data set]. %s. https://doi.org/%s", strings.Join(names, "; "), year, strings.TrimSuffix(j.Title, "."), publisher(j), j.DOI), nil
}

func publisher(j export.Job) string {
	if strings.Contains(j.Zenodo, "zenodo.org") {
		return "Zenodo"
	}
	_, host, _ := strings.Cut(j.Zenodo, "://")
	return host
}

// bibName keeps an organisation together in braces of its own.
func bibName(a record.Agent) string {
	if a.Given == "" {
		return "{" + bibEscape(a.Family) + "}"
	}
	return bibEscape(a.Family) + ", " + bibEscape(a.Given)
}

var notKey = regexp.MustCompile(`[^A-Za-z0-9]+`)

func bibKey(m record.Metadata, year string) string {
	name := "data"
	if len(m.Creators) > 0 {
		name = strings.ToLower(notKey.ReplaceAllString(m.Creators[0].Family, ""))
	}
	return name + year
}

func bibEscape(s string) string {
	return strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`).Replace(s)
}
