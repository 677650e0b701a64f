package openbistest

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// session is one login.
type session struct {
	token string
	user  *labdata.User
	used  time.Time
}

// pat is a personal access token.
type pat struct {
	token, name          string
	owner                *labdata.User
	from, to             time.Time
	registered, accessed time.Time
}

const patPrefix = "$pat-"

// caller is who asks: a user by a session or by a personal access token.
type caller struct {
	user  *labdata.User
	token string
	pat   *pat // nil for a session
}

func (s *Server) newToken(user string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	t := s.now().UTC()
	return fmt.Sprintf("%s-%s%03dx%s", user, t.Format("060102150405"), t.Nanosecond()/1e6, strings.ToUpper(hex.EncodeToString(b[:])))
}

// login opens a session, nil without an error for a wrong password. The
// oldest session of the user ends when there are too many.
func (s *Server) login(userID, password string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.lab.Users[userID]
	if u == nil || u.Inactive || u.Password == "" || u.Password != password {
		return nil, nil
	}
	if len(u.Roles) == 0 {
		return nil, jackson.UserFailure(fmt.Sprintf("User '%s' has no role assignments and thus is not permitted to login.", userID)).Bare()
	}
	return s.open(u).token, nil
}

func (s *Server) open(u *labdata.User) *session {
	var mine []*session
	for _, o := range s.order {
		if o.user == u {
			mine = append(mine, o)
		}
	}
	if s.o.MaxSessions > 0 && len(mine) >= s.o.MaxSessions {
		s.end(mine[0])
	}
	n := &session{token: s.newToken(u.UserID), user: u, used: s.now()}
	s.sessions[n.token] = n
	s.order = append(s.order, n)
	return n
}

func (s *Server) end(x *session) {
	delete(s.sessions, x.token)
	for i, o := range s.order {
		if o == x {
			s.order = append(s.order[:i:i], s.order[i+1:]...)
			break
		}
	}
}

// endSessions ends all: by their age, or because the server started anew. The
// data store server goes on trusting those of the server before.
func (s *Server) endSessions(restarted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.order {
		if restarted {
			s.trusted[x.token] = x.user
		} else {
			s.expired[x.token] = true
		}
	}
	s.sessions, s.order = map[string]*session{}, nil
}

// OpenSessions counts the sessions that have not ended; personal access
// tokens are none.
func (s *Server) OpenSessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	return len(s.sessions)
}

func (s *Server) expire() {
	now := s.now()
	for _, x := range append([]*session(nil), s.order...) {
		if now.Sub(x.used) > s.o.SessionTimeout {
			s.expired[x.token] = true
			s.end(x)
		}
	}
}

// caller finds out who asks and keeps the session alive.
func (s *Server) caller(token string) (*caller, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token == "" {
		return nil, jackson.UserFailure("Hash cannot be empty.").Bare()
	}
	if strings.HasPrefix(token, patPrefix) {
		for _, p := range s.tokens {
			if p.token != token {
				continue
			}
			switch now := s.now(); {
			case now.Before(p.from):
				return nil, jackson.InvalidSession("Personal access token is not yet valid.")
			case now.After(p.to):
				return nil, jackson.InvalidSession("Personal access token is no longer valid.")
			}
			p.accessed = s.now()
			return &caller{user: p.owner, token: token, pat: p}, nil
		}
		return nil, notLoggedIn(token)
	}
	s.expire()
	x := s.sessions[token]
	if x == nil {
		if s.expired[token] {
			return nil, jackson.InvalidSession("Session no longer available. Please login again.")
		}
		return nil, notLoggedIn(token)
	}
	x.used = s.now()
	return &caller{user: x.user, token: token}, nil
}

func notLoggedIn(token string) *jackson.Exception {
	return jackson.InvalidSession("Session token '" + token + "' is invalid: user is not logged in.")
}

func (s *Server) logout(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.sessions[token]; x != nil {
		s.end(x)
	}
}

// addLabPATs makes the lab's tokens and one for the first user.
func (s *Server) addLabPATs() {
	for _, p := range s.lab.Pats {
		u := s.lab.Users[p.User]
		if u == nil {
			panic("openbistest: personal access token of unknown user " + p.User)
		}
		t := &pat{token: p.Token, name: cmp.Or(p.Session, "session"), owner: u, from: p.From, to: p.To, registered: s.now()}
		if t.token == "" {
			t.token = patPrefix + s.newToken(u.UserID)
		}
		if t.from.IsZero() {
			t.from = labdata.LabEpoch()
		}
		if t.to.IsZero() {
			t.to = time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		s.tokens = append(s.tokens, t)
		if p.User == s.User && s.PAT == "" {
			s.PAT = t.token
		}
	}
	if s.PAT == "" && !s.o.NoPATs {
		t := &pat{token: patPrefix + s.newToken(s.User), name: "openbistest", owner: s.lab.Users[s.User], from: labdata.LabEpoch(),
			to: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), registered: s.now()}
		s.tokens, s.PAT = append(s.tokens, t), t.token
	}
}
