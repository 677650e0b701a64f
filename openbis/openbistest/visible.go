package openbistest

import "zenobis/openbis/openbistest/labdata"

// sees reports whether a user may see an entity. Shared objects are visible
// to everybody, a space to everybody who has a role in it or in one of its
// projects.
func (s *Server) sees(u *labdata.User, e *labdata.Entity) bool {
	if e == nil || e.Trashed {
		return false
	}
	if s.hidesPublication(e) {
		return false
	}
	if u.Rank(e) > labdata.RankNone {
		return true
	}
	switch e.Kind {
	case labdata.KindSpace:
		return u.ProjectSpaces[e.Code]
	case labdata.KindSample, labdata.KindDataSet:
		return e.Space == nil
	}
	return false
}

// hidesPublication is the fault that takes publications out of sight.
func (s *Server) hidesPublication(e *labdata.Entity) bool {
	if !labdata.IsPublication(e) {
		return false
	}
	return s.hit(FaultPublicationsInvisible, "", "")
}
