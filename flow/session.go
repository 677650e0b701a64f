package flow

import (
	"cmp"
	"context"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/session"
	"zenobis/wire"
)

// Backend is what a front end needs before and beside a login at openBIS. All
// calls with a context may block.
type Backend interface {
	// Facts is what the configuration says. No network.
	Facts() session.Facts
	// Waiting is what the calls to the servers wait for at the moment, such as
	// one that does not answer; "" for nothing.
	Waiting() string
	// Connect opens a session, with a password or with a token handed in. The
	// errors of package openbis tell which field is concerned.
	Connect(ctx context.Context, l session.Login) (Session, error)

	// Keep keeps a file of this name (a constant of this package) in the state
	// directory for the next start, nil takes it away; Kept returns it, nil where
	// nothing was kept.
	Keep(name string, data []byte) error
	Kept(name string) ([]byte, error)

	Keeper
	Handoff
}

// Keeper keeps the exports known on this machine, newest first. Without a login
// it does what it can: looking at Zenodo needs none, registering does; a session
// does everything, with the token that was typed in it.
type Keeper interface {
	Jobs(ctx context.Context) ([]export.Job, error)
	// Sync looks at one export ("" = all) and registers what was published.
	Sync(ctx context.Context, jobID string) ([]export.Job, error)
	Discard(ctx context.Context, jobID string) error
}

// Handoff brings a person to a web page. Clipboard bytes for the terminal
// (OSC 52) and the hyperlink are written by the screens themselves.
type Handoff interface {
	// OpenBrowser starts a browser; false with the reason, fit to be shown,
	// where there is none (SSH, no display, BROWSER=none).
	OpenBrowser(ctx context.Context, url string) (bool, string)
	// CopyBeside hands the text to a terminal multiplexer's buffer as well
	// (tmux load-buffer); without one it does nothing.
	CopyBeside(ctx context.Context, text string)
	// QR draws the address as half blocks, light modules drawn, lines of equal
	// width; nil where it cannot be encoded.
	QR(url string) []string
}

// OpenedText says that a page was opened by it.
const OpenedText = "Opened in your browser."

// Session is an open session at openBIS.
type Session interface {
	Catalog
	Account
	Tokens
	Describer
	Engine
	Keeper
	// At is the same session for another Zenodo, without a token for it yet.
	At(zenodo string) (Session, session.Target, error)
	// Renew opens the session again after openbis.ErrSession, with what its person
	// typed, a password or a token; what was loaded and planned stays.
	Renew(ctx context.Context, typed string) error
	// Close logs out a session that Connect opened with a password.
	Close(ctx context.Context) error
}

// Catalog reads openBIS. The methods are those of *openbis.Client.
type Catalog interface {
	Spaces(ctx context.Context) ([]openbis.Entity, error)
	Lists
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Types(ctx context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error)
	Find(ctx context.Context, q openbis.Query, limit int) (list []openbis.Entity, total int, err error)
	Files(ctx context.Context, store openbis.DataStore, dataSet string, yield func(openbis.File) error) error
	// Published tells under which DOI things were published before, by permId.
	Published(ctx context.Context) (map[string]string, error)
}

// Lists are the listings that the tree is made of, a page at a time.
type Lists interface {
	Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Collections(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionObjects(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	ProjectObjects(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	SpaceObjects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	ChildObjects(ctx context.Context, objectPermID, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionDataSets(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	ObjectDataSets(ctx context.Context, objectPermID string, p openbis.Page) (openbis.Listing, error)
	// Families lists what is below several objects.
	Families(ctx context.Context, objects []openbis.Ref) ([]openbis.Family, error)
	// Below and Total list and count all objects or data sets below a space, a
	// project or a collection.
	Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error)
	Total(ctx context.Context, kind openbis.Kind, node openbis.Ref) (int, error)
}

// Account is who is logged in, and what only that person can decide.
type Account interface {
	Who() session.Who
	// PendingStores are data stores that were met and need consent before the
	// session is sent there (another host, or no TLS). No network.
	PendingStores() []openbis.DataStore
	AllowStore(code string)
	// RememberPAT creates a personal access token valid until then and keeps it
	// in a 0600 file for the next start; it returns where.
	RememberPAT(ctx context.Context, until time.Time) (string, error)
}

// Tokens is the way to a Zenodo token.
type Tokens interface {
	// FindToken looks into environment, command, file and profile, and checks
	// what it finds at Zenodo. From is a phrase such as "from your openBIS
	// profile". session.ErrNoToken where there is none; zenodo.ErrToken (with
	// From set) where the one found is refused.
	FindToken(ctx context.Context) (from string, err error)
	// UseToken checks a typed token and uses it from now on.
	UseToken(ctx context.Context, token string) error
	// TakeToken goes on with the token of a former session of the same person.
	TakeToken(former Session)
	// KeepToken keeps the token in use.
	KeepToken(ctx context.Context, where session.TokenPlace) error
}

// Describer prefills and checks the description.
type Describer interface {
	DefaultMetadata(ctx context.Context, s selection.Selection) (record.Metadata, record.Offers, error)
	// NextMetadata is what the next version of a published record begins with.
	NextMetadata(ctx context.Context, s selection.Selection, of string) (record.Metadata, record.Offers, error)
	// Validate says what is wrong, in the words of the field. Field is its name
	// in a metadata file, perhaps with an index: "creators.0.orcid". No network.
	Validate(m record.Metadata) []record.FieldError
	// Lookup finds what stands where the cursor is in a field; see record.QueryAt.
	Lookup(ctx context.Context, q record.Query) ([]record.Choice, error)
	// Check asks Zenodo about metadata as a plan does.
	Check(ctx context.Context, m record.Metadata) (record.Report, error)
	// MeKnown reports whether the ORCID of who is logged in is known; KeepMe keeps
	// what they say of themselves, to be filled in from now on.
	MeKnown() bool
	KeepMe(a record.Agent) error
}

// Engine plans and runs exports; see package export.
type Engine interface {
	// Plan resolves a request. Dry keeps nothing; otherwise the plan is a job
	// that Start takes and Discard drops. A plan above a limit comes together
	// with its *export.LimitError, so that it can be shown.
	Plan(ctx context.Context, r export.Request, dry bool, progress func(stage string, n int)) (export.Job, *export.Plan, error)
	// ForgetAnswers lets the next plan ask openBIS for everything anew; else it
	// goes by what the one before was told.
	ForgetAnswers()
	// Orphans are drafts at Zenodo that an export made and none on this computer
	// needs; DiscardOrphan deletes one of them.
	Orphans(ctx context.Context) ([]export.Orphan, error)
	DiscardOrphan(ctx context.Context, draft string) error
	// Start also resumes. The run outlives ctx only as far as the engine says:
	// give it the program's context, not a screen's.
	Start(ctx context.Context, jobID string) (session.Running, error)
	// Watch looks at a draft until it is settled or ctx ends, and registers it
	// when it was published; see gets every change of state.
	Watch(ctx context.Context, jobID string, every time.Duration, see func(export.Job)) error
}

// Over makes a Backend of the settings that the process was started with.
func Over(s *session.Settings) Backend { return backend{s} }

type backend struct{ *session.Settings }

func (b backend) Connect(ctx context.Context, l session.Login) (Session, error) {
	s, err := b.Settings.Connect(ctx, l)
	if err != nil {
		return nil, err
	}
	return opened{s}, nil
}

// opened is an open session.
type opened struct{ *session.Session }

// TakeToken implements Tokens.
func (o opened) TakeToken(former Session) {
	if f, ok := former.(opened); ok {
		o.Session.TakeToken(f.Session)
	}
}

// KeepPlace is one choice of where to keep a Zenodo token.
type KeepPlace struct {
	Where session.TokenPlace
	Label string
	Off   string // why it can't be chosen; "" if it can
}

// KeepPlaces are the choices.
func (f *Flow) KeepPlaces() []KeepPlace {
	profile, off := "keep it in my openBIS profile (instance admins can read it there)", ""
	if f.Who.PAT {
		profile, off = "not in my openBIS profile", "personal access tokens may not write there"
	}
	return []KeepPlace{
		{session.KeepNowhere, "only use it now", ""},
		{session.KeepProfile, profile, off},
		{session.KeepFile, "keep it in a file for you alone: " + f.Facts.TokenFile, ""},
	}
}

// Host is the part of an address that a person recognises.
func Host(address string) string {
	return cmp.Or(wire.Host(address), address)
}

// Words is an error as a person reads it: what happened, the likely cause, what
// to do now.
func Words(err error) string {
	return session.Explain(err).String()
}
