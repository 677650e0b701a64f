package openbistest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var codePattern = regexp.MustCompile(`^[A-Za-z0-9_\-.]+$`)

func checkCode(code string) error {
	if code == "" {
		return userFailure("Code cannot be empty.")
	}
	if !codePattern.MatchString(code) {
		return userFailure("The code '" + code + "' contains illegal characters. It should contain only letters, numbers, dots, dashes and underscores.")
	}
	return nil
}

func (c *call) lookup(id *node) (*entity, error) {
	e := c.s.byID(id)
	if e == nil {
		return nil, notFound(id.short(), idText(id))
	}
	if !c.s.sees(c.caller.user, e) {
		return nil, accessDenied(id.short(), idText(id))
	}
	return e, nil
}

func createSpaces(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	u := c.caller.user
	allowed := u.instanceRole >= rankAdmin
	for _, r := range u.spaceRole {
		allowed = allowed || r >= rankAdmin
	}
	if !allowed {
		return nil, noRole(u.userID, "SPACE_ADMIN", "INSTANCE_ADMIN", "SPACE_ETL_SERVER", "INSTANCE_ETL_SERVER")
	}
	ids := list{}
	var made []*entity
	for _, n := range c.nodes(0) {
		code := strings.ToUpper(n.str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		if s.lab.byPerm[kindSpace][code] != nil {
			return nil, s.undo(made, userFailure("Space already exists in the database and needs to be unique."))
		}
		e := s.lab.newEntity(kindSpace, code, code, "/"+code)
		e.description, e.registrator, e.modifier = n.str("description"), u, u
		s.lab.insert(e)
		made = append(made, e)
		u.roles = append(u.roles, RoleSpec{Role: "ADMIN", Space: code})
		u.readRoles()
		ids = append(ids, permIDObj("as.dto.space.id.SpacePermId", code))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func createProjects(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := list{}
	var made []*entity
	for _, n := range c.nodes(0) {
		code := strings.ToUpper(n.str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		if n.node("spaceId") == nil {
			return nil, s.undo(made, userFailure("Space id cannot be null."))
		}
		space, err := c.lookup(n.node("spaceId"))
		if err != nil {
			return nil, s.undo(made, err)
		}
		identifier := "/" + space.code + "/" + code
		if c.caller.user.rank(space) < rankPower {
			return nil, s.undo(made, accessDenied("ProjectIdentifier", identifier))
		}
		if s.lab.byIdent[kindProject][identifier] != nil {
			return nil, s.undo(made, userFailure("Project already exists in the database and needs to be unique."))
		}
		e := s.lab.newEntity(kindProject, "", code, identifier)
		e.space, e.description, e.registrator, e.modifier = space, n.str("description"), c.caller.user, c.caller.user
		s.lab.insert(e)
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.project.id.ProjectPermId", e.permID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func createExperiments(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := list{}
	var made []*entity
	all := c.nodes(0)
	for i, n := range all {
		code := strings.ToUpper(n.str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		typ, err := c.typeFor(kindExperiment, n)
		if err != nil {
			return nil, s.undo(made, err)
		}
		if n.node("projectId") == nil {
			return nil, s.undo(made, userFailure("Project id cannot be null."))
		}
		project, err := c.lookup(n.node("projectId"))
		if err != nil {
			return nil, s.undo(made, err)
		}
		identifier := project.identifier + "/" + code
		if c.caller.user.rank(project) < rankUser {
			return nil, s.undo(made, accessDenied("ExperimentIdentifier", identifier))
		}
		if s.lab.byIdent[kindExperiment][identifier] != nil {
			return nil, s.undo(made, userFailure("Experiment already exists in the database and needs to be unique."))
		}
		e := s.lab.newEntity(kindExperiment, "", code, identifier)
		e.typ, e.project, e.space, e.registrator, e.modifier = typ, project, project.space, c.caller.user, c.caller.user
		if err := c.setProperties(e, n, i, len(all), "ExperimentPE"); err != nil {
			return nil, s.undo(made, err)
		}
		e.tags = tagCodes(n)
		s.lab.insert(e)
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.experiment.id.ExperimentPermId", e.permID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func (c *call) typeFor(k kind, n *node) (*entityType, error) {
	id := n.node("typeId")
	if id == nil {
		return nil, userFailure("Type id cannot be null.").in("verifying create 1/1: ...")
	}
	t := c.s.lab.types[k][id.str("permId")]
	if t == nil {
		return nil, notFound("EntityTypePermId", id.str("permId"))
	}
	return t, nil
}

func tagCodes(n *node) []string {
	var out []string
	for _, t := range n.nodes("tagIds") {
		code := t.str("code")
		if p := t.str("permId"); p != "" {
			code = p[strings.LastIndexByte(p, '/')+1:]
		}
		out = append(out, code)
	}
	return out
}

// createSamples makes objects, all or none.
func createSamples(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := list{}
	var made []*entity
	all := c.nodes(0)
	for i, n := range all {
		e, err := c.createSample(n, i, len(all))
		if err != nil {
			return nil, s.undo(made, err)
		}
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.sample.id.SamplePermId", e.permID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func (c *call) createSample(n *node, i, total int) (*entity, error) {
	s := c.s
	typ, err := c.typeFor(kindSample, n)
	if err != nil {
		return nil, err
	}
	e := s.lab.newEntity(kindSample, "", strings.ToUpper(n.str("code")), "")
	e.typ, e.registrator, e.modifier = typ, c.caller.user, c.caller.user
	switch auto := n.flag("autoGeneratedCode"); {
	case auto && e.code != "":
		return nil, userFailure("Code should be empty when auto generated code is selected.")
	case e.code == "": // all types of this lab generate codes
		e.code = s.lab.nextCode(typ)
	default:
		if err := checkCode(e.code); err != nil {
			return nil, err
		}
	}
	where := func() string { return entityContext("SamplePE", 0, e.permID, sampleIdentifier(e)) }
	relate := func(key, what string) (*entity, error) {
		id := n.node(key)
		if id == nil {
			return nil, nil
		}
		x, err := c.lookup(id)
		if j, ok := err.(*javaError); ok {
			return nil, j.in(contextOf("setting relation sample-"+what, i, total, where(), "creation", creationWithCode(n, e.code)))
		}
		return x, err
	}
	if e.space, err = relate("spaceId", "space"); err != nil {
		return nil, err
	}
	if e.exp, err = relate("experimentId", "experiment"); err != nil {
		return nil, err
	}
	if e.project, err = relate("projectId", "project"); err != nil {
		return nil, err
	}
	if e.container, err = relate("containerId", "container"); err != nil {
		return nil, err
	}
	if e.exp != nil {
		if e.space == nil {
			return nil, userFailure("Shared samples cannot be attached to experiments. Sample: /" + e.code + ", Experiment: " + e.exp.identifier)
		}
		if e.project != nil && e.project != e.exp.project || e.space != e.exp.space {
			return nil, userFailure("Sample space must be the same as experiment space. Sample: /" + e.space.code + "/" + e.code + ", Experiment: " + e.exp.identifier)
		}
		e.project = e.exp.project
	}
	if e.project != nil && e.space != e.project.space {
		return nil, userFailure("Sample space must be the same as project space. Sample: " + e.code + ", Project: " + e.project.identifier)
	}
	e.identifier = sampleIdentifier(e)
	if err := c.setProperties(e, n, i, total, "SamplePE"); err != nil {
		return nil, err
	}
	if c.caller.user.rank(e) < rankUser {
		return nil, accessDenied("SampleIdentifier", e.identifier).in(contextOf("checking access", i, total, where(), "creation", creationWithCode(n, e.code)))
	}
	if s.lab.byIdent[kindSample][e.identifier] != nil {
		return nil, userFailure("Insert/Update of sample (code: " + e.code + ") failed because sample with the same code already exists.")
	}
	if err := checkMandatory(e, i, total, "SamplePE"); err != nil {
		return nil, err
	}
	var parents, children []*entity
	for _, id := range n.nodes("parentIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		parents = append(parents, p)
	}
	for _, id := range n.nodes("childIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		children = append(children, p)
	}
	for _, p := range parents {
		link(p, e)
	}
	for _, x := range children {
		link(e, x)
	}
	if e.container != nil {
		e.container.components = append(e.container.components, e)
	}
	e.tags = tagCodes(n)
	s.lab.insert(e)
	return e, nil
}

// creationWithCode is the request as the server repeats it, with the code
// that it made.
func creationWithCode(n *node, code string) *node {
	c := &node{typ: n.typ, fields: map[string]any{}}
	for k, v := range n.fields {
		c.fields[k] = v
	}
	c.fields["code"] = code
	for _, k := range []string{"typeId", "experimentId", "projectId", "spaceId", "code", "autoGeneratedCode", "parentIds", "childIds", "properties"} {
		if _, ok := c.fields[k]; ok {
			c.keys = append(c.keys, k)
		}
	}
	return c
}

// setProperties takes the values of a creation over and checks them.
func (c *call) setProperties(e *entity, n *node, i, total int, class string) error {
	e.props = map[string]string{}
	given, _ := n.fields["properties"].(map[string]any)
	fail := func(j *javaError) error {
		var b strings.Builder
		id := 0
		prettyValue(&b, given, "  ", &id)
		ctx := fmt.Sprintf("updating properties (%d/%d) {\n  \"entity\" : %s,\n  \"properties\" : %s\n}", i+1, total,
			entityContext(class, 0, e.permID, e.identifier), b.String())
		return j.in(ctx)
	}
	for _, k := range sortedKeys(given) {
		code := strings.ToUpper(k)
		a := e.typ.assignment(code)
		if a == nil {
			return fail(userFailure(fmt.Sprintf("Entity of type '%s' has no property type '%s' assigned.", e.typ.code, code)))
		}
		v := given[k]
		if v == nil || v == "" {
			continue
		}
		text := fmt.Sprint(v)
		value, err := checkProperty(a.prop, text)
		if err != nil {
			return fail(err)
		}
		e.props[code] = value
	}
	return nil
}

func checkProperty(p *propertyType, v string) (string, *javaError) {
	switch p.dataType {
	case "INTEGER":
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return "", userFailure("Integer value '" + v + "' has improper format.")
		}
	case "REAL":
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return "", userFailure("Double value '" + v + "' has improper format.")
		}
	case "BOOLEAN":
		switch strings.ToLower(v) {
		case "true", "false":
			return strings.ToLower(v), nil
		}
		return "", userFailure("Boolean value '" + v + "' has improper format. It should be either 'true' or 'false'.")
	case "CONTROLLEDVOCABULARY":
		for _, t := range p.vocab.terms {
			if t.code == strings.ToUpper(v) {
				return t.code, nil
			}
		}
		return "", userFailure("Vocabulary value '" + v + "' is not valid. It must exist in '" + p.vocab.code + "' controlled vocabulary.")
	case "HYPERLINK":
		if !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "ftp://") {
			return "", userFailure("Hyperlink '" + v + "' should start with one of the following protocols: '[http://, https://, ftp://]'")
		}
		if strings.ContainsAny(v, "<>()[]") {
			return "", userFailure("Hyperlink '" + v + "' is not well formed.")
		}
	case "TIMESTAMP":
		for _, layout := range []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.Format("2006-01-02 15:04:05 -0700"), nil
			}
		}
		return "", userFailure("Date value '" + v + "' has improper format.")
	}
	return v, nil
}

func checkMandatory(e *entity, i, total int, class string) error {
	for _, a := range e.typ.assignments {
		if a.mandatory && e.props[a.prop.code] == "" {
			return userFailure("Value of mandatory property '" + a.prop.code + "' not specified.").
				in(contextOf("verifying", i, total, entityContext(class, e.id, e.permID, e.identifier), "", nil))
		}
	}
	return nil
}

// undo takes back what a failed transaction made.
func (s *Server) undo(made []*entity, err error) error {
	for i := len(made) - 1; i >= 0; i-- {
		s.lab.remove(made[i])
	}
	return err
}

// remove takes an entity out of all indexes.
func (l *Lab) remove(e *entity) {
	without := func(list []*entity) []*entity {
		var out []*entity
		for _, x := range list {
			if x != e {
				out = append(out, x)
			}
		}
		return out
	}
	l.all[e.kind] = without(l.all[e.kind])
	delete(l.byPerm[e.kind], e.permID)
	delete(l.byIdent[e.kind], e.identifier)
	if e.typ != nil {
		l.byType[e.kind][e.typ.code] = without(l.byType[e.kind][e.typ.code])
	}
	for _, p := range []*entity{e.space, e.project, e.exp, e.sample, e.container} {
		if p != nil {
			p.projects, p.exps, p.samples = without(p.projects), without(p.exps), without(p.samples)
			p.dataSets, p.components = without(p.dataSets), without(p.components)
		}
	}
	for _, p := range e.parents {
		p.children = without(p.children)
	}
	for _, x := range e.children {
		x.parents = without(x.parents)
	}
	for _, x := range e.components {
		x.containers = without(x.containers)
	}
}
