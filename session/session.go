package session

import (
	"context"
	"fmt"
	"sync"

	"zenobis/config"
	"zenobis/export"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/zenodo"
)

// Session is an open session at one openBIS, with what it needs of Zenodo. The
// client's methods read openBIS. Safe for concurrent use.
type Session struct {
	*openbis.Client
	settings *Settings
	account  *account

	mu     sync.Mutex
	token  config.Secret
	zenodo *zenodo.Client // with token, which its server has accepted

	runs     *export.Engine // the one engine that runs exports, made for runsWith
	runsWith *zenodo.Client

	service *bool // whether openBIS has its service for publications; nil before it was asked
	// answers that hold as long as those in memory: the spaces of what was selected, and
	// whether one may record a publication for a group.
	spaces map[selection.Key]string
	may    map[string]bool

	memory *export.Memory // of one plan for the next, where a person looks at plans; else nil

	who   Who
	ahead *ahead // what is asked beside other things; nil without Open
}

// Who is the person of a session.
type Who struct {
	Server    string // address
	Person    openbis.Person
	HomeSpace string // code, "" if none
	PAT       bool   // a personal access token: openBIS lets it write no settings
	PATs      bool   // the server knows personal access tokens
	Groups    Groups // of a server with several; nil if that can't be known
	// Refused says why this lab or this user may not export; "" if they may.
	Refused string
}

// meet asks for what the screens show of the session. What openBIS does not tell is
// left out; that it does not answer is the error.
func (s *Session) meet(ctx context.Context) error {
	me := s.Client.Session()
	w := Who{Server: s.Client.URL(), Person: me.Person, HomeSpace: me.HomeSpace, PAT: me.PAT}
	info, err := s.Client.Info(ctx)
	if lasting(ctx, err) {
		return err
	}
	w.PATs = err == nil && info.PATs
	if w.Groups, err = s.Groups(ctx); lasting(ctx, err) {
		return fmt.Errorf("look which groups there are: %w", err)
	}
	if _, err = s.Switch(ctx); lasting(ctx, err) {
		return err
	} else if err != nil {
		x := Explain(err)
		w.Refused = x.What + "; " + x.Do
	}
	s.who = w
	return nil
}

// Who is whose session this is, as it was when it was opened; with what it was
// opened again tells whether it is by a personal access token.
func (s *Session) Who() Who {
	w := s.who
	if me := s.Client.Session(); me.Person.UserID != "" { // logged in
		w.PAT = me.PAT
	}
	return w
}
