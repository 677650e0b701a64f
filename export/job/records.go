package job

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"zenobis/omission"
	"zenobis/zenodo"
)

// Record is what one line of a journal tells. Those whose names end in -ing are
// noted before what they name, so that after a death it is known what may have
// happened.
type Record interface {
	step() string
	apply(st *Status)
}

// The records, in the order in which they come. Their JSON is that of the first
// version of the program, whose jobs are still read.
type (
	// Planned: the job is there, nothing was sent.
	Planned struct {
		Bytes int64 `json:"bytes,omitempty"`
		By    *By   `json:"by,omitempty"` // who may still start it
	}
	// Started: a process goes on with the job.
	Started struct {
		PID     int    `json:"pid,omitempty"`
		Host    string `json:"host,omitempty"`
		Program string `json:"program,omitempty"`
	}
	// Creating a draft; Marker is how it is found again.
	Creating struct {
		Marker string `json:"marker,omitempty"`
	}
	// NotCreated: the server refused, or the draft was taken back at once.
	NotCreated struct {
		ID     string              `json:"id,omitempty"`
		Reason string              `json:"reason,omitempty"`
		Fields []zenodo.FieldError `json:"fields,omitempty"`
	}
	// Versioning a record that had no draft of a newer version.
	Versioning struct {
		Of string `json:"id,omitempty"` // the newest version
	}
	// Created is a draft that is there.
	Created struct {
		ID       string              `json:"id,omitempty"`
		URL      string              `json:"url,omitempty"` // of its page
		Revision int                 `json:"rev,omitempty"`
		Saved    bool                `json:"confirmed,omitempty"` // with our metadata
		Adopted  bool                `json:"adopted,omitempty"`   // made by somebody else, who chose it for this export
		Fields   []zenodo.FieldError `json:"fields,omitempty"`    // that the server found fault with
	}
	// Saved: our metadata is in the draft.
	Saved struct {
		Revision int                 `json:"rev,omitempty"`
		Fields   []zenodo.FieldError `json:"fields,omitempty"`
	}
	// Reserved a DOI, or none where the server reserves none.
	Reserved struct {
		DOI      string `json:"doi,omitempty"`
		Revision int    `json:"rev,omitempty"`
	}
	// Reviewed: the community is chosen.
	Reviewed struct{}
	// Announced files of the draft.
	Announced struct {
		Keys  []string `json:"keys,omitempty"`
		Taken []string `json:"taken,omitempty"` // back: the server did not make them
	}
	// Unarchiving data sets.
	Unarchiving struct {
		DataSets []string `json:"keys,omitempty"` // permIds
	}
	// Sending a package.
	Sending struct {
		Package string `json:"pkg,omitempty"`
		Attempt int    `json:"n,omitempty"`
	}
	// Sent all bytes of a package; it is not committed yet.
	Sent struct {
		Package string `json:"pkg,omitempty"`
		Bytes   int64  `json:"bytes,omitempty"`
		MD5     string `json:"md5,omitempty"` // hex, as measured while sending
		SHA256  string `json:"sha256,omitempty"`
	}
	// Confirmed: Zenodo has the package with this length and MD5.
	Confirmed struct {
		Package string `json:"pkg,omitempty"`
		Bytes   int64  `json:"bytes,omitempty"`
		MD5     string `json:"md5,omitempty"`
		SHA256  string `json:"sha256,omitempty"`
	}
	// Deleting one file at Zenodo, which is to be sent again.
	Deleting struct {
		Package string `json:"pkg,omitempty"`
	}
	// Omitted a file that can't be had.
	Omitted struct {
		Package  string          `json:"pkg,omitempty"`
		Omission *omission.Entry `json:"omission,omitempty"`
	}
	// Importing the files of the former version.
	Importing struct {
		Of string `json:"id,omitempty"`
	}
	// Reused what stands of the former version; the rest of it is deleted again.
	Reused struct{}
	// Differs: the server stored other metadata than was sent.
	Differs struct {
		Texts []string `json:"differs,omitempty"`
	}
	// HandedOver: the last save of the draft is done, its marker is out.
	HandedOver struct {
		Revision int `json:"rev,omitempty"`
	}
	// Uploaded: the draft is complete.
	Uploaded struct {
		ID    string `json:"id,omitempty"`
		Bytes int64  `json:"bytes,omitempty"`
	}
	// Interrupted a run.
	Interrupted struct {
		Reason string `json:"reason,omitempty"`
		Kind   string `json:"kind,omitempty"`
	}
	// Failed a run.
	Failed struct {
		Reason    string              `json:"reason,omitempty"`
		Kind      string              `json:"kind,omitempty"`
		Resumable bool                `json:"resume,omitempty"`
		Fields    []zenodo.FieldError `json:"fields,omitempty"`
	}
	// Vanished: the draft is gone while the upload was not complete.
	Vanished struct {
		ID     string `json:"id,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	// Seen at Zenodo.
	Seen struct {
		State  State  `json:"state,omitempty"`
		DOI    string `json:"doi,omitempty"`
		URL    string `json:"url,omitempty"`
		Title  string `json:"title,omitempty"`
		Review Review `json:"review,omitempty"`
		Reason string `json:"reason,omitempty"`
		// Lacking are the packages that were not published, or not as they were planned.
		Lacking []string `json:"lacking,omitempty"`
	}
	// Registering the publication in openBIS.
	Registering struct {
		DOI string `json:"doi,omitempty"`
	}
	// NotRegistered: a registration failed; Perhaps says that it may have
	// happened all the same.
	NotRegistered struct {
		Reason  string `json:"reason,omitempty"`
		Perhaps bool   `json:"confirmed,omitempty"`
	}
	// Registered the publication.
	Registered struct {
		Objects []string `json:"objects,omitempty"`   // permIds
		Seen    bool     `json:"confirmed,omitempty"` // and not only reported
		Reason  string   `json:"reason,omitempty"`
	}
	// Discarding the draft.
	Discarding struct{}
	// Discarded: the job is closed.
	Discarded struct {
		Reason string `json:"reason,omitempty"`
	}
)

func (Planned) step() string       { return "planned" }
func (Started) step() string       { return "started" }
func (Creating) step() string      { return "draft-creating" }
func (NotCreated) step() string    { return "draft-refused" }
func (Created) step() string       { return "draft" }
func (Versioning) step() string    { return "versioning" }
func (Saved) step() string         { return "saved" }
func (Reserved) step() string      { return "doi" }
func (Reviewed) step() string      { return "review" }
func (Announced) step() string     { return "announced" }
func (Unarchiving) step() string   { return "unarchiving" }
func (Sending) step() string       { return "sending" }
func (Sent) step() string          { return "sent" }
func (Confirmed) step() string     { return "confirmed" }
func (Deleting) step() string      { return "deleting" }
func (Omitted) step() string       { return "omitted" }
func (Importing) step() string     { return "importing" }
func (Reused) step() string        { return "reused" }
func (Differs) step() string       { return "differs" }
func (HandedOver) step() string    { return "handed-over" }
func (Uploaded) step() string      { return "uploaded" }
func (Interrupted) step() string   { return "interrupted" }
func (Failed) step() string        { return "failed" }
func (Vanished) step() string      { return "draft-gone" }
func (Seen) step() string          { return "state" }
func (Registering) step() string   { return "registering" }
func (NotRegistered) step() string { return "register-failed" }
func (Registered) step() string    { return "registered" }
func (Discarding) step() string    { return "discarding" }
func (Discarded) step() string     { return "discarded" }

// blanks are the records to be read into.
func blanks() []Record {
	return []Record{
		&Planned{}, &Started{}, &Creating{}, &NotCreated{}, &Versioning{}, &Created{}, &Saved{}, &Reserved{}, &Reviewed{}, &Announced{},
		&Unarchiving{}, &Sending{}, &Sent{}, &Confirmed{}, &Deleting{}, &Omitted{}, &Importing{}, &Reused{},
		&Differs{}, &HandedOver{}, &Uploaded{}, &Interrupted{}, &Failed{},
		&Vanished{}, &Seen{}, &Registering{}, &NotRegistered{}, &Registered{}, &Discarding{}, &Discarded{},
	}
}

// durable reports whether a record has to survive a power cut before the next
// step begins.
func durable(r Record) bool {
	switch r.step() {
	case (Started{}).step(), (Sending{}).step(), (Interrupted{}).step():
		return false
	}
	return true
}

// heading is what every line begins with.
type heading struct {
	Time time.Time `json:"t"`
	Step string    `json:"e"`
}

// encode makes a line, with its line feed.
func encode(at time.Time, r Record) ([]byte, error) {
	head, err := json.Marshal(heading{at, r.step()})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(body, []byte("{}")) {
		return append(head, '\n'), nil
	}
	line := append(head[:len(head)-1], ',')
	return append(append(line, body[1:]...), '\n'), nil
}

// decode reads a line. A step of a later version is an error.
func decode(line []byte) (time.Time, Record, error) {
	var h heading
	if err := json.Unmarshal(line, &h); err != nil {
		return h.Time, nil, err
	}
	for _, r := range blanks() {
		if r.step() == h.Step {
			return h.Time, r, json.Unmarshal(line, r)
		}
	}
	return h.Time, nil, fmt.Errorf("unknown step %q", h.Step)
}
