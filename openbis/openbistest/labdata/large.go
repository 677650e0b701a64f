package labdata

import (
	"fmt"
	"strings"
)

// Size is how much a made-up lab holds.
type Size struct {
	Objects  int // besides the projects and collections they are in
	DataSets int // spread over the objects and collections
	Files    int // of each data set, on average
}

// MadeUp is a lab of any size, the same for ever: objects in collections,
// projects and spaces, families within and across collections, data sets of
// every kind, odd names. Spaces are LAB0 to LAB3; each has four projects with
// four collections.
func MadeUp(n Size) *Lab {
	l := NewLab()
	l.AddUser(
		UserSpec{
			ID:        "jdoe",
			Password:  "secret",
			FirstName: "Jane",
			LastName:  "Doe",
			Email:     "jane.doe@lab.example",
			Roles:     []RoleSpec{{Role: "ADMIN"}},
		},
	)
	m := &maker{Lab: l, rnd: 7}
	for s := range 4 {
		space := l.AddSpace(fmt.Sprintf("LAB%d", s))
		m.spaces = append(m.spaces, space)
		for p := range 4 {
			project := fmt.Sprintf("/%s/P%d", space, p)
			l.AddProjectWith(ProjectSpec{Identifier: project, Description: "Project of the made-up lab"})
			m.projects = append(m.projects, project)
			for c := range 4 {
				m.collections = append(m.collections, l.AddCollection(CollectionSpec{Identifier: fmt.Sprintf("%s/C%d", project, c),
					Type: "DEFAULT_EXPERIMENT", Name: m.pick("", "Growth / light", "Naïve", "Naïve"), Registrator: "jdoe"}))
			}
		}
	}
	for i := range n.Objects {
		m.object(i)
	}
	for i := range n.DataSets {
		m.dataSet(i, n.Files)
	}
	return l
}

// maker makes a lab up.
type maker struct {
	*Lab
	rnd                           uint64
	spaces, projects, collections []string
	objects                       []string
	recent                        map[string][]string // last objects of a collection
	sets                          []string            // last physical data sets
}

func (m *maker) below(n int) int {
	m.rnd = Splitmix(m.rnd)
	return int(m.rnd % uint64(n))
}

func (m *maker) pick(of ...string) string { return of[m.below(len(of))] }

func (m *maker) object(i int) {
	o := ObjectSpec{
		Type:        "EXPERIMENTAL_STEP",
		Code:        fmt.Sprintf("OBJ%d", i),
		Name:        m.pick("", "Step", "Growth in light", fmt.Sprintf("Step %d", i)),
		Registrator: "jdoe",
		Properties:  map[string]string{"NOTES": "<p>" + strings.Repeat("some text ", 1+m.below(20)) + "</p>"},
	}
	switch m.below(20) {
	case 0:
		o.Space = m.spaces[m.below(len(m.spaces))]
	case 1:
		o.Project = m.projects[m.below(len(m.projects))]
	default:
		o.Collection = m.collections[m.below(len(m.collections))]
		if near := m.recent[o.Collection]; len(near) > 0 && m.below(2) == 0 {
			o.Parents = append(o.Parents, near[m.below(len(near))])
		}
	}
	if len(m.objects) > 0 && m.below(10) == 0 {
		if p := m.objects[m.below(len(m.objects))]; len(o.Parents) == 0 || o.Parents[0] != p {
			o.Parents = append(o.Parents, p)
		}
	}
	id := m.AddObject(o)
	m.objects = append(m.objects, id)
	if m.recent == nil {
		m.recent = map[string][]string{}
	}
	m.recent[o.Collection] = append(m.recent[o.Collection], id)
	if near := m.recent[o.Collection]; len(near) > 5 {
		m.recent[o.Collection] = near[1:]
	}
}

func (m *maker) dataSet(i, files int) {
	d := DataSetSpec{Name: m.pick("", "Raw data", "Raw data", fmt.Sprintf("Measurement %d", i)), Registrator: "jdoe"}
	if len(m.objects) > 0 && m.below(10) > 0 {
		d.Object = m.objects[m.below(len(m.objects))]
	} else {
		d.Collection = m.collections[m.below(len(m.collections))]
	}
	switch m.below(40) {
	case 0:
		d.Kind, d.Links = "LINK", []Link{{Path: "/share/frames"}}
	case 1:
		d.Status = "ARCHIVED"
	case 2:
		d.Kind = "CONTAINER"
		for k := min(2, len(m.sets)); k > 0; k-- {
			d.Components = append(d.Components, m.sets[len(m.sets)-k])
		}
	case 3: // without files
	default:
		for f := range 1 + m.below(max(2*files-1, 1)) {
			size := int64(m.below(3000))
			folder := m.pick("original", "original/default", "original/sub dir/ä")
			d.Generated = append(d.Generated, GeneratedFile{Path: fmt.Sprintf("%s/file %d.csv", folder, f), Size: size, Seed: uint64(i*1000 + f)})
		}
	}
	code := m.AddDataSet(d)
	if d.Kind == "" {
		m.sets = append(m.sets, code)
	}
}
