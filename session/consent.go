package session

import (
	"slices"
	"sync"

	"zenobis/openbis"
)

// consent remembers data stores that wait for a person's word.
type consent struct {
	mu      sync.Mutex
	allowed map[string]bool // by code
	pending []openbis.DataStore
}

// allow reports whether the session may go to a data store, and asks if not.
func (c *consent) allow(s openbis.DataStore) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.allowed[s.Code] {
		return true
	}
	if !slices.Contains(c.pending, s) {
		c.pending = append(c.pending, s)
	}
	return false
}

// PendingStores are data stores that were met and need consent before the
// session is sent there (another host, or no TLS). No network.
func (s *Session) PendingStores() []openbis.DataStore {
	s.account.consent.mu.Lock()
	defer s.account.consent.mu.Unlock()
	return slices.Clone(s.account.consent.pending)
}

// AllowStore consents to a data store for the rest of the session.
func (s *Session) AllowStore(code string) {
	s.account.consent.mu.Lock()
	defer s.account.consent.mu.Unlock()
	if s.account.consent.allowed == nil {
		s.account.consent.allowed = map[string]bool{}
	}
	s.account.consent.allowed[code] = true
	s.account.consent.pending = slices.DeleteFunc(s.account.consent.pending, func(p openbis.DataStore) bool { return p.Code == code })
}
