package openbistest

import (
	"cmp"
	"fmt"
	"sort"
	"strings"

	"zenobis/fakehttp"
)

// executeOperations runs several operations as one transaction.
func executeOperations(c *call) (any, error) {
	ops := c.nodes(0)
	if c.node(1) == nil {
		return nil, runtimeFailure("Options cannot be null.")
	}
	if c.node(1).short() != "SynchronousOperationExecutionOptions" {
		return nil, runtimeFailure("Asynchronous execution is not available.")
	}
	order := make([]int, len(ops))
	for i := range order {
		order[i] = i
	}
	if !c.node(1).flag("executeInOrder") {
		sort.SliceStable(order, func(a, b int) bool { return opRank(ops[order[a]]) < opRank(ops[order[b]]) })
	}
	results := make(list, len(ops))
	var made []*entity
	for _, i := range order {
		r, sub, err := c.operation(ops[i])
		if err != nil {
			c.s.mu.Lock()
			err = c.s.undo(made, err)
			c.s.version++
			c.s.mu.Unlock()
			return nil, err
		}
		made = append(made, sub...)
		results[i] = r
	}
	return newObj("as.dto.operation.SynchronousOperationExecutionResults").set("results", results), nil
}

func opRank(n *node) int {
	name := n.short()
	for i, p := range []string{"Create", "Update", "Get", "Search"} {
		if strings.HasPrefix(name, p) {
			return i
		}
	}
	return 4
}

// operation runs the method that an operation stands for.
func (c *call) operation(n *node) (result *obj, made []*entity, err error) {
	name := strings.TrimSuffix(n.short(), "Operation")
	m, ok := c.s.methods[strings.ToLower(name[:1])+name[1:]]
	if !ok {
		return nil, nil, runtimeFailure("Unsupported operation: " + n.short())
	}
	sub := &call{s: c.s, caller: c.caller, base: c.base}
	fields := []string{"criteria", "fetchOptions"}
	field := "searchResult"
	switch opRank(n) {
	case 0:
		fields, field = []string{"creations"}, "objectIds"
	case 1:
		fields, field = []string{"updates"}, "objectIds"
	case 2:
		fields, field = []string{"objectIds", "fetchOptions"}, "objectMap"
	case 4:
		fields, field = []string{"serviceId", "options"}, "result"
	}
	for _, f := range fields {
		sub.args = append(sub.args, n.fields[f])
	}
	v, err := m.run(sub)
	if err != nil {
		return nil, nil, err
	}
	class := n.typ + "Result"
	message := shortName(class)
	if ids, ok := v.(list); ok {
		var texts []string
		for _, x := range ids {
			if o, ok := x.(*obj); ok {
				texts = append(texts, fmt.Sprint(o.get("permId")))
			}
		}
		message += "[" + strings.Join(texts, ", ") + "]"
	}
	return newObj(class).set(field, v, "message", message), sub.made, nil
}

// executeService runs a custom service of the application server; there is
// one, of the ELN-LIMS plug-in.
func executeService(c *call) (any, error) {
	id := c.node(0)
	if id == nil {
		return nil, userFailure("Service id cannot be null.")
	}
	if code := id.str("permId"); code != "publication-api" || c.s.hit(FaultPublicationMissing, "", "") {
		return nil, notFound("CustomASServiceCode", code)
	}
	return c.publicationAPI(c.node(1))
}

func executeAggregation(c *call) (any, error) {
	id := c.node(0)
	return nil, notFound("DssServicePermId", id.node("dataStoreId").str("permId")+":"+id.str("permId"))
}

// publicationAPI records a publication: one object in each group's collection
// and, when data sets are among the related identifiers, a container of them.
// It acts as the user system, so it asks for no rights, and it looks for
// nothing that is there already.
func (c *call) publicationAPI(options *node) (any, error) {
	s := c.s
	params, _ := options.fields["parameters"].(map[string]any)
	value := func(key string) (string, bool) {
		v, ok := params[key]
		if !ok || v == nil {
			return "", false
		}
		return fmt.Sprint(v), true
	}
	if f, ok := s.Take(FaultPublicationFailed, fakehttp.Place{}); ok {
		return failed(cmp.Or(f.Message, "An error occurred.")), nil
	}
	name, ok := value("method")
	if !ok {
		name = "None"
	}
	if name != "insertPublication" {
		return nil, runtimeFailure(fmt.Sprintf("Unknown method: %q", name))
	}
	for _, k := range []string{"publicationOrganization", "name", "publicationType", "publicationURL", "publicationIdentifier", "openBISRelatedIdentifiers"} {
		if _, ok := value(k); !ok {
			return failed(k + " parameter is None."), nil
		}
	}
	props := map[string]string{}
	for key, code := range map[string]string{"name": "$NAME", "publicationOrganization": "$PUBLICATION.ORGANIZATION", "publicationType": "$PUBLICATION.TYPE",
		"publicationIdentifier": "$PUBLICATION.IDENTIFIER", "publicationURL": "$PUBLICATION.URL", "publicationDescription": "$PUBLICATION.DESCRIPTION"} {
		if v, ok := value(key); ok && v != "" {
			props[code] = v
		}
	}
	var related, groups []string
	seen := map[string]bool{}
	text, _ := value("openBISRelatedIdentifiers")
	for _, id := range strings.Split(text, ",") {
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		related = append(related, id)
		if g, ok := strings.CutPrefix(id, "GROUP:"); ok {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		groups = []string{"GENERAL"}
	}
	props["$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS"] = strings.Join(related, ", ")
	if err := c.insertPublications(groups, related, props); err != nil {
		return nil, err
	}
	return pairs{{"status", "OK"}}, nil
}

func failed(text string) pairs { return pairs{{"error", text}, {"status", "FAILED"}} }

func (c *call) insertPublications(groups, related []string, props map[string]string) error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lab
	var made []*entity
	var dataSets []*entity
	for _, id := range related {
		if e := l.byPerm[kindDataSet][id]; e != nil && !e.trashed {
			dataSets = append(dataSets, e)
		}
	}
	typ := l.types[kindSample]["PUBLICATION"]
	for _, g := range groups {
		prefix := ""
		if g != "GENERAL" {
			prefix = g + "_"
		}
		space := l.byPerm[kindSpace][prefix+"PUBLICATIONS"]
		if space == nil {
			return s.undo(made, notFound("SpacePermId", prefix+"PUBLICATIONS"))
		}
		identifier := "/" + prefix + "PUBLICATIONS/" + prefix + "PUBLIC_REPOSITORIES/" + prefix + "PUBLICATIONS_COLLECTION"
		exp := l.byIdent[kindExperiment][identifier]
		if exp == nil {
			return s.undo(made, notFound("ExperimentIdentifier", identifier))
		}
		e := l.newEntity(kindSample, "", l.nextCode(typ), "")
		e.typ, e.space, e.project, e.exp, e.props = typ, space, exp.project, exp, map[string]string{}
		e.identifier = sampleIdentifier(e)
		for k, v := range props {
			checked, err := checkProperty(typ.assignment(k).prop, v)
			if err != nil {
				return s.undo(made, err)
			}
			e.props[k] = checked
		}
		if err := checkMandatory(e, 0, 1, "SamplePE"); err != nil {
			return s.undo(made, err)
		}
		l.insert(e)
		made = append(made, e)
		if len(dataSets) == 0 {
			continue
		}
		d := l.newEntity(kindDataSet, "", "", "")
		d.code, d.typ, d.sample, d.exp, d.project, d.space = d.permID, l.types[kindDataSet]["PUBLICATION_DATA"], e, exp, exp.project, space
		d.props = map[string]string{}
		d.data = &dataSet{kind: "CONTAINER", store: l.stores[0], status: "AVAILABLE", accessed: d.registered}
		for _, x := range dataSets {
			contain(d, x)
		}
		l.insert(d)
		made = append(made, d)
	}
	s.version++
	return nil
}

// RecordedPublication is a PUBLICATION object as the server keeps it.
type RecordedPublication struct {
	PermID, Identifier string
	Registrator        string
	Properties         map[string]string
	DataSets           []string // codes of the components of its containers
}

// Publications lists all PUBLICATION objects, oldest first.
func (s *Server) Publications() []RecordedPublication {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []RecordedPublication
	for _, e := range s.lab.byType[kindSample]["PUBLICATION"] {
		if e.trashed {
			continue
		}
		p := RecordedPublication{PermID: e.permID, Identifier: e.identifier, Registrator: e.registrator.userID, Properties: map[string]string{}}
		for k, v := range e.props {
			p.Properties[k] = v
		}
		for _, d := range e.dataSets {
			for _, x := range d.components {
				p.DataSets = append(p.DataSets, x.code)
			}
		}
		out = append(out, p)
	}
	return out
}
