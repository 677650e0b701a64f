package openbistest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// searchMemory is the ordered result of a recent search, so that the pages of
// a long listing do not search and sort again.
type searchMemory struct {
	key     string
	version int
	found   []*entity
}

// memories is how many searches are remembered.
const memories = 16

// searchEntities finds what criteria match and the caller may see, in order.
// The caller of this holds the lock.
func (c *call) searchEntities(k kind, criteria, fo *node) ([]*entity, error) {
	if criteria == nil {
		return nil, runtimeFailure("Criteria cannot be null.")
	}
	if fo == nil {
		return nil, runtimeFailure("Fetch options cannot be null.")
	}
	if err := checkCriteria(criteria, map[*node]bool{}); err != nil {
		return nil, err
	}
	by, err := sortings(fo)
	if err != nil {
		return nil, err
	}
	var found []*entity
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
func (c *call) remembered(k kind, criteria, fo *node) ([]*entity, error) {
	key := ""
	if criteria != nil && fo != nil {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%d %s ", k, c.caller.user.userID)
		writeKey(&b, criteria, map[*node]bool{})
		writeKey(&b, fo.node("sort"), map[*node]bool{})
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
func writeKey(b *bytes.Buffer, n *node, seen map[*node]bool) {
	if n == nil || seen[n] {
		b.WriteByte('-')
		return
	}
	seen[n] = true
	b.WriteString("{" + n.typ)
	for _, k := range sortedKeys(n.fields) {
		fmt.Fprintf(b, " %q:", k)
		writeValue(b, n.fields[k], seen)
	}
	b.WriteByte('}')
}

func writeValue(b *bytes.Buffer, v any, seen map[*node]bool) {
	switch v := v.(type) {
	case *node:
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
func checkCriteria(c *node, seen map[*node]bool) error {
	if seen[c] {
		return nil
	}
	seen[c] = true
	if c.short() == "IdsSearchCriteria" {
		return &javaError{class: exRuntime, message: "arraycopy: element type mismatch: can not cast one of the elements of java.lang.Object[] to the type of the destination array, java.lang.Long"}
	}
	for _, m := range c.nodes("criteria") {
		if err := checkCriteria(m, seen); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the entities worth a look: those that an index gives for
// some member of the criteria, or all.
func (s *Server) candidates(k kind, criteria *node) []*entity {
	if found, ok := s.narrow(k, criteria); ok {
		return found
	}
	return s.lab.all[k]
}

// narrow uses the indexes. ok is false where none helps.
func (s *Server) narrow(k kind, c *node) (found []*entity, ok bool) {
	if c.flag("negated") {
		return nil, false
	}
	members := c.nodes("criteria")
	if strings.EqualFold(c.str("operator"), "OR") {
		seen := map[*entity]bool{}
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
func (s *Server) narrowBy(k kind, m *node) ([]*entity, bool) {
	l := s.lab
	exact := func(index map[string]*entity, id string) ([]*entity, bool) {
		if e := index[id]; e != nil {
			return []*entity{e}, true
		}
		return nil, true
	}
	union := func(of kind, members func(*entity) []*entity) ([]*entity, bool) {
		owners, ok := s.narrow(of, m)
		if !ok {
			return nil, false
		}
		if len(owners) == 1 {
			return members(owners[0]), true
		}
		seen := map[*entity]bool{}
		var all []*entity
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
	switch m.short() {
	case "PermIdSearchCriteria":
		if id, ok := exactly(m.node("fieldValue")); ok {
			return exact(l.byPerm[k], id)
		}
	case "IdentifierSearchCriteria":
		if id, ok := exactly(m.node("fieldValue")); ok {
			return exact(l.byIdent[k], id)
		}
	case "CodeSearchCriteria":
		if code, ok := exactly(m.node("fieldValue")); ok && (k == kindSpace || k == kindDataSet) {
			return exact(l.byPerm[k], code)
		}
	case "CodesSearchCriteria":
		if k == kindSpace || k == kindDataSet {
			var found []*entity
			seen := map[string]bool{}
			for _, x := range m.list("fieldValue") {
				code, _ := x.(string)
				if e := l.byPerm[k][code]; e != nil && !seen[code] {
					seen[code] = true
					found = append(found, e)
				}
			}
			return found, true
		}
	case "IdSearchCriteria":
		if id := m.node("id"); id != nil {
			if e := s.byID(id); e != nil && e.kind == k {
				return []*entity{e}, true
			}
			return nil, true
		}
	case "SpaceSearchCriteria":
		switch k {
		case kindSpace:
			return s.narrow(k, m)
		case kindProject:
			return union(kindSpace, func(e *entity) []*entity { return e.projects })
		case kindExperiment:
			return union(kindSpace, func(e *entity) []*entity { return e.exps })
		case kindSample:
			return union(kindSpace, func(e *entity) []*entity { return e.samples })
		}
	case "ProjectSearchCriteria":
		switch k {
		case kindProject:
			return s.narrow(k, m)
		case kindExperiment:
			return union(kindProject, func(e *entity) []*entity { return e.exps })
		case kindSample:
			return union(kindProject, func(e *entity) []*entity { return e.samples })
		}
	case "ExperimentSearchCriteria":
		switch k {
		case kindExperiment:
			return s.narrow(k, m)
		case kindSample:
			return union(kindExperiment, func(e *entity) []*entity { return e.samples })
		case kindDataSet:
			return union(kindExperiment, func(e *entity) []*entity { return e.dataSets })
		}
	case "SampleSearchCriteria":
		switch k {
		case kindSample:
			return s.narrow(k, m)
		case kindDataSet:
			return union(kindSample, func(e *entity) []*entity { return e.dataSets })
		}
	case "DataSetSearchCriteria":
		if k == kindDataSet {
			return s.narrow(k, m)
		}
	case "SampleParentsSearchCriteria", "DataSetParentsSearchCriteria":
		return union(k, func(e *entity) []*entity { return e.children })
	case "SampleChildrenSearchCriteria", "DataSetChildrenSearchCriteria":
		return union(k, func(e *entity) []*entity { return e.parents })
	case "SampleContainerSearchCriteria", "DataSetContainerSearchCriteria":
		return union(k, func(e *entity) []*entity { return e.components })
	case "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria":
		if m.flag("negated") {
			return nil, false
		}
		for _, t := range m.nodes("criteria") {
			if code, ok := exactly(t.node("fieldValue")); ok && t.short() == "CodeSearchCriteria" && !strings.EqualFold(m.str("operator"), "OR") {
				return l.byType[k][code], true
			}
		}
	}
	return nil, false
}

// exactly is the text that a value asks for without wildcards.
func exactly(v *node) (string, bool) {
	if v == nil || v.short() != "StringEqualToValue" {
		return "", false
	}
	s, ok := v.text("value")
	if !ok {
		return "", false
	}
	if b, ok := v.fields["useWildcards"].(bool); strings.ContainsAny(s, "*?") && (!ok || b) {
		return "", false
	}
	return s, true
}

// byID finds the entity that an id object means; visibility aside.
func (s *Server) byID(id *node) *entity {
	if id == nil {
		return nil
	}
	k := idKind(id.typ)
	if k < 0 {
		return nil
	}
	var e *entity
	if i, ok := id.text("identifier"); ok {
		e = s.lab.byIdent[k][i]
	} else {
		e = s.lab.byPerm[k][id.str("permId")]
	}
	if e == nil || e.trashed {
		return nil
	}
	return e
}

// sorting is one sort field.
type sorting struct {
	field string
	asc   bool
}

func ascending(n *node) bool {
	if o := n.node("order"); o != nil {
		if b, ok := o.fields["asc"].(bool); ok {
			return b
		}
	}
	return true
}

// sortings reads the sort options. A field that no column has is an error of
// the database.
func sortings(fo *node) ([]sorting, error) {
	var by []sorting
	for _, n := range fo.node("sort").nodes("sortings") {
		f := n.str("field")
		switch f {
		case "CODE", "PERM_ID", "REGISTRATION_DATE", "MODIFICATION_DATE", "IDENTIFIER", "TYPE":
		default:
			if !strings.HasPrefix(f, "PROPERTY") || f == "PROPERTY" {
				return nil, runtimeFailure("org.postgresql.util.PSQLException: ERROR: column t0." + strings.ToLower(f) + " does not exist\n  Position: 24")
			}
		}
		by = append(by, sorting{f, ascending(n)})
	}
	return by, nil
}

// key is the value that an entity is sorted by; "" sorts last.
func (e *entity) sortKey(field string) string {
	switch field {
	case "CODE":
		return e.code
	case "PERM_ID":
		return e.permID
	case "IDENTIFIER":
		return e.identifier
	case "REGISTRATION_DATE":
		return fmt.Sprintf("%020d", e.registered.UnixMilli())
	case "MODIFICATION_DATE":
		return fmt.Sprintf("%020d", e.modified.UnixMilli())
	case "TYPE":
		if e.typ != nil {
			return e.typ.code
		}
		return ""
	}
	return e.props[strings.TrimPrefix(field, "PROPERTY")]
}

// sortEntities returns a new, ordered slice. Without a sort field the order
// is the one of registration; a client must not count on it.
func sortEntities(in []*entity, by []sorting) []*entity {
	out := append([]*entity(nil), in...)
	if len(by) == 0 {
		sort.SliceStable(out, func(i, j int) bool { return out[i].id < out[j].id })
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
			keys[j][i] = e.sortKey(b.field)
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
	sorted := make([]*entity, len(out))
	for i, x := range order {
		sorted[i] = out[x]
	}
	return sorted
}

// page cuts out what from and count of fetch options ask for.
func page[T any](all []T, fo *node) []T {
	if from, ok := fo.number("from"); ok && from > 0 {
		all = all[min(int(from), len(all)):]
	}
	if count, ok := fo.number("count"); ok && count >= 0 {
		all = all[:min(int(count), len(all))]
	}
	return all
}
