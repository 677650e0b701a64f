package openbistest

import (
	"cmp"
	"fmt"
	"sort"
	"strings"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// executeOperations runs several operations as one transaction.
func executeOperations(c *call) (any, error) {
	ops := c.nodes(0)
	if c.node(1) == nil {
		return nil, jackson.RuntimeFailure("Options cannot be null.")
	}
	if c.node(1).Short() != "SynchronousOperationExecutionOptions" {
		return nil, jackson.RuntimeFailure("Asynchronous execution is not available.")
	}
	order := make([]int, len(ops))
	for i := range order {
		order[i] = i
	}
	if !c.node(1).Flag("executeInOrder") {
		sort.SliceStable(order, func(a, b int) bool { return opRank(ops[order[a]]) < opRank(ops[order[b]]) })
	}
	results := make(jackson.List, len(ops))
	var made []*labdata.Entity
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
	return jackson.NewObj("as.dto.operation.SynchronousOperationExecutionResults").Set("results", results), nil
}

func opRank(n *jackson.Node) int {
	name := n.Short()
	for i, p := range []string{"Create", "Update", "Get", "Search"} {
		if strings.HasPrefix(name, p) {
			return i
		}
	}
	return 4
}

// operation runs the method that an operation stands for.
func (c *call) operation(n *jackson.Node) (result *jackson.Obj, made []*labdata.Entity, err error) {
	name := strings.TrimSuffix(n.Short(), "Operation")
	m, ok := c.s.methods[strings.ToLower(name[:1])+name[1:]]
	if !ok {
		return nil, nil, jackson.RuntimeFailure("Unsupported operation: " + n.Short())
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
		sub.args = append(sub.args, n.Fields[f])
	}
	v, err := m.run(sub)
	if err != nil {
		return nil, nil, err
	}
	class := n.Typ + "Result"
	message := jackson.ShortName(class)
	if ids, ok := v.(jackson.List); ok {
		var texts []string
		for _, x := range ids {
			if o, ok := x.(*jackson.Obj); ok {
				texts = append(texts, fmt.Sprint(o.Get("permId")))
			}
		}
		message += "[" + strings.Join(texts, ", ") + "]"
	}
	return jackson.NewObj(class).Set(field, v, "message", message), sub.made, nil
}

// searchServices lists the one custom service of the application server, whatever
// is asked.
func searchServices(c *call) (any, error) {
	objects := jackson.List{}
	if !c.s.hit(FaultPublicationMissing, "", "") {
		objects = append(objects, jackson.NewObj("as.dto.service.CustomASService").
			Set("fetchOptions", freshFetch(fetchName("service", "CustomASService")), "code", "publication-api",
				"label", "publication-api", "description", "publication-api"))
	}
	return searchResult(objects, len(objects)), nil
}

// executeService runs a custom service of the application server; there is
// one, of the ELN-LIMS plug-in.
func executeService(c *call) (any, error) {
	id := c.node(0)
	if id == nil {
		return nil, jackson.UserFailure("Service id cannot be null.")
	}
	if code := id.Str("permId"); code != "publication-api" || c.s.hit(FaultPublicationMissing, "", "") {
		return nil, jackson.NotFound("CustomASServiceCode", code)
	}
	return c.publicationAPI(c.node(1))
}

func executeAggregation(c *call) (any, error) {
	id := c.node(0)
	return nil, jackson.NotFound("DssServicePermId", id.Node("dataStoreId").Str("permId")+":"+id.Str("permId"))
}

// publicationAPI records a publication: one object in each group's collection
// and, when data sets are among the related identifiers, a container of them.
// It acts as the user system, so it asks for no rights, and it looks for
// nothing that is there already.
func (c *call) publicationAPI(options *jackson.Node) (any, error) {
	s := c.s
	params, _ := options.Fields["parameters"].(map[string]any)
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
		return nil, jackson.RuntimeFailure(fmt.Sprintf("Unknown method: %q", name))
	}
	for _, k := range []string{"publicationOrganization", "name", "publicationType", "publicationURL", "publicationIdentifier",
		"openBISRelatedIdentifiers"} {
		if _, ok := value(k); !ok {
			return failed(k + " parameter is None."), nil
		}
	}
	props := map[string]string{}
	for key, code := range map[string]string{"name": "$NAME", "publicationOrganization": "$PUBLICATION.ORGANIZATION",
		"publicationType":       "$PUBLICATION.TYPE",
		"publicationIdentifier": "$PUBLICATION.IDENTIFIER", "publicationURL": "$PUBLICATION.URL",
		"publicationDescription": "$PUBLICATION.DESCRIPTION"} {
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
	return jackson.Pairs{{"status", "OK"}}, nil
}

func failed(text string) jackson.Pairs { return jackson.Pairs{{"error", text}, {"status", "FAILED"}} }

func (c *call) insertPublications(groups, related []string, props map[string]string) error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lab
	var made []*labdata.Entity
	var dataSets []*labdata.Entity
	for _, id := range related {
		if e := l.ByPerm[labdata.KindDataSet][id]; e != nil && !e.Trashed {
			dataSets = append(dataSets, e)
		}
	}
	typ := l.Types[labdata.KindSample]["PUBLICATION"]
	for _, g := range groups {
		prefix := ""
		if g != "GENERAL" {
			prefix = g + "_"
		}
		space := l.ByPerm[labdata.KindSpace][prefix+"PUBLICATIONS"]
		if space == nil {
			return s.undo(made, jackson.NotFound("SpacePermId", prefix+"PUBLICATIONS"))
		}
		identifier := "/" + prefix + "PUBLICATIONS/" + prefix + "PUBLIC_REPOSITORIES/" + prefix + "PUBLICATIONS_COLLECTION"
		exp := l.ByIdent[labdata.KindExperiment][identifier]
		if exp == nil {
			return s.undo(made, jackson.NotFound("ExperimentIdentifier", identifier))
		}
		e := l.NewEntity(labdata.KindSample, "", l.NextCode(typ), "")
		e.Typ, e.Space, e.Project, e.Exp, e.Props = typ, space, exp.Project, exp, map[string]string{}
		e.Identifier = labdata.SampleIdentifier(e)
		for k, v := range props {
			checked, err := checkProperty(typ.Assignment(k).Prop, v)
			if err != nil {
				return s.undo(made, err)
			}
			e.Props[k] = checked
		}
		if err := checkMandatory(e, 0, 1, "SamplePE"); err != nil {
			return s.undo(made, err)
		}
		l.Insert(e)
		made = append(made, e)
		if len(dataSets) == 0 {
			continue
		}
		d := l.NewEntity(labdata.KindDataSet, "", "", "")
		d.Code, d.Typ, d.Sample, d.Exp, d.Project, d.Space = d.PermID, l.Types[labdata.KindDataSet]["PUBLICATION_DATA"], e, exp,
			exp.Project, space
		d.Props = map[string]string{}
		d.Data = &labdata.DataSet{Kind: "CONTAINER", Store: l.Stores[0], Status: "AVAILABLE", Accessed: d.Registered}
		for _, x := range dataSets {
			labdata.Contain(d, x)
		}
		l.Insert(d)
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
	for _, e := range s.lab.ByType[labdata.KindSample]["PUBLICATION"] {
		if e.Trashed {
			continue
		}
		p := RecordedPublication{PermID: e.PermID, Identifier: e.Identifier, Registrator: e.Registrator.UserID, Properties: map[string]string{}}
		for k, v := range e.Props {
			p.Properties[k] = v
		}
		for _, d := range e.DataSets {
			for _, x := range d.Components {
				p.DataSets = append(p.DataSets, x.Code)
			}
		}
		out = append(out, p)
	}
	return out
}
