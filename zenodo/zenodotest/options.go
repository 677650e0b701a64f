package zenodotest

import (
	"time"

	"zenobis/fakehttp"
)

// Profile says which kind of instance the server plays.
type Profile string

// The profiles. They differ in ids, default JSON, quota, vocabularies, DOI
// prefix and permissions of multipart uploads. The legacy deposit API that
// Zenodo and its sandbox also have is not played: nothing here calls it.
const (
	Zenodo     Profile = "zenodo"
	Sandbox    Profile = "sandbox"
	InvenioRDM Profile = "inveniordm"
)

// Options configure a Server. The zero value is a Zenodo with its public limits.
type Options struct {
	fakehttp.Options

	Profile  Profile // default Zenodo
	SiteName string  // publisher and site name; default after the profile
	BaseURL  string  // address in links; default the address it listens on
	Prefix   string  // DOI prefix; default 10.5281, 10.5072, 10.5072
	NoDOI    bool    // an instance that registers no DOIs: reserving one fails
	Quota    int64   // bytes of all files of a draft; default 50e9, InvenioRDM 10e9
	MaxFiles int     // files of a draft; default 100

	Token string        // the owner's token; default a fixed one of 60 characters
	Lag   time.Duration // until lists see a new or changed draft; deletions are seen at once
	Seed  uint64        // of ids and file ids

	// RateLimit is requests a minute for one User-Agent and address. 0: 1000
	// with a token and 133 without; negative: none.
	RateLimit int

	DiscardContent bool          // keep only size and MD5 of what is uploaded
	MemoryLimit    int64         // bytes of content kept in memory in total; default 64 MB, beyond it a temp file
	SpoolDir       string        // where the temp file lives; default os.TempDir()
	BodyTimeout    time.Duration // silence of an uploader before it is cut off; default 60 s
}

// defaults fills what was left out.
func (o Options) defaults() Options {
	if o.Profile == "" {
		o.Profile = Zenodo
	}
	if o.SiteName == "" {
		o.SiteName = "Zenodo"
		if o.Profile == InvenioRDM {
			o.SiteName = "Lab"
		}
	}
	if o.Prefix == "" {
		o.Prefix = "10.5281"
		if o.Profile != Zenodo {
			o.Prefix = "10.5072"
		}
	}
	if o.Quota == 0 {
		o.Quota = 50e9
		if o.Profile == InvenioRDM {
			o.Quota = 10e9
		}
	}
	if o.MaxFiles == 0 {
		o.MaxFiles = 100
	}
	if o.MemoryLimit == 0 {
		o.MemoryLimit = 64 << 20
	}
	if o.BodyTimeout == 0 {
		o.BodyTimeout = 60 * time.Second
	}
	return o
}

// zenodo reports whether the instance has Zenodo's own site package.
func (o Options) zenodo() bool { return o.Profile != InvenioRDM }
