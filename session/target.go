package session

import (
	"fmt"

	"zenobis/config"
)

// At is the same session for another Zenodo, for which a token is still to be
// found or typed. The login is shared: closing one closes both. A token that
// was given to this run by its environment goes to no other host, so then it is
// refused, as it is where the site's file fixes the target.
func (s *Session) At(zenodo string) (*Session, Target, error) {
	if own := s.settings.Config.Zenodo.URL; zenodo != own && s.settings.Env(config.EnvZenodoToken) != "" {
		return nil, Target{}, &config.Error{Where: "zenodo.url", What: fmt.Sprintf(
			"the token of this run is for %s: start again with --zenodo %s", own, zenodo)}
	}
	if err := s.settings.Config.Keeps("zenodo.url", zenodo, "another target"); err != nil {
		return nil, Target{}, err
	}
	settings := s.settings.at(zenodo)
	other := &Session{Client: s.Client, settings: settings, account: s.account, who: s.who}
	return other, settings.Facts().Zenodo, nil
}
