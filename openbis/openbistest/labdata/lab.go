// Package labdata is the content of an openBIS: users and their roles, types,
// spaces, projects, collections, objects, data sets with their files, and the
// demo's laboratory. It answers nothing by itself.
package labdata

import (
	"fmt"
	"strings"
	"time"
)

// Kind is what an entity is, in the words of the API.
type Kind int

// The kinds of entities.
const (
	KindSpace Kind = iota
	KindProject
	KindExperiment
	KindSample
	KindDataSet
)

// APIKind is the name that the API gives to a kind of entity.
func (k Kind) APIKind() string {
	return [...]string{"SPACE", "PROJECT", "EXPERIMENT", "SAMPLE", "DATA_SET"}[k]
}

// Entity is one node of the lab. The lists are indexes, so that no search has
// to look at the whole lab: samples of a space and of a project include those
// in its experiments.
type Entity struct {
	Kind                        Kind
	Id                          int
	PermID, Code, Identifier    string
	Typ                         *EntityType
	Description                 string
	Props                       map[string]string
	Space, Project, Exp, Sample *Entity
	Parents, Children           []*Entity
	Container                   *Entity // of a sample
	Components, Containers      []*Entity
	Projects, Exps, Samples     []*Entity
	DataSets                    []*Entity
	Tags                        []string
	Registrator, Modifier       *User
	Registered, Modified        time.Time
	Trashed                     bool
	Data                        *DataSet
}

// User is somebody who may log in.
type User struct {
	Id                               int
	UserID, Password                 string
	FirstName, LastName, Email, Home string
	Roles                            []RoleSpec
	Registered                       time.Time
	Settings                         map[string]map[string]string
	Inactive                         bool
	InstanceRole                     int
	SpaceRole, projectRole           map[string]int
	ProjectSpaces                    map[string]bool
}

// Store is a data store server.
type Store struct{ Code, Url string }

// Lab is the content of an openBIS. Fill it before the server starts; after
// that it belongs to the server. The Add methods panic on a mistake, since
// only a wrong test or a wrong demo can make one.
type Lab struct {
	Users      map[string]*User
	UserOrder  []*User
	Stores     []*Store
	Types      map[Kind]map[string]*EntityType
	TypeOrder  map[Kind][]*EntityType
	Properties map[string]*PropertyType
	PropOrder  []*PropertyType
	vocabs     map[string]*Vocabulary
	VocabOrder []*Vocabulary

	All     map[Kind][]*Entity
	ByPerm  map[Kind]map[string]*Entity
	ByIdent map[Kind]map[string]*Entity
	ByType  map[Kind]map[string][]*Entity
	ByTag   map[string][]*Entity

	Images    map[string]picture
	Deletions []*Deletion
	Dms       map[string]*externalDMS
	Pats      []PATSpec

	UnarchiveAfter time.Duration // unless the server's options say otherwise
	seq            int
	codeSeq        map[string]int
	Now            func() time.Time
}

type picture struct {
	MediaType string
	Data      []byte
}

// Deletion is what one call moved to the trash.
type Deletion struct {
	Id      int
	Reason  string
	At      time.Time
	Deleted []*Entity
}

type externalDMS struct{ Code, Label, Address string }

// LabEpoch is when the first entity of every lab was registered.
func LabEpoch() time.Time { return time.Date(2025, time.March, 3, 8, 0, 0, 0, time.UTC) }

// NewLab is an empty lab: the types and vocabularies of the ELN-LIMS plug-in,
// one data store DSS1, the user "system", and nothing else.
func NewLab() *Lab {
	l := &Lab{
		Users:      map[string]*User{},
		Types:      map[Kind]map[string]*EntityType{},
		TypeOrder:  map[Kind][]*EntityType{},
		Properties: map[string]*PropertyType{},
		vocabs:     map[string]*Vocabulary{},
		All:        map[Kind][]*Entity{},
		ByPerm:     map[Kind]map[string]*Entity{},
		ByIdent:    map[Kind]map[string]*Entity{},
		ByType:     map[Kind]map[string][]*Entity{},
		ByTag:      map[string][]*Entity{},
		Images:     map[string]picture{},
		Dms:        map[string]*externalDMS{},
		codeSeq:    map[string]int{},
	}
	for k := KindSpace; k <= KindDataSet; k++ {
		l.ByPerm[k] = map[string]*Entity{}
		l.ByIdent[k] = map[string]*Entity{}
		l.ByType[k] = map[string][]*Entity{}
		l.Types[k] = map[string]*EntityType{}
	}
	// While a lab is built its clock ticks with the entities, so that every
	// run makes the same identifiers.
	l.Now = func() time.Time {
		return LabEpoch().Add(time.Duration(l.seq) * (37*time.Second + 411*time.Millisecond))
	}
	l.addELNTypes()
	l.AddStore("DSS1", "")
	l.AddUser(UserSpec{ID: "system", LastName: "System User", Roles: []RoleSpec{{Role: "ADMIN"}}, NoLogin: true})
	return l
}

func (l *Lab) store(code string) *Store {
	for _, s := range l.Stores {
		if s.Code == code {
			return s
		}
	}
	return nil
}

// PermID finds an entity by its identifier ("/LAB/P/EXP1") or code of a data
// set, "" when there is none. A collection goes before an object of the same
// identifier.
func (l *Lab) PermID(identifier string) string {
	for k := KindSpace; k <= KindDataSet; k++ {
		if e := l.Find(k, identifier); e != nil {
			return e.PermID
		}
	}
	return ""
}

// NewEntity gives an entity its number, times and permId.
func (l *Lab) NewEntity(k Kind, permID, code, identifier string) *Entity {
	l.seq++
	e := &Entity{Kind: k, Id: l.seq, PermID: permID, Code: code, Identifier: identifier, Registered: l.Now()}
	e.Modified = e.Registered
	if permID == "" {
		e.PermID = l.NewPermID()
	}
	e.Registrator = l.Users["system"]
	e.Modifier = e.Registrator
	return e
}

// NewPermID looks like openBIS' own: the time in milliseconds and a number.
func (l *Lab) NewPermID() string {
	l.seq++
	t := l.Now().UTC()
	return fmt.Sprintf("%s%03d-%d", t.Format("20060102150405"), t.Nanosecond()/1e6, l.seq)
}

func (l *Lab) fill(e *Entity, typ, name string, props map[string]string, tags []string, registrator string, at time.Time) {
	e.Typ = l.Types[e.Kind][typ]
	if e.Typ == nil {
		panic("labdata: no type " + typ)
	}
	e.Props = make(map[string]string, len(props)+1)
	for k, v := range props {
		e.Props[k] = v
	}
	if name != "" {
		e.Props["$NAME"] = name
	}
	e.Tags = tags
	if registrator != "" {
		u := l.Users[registrator]
		if u == nil {
			panic("labdata: no user " + registrator)
		}
		e.Registrator, e.Modifier = u, u
	}
	if !at.IsZero() {
		e.Registered, e.Modified = at, at
	}
}

// Insert puts a finished entity into all indexes.
func (l *Lab) Insert(e *Entity) {
	if l.ByPerm[e.Kind][e.PermID] != nil {
		panic("labdata: permId " + e.PermID + " exists")
	}
	l.All[e.Kind] = append(l.All[e.Kind], e)
	l.ByPerm[e.Kind][e.PermID] = e
	if e.Identifier != "" {
		l.ByIdent[e.Kind][e.Identifier] = e
	}
	if e.Typ != nil {
		l.ByType[e.Kind][e.Typ.Code] = append(l.ByType[e.Kind][e.Typ.Code], e)
	}
	for _, t := range e.Tags {
		l.ByTag[t] = append(l.ByTag[t], e)
	}
	switch e.Kind {
	case KindProject:
		e.Space.Projects = append(e.Space.Projects, e)
	case KindExperiment:
		e.Project.Exps = append(e.Project.Exps, e)
		e.Space.Exps = append(e.Space.Exps, e)
	case KindSample:
		for _, p := range []*Entity{e.Space, e.Project, e.Exp} {
			if p != nil {
				p.Samples = append(p.Samples, e)
			}
		}
	case KindDataSet:
		if e.Exp != nil {
			e.Exp.DataSets = append(e.Exp.DataSets, e)
		}
		if e.Sample != nil {
			e.Sample.DataSets = append(e.Sample.DataSets, e)
		}
	}
}

// Find looks an entity up by permId or identifier.
func (l *Lab) Find(k Kind, id string) *Entity {
	if e := l.ByPerm[k][id]; e != nil {
		return e
	}
	return l.ByIdent[k][id]
}

// Must is Find for what has to be there.
func (l *Lab) Must(k Kind, id string) *Entity {
	e := l.Find(k, id)
	if e == nil {
		panic(fmt.Sprintf("labdata: no %s %s", strings.ToLower(k.APIKind()), id))
	}
	return e
}

// NextCode makes the next free code of a type, such as EXP12.
func (l *Lab) NextCode(t *EntityType) string {
	l.codeSeq[t.Prefix]++
	return fmt.Sprintf("%s%d", t.Prefix, l.codeSeq[t.Prefix])
}

// Connect makes one object the parent of another.
func Connect(parent, child *Entity) {
	parent.Children = append(parent.Children, child)
	child.Parents = append(child.Parents, parent)
}

// SampleIdentifier is the identifier that openBIS gives to an object.
func SampleIdentifier(e *Entity) string {
	code := e.Code
	if e.Container != nil {
		code = e.Container.Code + ":" + code
	}
	switch {
	case e.Project != nil:
		return e.Project.Identifier + "/" + code
	case e.Space != nil:
		return "/" + e.Space.Code + "/" + code
	}
	return "/" + code
}

// SplitIdentifier are the codes of an identifier; nil where it is none.
func SplitIdentifier(id string) []string {
	if !strings.HasPrefix(id, "/") {
		return nil
	}
	return strings.Split(id[1:], "/")
}

// Remove takes an entity out of all indexes.
func (l *Lab) Remove(e *Entity) {
	without := func(list []*Entity) []*Entity {
		var out []*Entity
		for _, x := range list {
			if x != e {
				out = append(out, x)
			}
		}
		return out
	}
	l.All[e.Kind] = without(l.All[e.Kind])
	delete(l.ByPerm[e.Kind], e.PermID)
	delete(l.ByIdent[e.Kind], e.Identifier)
	if e.Typ != nil {
		l.ByType[e.Kind][e.Typ.Code] = without(l.ByType[e.Kind][e.Typ.Code])
	}
	for _, p := range []*Entity{e.Space, e.Project, e.Exp, e.Sample, e.Container} {
		if p != nil {
			p.Projects, p.Exps, p.Samples = without(p.Projects), without(p.Exps), without(p.Samples)
			p.DataSets, p.Components = without(p.DataSets), without(p.Components)
		}
	}
	for _, p := range e.Parents {
		p.Children = without(p.Children)
	}
	for _, x := range e.Children {
		x.Parents = without(x.Parents)
	}
	for _, x := range e.Components {
		x.Containers = without(x.Containers)
	}
}

// FirstUser is the first user who can log in.
func (l *Lab) FirstUser() (user, password string) {
	for _, u := range l.UserOrder {
		if !u.Inactive && u.Password != "" && len(u.Roles) > 0 {
			return u.UserID, u.Password
		}
	}
	return "", ""
}

// SortKey is the value that an entity is sorted by; "" sorts last.
func (e *Entity) SortKey(field string) string {
	switch field {
	case "CODE":
		return e.Code
	case "PERM_ID":
		return e.PermID
	case "IDENTIFIER":
		return e.Identifier
	case "REGISTRATION_DATE":
		return fmt.Sprintf("%020d", e.Registered.UnixMilli())
	case "MODIFICATION_DATE":
		return fmt.Sprintf("%020d", e.Modified.UnixMilli())
	case "TYPE":
		if e.Typ != nil {
			return e.Typ.Code
		}
		return ""
	}
	return e.Props[strings.TrimPrefix(field, "PROPERTY")]
}
