// Package record is the metadata that describes a record: its fields, their
// checks, the identifiers in them, their form at Zenodo, and what openBIS knows
// of them beforehand. It asks no server by itself.
package record

import "encoding/json"

// Metadata is what the describe screen and the flags fill.
type Metadata struct {
	Title       string    `json:"title"`
	Description string    `json:"description"` // HTML
	Creators    []Agent   `json:"creators"`
	Contribs    []Agent   `json:"contributors,omitempty"`
	License     string    `json:"license"` // vocabulary id, "cc-by-4.0"
	Keywords    []string  `json:"keywords,omitempty"`
	Related     []Related `json:"related,omitempty"`
	Funding     []Grant   `json:"funding,omitempty"`
	Access      Access    `json:"access"`
	Community   string    `json:"community,omitempty"` // slug
	Date        string    `json:"publicationDate"`     // YYYY-MM-DD
	Version     string    `json:"version,omitempty"`
	Language    string    `json:"language,omitempty"` // ISO 639-3
	Notes       string    `json:"notes,omitempty"`
}

// Kind tells people from organisations.
type Kind string

// The kinds. Nobody said it where a kind is empty; see Agent.Organisation.
const (
	Person       Kind = "person"
	Organisation Kind = "organisation"
)

// Agent is a person or an organisation, whose name is in Family.
type Agent struct {
	Kind         Kind          `json:"kind,omitempty"`
	Family       string        `json:"family"`
	Given        string        `json:"given,omitempty"`
	ORCID        string        `json:"orcid,omitempty"`
	ROR          string        `json:"ror,omitempty"` // of an organisation
	Affiliations []Affiliation `json:"affiliations,omitempty"`
	Role         string        `json:"role,omitempty"` // contributors only
	User         string        `json:"user,omitempty"` // openBIS user id of a person who came from there; never published
}

// Organisation reports whether a is one. Where nobody said it, in jobs of the
// first version, a name without given name and ORCID is one.
func (a Agent) Organisation() bool {
	switch a.Kind {
	case Organisation:
		return true
	case Person:
		return false
	}
	return a.Given == "" && a.ORCID == ""
}

// Name is the name as lists show it: "Family, Given", or the organisation's.
func (a Agent) Name() string {
	if a.Given == "" || a.Organisation() {
		return a.Family
	}
	return a.Family + ", " + a.Given
}

// Affiliation is an organisation by name, by ROR id, or both.
type Affiliation struct {
	Name string `json:"name,omitempty"`
	ROR  string `json:"ror,omitempty"`
}

// UnmarshalJSON also reads a plain text, as jobs of the first version hold it.
func (a *Affiliation) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*a = parseAffiliation(text)
		return nil
	}
	type plain Affiliation
	return json.Unmarshal(data, (*plain)(a))
}

// Related is a related work: a relation id and an identifier.
type Related struct {
	Relation   string `json:"relation"`
	Identifier string `json:"identifier"`
}

// Grant is a funder and what it gave. Award is the number; it may be empty.
type Grant struct {
	Funder     string `json:"funder"` // ROR id, or a name to be looked up; "" goes by FunderName alone
	FunderName string `json:"funderName,omitempty"`
	Award      string `json:"award,omitempty"`
	AwardTitle string `json:"awardTitle,omitempty"`
	// AwardID is the award's id in the server's vocabulary, once it was found there.
	AwardID string `json:"awardId,omitempty"`
}

// FieldError is what is wrong with one field of the metadata.
type FieldError struct {
	Field   string // as in the metadata file: "title", "creators.0.orcid"
	Message string
}

// Error implements error.
func (e FieldError) Error() string { return e.Field + ": " + e.Message }
