package labdata

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// RoleSpec gives a role: ADMIN, POWER_USER, USER or OBSERVER, in a project
// ("/LAB/P"), in a space, or, with neither, in the whole instance.
type RoleSpec struct{ Role, Space, Project string }

// UserSpec describes a user. Without roles a user can't log in.
type UserSpec struct {
	ID, Password               string
	FirstName, LastName, Email string
	HomeSpace                  string // "" for none
	Roles                      []RoleSpec
	Settings                   map[string]string // of the web app ELN-LIMS
	NoLogin                    bool              // no password fits
}

// PATSpec is a personal access token that exists from the start.
type PATSpec struct {
	User, Session string
	Token         string // "" for a generated one
	From, To      time.Time
}

// AddUser adds a user. The first user with a password is the one whose name
// and password the server shows as User and Password.
func (l *Lab) AddUser(s UserSpec) {
	if s.ID == "" || l.Users[s.ID] != nil {
		panic("labdata: user " + s.ID + ": empty or taken")
	}
	u := &User{Id: len(l.UserOrder) + 1, UserID: s.ID, Password: s.Password, FirstName: s.FirstName, LastName: s.LastName,
		Email: s.Email, Home: s.HomeSpace, Roles: s.Roles, Registered: l.Now(),
		Settings: map[string]map[string]string{}, Inactive: s.NoLogin}
	if len(s.Settings) > 0 {
		m := map[string]string{}
		for k, v := range s.Settings {
			m[k] = v
		}
		u.Settings["ELN-LIMS"] = m
	}
	u.ReadRoles()
	l.Users[s.ID] = u
	l.UserOrder = append(l.UserOrder, u)
}

// AddPAT adds a personal access token. From and To default to a validity that
// holds until the far future.
func (l *Lab) AddPAT(p PATSpec) { l.Pats = append(l.Pats, p) }

// AddStore adds a data store server. An empty url means the test server
// itself; DSS1 is there already.
func (l *Lab) AddStore(code, url string) {
	l.Stores = append(l.Stores, &Store{Code: code, Url: strings.TrimRight(url, "/")})
}

// AddSpace adds a space and returns its code.
func (l *Lab) AddSpace(code string) string { return l.AddSpaceWith(code, "") }

// AddSpaceWith adds a space with a description.
func (l *Lab) AddSpaceWith(code, description string) string {
	if code == "" || l.ByPerm[KindSpace][code] != nil {
		panic("labdata: space " + code + ": empty or taken")
	}
	e := l.NewEntity(KindSpace, code, code, "/"+code)
	e.PermID, e.Description = code, description
	l.Insert(e)
	return code
}

// AddProject adds a project by its identifier ("/LAB/P"), and the space if
// there is none yet. It returns the permId.
func (l *Lab) AddProject(identifier string) string {
	return l.AddProjectWith(ProjectSpec{Identifier: identifier})
}

// ProjectSpec describes a project.
type ProjectSpec struct{ Identifier, PermID, Description string }

// AddProjectWith adds a project.
func (l *Lab) AddProjectWith(s ProjectSpec) string {
	parts := SplitIdentifier(s.Identifier)
	if len(parts) != 2 {
		panic("labdata: project identifier " + s.Identifier)
	}
	if l.ByPerm[KindSpace][parts[0]] == nil {
		l.AddSpace(parts[0])
	}
	if l.ByIdent[KindProject][s.Identifier] != nil {
		panic("labdata: project " + s.Identifier + " exists")
	}
	e := l.NewEntity(KindProject, s.PermID, parts[1], s.Identifier)
	e.Space, e.Description = l.ByPerm[KindSpace][parts[0]], s.Description
	l.Insert(e)
	return e.PermID
}

// CollectionSpec describes a collection ("experiment" in the API).
type CollectionSpec struct {
	Identifier  string // "/LAB/P/C"; missing space and project are added
	PermID      string // "" for a generated one
	Type        string // "" for COLLECTION
	Name        string // property $NAME
	Properties  map[string]string
	Tags        []string
	Registrator string    // user id; "" for system
	Registered  time.Time // zero for the lab's clock
}

// AddCollection adds a collection and returns its permId.
func (l *Lab) AddCollection(s CollectionSpec) string {
	parts := SplitIdentifier(s.Identifier)
	if len(parts) != 3 {
		panic("labdata: collection identifier " + s.Identifier)
	}
	project := "/" + parts[0] + "/" + parts[1]
	if l.ByIdent[KindProject][project] == nil {
		l.AddProject(project)
	}
	if l.ByIdent[KindExperiment][s.Identifier] != nil {
		panic("labdata: collection " + s.Identifier + " exists")
	}
	e := l.NewEntity(KindExperiment, s.PermID, parts[2], s.Identifier)
	e.Project = l.ByIdent[KindProject][project]
	e.Space = e.Project.Space
	l.fill(e, cmp.Or(s.Type, "COLLECTION"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	l.Insert(e)
	return e.PermID
}

// ObjectSpec describes an object ("sample" in the API).
type ObjectSpec struct {
	Space, Project, Collection string // the nearest suffices: permId or identifier; none at all makes a shared object
	Code                       string // "" for one generated with the prefix of the type
	PermID                     string // "" for a generated one
	Type                       string // "" for EXPERIMENTAL_STEP
	Name                       string // property $NAME
	Properties                 map[string]string
	Parents                    []string // permIds or identifiers
	Container                  string   // permId or identifier
	Tags                       []string
	Registrator                string    // user id; "" for system
	Registered                 time.Time // zero for the lab's clock
}

// AddObject adds an object and returns its permId.
func (l *Lab) AddObject(s ObjectSpec) string {
	e := l.NewEntity(KindSample, s.PermID, s.Code, "")
	switch {
	case s.Collection != "":
		e.Exp = l.Must(KindExperiment, s.Collection)
		e.Project, e.Space = e.Exp.Project, e.Exp.Space
	case s.Project != "":
		e.Project = l.Must(KindProject, s.Project)
		e.Space = e.Project.Space
	case s.Space != "":
		e.Space = l.Must(KindSpace, s.Space)
	}
	l.fill(e, cmp.Or(s.Type, "EXPERIMENTAL_STEP"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	if e.Code == "" {
		e.Code = l.NextCode(e.Typ)
	}
	if s.Container != "" {
		e.Container = l.Must(KindSample, s.Container)
		e.Container.Components = append(e.Container.Components, e)
	}
	e.Identifier = SampleIdentifier(e)
	if l.ByIdent[KindSample][e.Identifier] != nil {
		panic("labdata: object " + e.Identifier + " exists")
	}
	for _, p := range s.Parents {
		Connect(l.Must(KindSample, p), e)
	}
	l.Insert(e)
	return e.PermID
}

// AddImage puts a picture where rich text refers to it, and returns the src
// for the img element.
func (l *Lab) AddImage(name, mediaType string, data []byte) string {
	l.seq++
	u := fmt.Sprintf("%08x-5f3a-4d1e-9c07-%012x", Splitmix(uint64(l.seq))&0xffffffff, Splitmix(uint64(l.seq)+77)&0xffffffffffff)
	ext := name[strings.LastIndexByte("."+name, '.'):]
	path := "eln-lims/" + u[0:2] + "/" + u[2:4] + "/" + u[4:6] + "/" + u + "/" + u + "." + ext
	l.Images[path] = picture{mediaType, data}
	return "/openbis/openbis/file-service/" + path
}
