package openbistest

import (
	"fmt"
	"strconv"
	"strings"
)

// methodTable is every method that this server answers.
func (s *Server) methodTable() map[string]method {
	m := map[string]method{
		"login": {params: []string{"", ""}, run: func(c *call) (any, error) { return s.login(c.text(0), c.text(1)) }},
		"loginAs": {params: []string{"", "", ""}, run: func(c *call) (any, error) {
			return s.loginAs(c.text(0), c.text(1), c.text(2))
		}},
		"loginAsAnonymousUser":       {run: func(*call) (any, error) { return nil, nil }},
		"logout":                     {params: []string{""}, run: func(c *call) (any, error) { s.logout(c.text(0)); return nil, nil }},
		"isSessionActive":            {params: []string{""}, run: func(c *call) (any, error) { _, err := s.caller(c.text(0)); return err == nil, nil }},
		"getSessionInformation":      {auth: true, run: sessionInformation},
		"getServerInformation":       {auth: true, run: serverInformation},
		"getServerPublicInformation": {run: func(*call) (any, error) { return publicInformation(), nil }},

		"getPersons":    {auth: true, params: []string{"[]@personId", fetchName("person", "Person")}, run: getPersons},
		"updatePersons": {auth: true, params: []string{"[]as.dto.person.update.PersonUpdate"}, run: updatePersons},

		"createPersonalAccessTokens": {auth: true, params: []string{"[]as.dto.pat.create.PersonalAccessTokenCreation"}, run: createPATs},
		"getPersonalAccessTokens":    {auth: true, params: []string{"[]@patId", fetchName("pat", "PersonalAccessToken")}, run: getPATs},
		"searchPersonalAccessTokens": {auth: true, params: []string{searchName("pat", "PersonalAccessToken"), fetchName("pat", "PersonalAccessToken")}, run: searchPATs},

		"getRights":      {auth: true, params: []string{"[]@id", fetchName("rights", "Rights")}, run: getRights},
		"searchGlobally": {auth: true, params: []string{"as.dto.global.search.GlobalSearchCriteria", fetchName("global", "GlobalSearchObject")}, run: searchGlobally},

		"createSpaces":      {auth: true, params: []string{"[]as.dto.space.create.SpaceCreation"}, run: createSpaces},
		"createProjects":    {auth: true, params: []string{"[]as.dto.project.create.ProjectCreation"}, run: createProjects},
		"createExperiments": {auth: true, params: []string{"[]as.dto.experiment.create.ExperimentCreation"}, run: createExperiments},
		"createSamples":     {auth: true, params: []string{"[]as.dto.sample.create.SampleCreation"}, run: createSamples},

		"deleteSpaces":      {auth: true, params: []string{"[]@spaceId", "as.dto.space.delete.SpaceDeletionOptions"}, run: deleteSpaces},
		"deleteDataSets":    {auth: true, params: []string{"[]@dataSetId", "as.dto.dataset.delete.DataSetDeletionOptions"}, run: deleteDataSets},
		"searchDeletions":   {auth: true, params: []string{searchName("deletion", "Deletion"), fetchName("deletion", "Deletion")}, run: searchDeletions},
		"archiveDataSets":   {auth: true, params: []string{"[]@dataSetId", "as.dto.dataset.archive.DataSetArchiveOptions"}, run: archiveDataSets},
		"unarchiveDataSets": {auth: true, params: []string{"[]@dataSetId", "as.dto.dataset.unarchive.DataSetUnarchiveOptions"}, run: unarchiveDataSets},

		"executeCustomASService":    {auth: true, params: []string{"@customServiceId", "as.dto.service.CustomASServiceExecutionOptions"}, run: executeService},
		"executeAggregationService": {auth: true, params: []string{"@dssServiceId", "as.dto.service.execute.AggregationServiceExecutionOptions"}, run: executeAggregation},
		"executeOperations":         {auth: true, params: []string{"[]@operation", "@executionOptions"}, run: executeOperations},

		"createPermIdStrings": {auth: true, params: []string{""}, run: createPermIDs},

		"searchFiles": {dss: true, auth: true, params: []string{"dss.dto.datasetfile.search.DataSetFileSearchCriteria",
			"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}, run: searchFiles},
		"createFastDownloadSession": {dss: true, auth: true, params: []string{"[]@dataSetFileId",
			"dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions"}, run: createFastDownload},
		"createUploadedDataSet": {dss: true, auth: true, params: []string{"dss.dto.dataset.create.UploadedDataSetCreation"}, run: createUploaded},
	}
	for _, e := range []struct {
		kind                kind
		pkg, name, id, many string
	}{
		{kindSpace, "space", "Space", "@spaceId", "Spaces"},
		{kindProject, "project", "Project", "@projectId", "Projects"},
		{kindExperiment, "experiment", "Experiment", "@experimentId", "Experiments"},
		{kindSample, "sample", "Sample", "@sampleId", "Samples"},
		{kindDataSet, "dataset", "DataSet", "@dataSetId", "DataSets"},
	} {
		fetch := fetchName(e.pkg, e.name)
		m["search"+e.many] = method{auth: true, params: []string{searchName(e.pkg, e.name), fetch}, run: func(c *call) (any, error) {
			return searchKind(c, e.kind, c.node(0), c.node(1))
		}}
		m["get"+e.many] = method{auth: true, params: []string{"[]" + e.id, fetch}, run: func(c *call) (any, error) {
			return getKind(c, e.kind, c.nodes(0), c.node(1))
		}}
	}
	addTypeMethods(m)
	return m
}

func fetchName(pkg, name string) string {
	return "as.dto." + pkg + ".fetchoptions." + name + "FetchOptions"
}
func searchName(pkg, name string) string {
	return "as.dto." + pkg + ".search." + name + "SearchCriteria"
}

func searchResult(objects list, total int) *obj {
	return newObj("as.dto.common.search.SearchResult").set("objects", objects, "totalCount", total)
}

// searchKind is searchSpaces and its like.
func searchKind(c *call, k kind, criteria, fo *node) (any, error) {
	found, err := c.remembered(k, criteria, fo)
	if err != nil {
		return nil, err
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	objects := list{}
	for _, e := range page(found, fo) {
		if !e.trashed {
			objects = append(objects, t.entity(e, fo))
		}
	}
	return searchResult(objects, len(found)), nil
}

// getKind is getSpaces and its like: what is missing or invisible is left out.
func getKind(c *call, k kind, ids []*node, fo *node) (any, error) {
	if fo == nil {
		return nil, runtimeFailure("Fetch options cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m, seen := pairs{}, map[string]bool{}
	for _, id := range ids {
		e := c.s.byID(id)
		key := idText(id)
		if e == nil || e.kind != k || seen[key] || !c.s.sees(c.caller.user, e) {
			continue
		}
		seen[key] = true
		m = append(m, pair{key, t.entity(e, fo)})
	}
	return m, nil
}

// idText is the key of an id in a map.
func idText(id *node) string {
	if i, ok := id.text("identifier"); ok {
		return i
	}
	switch id.short() {
	case "Me":
		return "me"
	case "TagCode":
		return id.str("code")
	case "VocabularyTermPermId":
		return id.str("code") + " (" + id.str("vocabularyCode") + ")"
	}
	return id.str("permId")
}

func (s *Server) loginAs(admin, password, as string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, u := s.lab.users[admin], s.lab.users[as]
	if a == nil || a.inactive || a.password == "" || a.password != password || a.instanceRole < rankAdmin || u == nil || len(u.roles) == 0 {
		return nil, nil
	}
	return s.open(u).token, nil
}

func sessionInformation(c *call) (any, error) {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	u := c.caller.user
	person := "as.dto.person.fetchoptions.PersonFetchOptions"
	fo := freshFetch("as.dto.session.fetchoptions.SessionInformationFetchOptions").set("person", freshFetch(person), "creatorPerson", freshFetch(person))
	o := newObj("as.dto.session.SessionInformation").set("fetchOptions", fo, "userName", u.userID, "personalAccessTokenSession", c.caller.pat != nil)
	if c.caller.pat != nil {
		o.set("personalAccessTokenSessionName", c.caller.pat.name)
	} else {
		o.set("sessionToken", c.caller.token)
	}
	if u.home != "" {
		o.set("homeGroupCode", u.home)
	}
	p := t.user(u, nil)
	return o.set("person", p, "creatorPerson", p), nil
}

func publicInformation() pairs {
	return pairs{
		{"authentication-service", "file-authentication-service"},
		{"authentication-service.switch-aai.label", nil},
		{"authentication-service.switch-aai.link", nil},
		{"openbis.support.email", "support@lab.example"},
	}
}

func serverInformation(c *call) (any, error) {
	o := c.s.o
	p := publicInformation()
	m := pairs{{"api-version", o.APIVersion}, {"archiving-configured", strconv.FormatBool(!o.NoArchiver)}}
	m = append(m, p[:3]...)
	m = append(m, pair{"create-continuous-sample-codes", "false"}, pair{"enabled-technologies", "admin, xls-import, eln-lims"},
		pair{"openbis-version", "20.10.7"}, p[3], pair{"personal-access-tokens-enabled", strconv.FormatBool(!o.NoPATs)},
		pair{"personal-access-tokens-max-validity-period", strconv.FormatInt(int64(o.MaxPATValidity.Seconds()), 10)},
		pair{"personal-access-tokens-validity-warning-period", "432000"}, pair{"project-samples-enabled", "true"})
	return m, nil
}

func getRights(c *call) (any, error) {
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := pairs{}
	for _, id := range c.nodes(0) {
		rights := list{}
		e := s.byID(id)
		if e == nil {
			identifier, ok := id.text("identifier")
			if !ok {
				return nil, userFailure(fmt.Sprintf("Unknown %s with perm id %s.", strings.ToLower(strings.TrimSuffix(id.short(), "PermId")), idText(id)))
			}
			if s.mayCreateAt(c.caller.user, identifier) {
				rights = append(rights, "CREATE")
			}
		} else if s.sees(c.caller.user, e) {
			need := rankUser
			if e.kind <= kindProject {
				need = rankPower
			}
			if rank := c.caller.user.rank(e); rank >= need {
				rights = append(rights, "UPDATE")
				if rank >= rankPower {
					rights = append(rights, "DELETE")
				}
			}
		}
		m = append(m, pair{idText(id), newObj("as.dto.rights.Rights").set("rights", rights)})
	}
	return m, nil
}

// mayCreateAt tells whether a user may make something of this identifier.
func (s *Server) mayCreateAt(u *user, identifier string) bool {
	parts := splitIdentifier(identifier)
	if len(parts) < 2 {
		return u.instanceRole >= rankAdmin
	}
	probe := &entity{kind: kindSample, space: s.lab.byPerm[kindSpace][parts[0]]}
	if len(parts) > 2 {
		probe.project = s.lab.byIdent[kindProject]["/"+parts[0]+"/"+parts[1]]
	}
	return probe.space != nil && u.rank(probe) >= rankUser
}

// searchGlobally finds objects, collections and data sets with all words.
func searchGlobally(c *call) (any, error) {
	criteria, fo := c.node(0), c.node(1)
	if criteria == nil {
		return nil, runtimeFailure("Criteria cannot be null.")
	}
	if fo == nil {
		return nil, runtimeFailure("Fetch options cannot be null.")
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	kinds := map[string]bool{}
	texts := &node{typ: criteria.typ, fields: map[string]any{"operator": criteria.str("operator")}}
	var members []any
	for _, m := range criteria.nodes("criteria") {
		switch m.short() {
		case "GlobalSearchObjectKindCriteria":
			for _, k := range m.list("objectKinds") {
				if name, ok := k.(string); ok {
					kinds[name] = true
				}
			}
		case "GlobalSearchTextCriteria":
			members = append(members, m)
		}
	}
	texts.fields["criteria"] = members
	var found []*entity
	for _, k := range []kind{kindExperiment, kindSample, kindDataSet} {
		if len(kinds) > 0 && !kinds[k.apiKind()] || len(members) == 0 {
			continue
		}
		for _, e := range s.lab.all[k] {
			if s.sees(c.caller.user, e) && s.matches(texts, subject{e: e}) {
				found = append(found, e)
			}
		}
	}
	t := c.translator()
	objects := list{}
	for _, e := range page(found, fo) {
		objects = append(objects, t.global(e, fo))
	}
	return searchResult(objects, len(found)), nil
}

func (t *translator) global(e *entity, fo *node) *obj {
	field := map[kind]string{kindExperiment: "experiment", kindSample: "sample", kindDataSet: "dataSet"}[e.kind]
	f := freshFetch("as.dto.global.fetchoptions.GlobalSearchObjectFetchOptions")
	for _, k := range []string{"experiment", "sample", "dataSet", "material", "match"} {
		if n := fo.node(k); n != nil {
			f.set(k, t.fetch(n))
		}
	}
	o := newObj("as.dto.global.GlobalSearchObject").set("fetchOptions", f, "objectKind", e.kind.apiKind(), "match", "", "score", 0.0)
	base := base(e) // for its ids: they are objects of their own
	o.set("objectPermId", base.get("permId"))
	if _, ok := base.class.index["identifier"]; ok {
		o.set("objectIdentifier", base.get("identifier"))
	} else {
		o.set("objectIdentifier", permIDObj("as.dto.dataset.id.DataSetPermId", e.permID))
	}
	if n := fo.node(field); n != nil {
		o.set(field, t.entity(e, n))
	}
	return o
}

func createPermIDs(c *call) (any, error) {
	n, err := strconv.Atoi(fmt.Sprint(c.args[0]))
	if err != nil || n < 1 || n > 1000 {
		return nil, userFailure("Number of ids must be positive")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	l := list{}
	for range n {
		l = append(l, c.s.lab.newPermID())
	}
	return l, nil
}
