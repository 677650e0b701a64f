package openbis

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"zenobis/safetext"
)

// storeURL reads the address of a data store: with or without
// /datastore_server and slash at the end.
func storeURL(s string) (*url.URL, error) {
	if strings.TrimSpace(s) == "" {
		return nil, errors.New("is empty")
	}
	u, err := normalise(s)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, "/datastore_server"), "/")
	return u, nil
}

// trimStore is the address of a store as Entity holds it.
func trimStore(s string) string {
	return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(safetext.Line(s), "/"), "/datastore_server"), "/")
}

// reach says where a data store is reached. Sessions are sent there, so an
// address that openBIS merely announces must be on its own host, and with TLS
// where openBIS has TLS; anything else needs consent or ErrStoreURL results.
func (c *Client) reach(s DataStore) (*url.URL, error) {
	u, err := c.addressOf(s)
	if err != nil {
		return nil, fmt.Errorf("%w: the address of data store %s %w", ErrStoreURL, safetext.Line(s.Code), err)
	}
	if err := c.private(u); err != nil {
		return nil, fmt.Errorf("data store %s: %w", safetext.Line(s.Code), err)
	}
	if c.NeedsConsent(s) && (c.o.AllowStore == nil || !c.o.AllowStore(s)) {
		return nil, fmt.Errorf("%w: data store %s is at %s", ErrStoreURL, safetext.Line(s.Code), safetext.Line(u.String()))
	}
	return u, nil
}

// addressOf is the configured address of a data store, else the announced one.
func (c *Client) addressOf(s DataStore) (*url.URL, error) {
	for code, address := range c.o.DataStores {
		if strings.EqualFold(code, s.Code) {
			return storeURL(address)
		}
	}
	return storeURL(s.URL)
}

// NeedsConsent reports whether AllowStore decides about a data store: its
// address is on another host than openBIS, or has no TLS although openBIS has,
// and Options.DataStores does not name it.
func (c *Client) NeedsConsent(s DataStore) bool {
	for code := range c.o.DataStores {
		if strings.EqualFold(code, s.Code) {
			return false
		}
	}
	u, err := storeURL(s.URL)
	if err != nil {
		return false // can't be reached, with or without consent
	}
	return !strings.EqualFold(u.Hostname(), c.base.Hostname()) || (c.base.Scheme == "https" && u.Scheme != "https")
}
