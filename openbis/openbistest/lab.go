package openbistest

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// kind is what an entity is, in the words of the API.
type kind int

const (
	kindSpace kind = iota
	kindProject
	kindExperiment
	kindSample
	kindDataSet
)

// apiKind is the name that the API gives to a kind of entity.
func (k kind) apiKind() string {
	return [...]string{"SPACE", "PROJECT", "EXPERIMENT", "SAMPLE", "DATA_SET"}[k]
}

// entity is one node of the lab. The lists are indexes, so that no search has
// to look at the whole lab: samples of a space and of a project include those
// in its experiments.
type entity struct {
	kind                        kind
	id                          int
	permID, code, identifier    string
	typ                         *entityType
	description                 string
	props                       map[string]string
	space, project, exp, sample *entity
	parents, children           []*entity
	container                   *entity // of a sample
	components, containers      []*entity
	projects, exps, samples     []*entity
	dataSets                    []*entity
	tags                        []string
	registrator, modifier       *user
	registered, modified        time.Time
	trashed                     bool
	data                        *dataSet
}

// user is somebody who may log in.
type user struct {
	id                       int
	userID, password         string
	first, last, email, home string
	roles                    []RoleSpec
	registered               time.Time
	settings                 map[string]map[string]string
	inactive                 bool
	instanceRole             int
	spaceRole, projectRole   map[string]int
	projectSpaces            map[string]bool
}

// store is a data store server.
type store struct{ code, url string }

// Lab is the content of an openBIS. Fill it before the server starts; after
// that it belongs to the server. The Add methods panic on a mistake, since
// only a wrong test or a wrong demo can make one.
type Lab struct {
	users      map[string]*user
	userOrder  []*user
	stores     []*store
	types      map[kind]map[string]*entityType
	typeOrder  map[kind][]*entityType
	properties map[string]*propertyType
	propOrder  []*propertyType
	vocabs     map[string]*vocabulary
	vocabOrder []*vocabulary

	all     map[kind][]*entity
	byPerm  map[kind]map[string]*entity
	byIdent map[kind]map[string]*entity
	byType  map[kind]map[string][]*entity
	byTag   map[string][]*entity

	images    map[string]picture
	deletions []*deletion
	dms       map[string]*externalDMS
	pats      []PATSpec

	unarchiveAfter time.Duration // unless the server's options say otherwise
	seq            int
	codeSeq        map[string]int
	now            func() time.Time
}

type picture struct {
	mediaType string
	data      []byte
}

type externalDMS struct{ code, label, address string }

// labEpoch is when the first entity of every lab was registered.
func labEpoch() time.Time { return time.Date(2025, time.March, 3, 8, 0, 0, 0, time.UTC) }

// NewLab is an empty lab: the types and vocabularies of the ELN-LIMS plug-in,
// one data store DSS1, the user "system", and nothing else.
func NewLab() *Lab {
	l := &Lab{
		users:      map[string]*user{},
		types:      map[kind]map[string]*entityType{},
		typeOrder:  map[kind][]*entityType{},
		properties: map[string]*propertyType{},
		vocabs:     map[string]*vocabulary{},
		all:        map[kind][]*entity{},
		byPerm:     map[kind]map[string]*entity{},
		byIdent:    map[kind]map[string]*entity{},
		byType:     map[kind]map[string][]*entity{},
		byTag:      map[string][]*entity{},
		images:     map[string]picture{},
		dms:        map[string]*externalDMS{},
		codeSeq:    map[string]int{},
	}
	for k := kindSpace; k <= kindDataSet; k++ {
		l.byPerm[k] = map[string]*entity{}
		l.byIdent[k] = map[string]*entity{}
		l.byType[k] = map[string][]*entity{}
		l.types[k] = map[string]*entityType{}
	}
	// While a lab is built its clock ticks with the entities, so that every
	// run makes the same identifiers.
	l.now = func() time.Time {
		return labEpoch().Add(time.Duration(l.seq) * (37*time.Second + 411*time.Millisecond))
	}
	l.addELNTypes()
	l.AddStore("DSS1", "")
	l.AddUser(UserSpec{ID: "system", LastName: "System User", Roles: []RoleSpec{{Role: "ADMIN"}}, NoLogin: true})
	return l
}

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
	if s.ID == "" || l.users[s.ID] != nil {
		panic("openbistest: user " + s.ID + ": empty or taken")
	}
	u := &user{id: len(l.userOrder) + 1, userID: s.ID, password: s.Password, first: s.FirstName, last: s.LastName,
		email: s.Email, home: s.HomeSpace, roles: s.Roles, registered: l.now(),
		settings: map[string]map[string]string{}, inactive: s.NoLogin}
	if len(s.Settings) > 0 {
		m := map[string]string{}
		for k, v := range s.Settings {
			m[k] = v
		}
		u.settings["ELN-LIMS"] = m
	}
	u.readRoles()
	l.users[s.ID] = u
	l.userOrder = append(l.userOrder, u)
}

// AddPAT adds a personal access token. From and To default to a validity that
// holds until the far future.
func (l *Lab) AddPAT(p PATSpec) { l.pats = append(l.pats, p) }

// AddStore adds a data store server. An empty url means the test server
// itself; DSS1 is there already.
func (l *Lab) AddStore(code, url string) {
	l.stores = append(l.stores, &store{code: code, url: strings.TrimRight(url, "/")})
}

func (l *Lab) store(code string) *store {
	for _, s := range l.stores {
		if s.code == code {
			return s
		}
	}
	return nil
}

// AddSpace adds a space and returns its code.
func (l *Lab) AddSpace(code string) string { return l.AddSpaceWith(code, "") }

// AddSpaceWith adds a space with a description.
func (l *Lab) AddSpaceWith(code, description string) string {
	if code == "" || l.byPerm[kindSpace][code] != nil {
		panic("openbistest: space " + code + ": empty or taken")
	}
	e := l.newEntity(kindSpace, code, code, "/"+code)
	e.permID, e.description = code, description
	l.insert(e)
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
	parts := splitIdentifier(s.Identifier)
	if len(parts) != 2 {
		panic("openbistest: project identifier " + s.Identifier)
	}
	if l.byPerm[kindSpace][parts[0]] == nil {
		l.AddSpace(parts[0])
	}
	if l.byIdent[kindProject][s.Identifier] != nil {
		panic("openbistest: project " + s.Identifier + " exists")
	}
	e := l.newEntity(kindProject, s.PermID, parts[1], s.Identifier)
	e.space, e.description = l.byPerm[kindSpace][parts[0]], s.Description
	l.insert(e)
	return e.permID
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
	parts := splitIdentifier(s.Identifier)
	if len(parts) != 3 {
		panic("openbistest: collection identifier " + s.Identifier)
	}
	project := "/" + parts[0] + "/" + parts[1]
	if l.byIdent[kindProject][project] == nil {
		l.AddProject(project)
	}
	if l.byIdent[kindExperiment][s.Identifier] != nil {
		panic("openbistest: collection " + s.Identifier + " exists")
	}
	e := l.newEntity(kindExperiment, s.PermID, parts[2], s.Identifier)
	e.project = l.byIdent[kindProject][project]
	e.space = e.project.space
	l.fill(e, cmp.Or(s.Type, "COLLECTION"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	l.insert(e)
	return e.permID
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
	e := l.newEntity(kindSample, s.PermID, s.Code, "")
	switch {
	case s.Collection != "":
		e.exp = l.must(kindExperiment, s.Collection)
		e.project, e.space = e.exp.project, e.exp.space
	case s.Project != "":
		e.project = l.must(kindProject, s.Project)
		e.space = e.project.space
	case s.Space != "":
		e.space = l.must(kindSpace, s.Space)
	}
	l.fill(e, cmp.Or(s.Type, "EXPERIMENTAL_STEP"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	if e.code == "" {
		e.code = l.nextCode(e.typ)
	}
	if s.Container != "" {
		e.container = l.must(kindSample, s.Container)
		e.container.components = append(e.container.components, e)
	}
	e.identifier = sampleIdentifier(e)
	if l.byIdent[kindSample][e.identifier] != nil {
		panic("openbistest: object " + e.identifier + " exists")
	}
	for _, p := range s.Parents {
		link(l.must(kindSample, p), e)
	}
	l.insert(e)
	return e.permID
}

// PermID finds an entity by its identifier ("/LAB/P/EXP1") or code of a data
// set, "" when there is none. A collection goes before an object of the same
// identifier.
func (l *Lab) PermID(identifier string) string {
	for k := kindSpace; k <= kindDataSet; k++ {
		if e := l.find(k, identifier); e != nil {
			return e.permID
		}
	}
	return ""
}

// AddImage puts a picture where rich text refers to it, and returns the src
// for the img element.
func (l *Lab) AddImage(name, mediaType string, data []byte) string {
	l.seq++
	u := fmt.Sprintf("%08x-5f3a-4d1e-9c07-%012x", splitmix(uint64(l.seq))&0xffffffff, splitmix(uint64(l.seq)+77)&0xffffffffffff)
	ext := name[strings.LastIndexByte("."+name, '.'):]
	path := "eln-lims/" + u[0:2] + "/" + u[2:4] + "/" + u[4:6] + "/" + u + "/" + u + "." + ext
	l.images[path] = picture{mediaType, data}
	return "/openbis/openbis/file-service/" + path
}

// newEntity gives an entity its number, times and permId.
func (l *Lab) newEntity(k kind, permID, code, identifier string) *entity {
	l.seq++
	e := &entity{kind: k, id: l.seq, permID: permID, code: code, identifier: identifier, registered: l.now()}
	e.modified = e.registered
	if permID == "" {
		e.permID = l.newPermID()
	}
	e.registrator = l.users["system"]
	e.modifier = e.registrator
	return e
}

// newPermID looks like openBIS' own: the time in milliseconds and a number.
func (l *Lab) newPermID() string {
	l.seq++
	t := l.now().UTC()
	return fmt.Sprintf("%s%03d-%d", t.Format("20060102150405"), t.Nanosecond()/1e6, l.seq)
}

func (l *Lab) fill(e *entity, typ, name string, props map[string]string, tags []string, registrator string, at time.Time) {
	e.typ = l.types[e.kind][typ]
	if e.typ == nil {
		panic("openbistest: no type " + typ)
	}
	e.props = make(map[string]string, len(props)+1)
	for k, v := range props {
		e.props[k] = v
	}
	if name != "" {
		e.props["$NAME"] = name
	}
	e.tags = tags
	if registrator != "" {
		u := l.users[registrator]
		if u == nil {
			panic("openbistest: no user " + registrator)
		}
		e.registrator, e.modifier = u, u
	}
	if !at.IsZero() {
		e.registered, e.modified = at, at
	}
}

// insert puts a finished entity into all indexes.
func (l *Lab) insert(e *entity) {
	if l.byPerm[e.kind][e.permID] != nil {
		panic("openbistest: permId " + e.permID + " exists")
	}
	l.all[e.kind] = append(l.all[e.kind], e)
	l.byPerm[e.kind][e.permID] = e
	if e.identifier != "" {
		l.byIdent[e.kind][e.identifier] = e
	}
	if e.typ != nil {
		l.byType[e.kind][e.typ.code] = append(l.byType[e.kind][e.typ.code], e)
	}
	for _, t := range e.tags {
		l.byTag[t] = append(l.byTag[t], e)
	}
	switch e.kind {
	case kindProject:
		e.space.projects = append(e.space.projects, e)
	case kindExperiment:
		e.project.exps = append(e.project.exps, e)
		e.space.exps = append(e.space.exps, e)
	case kindSample:
		for _, p := range []*entity{e.space, e.project, e.exp} {
			if p != nil {
				p.samples = append(p.samples, e)
			}
		}
	case kindDataSet:
		if e.exp != nil {
			e.exp.dataSets = append(e.exp.dataSets, e)
		}
		if e.sample != nil {
			e.sample.dataSets = append(e.sample.dataSets, e)
		}
	}
}

// find looks an entity up by permId or identifier.
func (l *Lab) find(k kind, id string) *entity {
	if e := l.byPerm[k][id]; e != nil {
		return e
	}
	return l.byIdent[k][id]
}

func (l *Lab) must(k kind, id string) *entity {
	e := l.find(k, id)
	if e == nil {
		panic(fmt.Sprintf("openbistest: no %s %s", strings.ToLower(k.apiKind()), id))
	}
	return e
}

// nextCode makes the next free code of a type, such as EXP12.
func (l *Lab) nextCode(t *entityType) string {
	l.codeSeq[t.prefix]++
	return fmt.Sprintf("%s%d", t.prefix, l.codeSeq[t.prefix])
}

func link(parent, child *entity) {
	parent.children = append(parent.children, child)
	child.parents = append(child.parents, parent)
}

func sampleIdentifier(e *entity) string {
	code := e.code
	if e.container != nil {
		code = e.container.code + ":" + code
	}
	switch {
	case e.project != nil:
		return e.project.identifier + "/" + code
	case e.space != nil:
		return "/" + e.space.code + "/" + code
	}
	return "/" + code
}

func splitIdentifier(id string) []string {
	if !strings.HasPrefix(id, "/") {
		return nil
	}
	return strings.Split(id[1:], "/")
}
