package command

import (
	"io"

	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/selection"
)

// metadataFlags describe the record.
type metadataFlags struct {
	Title, Description, License, Access, Community, Date       string
	Version, Language, MetadataFile                            string
	Creators, Contributors, Keywords, Related, Funding, Groups []string

	given func(flag string) bool // on the command line
	stdin io.Reader
}

func (e *metadataFlags) register(f flags) {
	e.given = f.Changed
	f.text(&e.Title, "title", "T", "title; required, here or in --metadata", "none", `"Thin films, 2026"`)
	f.field(
		&e.Description,
		"description",
		"TEXT",
		"description, plain or HTML",
		"goal and list of what is selected",
		`"Mass loss of thin films."`,
	)
	f.list(
		&e.Creators,
		"creator",
		`"Family, Given[; ORCID][; affiliation]"`,
		`person; an organisation is "org: Name[; ROR]"`,
		`"Doe, Jane; 0000-0002-1825-0097; ETH Zurich"`,
	)
	f.list(
		&e.Contributors,
		"contributor",
		`"ROLE: Family, Given[; ORCID][; affiliation]"`,
		"person or organisation with a role",
		`"datamanager: Roe, Rick"`,
	)
	f.field(&e.License, "license", "ID", "licence; \"\" for none", "as configured (cc-by-4.0)", "cc0-1.0")
	f.list(&e.Keywords, "keyword", "K", "keyword", `"thin films"`)
	f.list(&e.Related, "related", `"RELATION IDENTIFIER"`, "related work", `"issupplementto 10.1234/abc"`)
	f.list(&e.Funding, "funding", `"FUNDER AWARD"`, "grant: the funder's ROR and the award's number", `"00k4n6c32 101094817"`)
	f.field(&e.Access, "access", "ACCESS", "who may see the files: "+record.AccessWords(", "), string(record.AccessOpen),
		string(record.EmbargoUntil("2027-01-01")))
	f.field(&e.Community, "community", "SLUG", "community to submit the draft to", "as configured (none)", "my-lab")
	f.field(&e.Date, "publication-date", "DATE", "date of publication, YYYY-MM-DD", "today", "2026-03-01")
	f.field(&e.Version, "record-version", "V", "version of the record", "none", "2.0")
	f.field(&e.Language, "language", "CODE", "language, ISO 639-3", "as configured (none)", "eng")
	f.list(&e.Groups, "group", "G", "group of a multi-group openBIS that the publication is recorded for", "GRP1")
	f.text(&e.MetadataFile, "metadata", "FILE", "the same fields in TOML, - for stdin; flags win over it", "none", "record.toml")
}

// selectionFlags say what is exported.
type selectionFlags struct {
	selected, only, exclude, files []string
	file                           string
}

func (e *selectionFlags) register(f flags) {
	f.list(&e.only, "only", "SELECTION", "this entity alone, nothing below it", "object:/LAB/P/S")
	f.list(&e.exclude, "exclude", "SELECTION", "not this entity and nothing below it", "collection:/LAB/P/E")
	f.list(
		&e.files,
		"file",
		"PERMID:GLOB",
		"of a data set only the files that match: * within a part of the path, ** over parts",
		"'20230101120000000-42:*.csv'",
	)
	f.text(&e.file, "selection", "FILE", "selection in TOML: select, only, exclude, files", "none", "selection.toml")
}

// words gathers the selection from arguments, flags and a file. That something
// is selected and well-formed is checked before any server is asked.
func (e *selectionFlags) words() (selection.Words, error) {
	w := selection.Words{Select: e.selected, Only: e.only, Exclude: e.exclude, Files: e.files}
	if e.file != "" {
		read, err := selection.ReadWords(e.file)
		if err != nil {
			return w, err
		}
		w = read.And(w)
	}
	if w.Nothing() {
		return w, &failure.Error{
			Kind: failure.Nothing, What: "nothing is selected",
			Do: "name a space, project, collection, object or data set, such as /LAB/PROJECT (zenobis ls shows them)",
		}
	}
	return w, w.Check()
}
