// Package record is the metadata that describes a record: its fields, their
// checks, the identifiers in them, their form at Zenodo, and what openBIS knows
// of them beforehand. It asks no server by itself.
package record

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
	Access      string    `json:"access"`              // open, restricted, embargo:YYYY-MM-DD
	Community   string    `json:"community,omitempty"` // slug
	Date        string    `json:"publicationDate"`     // YYYY-MM-DD
	Version     string    `json:"version,omitempty"`
	Language    string    `json:"language,omitempty"` // ISO 639-3
	Notes       string    `json:"notes,omitempty"`
}

// Agent is a person ("Family", "Given") or, with only Family set, an organisation or single name.
type Agent struct {
	Family       string   `json:"family"`
	Given        string   `json:"given,omitempty"`
	ORCID        string   `json:"orcid,omitempty"`
	Affiliations []string `json:"affiliations,omitempty"` // names or ROR ids
	Role         string   `json:"role,omitempty"`         // contributors only
	User         string   `json:"user,omitempty"`         // openBIS user id of a person who came from there; never published
}

// Related is a related work: a relation id and an identifier.
type Related struct {
	Relation   string `json:"relation"`
	Identifier string `json:"identifier"`
}

// Grant is a funder (ROR id) and an award number, which may be empty.
type Grant struct {
	Funder string `json:"funder"`
	Award  string `json:"award,omitempty"`
}

// FieldError is what is wrong with one field of the metadata.
type FieldError struct {
	Field   string // as in the metadata file: "title", "creators.0.orcid"
	Message string
}

// Error implements error.
func (e FieldError) Error() string { return e.Field + ": " + e.Message }
