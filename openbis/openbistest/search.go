package openbistest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// searchMemory is the ordered result of a recent search, so that the pages of
// a long listing do not search and sort again.
type searchMemory struct {
	key     string
	version int
	found   []*labdata.Entity
}

// memories is how many searches are remembered.
const memories = 16

// searchEntities finds what criteria match and the caller may see, in order.
// The caller of this holds the lock.
func (c *call) searchEntities(k labdata.Kind, criteria, fo *jackson.Node) ([]*labdata.Entity, error) {
	if criteria == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.")
	}
	if fo == nil {
		return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
	}
	if err := checkCriteria(criteria, map[*jackson.Node]bool{}); err != nil {
		return nil, err
	}
	if k == labdata.KindDataSet {
		if err := checkOwners(criteria, map[*jackson.Node]bool{}); err != nil {
			return nil, err
		}
	}
	by, err := sortings(k, fo)
	if err != nil {
		return nil, err
	}
	var found []*labdata.Entity
	pool := c.s.candidates(k, criteria)
	for _, e := range pool {
		if c.s.sees(c.caller.user, e) && c.s.matches(criteria, subject{e: e}) {
			found = append(found, e)
		}
	}
	return sortEntities(found, by), nil
}

// remembered is searchEntities with a memory; only it may be used without
// the lock.
func (c *call) remembered(k labdata.Kind, criteria, fo *jackson.Node) ([]*labdata.Entity, error) {
	key := ""
	if criteria != nil && fo != nil {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%d %s ", k, c.caller.user.UserID)
		writeKey(&b, criteria, map[*jackson.Node]bool{})
		writeKey(&b, fo.Node("sort"), map[*jackson.Node]bool{})
		key = b.String()
	}
	s := c.s
	s.mu.RLock()
	version := s.version
	for _, m := range s.recent {
		if m.key == key && m.version == version {
			s.mu.RUnlock()
			return m.found, nil
		}
	}
	found, err := c.searchEntities(k, criteria, fo)
	s.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = append(s.recent, searchMemory{key, version, found})
	if len(s.recent) > memories {
		s.recent = append([]searchMemory(nil), s.recent[len(s.recent)-memories:]...)
	}
	return found, nil
}

// writeKey writes a node so that equal ones give equal text.
func writeKey(b *bytes.Buffer, n *jackson.Node, seen map[*jackson.Node]bool) {
	if n == nil || seen[n] {
		b.WriteByte('-')
		return
	}
	seen[n] = true
	b.WriteString("{" + n.Typ)
	for _, k := range slices.Sorted(maps.Keys(n.Fields)) {
		fmt.Fprintf(b, " %q:", k)
		writeValue(b, n.Fields[k], seen)
	}
	b.WriteByte('}')
}

func writeValue(b *bytes.Buffer, v any, seen map[*jackson.Node]bool) {
	switch v := v.(type) {
	case *jackson.Node:
		writeKey(b, v, seen)
	case []any:
		b.WriteByte('[')
		for _, x := range v {
			writeValue(b, x, seen)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	default:
		j, _ := json.Marshal(v)
		b.Write(j)
	}
}

// checkCriteria refuses what the real server stumbles over.
func checkCriteria(c *jackson.Node, seen map[*jackson.Node]bool) error {
	if seen[c] {
		return nil
	}
	seen[c] = true
	if c.Short() == "IdsSearchCriteria" {
		return &jackson.Exception{
			Class: jackson.ExRuntime,
			Message: "arraycopy: element type mismatch: can not cast one of the elements of java.lang.Object[] to the type of the destination " +
				"array, java.lang.Long",
		}
	}
	for _, m := range c.Nodes("criteria") {
		if err := checkCriteria(m, seen); err != nil {
			return err
		}
	}
	return nil
}

// checkOwners refuses projects and spaces as members of criteria of data sets:
// there are no such columns.
func checkOwners(c *jackson.Node, seen map[*jackson.Node]bool) error {
	if seen[c] {
		return nil
	}
	seen[c] = true
	for _, m := range c.Nodes("criteria") {
		switch m.Short() {
		case "ProjectSearchCriteria":
			return noColumn("proj_id", 43)
		case "SpaceSearchCriteria":
			return noColumn("space_id", 43)
		case "DataSetSearchCriteria":
			if err := checkOwners(m, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

func noColumn(name string, position int) *jackson.Exception {
	hint := ""
	if name == "perm_id" {
		hint = "\n  Hint: Perhaps you meant to reference the column \"t0.del_id\"."
	}
	return jackson.RuntimeFailure(
		fmt.Sprintf("org.postgresql.util.PSQLException: ERROR: column t0.%s does not exist%s\n  Position: %d", name, hint, position),
	)
}

// candidates are the entities worth a look: those that an index gives for
// some member of the criteria, or all.
func (s *Server) candidates(k labdata.Kind, criteria *jackson.Node) []*labdata.Entity {
	if found, ok := s.narrow(k, criteria); ok {
		return found
	}
	return s.lab.All[k]
}

// narrow uses the indexes. ok is false where none helps.
func (s *Server) narrow(k labdata.Kind, c *jackson.Node) (found []*labdata.Entity, ok bool) {
	if c.Flag("negated") {
		return nil, false
	}
	members := c.Nodes("criteria")
	if strings.EqualFold(c.Str("operator"), "OR") {
		seen := map[*labdata.Entity]bool{}
		for _, m := range members {
			part, ok := s.narrowBy(k, m)
			if !ok {
				return nil, false
			}
			for _, e := range part {
				if !seen[e] {
					seen[e] = true
					found = append(found, e)
				}
			}
		}
		return found, len(members) > 0
	}
	for _, m := range members {
		if part, yes := s.narrowBy(k, m); yes && (!ok || len(part) < len(found)) {
			found, ok = part, true
		}
	}
	return found, ok
}

// narrowBy is what one member leaves over; a superset will do.
func (s *Server) narrowBy(k labdata.Kind, m *jackson.Node) ([]*labdata.Entity, bool) {
	l := s.lab
	exact := func(index map[string]*labdata.Entity, id string) ([]*labdata.Entity, bool) {
		if e := index[id]; e != nil {
			return []*labdata.Entity{e}, true
		}
		return nil, true
	}
	union := func(of labdata.Kind, members func(*labdata.Entity) []*labdata.Entity) ([]*labdata.Entity, bool) {
		owners, ok := s.narrow(of, m)
		if !ok {
			return nil, false
		}
		if len(owners) == 1 {
			return members(owners[0]), true
		}
		seen := map[*labdata.Entity]bool{}
		var all []*labdata.Entity
		for _, o := range owners {
			for _, e := range members(o) {
				if !seen[e] {
					seen[e] = true
					all = append(all, e)
				}
			}
		}
		return all, true
	}
	switch m.Short() {
	case "PermIdSearchCriteria":
		if id, ok := exactly(m.Node("fieldValue")); ok {
			return exact(l.ByPerm[k], id)
		}
	case "IdentifierSearchCriteria":
		if id, ok := exactly(m.Node("fieldValue")); ok {
			return exact(l.ByIdent[k], id)
		}
	case "CodeSearchCriteria":
		if code, ok := exactly(m.Node("fieldValue")); ok && (k == labdata.KindSpace || k == labdata.KindDataSet) {
			return exact(l.ByPerm[k], code)
		}
	case "CodesSearchCriteria":
		if k == labdata.KindSpace || k == labdata.KindDataSet {
			var found []*labdata.Entity
			seen := map[string]bool{}
			for _, x := range m.List("fieldValue") {
				code, _ := x.(string)
				if e := l.ByPerm[k][code]; e != nil && !seen[code] {
					seen[code] = true
					found = append(found, e)
				}
			}
			return found, true
		}
	case "IdSearchCriteria":
		if id := m.Node("id"); id != nil {
			if e := s.byID(id); e != nil && e.Kind == k {
				return []*labdata.Entity{e}, true
			}
			return nil, true
		}
	case "SpaceSearchCriteria":
		switch k {
		case labdata.KindSpace:
			return s.narrow(k, m)
		case labdata.KindProject:
			return union(labdata.KindSpace, func(e *labdata.Entity) []*labdata.Entity { return e.Projects })
		case labdata.KindExperiment:
			return union(labdata.KindSpace, func(e *labdata.Entity) []*labdata.Entity { return e.Exps })
		case labdata.KindSample:
			return union(labdata.KindSpace, func(e *labdata.Entity) []*labdata.Entity { return e.Samples })
		}
	case "ProjectSearchCriteria":
		switch k {
		case labdata.KindProject:
			return s.narrow(k, m)
		case labdata.KindExperiment:
			return union(labdata.KindProject, func(e *labdata.Entity) []*labdata.Entity { return e.Exps })
		case labdata.KindSample:
			return union(labdata.KindProject, func(e *labdata.Entity) []*labdata.Entity { return e.Samples })
		}
	case "ExperimentSearchCriteria":
		switch k {
		case labdata.KindExperiment:
			return s.narrow(k, m)
		case labdata.KindSample:
			return union(labdata.KindExperiment, func(e *labdata.Entity) []*labdata.Entity { return e.Samples })
		case labdata.KindDataSet:
			return union(labdata.KindExperiment, func(e *labdata.Entity) []*labdata.Entity { return e.DataSets })
		}
	case "SampleSearchCriteria":
		switch k {
		case labdata.KindSample:
			return s.narrow(k, m)
		case labdata.KindDataSet:
			return union(labdata.KindSample, func(e *labdata.Entity) []*labdata.Entity { return e.DataSets })
		}
	case "DataSetSearchCriteria":
		if k == labdata.KindDataSet {
			return s.narrow(k, m)
		}
	case "SampleParentsSearchCriteria", "DataSetParentsSearchCriteria":
		return union(k, func(e *labdata.Entity) []*labdata.Entity { return e.Children })
	case "SampleChildrenSearchCriteria", "DataSetChildrenSearchCriteria":
		return union(k, func(e *labdata.Entity) []*labdata.Entity { return e.Parents })
	case "SampleContainerSearchCriteria", "DataSetContainerSearchCriteria":
		return union(k, func(e *labdata.Entity) []*labdata.Entity { return e.Components })
	case "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria":
		if m.Flag("negated") {
			return nil, false
		}
		for _, t := range m.Nodes("criteria") {
			if code, ok := exactly(t.Node("fieldValue")); ok && t.Short() == "CodeSearchCriteria" && !strings.EqualFold(m.Str("operator"), "OR") {
				return l.ByType[k][code], true
			}
		}
	}
	return nil, false
}

// exactly is the text that a value asks for without wildcards.
func exactly(v *jackson.Node) (string, bool) {
	if v == nil || v.Short() != "StringEqualToValue" {
		return "", false
	}
	s, ok := v.Text("value")
	if !ok {
		return "", false
	}
	if b, ok := v.Fields["useWildcards"].(bool); strings.ContainsAny(s, "*?") && (!ok || b) {
		return "", false
	}
	return s, true
}

// byID finds the entity that an id object means; visibility aside.
func (s *Server) byID(id *jackson.Node) *labdata.Entity {
	if id == nil {
		return nil
	}
	k := idKind(id.Typ)
	if k < 0 {
		return nil
	}
	var e *labdata.Entity
	if i, ok := id.Text("identifier"); ok {
		e = s.lab.ByIdent[k][i]
	} else {
		e = s.lab.ByPerm[k][id.Str("permId")]
	}
	if e == nil || e.Trashed {
		return nil
	}
	return e
}

// sorting is one sort field.
type sorting struct {
	field string
	asc   bool
}

func ascending(n *jackson.Node) bool {
	if o := n.Node("order"); o != nil {
		if b, ok := o.Fields["asc"].(bool); ok {
			return b
		}
	}
	return true
}

// sortings reads the sort options. A field that no column has is an error of
// the database.
func sortings(k labdata.Kind, fo *jackson.Node) ([]sorting, error) {
	var by []sorting
	for _, n := range fo.Node("sort").Nodes("sortings") {
		f := n.Str("field")
		switch f {
		case "CODE", "REGISTRATION_DATE", "MODIFICATION_DATE", "IDENTIFIER", "TYPE":
		case "PERM_ID":
			if k == labdata.KindDataSet || k == labdata.KindSpace {
				return nil, noColumn("perm_id", 46)
			}
		default:
			if !strings.HasPrefix(f, "PROPERTY") || f == "PROPERTY" {
				return nil, noColumn(strings.ToLower(f), 24)
			}
		}
		by = append(by, sorting{f, ascending(n)})
	}
	return by, nil
}

// sortEntities returns a new, ordered slice. Without a sort field the order
// is the one of registration; a client must not count on it.
func sortEntities(in []*labdata.Entity, by []sorting) []*labdata.Entity {
	out := append([]*labdata.Entity(nil), in...)
	if len(by) == 0 {
		sort.SliceStable(out, func(i, j int) bool { return out[i].Id < out[j].Id })
		return out
	}
	keys := make([][]string, len(by))
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	for j, b := range by {
		keys[j] = make([]string, len(out))
		for i, e := range out {
			keys[j][i] = e.SortKey(b.field)
		}
	}
	sort.SliceStable(order, func(x, y int) bool {
		for j, b := range by {
			p, q := keys[j][order[x]], keys[j][order[y]]
			switch {
			case p == q:
				continue
			case p == "" || q == "":
				return q == ""
			}
			return (p < q) == b.asc
		}
		return false
	})
	sorted := make([]*labdata.Entity, len(out))
	for i, x := range order {
		sorted[i] = out[x]
	}
	return sorted
}

// page cuts out what from and count of fetch options ask for.
func page[T any](all []T, fo *jackson.Node) []T {
	if from, ok := fo.Number("from"); ok && from > 0 {
		all = all[min(int(from), len(all)):]
	}
	if count, ok := fo.Number("count"); ok && count >= 0 {
		all = all[:min(int(count), len(all))]
	}
	return all
}
