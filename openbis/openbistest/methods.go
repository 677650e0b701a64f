package openbistest

import (
	"fmt"
	"strconv"
	"strings"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// methodTable is every method that this server answers.
func (s *Server) methodTable() map[string]method {
	m := map[string]method{
		"login": {params: []string{"", ""}, run: func(c *call) (any, error) { return s.login(c.text(0), c.text(1)) }},
		"loginAs": {params: []string{"", "", ""}, run: func(c *call) (any, error) {
			return s.loginAs(c.text(0), c.text(1), c.text(2))
		}},
		"loginAsAnonymousUser": {run: func(*call) (any, error) { return nil, nil }},
		"logout":               {params: []string{""}, run: func(c *call) (any, error) { s.logout(c.text(0)); return nil, nil }},
		"isSessionActive": {
			params: []string{""},
			run:    func(c *call) (any, error) { _, err := s.caller(c.text(0)); return err == nil, nil },
		},
		"getSessionInformation":      {auth: true, run: sessionInformation},
		"getServerInformation":       {auth: true, run: serverInformation},
		"getServerPublicInformation": {run: func(*call) (any, error) { return publicInformation(), nil }},

		"getPersons":    {auth: true, params: []string{"[]@personId", fetchName("person", "Person")}, run: getPersons},
		"updatePersons": {auth: true, params: []string{"[]as.dto.person.update.PersonUpdate"}, run: updatePersons},

		"createPersonalAccessTokens": {auth: true, params: []string{"[]as.dto.pat.create.PersonalAccessTokenCreation"}, run: createPATs},
		"getPersonalAccessTokens":    {auth: true, params: []string{"[]@patId", fetchName("pat", "PersonalAccessToken")}, run: getPATs},
		"searchPersonalAccessTokens": {
			auth:   true,
			params: []string{searchName("pat", "PersonalAccessToken"), fetchName("pat", "PersonalAccessToken")},
			run:    searchPATs,
		},

		"getRights": {auth: true, params: []string{"[]@id", fetchName("rights", "Rights")}, run: getRights},
		"searchGlobally": {
			auth:   true,
			params: []string{"as.dto.global.search.GlobalSearchCriteria", fetchName("global", "GlobalSearchObject")},
			run:    searchGlobally,
		},

		"createSpaces":      {auth: true, params: []string{"[]as.dto.space.create.SpaceCreation"}, run: createSpaces},
		"createProjects":    {auth: true, params: []string{"[]as.dto.project.create.ProjectCreation"}, run: createProjects},
		"createExperiments": {auth: true, params: []string{"[]as.dto.experiment.create.ExperimentCreation"}, run: createExperiments},
		"createSamples":     {auth: true, params: []string{"[]as.dto.sample.create.SampleCreation"}, run: createSamples},

		"deleteSpaces":   {auth: true, params: []string{"[]@spaceId", "as.dto.space.delete.SpaceDeletionOptions"}, run: deleteSpaces},
		"deleteDataSets": {auth: true, params: []string{"[]@dataSetId", "as.dto.dataset.delete.DataSetDeletionOptions"}, run: deleteDataSets},
		"searchDeletions": {
			auth:   true,
			params: []string{searchName("deletion", "Deletion"), fetchName("deletion", "Deletion")},
			run:    searchDeletions,
		},
		"archiveDataSets": {auth: true, params: []string{"[]@dataSetId", "as.dto.dataset.archive.DataSetArchiveOptions"}, run: archiveDataSets},
		"unarchiveDataSets": {
			auth:   true,
			params: []string{"[]@dataSetId", "as.dto.dataset.unarchive.DataSetUnarchiveOptions"},
			run:    unarchiveDataSets,
		},

		"searchCustomASServices": {
			auth:   true,
			params: []string{searchName("service", "CustomASService"), fetchName("service", "CustomASService")},
			run:    searchServices,
		},
		"executeCustomASService": {
			auth:   true,
			params: []string{"@customServiceId", "as.dto.service.CustomASServiceExecutionOptions"},
			run:    executeService,
		},
		"executeAggregationService": {
			auth:   true,
			params: []string{"@dssServiceId", "as.dto.service.execute.AggregationServiceExecutionOptions"},
			run:    executeAggregation,
		},
		"executeOperations": {auth: true, params: []string{"[]@operation", "@executionOptions"}, run: executeOperations},

		"createPermIdStrings": {auth: true, params: []string{""}, run: createPermIDs},

		"searchFiles": {dss: true, auth: true, params: []string{"dss.dto.datasetfile.search.DataSetFileSearchCriteria",
			"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}, run: searchFiles},
		"createFastDownloadSession": {dss: true, auth: true, params: []string{"[]@dataSetFileId",
			"dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions"}, run: createFastDownload},
		"createUploadedDataSet": {dss: true, auth: true, params: []string{"dss.dto.dataset.create.UploadedDataSetCreation"}, run: createUploaded},
	}
	for _, e := range []struct {
		kind                labdata.Kind
		pkg, name, id, many string
	}{
		{labdata.KindSpace, "space", "Space", "@spaceId", "Spaces"},
		{labdata.KindProject, "project", "Project", "@projectId", "Projects"},
		{labdata.KindExperiment, "experiment", "Experiment", "@experimentId", "Experiments"},
		{labdata.KindSample, "sample", "Sample", "@sampleId", "Samples"},
		{labdata.KindDataSet, "dataset", "DataSet", "@dataSetId", "DataSets"},
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

func searchResult(objects jackson.List, total int) *jackson.Obj {
	return jackson.NewObj("as.dto.common.search.SearchResult").Set("objects", objects, "totalCount", total)
}

// searchKind is searchSpaces and its like.
func searchKind(c *call, k labdata.Kind, criteria, fo *jackson.Node) (any, error) {
	found, err := c.remembered(k, criteria, fo)
	if err != nil {
		return nil, err
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	objects := jackson.List{}
	for _, e := range page(found, fo) {
		if !e.Trashed {
			objects = append(objects, t.entity(e, fo))
		}
	}
	return searchResult(objects, len(found)), nil
}

// getKind is getSpaces and its like: what is missing or invisible is left out.
func getKind(c *call, k labdata.Kind, ids []*jackson.Node, fo *jackson.Node) (any, error) {
	if fo == nil {
		return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m, seen := jackson.Pairs{}, map[string]bool{}
	for _, id := range ids {
		e := c.s.byID(id)
		key := idText(id)
		if e == nil || e.Kind != k || seen[key] || !c.s.sees(c.caller.user, e) {
			continue
		}
		seen[key] = true
		m = append(m, jackson.Pair{key, t.entity(e, fo)})
	}
	return m, nil
}

// idText is the key of an id in a map.
func idText(id *jackson.Node) string {
	if i, ok := id.Text("identifier"); ok {
		return i
	}
	switch id.Short() {
	case "Me":
		return "me"
	case "TagCode":
		return id.Str("code")
	case "VocabularyTermPermId":
		return id.Str("code") + " (" + id.Str("vocabularyCode") + ")"
	}
	return id.Str("permId")
}

func (s *Server) loginAs(admin, password, as string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, u := s.lab.Users[admin], s.lab.Users[as]
	if a == nil || a.Inactive || a.Password == "" || a.Password != password || a.InstanceRole < labdata.RankAdmin || u == nil ||
		len(u.Roles) == 0 {
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
	fo := freshFetch(
		"as.dto.session.fetchoptions.SessionInformationFetchOptions",
	).Set("person", freshFetch(person), "creatorPerson", freshFetch(person))
	o := jackson.NewObj("as.dto.session.SessionInformation").
		Set("fetchOptions", fo, "userName", u.UserID, "personalAccessTokenSession", c.caller.pat != nil)
	if c.caller.pat != nil {
		o.Set("personalAccessTokenSessionName", c.caller.pat.name)
	} else {
		o.Set("sessionToken", c.caller.token)
	}
	if u.Home != "" {
		o.Set("homeGroupCode", u.Home)
	}
	p := t.user(u, nil)
	return o.Set("person", p, "creatorPerson", p), nil
}

func publicInformation() jackson.Pairs {
	return jackson.Pairs{
		{"authentication-service", "file-authentication-service"},
		{"authentication-service.switch-aai.label", nil},
		{"authentication-service.switch-aai.link", nil},
		{"openbis.support.email", "support@lab.example"},
	}
}

func serverInformation(c *call) (any, error) {
	o := c.s.o
	p := publicInformation()
	m := jackson.Pairs{{"api-version", o.APIVersion}, {"archiving-configured", strconv.FormatBool(!o.NoArchiver)}}
	m = append(m, p[:3]...)
	m = append(m, jackson.Pair{"create-continuous-sample-codes", "false"}, jackson.Pair{"enabled-technologies", "admin, xls-import, eln-lims"},
		jackson.Pair{"openbis-version", "20.10.7"}, p[3], jackson.Pair{"personal-access-tokens-enabled", strconv.FormatBool(!o.NoPATs)},
		jackson.Pair{"personal-access-tokens-max-validity-period", strconv.FormatInt(int64(o.MaxPATValidity.Seconds()), 10)},
		jackson.Pair{"personal-access-tokens-validity-warning-period", "432000"}, jackson.Pair{"project-samples-enabled", "true"})
	return m, nil
}

func getRights(c *call) (any, error) {
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := jackson.Pairs{}
	for _, id := range c.nodes(0) {
		rights := jackson.List{}
		e := s.byID(id)
		if e == nil {
			identifier, ok := id.Text("identifier")
			if !ok {
				return nil, jackson.UserFailure(
					fmt.Sprintf("Unknown %s with perm id %s.", strings.ToLower(strings.TrimSuffix(id.Short(), "PermId")), idText(id)),
				)
			}
			if s.mayCreateAt(c.caller.user, identifier) {
				rights = append(rights, "CREATE")
			}
		} else if s.sees(c.caller.user, e) {
			need := labdata.RankUser
			if e.Kind <= labdata.KindProject {
				need = labdata.RankPower
			}
			if rank := c.caller.user.Rank(e); rank >= need {
				rights = append(rights, "UPDATE")
				if rank >= labdata.RankPower {
					rights = append(rights, "DELETE")
				}
			}
		}
		m = append(m, jackson.Pair{idText(id), jackson.NewObj("as.dto.rights.Rights").Set("rights", rights)})
	}
	return m, nil
}

// mayCreateAt tells whether a user may make something of this identifier.
func (s *Server) mayCreateAt(u *labdata.User, identifier string) bool {
	parts := labdata.SplitIdentifier(identifier)
	if len(parts) < 2 {
		return u.InstanceRole >= labdata.RankAdmin
	}
	probe := &labdata.Entity{Kind: labdata.KindSample, Space: s.lab.ByPerm[labdata.KindSpace][parts[0]]}
	if len(parts) > 2 {
		probe.Project = s.lab.ByIdent[labdata.KindProject]["/"+parts[0]+"/"+parts[1]]
	}
	return probe.Space != nil && u.Rank(probe) >= labdata.RankUser
}

// searchGlobally finds objects, collections and data sets with all words.
func searchGlobally(c *call) (any, error) {
	criteria, fo := c.node(0), c.node(1)
	if criteria == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.")
	}
	if fo == nil {
		return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	kinds := map[string]bool{}
	texts := &jackson.Node{Typ: criteria.Typ, Fields: map[string]any{"operator": criteria.Str("operator")}}
	var members []any
	for _, m := range criteria.Nodes("criteria") {
		switch m.Short() {
		case "GlobalSearchObjectKindCriteria":
			for _, k := range m.List("objectKinds") {
				if name, ok := k.(string); ok {
					kinds[name] = true
				}
			}
		case "GlobalSearchTextCriteria":
			members = append(members, m)
		}
	}
	texts.Fields["criteria"] = members
	var found []*labdata.Entity
	for _, k := range []labdata.Kind{labdata.KindExperiment, labdata.KindSample, labdata.KindDataSet} {
		if len(kinds) > 0 && !kinds[k.APIKind()] || len(members) == 0 {
			continue
		}
		for _, e := range s.lab.All[k] {
			if s.sees(c.caller.user, e) && s.matches(texts, subject{e: e}) {
				found = append(found, e)
			}
		}
	}
	t := c.translator()
	objects := jackson.List{}
	for _, e := range page(found, fo) {
		objects = append(objects, t.global(e, fo))
	}
	return searchResult(objects, len(found)), nil
}

func (t *translator) global(e *labdata.Entity, fo *jackson.Node) *jackson.Obj {
	field := map[labdata.Kind]string{labdata.KindExperiment: "experiment", labdata.KindSample: "sample",
		labdata.KindDataSet: "dataSet"}[e.Kind]
	f := freshFetch("as.dto.global.fetchoptions.GlobalSearchObjectFetchOptions")
	for _, k := range []string{"experiment", "sample", "dataSet", "material", "match"} {
		if n := fo.Node(k); n != nil {
			f.Set(k, t.fetch(n))
		}
	}
	o := jackson.NewObj("as.dto.global.GlobalSearchObject").Set("fetchOptions", f, "objectKind", e.Kind.APIKind(), "match", "", "score", 0.0)
	base := base(e) // for its ids: they are objects of their own
	o.Set("objectPermId", base.Get("permId"))
	if _, ok := base.Class.Index["identifier"]; ok {
		o.Set("objectIdentifier", base.Get("identifier"))
	} else {
		o.Set("objectIdentifier", permIDObj("as.dto.dataset.id.DataSetPermId", e.PermID))
	}
	if n := fo.Node(field); n != nil {
		o.Set(field, t.entity(e, n))
	}
	return o
}

func createPermIDs(c *call) (any, error) {
	n, err := strconv.Atoi(fmt.Sprint(c.args[0]))
	if err != nil || n < 1 || n > 1000 {
		return nil, jackson.UserFailure("Number of ids must be positive")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	l := jackson.List{}
	for range n {
		l = append(l, c.s.lab.NewPermID())
	}
	return l, nil
}
