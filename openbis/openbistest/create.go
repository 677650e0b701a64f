package openbistest

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

var codePattern = regexp.MustCompile(`^[A-Za-z0-9_\-.]+$`)

func checkCode(code string) error {
	if code == "" {
		return jackson.UserFailure("Code cannot be empty.")
	}
	if !codePattern.MatchString(code) {
		return jackson.UserFailure(
			"The code '" + code + "' contains illegal characters. It should contain only letters, numbers, dots, dashes and underscores.",
		)
	}
	return nil
}

func (c *call) lookup(id *jackson.Node) (*labdata.Entity, error) {
	e := c.s.byID(id)
	if e == nil {
		return nil, jackson.NotFound(id.Short(), idText(id))
	}
	if !c.s.sees(c.caller.user, e) {
		return nil, jackson.AccessDenied(id.Short(), idText(id))
	}
	return e, nil
}

func createSpaces(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	u := c.caller.user
	allowed := u.InstanceRole >= labdata.RankAdmin
	for _, r := range u.SpaceRole {
		allowed = allowed || r >= labdata.RankAdmin
	}
	if !allowed {
		return nil, jackson.NoRole(u.UserID, "SPACE_ADMIN", "INSTANCE_ADMIN", "SPACE_ETL_SERVER", "INSTANCE_ETL_SERVER")
	}
	ids := jackson.List{}
	var made []*labdata.Entity
	for _, n := range c.nodes(0) {
		code := strings.ToUpper(n.Str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		if s.lab.ByPerm[labdata.KindSpace][code] != nil {
			return nil, s.undo(made, jackson.UserFailure("Space already exists in the database and needs to be unique."))
		}
		e := s.lab.NewEntity(labdata.KindSpace, code, code, "/"+code)
		e.Description, e.Registrator, e.Modifier = n.Str("description"), u, u
		s.lab.Insert(e)
		made = append(made, e)
		u.Roles = append(u.Roles, labdata.RoleSpec{Role: "ADMIN", Space: code})
		u.ReadRoles()
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
	ids := jackson.List{}
	var made []*labdata.Entity
	for _, n := range c.nodes(0) {
		code := strings.ToUpper(n.Str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		if n.Node("spaceId") == nil {
			return nil, s.undo(made, jackson.UserFailure("Space id cannot be null."))
		}
		space, err := c.lookup(n.Node("spaceId"))
		if err != nil {
			return nil, s.undo(made, err)
		}
		identifier := "/" + space.Code + "/" + code
		if c.caller.user.Rank(space) < labdata.RankPower {
			return nil, s.undo(made, jackson.AccessDenied("ProjectIdentifier", identifier))
		}
		if s.lab.ByIdent[labdata.KindProject][identifier] != nil {
			return nil, s.undo(made, jackson.UserFailure("Project already exists in the database and needs to be unique."))
		}
		e := s.lab.NewEntity(labdata.KindProject, "", code, identifier)
		e.Space, e.Description, e.Registrator, e.Modifier = space, n.Str("description"), c.caller.user, c.caller.user
		s.lab.Insert(e)
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.project.id.ProjectPermId", e.PermID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func createExperiments(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := jackson.List{}
	var made []*labdata.Entity
	all := c.nodes(0)
	for i, n := range all {
		code := strings.ToUpper(n.Str("code"))
		if err := checkCode(code); err != nil {
			return nil, s.undo(made, err)
		}
		typ, err := c.typeFor(labdata.KindExperiment, n)
		if err != nil {
			return nil, s.undo(made, err)
		}
		if n.Node("projectId") == nil {
			return nil, s.undo(made, jackson.UserFailure("Project id cannot be null."))
		}
		project, err := c.lookup(n.Node("projectId"))
		if err != nil {
			return nil, s.undo(made, err)
		}
		identifier := project.Identifier + "/" + code
		if c.caller.user.Rank(project) < labdata.RankUser {
			return nil, s.undo(made, jackson.AccessDenied("ExperimentIdentifier", identifier))
		}
		if s.lab.ByIdent[labdata.KindExperiment][identifier] != nil {
			return nil, s.undo(made, jackson.UserFailure("Experiment already exists in the database and needs to be unique."))
		}
		e := s.lab.NewEntity(labdata.KindExperiment, "", code, identifier)
		e.Typ, e.Project, e.Space, e.Registrator, e.Modifier = typ, project, project.Space, c.caller.user, c.caller.user
		if err := c.setProperties(e, n, i, len(all), "ExperimentPE"); err != nil {
			return nil, s.undo(made, err)
		}
		e.Tags = tagCodes(n)
		s.lab.Insert(e)
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.experiment.id.ExperimentPermId", e.PermID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func (c *call) typeFor(k labdata.Kind, n *jackson.Node) (*labdata.EntityType, error) {
	id := n.Node("typeId")
	if id == nil {
		return nil, jackson.UserFailure("Type id cannot be null.").In("verifying create 1/1: ...")
	}
	t := c.s.lab.Types[k][id.Str("permId")]
	if t == nil {
		return nil, jackson.NotFound("EntityTypePermId", id.Str("permId"))
	}
	return t, nil
}

func tagCodes(n *jackson.Node) []string {
	var out []string
	for _, t := range n.Nodes("tagIds") {
		code := t.Str("code")
		if p := t.Str("permId"); p != "" {
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
	ids := jackson.List{}
	var made []*labdata.Entity
	all := c.nodes(0)
	for i, n := range all {
		e, err := c.createSample(n, i, len(all))
		if err != nil {
			return nil, s.undo(made, err)
		}
		made = append(made, e)
		ids = append(ids, permIDObj("as.dto.sample.id.SamplePermId", e.PermID))
	}
	c.made = append(c.made, made...)
	s.version++
	return ids, nil
}

func (c *call) createSample(n *jackson.Node, i, total int) (*labdata.Entity, error) {
	s := c.s
	typ, err := c.typeFor(labdata.KindSample, n)
	if err != nil {
		return nil, err
	}
	e := s.lab.NewEntity(labdata.KindSample, "", strings.ToUpper(n.Str("code")), "")
	e.Typ, e.Registrator, e.Modifier = typ, c.caller.user, c.caller.user
	switch auto := n.Flag("autoGeneratedCode"); {
	case auto && e.Code != "":
		return nil, jackson.UserFailure("Code should be empty when auto generated code is selected.")
	case e.Code == "": // all types of this lab generate codes
		e.Code = s.lab.NextCode(typ)
	default:
		if err := checkCode(e.Code); err != nil {
			return nil, err
		}
	}
	where := func() string { return jackson.EntityContext("SamplePE", 0, e.PermID, labdata.SampleIdentifier(e)) }
	relate := func(key, what string) (*labdata.Entity, error) {
		id := n.Node(key)
		if id == nil {
			return nil, nil
		}
		x, err := c.lookup(id)
		if j := new(jackson.Exception); errors.As(err, &j) {
			return nil, j.In(jackson.ContextOf("setting relation sample-"+what, i, total, where(), "creation", creationWithCode(n, e.Code)))
		}
		return x, err
	}
	if e.Space, err = relate("spaceId", "space"); err != nil {
		return nil, err
	}
	if e.Exp, err = relate("experimentId", "experiment"); err != nil {
		return nil, err
	}
	if e.Project, err = relate("projectId", "project"); err != nil {
		return nil, err
	}
	if e.Container, err = relate("containerId", "container"); err != nil {
		return nil, err
	}
	if e.Exp != nil {
		if e.Space == nil {
			return nil, jackson.UserFailure(
				"Shared samples cannot be attached to experiments. Sample: /" + e.Code + ", Experiment: " + e.Exp.Identifier,
			)
		}
		if e.Project != nil && e.Project != e.Exp.Project || e.Space != e.Exp.Space {
			return nil, jackson.UserFailure(
				"Sample space must be the same as experiment space. Sample: /" + e.Space.Code + "/" + e.Code + ", Experiment: " + e.Exp.Identifier,
			)
		}
		e.Project = e.Exp.Project
	}
	if e.Project != nil && e.Space != e.Project.Space {
		return nil, jackson.UserFailure(
			"Sample space must be the same as project space. Sample: " + e.Code + ", Project: " + e.Project.Identifier,
		)
	}
	e.Identifier = labdata.SampleIdentifier(e)
	if err := c.setProperties(e, n, i, total, "SamplePE"); err != nil {
		return nil, err
	}
	if c.caller.user.Rank(e) < labdata.RankUser {
		return nil, jackson.AccessDenied("SampleIdentifier", e.Identifier).
			In(jackson.ContextOf("checking access", i, total, where(), "creation", creationWithCode(n, e.Code)))
	}
	if s.lab.ByIdent[labdata.KindSample][e.Identifier] != nil {
		return nil, jackson.UserFailure("Insert/Update of sample (code: " + e.Code + ") failed because sample with the same code already exists.")
	}
	if err := checkMandatory(e, i, total, "SamplePE"); err != nil {
		return nil, err
	}
	var parents, children []*labdata.Entity
	for _, id := range n.Nodes("parentIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		parents = append(parents, p)
	}
	for _, id := range n.Nodes("childIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		children = append(children, p)
	}
	for _, p := range parents {
		labdata.Connect(p, e)
	}
	for _, x := range children {
		labdata.Connect(e, x)
	}
	if e.Container != nil {
		e.Container.Components = append(e.Container.Components, e)
	}
	e.Tags = tagCodes(n)
	s.lab.Insert(e)
	return e, nil
}

// creationWithCode is the request as the server repeats it, with the code
// that it made.
func creationWithCode(n *jackson.Node, code string) *jackson.Node {
	c := &jackson.Node{Typ: n.Typ, Fields: map[string]any{}}
	for k, v := range n.Fields {
		c.Fields[k] = v
	}
	c.Fields["code"] = code
	for _, k := range []string{"typeId", "experimentId", "projectId", "spaceId", "code", "autoGeneratedCode", "parentIds", "childIds",
		"properties"} {
		if _, ok := c.Fields[k]; ok {
			c.Keys = append(c.Keys, k)
		}
	}
	return c
}

// setProperties takes the values of a creation over and checks them.
func (c *call) setProperties(e *labdata.Entity, n *jackson.Node, i, total int, class string) error {
	e.Props = map[string]string{}
	given, _ := n.Fields["properties"].(map[string]any)
	fail := func(j *jackson.Exception) error {
		var b strings.Builder
		id := 0
		jackson.PrettyValue(&b, given, "  ", &id)
		ctx := fmt.Sprintf("updating properties (%d/%d) {\n  \"entity\" : %s,\n  \"properties\" : %s\n}", i+1, total,
			jackson.EntityContext(class, 0, e.PermID, e.Identifier), b.String())
		return j.In(ctx)
	}
	for _, k := range slices.Sorted(maps.Keys(given)) {
		code := strings.ToUpper(k)
		a := e.Typ.Assignment(code)
		if a == nil && c.s.lab.Properties[code] == nil {
			return fail(jackson.UserFailure("Property type with code '" + code + "' does not exist!"))
		}
		if a == nil {
			return fail(jackson.UserFailure(fmt.Sprintf("Entity of type '%s' has no property type '%s' assigned.", e.Typ.Code, code)))
		}
		v := given[k]
		if v == nil || v == "" {
			continue
		}
		text := fmt.Sprint(v)
		value, err := checkProperty(a.Prop, text)
		if err != nil {
			return fail(err)
		}
		e.Props[code] = value
	}
	return nil
}

func checkProperty(p *labdata.PropertyType, v string) (string, *jackson.Exception) {
	switch p.DataType {
	case "INTEGER":
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return "", jackson.UserFailure("Integer value '" + v + "' has improper format.")
		}
	case "REAL":
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return "", jackson.UserFailure("Double value '" + v + "' has improper format.")
		}
	case "BOOLEAN":
		switch strings.ToLower(v) {
		case "true", "yes":
			return "true", nil
		case "false", "no":
			return "false", nil
		}
		return "", jackson.UserFailure("Boolean value '" + v + "' has improper format. It should be either 'true' or 'false'.")
	case "CONTROLLEDVOCABULARY":
		for _, t := range p.Vocab.Terms {
			if t.Code == strings.ToUpper(v) {
				return t.Code, nil
			}
		}
		return "", jackson.UserFailure(
			"Vocabulary value '" + v + "' is not valid. It must exist in '" + p.Vocab.Code + "' controlled vocabulary.",
		)
	case "HYPERLINK":
		if !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "ftp://") {
			return "", jackson.UserFailure("Hyperlink '" + v + "' should start with one of the following protocols: '[http://, https://, ftp://]'")
		}
		if strings.ContainsAny(v, "<>()[]") {
			return "", jackson.UserFailure("Hyperlink '" + v + "' is not well formed.")
		}
	case "TIMESTAMP":
		for _, layout := range []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.Format("2006-01-02 15:04:05 -0700"), nil
			}
		}
		return "", jackson.UserFailure("Date value '" + v + "' has improper format.")
	}
	return v, nil
}

func checkMandatory(e *labdata.Entity, i, total int, class string) error {
	for _, a := range e.Typ.Assignments {
		if a.Mandatory && e.Props[a.Prop.Code] == "" {
			return jackson.UserFailure("Value of mandatory property '" + a.Prop.Code + "' not specified.").
				In(jackson.ContextOf("verifying", i, total, jackson.EntityContext(class, e.Id, e.PermID, e.Identifier), "", nil))
		}
	}
	return nil
}

// undo takes back what a failed transaction made.
func (s *Server) undo(made []*labdata.Entity, err error) error {
	for i := len(made) - 1; i >= 0; i-- {
		s.lab.Remove(made[i])
	}
	return err
}
