package openbis

import (
	"regexp"
	"strings"
	"time"
)

// Kind is what an entity is, in the words of the ELN.
type Kind string

// The kinds, in the order in which the tree holds them.
const (
	KindSpace      Kind = "space"
	KindProject    Kind = "project"
	KindCollection Kind = "collection" // "experiment" in the API
	KindObject     Kind = "object"     // "sample" in the API
	KindDataSet    Kind = "dataset"
	KindFile       Kind = "file"
)

// Ref names an entity without its content. PermID is the code for spaces and
// data sets. Code, Name and Type are clean single lines.
type Ref struct {
	Kind       Kind   `json:"kind"`
	PermID     string `json:"permId"`
	Identifier string `json:"identifier,omitempty"` // "/LAB", "/LAB/P", "/LAB/P/E"; the permId for data sets
	Code       string `json:"code"`
	Name       string `json:"name,omitempty"`       // property $NAME (or NAME on new servers); "" if there is none
	Type       string `json:"type,omitempty"`       // type code
	Space      string `json:"space,omitempty"`      // code of its space, where the server told
	Collection string `json:"collection,omitempty"` // permId of its collection, where the server told
}

// permIDForm is the form of a permanent id: the time of the registration and a number.
var permIDForm = regexp.MustCompile(`\d{17}-\d+`)

// FindPermID is the first permanent id in a text, such as a link copied from the ELN;
// "" where there is none.
func FindPermID(text string) string { return permIDForm.FindString(text) }

// IsPermID reports whether s has the form of a permanent id, which is that of a data
// set's code.
func IsPermID(s string) bool { return s != "" && permIDForm.FindString(s) == s }

// Label is the name, or the code where there is no name.
func (r Ref) Label() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Code
}

// PrettyCode spells a code as the ELN's menu does: "MY_LAB" becomes "My Lab".
func PrettyCode(code string) string {
	words := strings.FieldsFunc(code, func(r rune) bool { return r == '_' })
	for i, w := range words {
		low := []rune(strings.ToLower(w))
		words[i] = strings.ToUpper(string(low[:1])) + string(low[1:])
	}
	return strings.Join(words, " ")
}

// Person is a user of openBIS. UserID and Email are for the program only:
// neither may get into a package.
type Person struct {
	UserID    string `json:"userId"`
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	Email     string `json:"email,omitempty"`
}

// Name is "First Last", or "" where openBIS knows neither.
func (p Person) Name() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

// Entity is one node of openBIS with its content. Fields that were not asked
// for, or that the kind does not have, are empty.
type Entity struct {
	Ref
	Description string              `json:"description,omitempty"` // spaces and projects
	ProjectRef  *Ref                `json:"project,omitempty"`
	CollRef     *Ref                `json:"collectionRef,omitempty"`
	ObjectRef   *Ref                `json:"object,omitempty"`     // data sets: the object they hang on
	Properties  map[string][]string `json:"properties,omitempty"` // by code as on the wire, values raw; several only for array types
	Parents     []Ref               `json:"parents,omitempty"`
	Children    []Ref               `json:"children,omitempty"`
	Components  []Ref               `json:"components,omitempty"` // data sets and objects
	Containers  []Ref               `json:"containers,omitempty"`
	Tags        []string            `json:"tags,omitempty"`
	Registrator *Person             `json:"registrator,omitempty"`
	Modifier    *Person             `json:"modifier,omitempty"`
	Registered  time.Time           `json:"registered,omitzero"`
	Modified    time.Time           `json:"modified,omitzero"`
	Data        *Data               `json:"data,omitempty"` // data sets only
	Frozen      bool                `json:"-"`              // openBIS lets nobody change it any more
}

// Property returns the first value of a property. "$NAME" also finds "NAME"
// and the other way round, since newer servers drop the prefix.
func (e *Entity) Property(code string) string {
	for _, c := range []string{code, "$" + code, strings.TrimPrefix(code, "$")} {
		if v := e.Properties[c]; len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// DataKind says where a data set's bytes are.
type DataKind string

// The kinds of data sets.
const (
	Physical  DataKind = "PHYSICAL"
	Container DataKind = "CONTAINER" // no bytes of its own, only components
	Link      DataKind = "LINK"      // bytes outside openBIS
)

// Data is what only data sets have.
type Data struct {
	Kind      DataKind  `json:"kind"`
	Size      int64     `json:"size"`             // bytes; -1 unknown
	Status    string    `json:"status,omitempty"` // AVAILABLE, LOCKED, ARCHIVED, UNARCHIVE_PENDING, ARCHIVE_PENDING, BACKUP_PENDING
	Store     DataStore `json:"store"`
	LinkedTo  []string  `json:"linkedTo,omitempty"` // link data sets: where the copies are, clean lines
	InArchive bool      `json:"inArchive,omitempty"`
}

// Archived reports whether the bytes must be brought back from the archive first.
func (d *Data) Archived() bool {
	return d.Kind == Physical && (d.Status == "ARCHIVED" || d.Status == "UNARCHIVE_PENDING")
}

// DataStore is a data store server.
type DataStore struct {
	Code string `json:"code"`
	URL  string `json:"url"` // as openBIS announces it, without /datastore_server and trailing slash
}

// File is one file of a data set as the data store lists it.
type File struct {
	Path string `json:"path"` // original bytes, relative, "/" between parts
	Size int64  `json:"size"` // bytes
	// CRC is the CRC-32 (IEEE). HasCRC is false where openBIS does not know it:
	// it says 0 then, which is also the CRC of an empty file.
	CRC    uint32 `json:"crc"`
	HasCRC bool   `json:"hasCrc"`
	Dir    bool   `json:"dir,omitempty"` // a directory, which only FilesOf tells
}

// EntityType describes a type with its properties in the order of the form.
type EntityType struct {
	Kind        Kind         `json:"kind"`
	Code        string       `json:"code"`
	Description string       `json:"description,omitempty"`
	Properties  []Assignment `json:"properties"`
}

// Assignment is a property of a type.
type Assignment struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	// Description, Vocabulary (its code), VocabularyText and TermTexts are what
	// openBIS explains of it.
	Description    string            `json:"description,omitempty"`
	Vocabulary     string            `json:"vocabulary,omitempty"`
	VocabularyText string            `json:"vocabularyText,omitempty"`
	TermTexts      map[string]string `json:"termTexts,omitempty"` // description by term code
	Section        string            `json:"section,omitempty"`
	DataType       string            `json:"dataType"`         // VARCHAR, MULTILINE_VARCHAR, XML, CONTROLLEDVOCABULARY, ...
	Widget         string            `json:"widget,omitempty"` // "Word Processor", "Spreadsheet" or ""
	Terms          map[string]string `json:"terms,omitempty"`  // vocabulary: label by term code
	Internal       bool              `json:"internal,omitempty"`
}

// Page asks for a part of a listing.
type Page struct {
	From   int
	Count  int  // 0 means everything
	Detail bool // with properties, relatives, tags and persons; without it enough for a tree
	// Last says that nobody will ask Below for it again: what is in memory is given
	// away, and nothing new is kept.
	Last bool
}

// Listing is a page of an ordered listing. A page may hold fewer entities than
// asked for although more follow: go on at Next until it is -1.
type Listing struct {
	Entities []Entity
	Total    int // of all pages, as the server counts
	Next     int // From of the next page; -1 at the end
}
