// Package openbis is a client of the openBIS V3 API: session, browsing, files,
// pictures, settings and publications.
package openbis

import (
	"log/slog"
	"net/http"
)

// Options say where an openBIS is and how it is reached.
type Options struct {
	URL       string       // of the application server; https unless it says http
	HTTP      *http.Client // without redirects, cookies and compression (wire.Client)
	UserAgent string
	// DataStores says where a data store is reached, by its code, instead of
	// at the address that openBIS announces.
	DataStores map[string]string
	// AllowStore consents to a data store on another host or without TLS.
	// Nil consents to none.
	AllowStore func(DataStore) bool
	Log        *slog.Logger // nil for none
}

// Client talks to one openBIS as one user. Safe for concurrent use.
type Client struct {
	o Options
}
