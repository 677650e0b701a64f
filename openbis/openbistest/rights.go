package openbistest

// Ranks of roles: each may do what the ones below it may.
const (
	rankNone = iota
	rankObserver
	rankUser
	rankPower
	rankAdmin
)

func rankOf(role string) int {
	switch role {
	case "OBSERVER":
		return rankObserver
	case "USER":
		return rankUser
	case "POWER_USER":
		return rankPower
	case "ADMIN":
		return rankAdmin
	}
	return rankNone
}

// readRoles turns the list of roles into what visibility asks for.
func (u *user) readRoles() {
	u.instanceRole, u.spaceRole, u.projectRole, u.projectSpaces = rankNone, map[string]int{}, map[string]int{}, map[string]bool{}
	for _, r := range u.roles {
		rank := rankOf(r.Role)
		switch {
		case r.Project != "":
			u.projectRole[r.Project] = max(rank, u.projectRole[r.Project])
			if p := splitIdentifier(r.Project); len(p) == 2 {
				u.projectSpaces[p[0]] = true
			}
		case r.Space != "":
			u.spaceRole[r.Space] = max(rank, u.spaceRole[r.Space])
		default:
			u.instanceRole = max(rank, u.instanceRole)
		}
	}
}

// rank is the strongest role of a user for an entity.
func (u *user) rank(e *entity) int {
	r := u.instanceRole
	space, project := e.space, e.project
	switch e.kind {
	case kindSpace:
		space = e
	case kindProject:
		project = e
	}
	if space != nil {
		r = max(r, u.spaceRole[space.code])
	}
	if project != nil {
		r = max(r, u.projectRole[project.identifier])
	}
	return r
}

// sees reports whether a user may see an entity. Shared objects are visible
// to everybody, a space to everybody who has a role in it or in one of its
// projects.
func (s *Server) sees(u *user, e *entity) bool {
	if e == nil || e.trashed {
		return false
	}
	if s.hidesPublication(e) {
		return false
	}
	if u.rank(e) > rankNone {
		return true
	}
	switch e.kind {
	case kindSpace:
		return u.projectSpaces[e.code]
	case kindSample, kindDataSet:
		return e.space == nil
	}
	return false
}

// hidesPublication is the fault that takes publications out of sight.
func (s *Server) hidesPublication(e *entity) bool {
	if !isPublication(e) {
		return false
	}
	return s.hit(FaultPublicationsInvisible, "", "")
}

func isPublication(e *entity) bool {
	const suffix = "PUBLICATIONS"
	code := ""
	switch {
	case e.kind == kindSpace:
		code = e.code
	case e.space != nil:
		code = e.space.code
	}
	return len(code) >= len(suffix) && code[len(code)-len(suffix):] == suffix ||
		e.kind == kindSample && e.typ != nil && e.typ.code == "PUBLICATION"
}
