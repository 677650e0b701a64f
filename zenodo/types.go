package zenodo

import (
	"encoding/json"
	"time"
	"zenobis/wire"
)

// Kind is the flavour of an InvenioRDM instance.
type Kind string

// The kinds.
const (
	KindZenodo     Kind = wire.FlavourZenodo
	KindInvenioRDM Kind = wire.FlavourOther
)

// Metadata is a draft's metadata in the native form (docs/zenodo-api.md, The document).
type Metadata struct {
	ResourceType *ID              `json:"resource_type,omitempty"`
	Title        string           `json:"title,omitempty"`
	Date         string           `json:"publication_date,omitempty"` // EDTF level 0, mostly YYYY-MM-DD
	Publisher    string           `json:"publisher,omitempty"`
	Version      string           `json:"version,omitempty"`
	Description  string           `json:"description,omitempty"` // HTML
	Additional   []Description    `json:"additional_descriptions,omitempty"`
	Creators     []Creator        `json:"creators,omitempty"`
	Contributors []Creator        `json:"contributors,omitempty"`
	Rights       []Right          `json:"rights,omitempty"`
	Subjects     []Subject        `json:"subjects,omitempty"`
	Languages    []ID             `json:"languages,omitempty"`
	Dates        []DateEntry      `json:"dates,omitempty"`
	Related      []Related        `json:"related_identifiers,omitempty"`
	Identifiers  []Identifier     `json:"identifiers,omitempty"` // alternate identifiers
	Funding      []Funding        `json:"funding,omitempty"`
	References   []map[string]any `json:"references,omitempty"`
}

// ID is an entry of a vocabulary.
type ID struct {
	ID string `json:"id"`
}

// Description is an additional description.
type Description struct {
	Description string `json:"description"`
	Type        ID     `json:"type"`
}

// Creator is a creator, or with a role a contributor.
type Creator struct {
	Person       PersonOrOrg   `json:"person_or_org"`
	Role         *ID           `json:"role,omitempty"`
	Affiliations []Affiliation `json:"affiliations,omitempty"`
}

// PersonOrOrg names a person (family name) or an organisation (name).
type PersonOrOrg struct {
	Type        string       `json:"type"` // personal, organizational
	FamilyName  string       `json:"family_name,omitempty"`
	GivenName   string       `json:"given_name,omitempty"`
	Name        string       `json:"name,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
}

// Identifier is an identifier with its scheme.
type Identifier struct {
	Identifier string `json:"identifier"`
	Scheme     string `json:"scheme,omitempty"`
}

// Affiliation is a ROR id or a name.
type Affiliation struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Right is a licence of the vocabulary by id, or one in own words.
type Right struct {
	ID    string            `json:"id,omitempty"`
	Title map[string]string `json:"title,omitempty"`
	Link  string            `json:"link,omitempty"`
}

// Subject is a keyword.
type Subject struct {
	Subject string `json:"subject,omitempty"`
	ID      string `json:"id,omitempty"`
}

// DateEntry is a dated event; Date is EDTF, an interval as FROM/TO.
type DateEntry struct {
	Date        string `json:"date"`
	Type        ID     `json:"type"`
	Description string `json:"description,omitempty"`
}

// Related is a related work.
type Related struct {
	Identifier   string `json:"identifier"`
	Scheme       string `json:"scheme,omitempty"`
	Relation     ID     `json:"relation_type"`
	ResourceType *ID    `json:"resource_type,omitempty"`
}

// Funding is a funder, perhaps with an award.
type Funding struct {
	Funder Funder `json:"funder"`
	Award  *Award `json:"award,omitempty"`
}

// Funder is one of the vocabulary by id (a ROR id), or by name.
type Funder struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Award is an award of the vocabulary by id, or by number.
type Award struct {
	ID     string            `json:"id,omitempty"`
	Number string            `json:"number,omitempty"`
	Title  map[string]string `json:"title,omitempty"`
}

// Who may see something.
const (
	AccessPublic     = "public"
	AccessRestricted = "restricted"
)

// Access says who may see the record and its files.
type Access struct {
	Record  string   `json:"record"` // AccessPublic, AccessRestricted
	Files   string   `json:"files"`
	Embargo *Embargo `json:"embargo,omitempty"`
}

// Embargo restricts the files until a day (YYYY-MM-DD).
type Embargo struct {
	Active bool   `json:"active"`
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// DraftBody is what a draft is created or replaced with. It has no pids member
// on purpose: an empty one would drop a reserved DOI (docs/zenodo-api.md, The DOI).
type DraftBody struct {
	Access       Access         `json:"access"`
	Files        FilesOption    `json:"files"`
	Metadata     Metadata       `json:"metadata"`
	CustomFields map[string]any `json:"custom_fields,omitempty"`

	whole map[string]any // metadata as a draft has it, see Record.Edited
}

// MarshalJSON writes the metadata as it was read where it was.
func (b DraftBody) MarshalJSON() ([]byte, error) {
	type plain DraftBody
	if b.whole == nil {
		return json.Marshal(plain(b))
	}
	return json.Marshal(struct {
		plain
		Metadata map[string]any `json:"metadata"`
	}{plain(b), b.whole})
}

// FilesOption says that a record has files, and which of them its page shows first.
type FilesOption struct {
	Enabled bool   `json:"enabled"`
	Preview string `json:"default_preview,omitempty"` // key; it must be there
}

// FieldError is what the server says of one field of a save.
type FieldError struct {
	Field    string   `json:"field"`
	Messages []string `json:"messages"`
}

// Record is a draft or a published record. Texts are clean; Metadata.Description
// is the server's HTML.
type Record struct {
	ID          string
	Revision    int
	Status      string // draft, draft_with_review, in_review, declined, expired, published, new_version_draft, ...
	IsDraft     bool
	IsPublished bool
	DOI         string // reserved or published; "" if none
	ConceptDOI  string
	ConceptID   string
	Owner       string
	Own         bool   // it was told with what only its owner, or who may manage it, is told
	Version     int    // of the record, counted from 1; 0 where the server does not tell
	Latest      bool   // the newest published version
	HTML        string // address of its page: the form of a draft, the landing page of a record
	NextDraft   bool   // it is the newest version, and a draft of a newer one is open; only its owner is told
	Follows     bool   // a draft of a new version, whose metadata began as a copy of the version before
	Metadata    Metadata
	Access      Access
	Errors      []FieldError // only in the answer of a save
	TotalBytes  int64        // committed files
	FileCount   int          // pending ones included
	Community   string       // uuid of the review's receiver, "" if none
	ReviewState string
	Communities int // how many have taken it
	Created     time.Time
	Updated     time.Time
	Raw         json.RawMessage
}

// FileInit announces a file.
type FileInit struct {
	Key  string `json:"key"`
	Size int64  `json:"size,omitempty"` // bytes
}

// FileEntry is a file of a draft or record.
type FileEntry struct {
	Key    string
	Size   int64  // bytes; of a pending entry what was announced
	MD5    string // bare hex; "" while pending
	Status string // pending, completed, failed
}

// Completed reports whether the file is committed.
func (f FileEntry) Completed() bool { return f.Status == "completed" }

// State is where a draft stands, told apart by public addresses
// (docs/zenodo-api.md, Where a draft stands).
type State string

// The states.
const (
	StateDraft     State = "draft"
	StateInReview  State = "in_review"
	StatePublished State = "published"
	StateDiscarded State = "discarded"
	StateDeleted   State = "deleted" // published and deleted since
	StateUnknown   State = "unknown" // no access, or a race: look again
)

// Limits are what a record may hold.
type Limits struct {
	Bytes int64 // of all files
	Files int
}

// VocabularyEntry is one entry of a vocabulary, title in English where there is one.
type VocabularyEntry struct {
	ID    string
	Title string

	Acronym      string        // funders, awards, affiliations
	Aliases      []string      // funders: other names and acronyms, where the server tells them
	Number       string        // awards
	Funder       string        // awards: the funder's id
	FunderName   string        // awards: the funder's name
	GivenName    string        // names
	FamilyName   string        // names
	ORCID        string        // names
	Affiliations []Affiliation // names
}

// Community is a community a record can be submitted to.
type Community struct {
	ID         string // uuid
	Slug       string
	Title      string
	MayInclude bool   // the user may publish into it without a review
	Submission string // open, closed (members only)
	Review     string // open, closed, members
}
