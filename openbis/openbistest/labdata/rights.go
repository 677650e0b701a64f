package labdata

// Ranks of roles: each may do what the ones below it may.
const (
	RankNone = iota
	rankObserver
	RankUser
	RankPower
	RankAdmin
)

func rankOf(role string) int {
	switch role {
	case "OBSERVER":
		return rankObserver
	case "USER":
		return RankUser
	case "POWER_USER":
		return RankPower
	case "ADMIN":
		return RankAdmin
	}
	return RankNone
}

// ReadRoles turns the list of roles into what visibility asks for.
func (u *User) ReadRoles() {
	u.InstanceRole, u.SpaceRole, u.projectRole, u.ProjectSpaces = RankNone, map[string]int{}, map[string]int{}, map[string]bool{}
	for _, r := range u.Roles {
		rank := rankOf(r.Role)
		switch {
		case r.Project != "":
			u.projectRole[r.Project] = max(rank, u.projectRole[r.Project])
			if p := SplitIdentifier(r.Project); len(p) == 2 {
				u.ProjectSpaces[p[0]] = true
			}
		case r.Space != "":
			u.SpaceRole[r.Space] = max(rank, u.SpaceRole[r.Space])
		default:
			u.InstanceRole = max(rank, u.InstanceRole)
		}
	}
}

// Rank is the strongest role of a user for an entity.
func (u *User) Rank(e *Entity) int {
	r := u.InstanceRole
	space, project := e.Space, e.Project
	switch e.Kind {
	case KindSpace:
		space = e
	case KindProject:
		project = e
	}
	if space != nil {
		r = max(r, u.SpaceRole[space.Code])
	}
	if project != nil {
		r = max(r, u.projectRole[project.Identifier])
	}
	return r
}

// IsPublication reports whether an entity belongs to the publications.
func IsPublication(e *Entity) bool {
	const suffix = "PUBLICATIONS"
	code := ""
	switch {
	case e.Kind == KindSpace:
		code = e.Code
	case e.Space != nil:
		code = e.Space.Code
	}
	return len(code) >= len(suffix) && code[len(code)-len(suffix):] == suffix ||
		e.Kind == KindSample && e.Typ != nil && e.Typ.Code == "PUBLICATION"
}
