// Package failure has the kinds of failure that the engine, the commands and
// the screens tell apart. A kind knows the program's exit status and whether an
// export that ended with it can be resumed. What an Error does not say itself, session has
// words for.
package failure

// The exit statuses of the program.
const (
	StatusDone        = 0
	StatusFailed      = 1
	StatusUsage       = 2 // wrong use or configuration
	StatusLogin       = 3 // a login or token was refused or is missing
	StatusRefused     = 4 // refused before anything was sent
	StatusInterrupted = 5 // can be resumed
)

// Kind is what kind of failure an error is. A kind is an error too, so that
// errors.Is(err, failure.Running) asks for it. The zero value is Failed.
type Kind uint8

// The kinds, by exit status.
const (
	Failed         Kind = iota // whatever has no kind of its own
	Unreachable                // a server does not answer, or not to the end
	Blocked                    // the server refuses this network
	RateLimited                // too many requests
	Quota                      // the data is larger than the record may be
	RequestSize                // the server takes less in one request than a package has
	CorruptUpload              // the server has other bytes than those sent
	DataStore                  // a data store at an address that is not allowed
	WrongServer                // what answers is not the server that it should be, or too old
	Rights                     // the user may not do this
	Disk                       // the state directory is full or can't be written, under way
	BrokenFile                 // a file of openBIS that can't be had
	DraftGone                  // the draft was deleted
	DraftEdited                // the draft is edited while it is filled
	PublishedEarly             // the draft was published before it was complete
	Gone                       // the record or draft is not there
	Running                    // another process works on the export
	Registration               // the publication could not be registered
	OtherVersion               // another version of the program planned the export, in another way
	NotComparable              // nothing tells what a record should hold

	Usage
	Configuration
	NothingToDo
	NotResumable // the export ended for good
	NotRunning   // no process works on the export
	NoJob        // no such export
	NoRecord     // no such record at Zenodo

	Login
	Token

	Refused
	Nothing     // nothing selected, or nothing of it can be sent
	NotFound    // the selection names what is not there or not visible
	Limits      // above a limit of the server or the lab
	Findings    // private details in what would be published
	SwitchedOff // by the lab manager
	Published   // the record is published already
	InReview    // the draft is in review
	DraftOpen   // a draft of a new version is open that is not ours
	Invalid     // the metadata is not as it should be
	StateDir    // the state directory can't be used, before anything was sent

	Interrupted

	last
)

// kinds says for each kind its word in events and journals, its exit status and
// whether an export can be resumed after it. Two kinds may share a word.
var kinds = [last]struct {
	word      string
	status    int
	resumable bool
}{
	Failed:         {"failed", StatusFailed, true},
	Unreachable:    {"unreachable", StatusFailed, true},
	Blocked:        {"blocked", StatusFailed, true},
	RateLimited:    {"rate", StatusFailed, true},
	Quota:          {"quota", StatusFailed, true},
	RequestSize:    {"request-size", StatusFailed, false},
	CorruptUpload:  {"corrupt-upload", StatusFailed, true},
	DataStore:      {"data-store", StatusFailed, true},
	WrongServer:    {"server", StatusFailed, true},
	Rights:         {"rights", StatusFailed, true},
	Disk:           {"disk", StatusFailed, true},
	BrokenFile:     {"broken-file", StatusFailed, true},
	DraftGone:      {"draft-gone", StatusFailed, true},
	DraftEdited:    {"draft-edited", StatusFailed, true},
	PublishedEarly: {"published", StatusFailed, false},
	Gone:           {"gone", StatusFailed, false},
	Running:        {"running", StatusFailed, false},
	Registration:   {"registration", StatusFailed, false},
	OtherVersion:   {"other-version", StatusFailed, false},
	NotComparable:  {"not-comparable", StatusFailed, false},
	Usage:          {"usage", StatusUsage, false},
	Configuration:  {"configuration", StatusUsage, false},
	NothingToDo:    {"nothing-to-do", StatusUsage, false},
	NotResumable:   {"not-resumable", StatusUsage, false},
	NotRunning:     {"not-running", StatusUsage, false},
	NoJob:          {"not-found", StatusUsage, false},
	NoRecord:       {"not-found", StatusUsage, false},
	Login:          {"login", StatusLogin, true},
	Token:          {"token", StatusLogin, true},
	Refused:        {"refused", StatusRefused, false},
	Nothing:        {"nothing", StatusRefused, false},
	NotFound:       {"not-found", StatusRefused, false},
	Limits:         {"limits", StatusRefused, false},
	Findings:       {"findings", StatusRefused, false},
	SwitchedOff:    {"switched-off", StatusRefused, false},
	Published:      {"published", StatusRefused, false},
	InReview:       {"in-review", StatusRefused, false},
	DraftOpen:      {"draft-open", StatusRefused, false},
	Invalid:        {"invalid", StatusRefused, false},
	StateDir:       {"disk", StatusRefused, false},
	Interrupted:    {"interrupted", StatusInterrupted, true},
}

// String is the kind's word in events and journals.
func (k Kind) String() string { return kinds[k].word }

// Error implements error.
func (k Kind) Error() string { return kinds[k].word }

// ExitStatus is the exit status of a program that ends with such a failure.
func (k Kind) ExitStatus() int { return kinds[k].status }

// Resumable reports whether an export that ended so can be resumed.
func (k Kind) Resumable() bool { return kinds[k].resumable }

// FailureKind implements Kinder.
func (k Kind) FailureKind() Kind { return k }

// Parse returns the first kind with this word, Failed for an unknown one.
func Parse(word string) Kind {
	for k := range last {
		if kinds[k].word == word {
			return k
		}
	}
	return Failed
}
