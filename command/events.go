package command

import (
	"encoding/json"
	"fmt"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/safetext"
)

// The events of --json. Each key is always there: what has no value is null or
// empty. Keys may be added; a meaning never changes.

// word is a text that is null where there is none.
type word string

// MarshalJSON implements json.Marshaler.
func (w word) MarshalJSON() ([]byte, error) {
	if w == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(w))
}

// moment is a time in UTC, null where there is none.
type moment time.Time

// MarshalJSON implements json.Marshaler.
func (m moment) MarshalJSON() ([]byte, error) {
	if time.Time(m).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(m).UTC().Format(time.RFC3339))
}

// list is never null.
type list[T any] []T

// MarshalJSON implements json.Marshaler.
func (l list[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}

type planEvent struct {
	Job      string               `json:"job"` // "" of a dry run
	Entities int                  `json:"entities"`
	DataSets int                  `json:"datasets"`
	Files    int                  `json:"files"`
	Bytes    int64                `json:"bytes"`
	Packages list[export.Package] `json:"packages"`
	Omitted  list[omittedThing]   `json:"omitted"`
	Limits   limitsOfPlan         `json:"limits"`
	Layout   export.Layout        `json:"layout"`
	Findings list[export.Finding] `json:"findings"`
	Gaps     list[string]         `json:"gaps"`
	Notes    list[string]         `json:"notes"` // about the metadata
	// Removed are files of the former version that the new one has no more.
	Removed list[removedFile] `json:"removed"`
	// Published are the entities that were published before.
	Published list[publishedThing] `json:"published"`
}

type removedFile struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

type publishedThing struct {
	Entity string `json:"entity"` // permId
	DOI    string `json:"doi"`
}

type limitsOfPlan struct {
	Bytes int64 `json:"bytes"`
	Files int   `json:"files"`
}

type omittedThing struct {
	Entity  string `json:"entity"`
	File    string `json:"file"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type omittedEvent struct {
	Job string `json:"job"`
	omittedThing
}

type draftEvent struct {
	Job string `json:"job"`
	ID  word   `json:"id"`
	URL word   `json:"url"`
	DOI word   `json:"doi"`
}

type progressEvent struct {
	Job     string `json:"job"`
	Bytes   int64  `json:"bytes"`
	Total   int64  `json:"total"`
	Package string `json:"package"`
	Stage   string `json:"stage"`
	Waiting word   `json:"waiting"`
}

type uploadedEvent struct {
	Job     string `json:"job"`
	Package string `json:"package"`
	Bytes   int64  `json:"bytes"`
	MD5     string `json:"md5"`
}

type retryEvent struct {
	Job     string `json:"job"`
	Package string `json:"package"`
	Attempt int    `json:"attempt"`
	Message string `json:"message"`
}

type waitingEvent struct {
	Job     string `json:"job"`
	Message string `json:"message"`
}

type doneEvent struct {
	Job   string `json:"job"`
	ID    word   `json:"id"`
	URL   word   `json:"url"`
	DOI   word   `json:"doi"`
	Bytes *int64 `json:"bytes"` // null where it is not known
	// LeftOut is what was selected and is not on the record, each with its reason.
	LeftOut list[omittedThing] `json:"left_out"`
}

// verifyDone is the done event of verify.
type verifyDone struct {
	doneEvent
	Failed int `json:"failed"`
}

type errorEvent struct {
	Job       string `json:"job"`
	Kind      string `json:"kind"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
	Resumable bool   `json:"resumable"`
}

type jobEvent struct {
	Job     string       `json:"job"`
	Title   string       `json:"title"`
	State   export.State `json:"state"`
	ID      word         `json:"id"`
	URL     word         `json:"url"`
	DOI     word         `json:"doi"`
	Created moment       `json:"created"`
	Updated moment       `json:"updated"`
	Looked  moment       `json:"looked"`
	Review  word         `json:"review"`
	// Objects are permIds: null before the registration, empty where it can't be seen.
	Objects *list[string] `json:"openbis_objects"`
	Running bool          `json:"running"`
	Reason  word          `json:"reason"`
	// LeftOut is what was selected and is not on the record, each with its reason.
	LeftOut list[omittedThing] `json:"left_out"`
}

type checkEvent struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

type entityEvent struct {
	Kind       openbis.Kind `json:"kind"`
	Code       string       `json:"code"`
	Name       string       `json:"name"`
	PermID     string       `json:"perm_id"`
	Identifier string       `json:"identifier"`
	Children   bool         `json:"children"`
	Bytes      *int64       `json:"bytes"`
	Type       string       `json:"type"`
	Selection  string       `json:"selection"` // as export takes it; "" for a file
}

type verifiedEvent struct {
	Package string `json:"package"`
	DataSet string `json:"dataset"`
	File    string `json:"file"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// encode makes the line of an event, with its name first.
func encode(name string, keys any) ([]byte, error) {
	data, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("encode the event %s: %w", name, err)
	}
	line := fmt.Appendf(nil, `{"event":%q,`, name)
	return append(safetext.EscapeJSON(append(line, data[1:]...)), '\n'), nil
}
