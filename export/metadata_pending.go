package export

import (
	"context"

	"zenobis/zenodo"
)

// DefaultsInput is what the prefilled metadata is made from beside openBIS.
type DefaultsInput struct {
	Selection Selection
	Creators  []Agent // the user first; from the session and the lab's people file
	License   string  // configured; "" means cc-by-4.0
	Language  string
	Community string
	Date      string // YYYY-MM-DD, the day of the plan
	SourceURL string // openBIS address if the lab allows it to be seen, else ""
}

// DefaultMetadata prefills the describe form from the selected entities.
func DefaultMetadata(ctx context.Context, cat Catalog, in DefaultsInput) (Metadata, Offers, error) {
	return Metadata{}, Offers{}, errPending
}

// Offers is what the form offers without choosing it.
type Offers struct {
	Keywords []string // types and tags
	Creators []Agent  // registrators
}

// FieldError is what is wrong with one field of the metadata.
type FieldError struct {
	Field   string // as in the metadata file: "title", "creators.0.orcid"
	Message string
}

// ValidateMetadata checks what can be checked without a server.
func ValidateMetadata(m Metadata) []FieldError { return nil }

// DraftInput is what a draft says beside the metadata.
type DraftInput struct {
	Marker    string // alternate identifier by which the draft is found again
	Kind      zenodo.Kind
	Publisher string
	SourceURL string // of the openBIS, "" if the lab hides it
	Version   string // of the program
}

// DraftBody is the metadata in Zenodo's form.
func DraftBody(req Request, plan *Plan, in DraftInput) zenodo.DraftBody { return zenodo.DraftBody{} }

// ParseSelection reads a selection of the command line into a rule whose
// PermID still is the text after the prefix, and Kind "" without one.
func ParseSelection(s string) (Rule, error) { return Rule{}, errPending }

// Resolve reads a selection and looks it up: the rule's PermID and Label are
// those of openBIS.
func Resolve(ctx context.Context, cat Catalog, s string) (Rule, error) { return Rule{}, errPending }
