package openbistest

import (
	"strconv"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

func unarchiveDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*labdata.Entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	refused := s.hit(FaultDenyUnarchive, "", "")
	for _, e := range found {
		if refused || c.caller.user.Rank(e) < labdata.RankUser {
			return nil, jackson.UserFailure(`Authorization failure: ERROR: "` + c.caller.user.UserID + ` does not have enough privileges.".`)
		}
	}
	if s.o.NoArchiver {
		return nil, jackson.RuntimeFailure("Archiver class is not configured.")
	}
	for _, e := range found {
		if e.Data.Kind == "PHYSICAL" && s.status(e.Data) == "ARCHIVED" {
			e.Data.Status, e.Data.Available = "UNARCHIVE_PENDING", s.now().Add(s.o.UnarchiveAfter)
		}
	}
	s.version++
	return nil, nil
}

func archiveDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*labdata.Entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if c.caller.user.Rank(e) < labdata.RankPower {
			return nil, jackson.NoRole(c.caller.user.UserID, "PROJECT_POWER_USER", "PROJECT_ADMIN", "SPACE_ADMIN", "INSTANCE_ADMIN",
				"SPACE_POWER_USER", "SPACE_ETL_SERVER", "INSTANCE_ETL_SERVER")
		}
		found = append(found, e)
	}
	if s.o.NoArchiver {
		return nil, jackson.RuntimeFailure("Archiver class is not configured.")
	}
	remove := true
	if b, ok := c.node(1).Fields["removeFromDataStore"].(bool); ok {
		remove = b
	}
	for _, e := range found {
		if e.Data.Kind == "PHYSICAL" {
			e.Data.InArchive = true
			if remove {
				e.Data.Status = "ARCHIVED"
			}
		}
	}
	s.version++
	return nil, nil
}

// setStatus changes the archiving status of a data set at once.
func (s *Server) setStatus(code, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.lab.Must(labdata.KindDataSet, code)
	e.Data.Status = status
	if status == "ARCHIVED" {
		e.Data.InArchive = true
	}
	s.version++
}

// SetStatus gives a data set an archiving status, such as AVAILABLE, ARCHIVED
// or LOCKED.
func (s *Server) SetStatus(dataSet, status string) { s.setStatus(dataSet, status) }

// Status is the archiving status of a data set now.
func (s *Server) Status(dataSet string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.status(s.lab.Must(labdata.KindDataSet, dataSet).Data)
}

// trash moves a data set to the trash at once.
func (s *Server) trash(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lab.Must(labdata.KindDataSet, code).Trashed = true
	s.version++
}

func deleteDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.node(1).Str("reason") == "" {
		return nil, jackson.UserFailure("Deletion reason cannot be empty.")
	}
	var found []*labdata.Entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if c.caller.user.Rank(e) < labdata.RankPower {
			return nil, jackson.AccessDenied(id.Short(), idText(id))
		}
		found = append(found, e)
	}
	d := &labdata.Deletion{Id: len(s.lab.Deletions) + 1, Reason: c.node(1).Str("reason"), At: s.now(), Deleted: found}
	s.lab.Deletions = append(s.lab.Deletions, d)
	for _, e := range found {
		e.Trashed = true
	}
	s.version++
	return deletionID(d), nil
}

func deletionID(d *labdata.Deletion) *jackson.Obj {
	return jackson.NewObj("as.dto.deletion.id.DeletionTechId").Set("techId", d.Id, "id", strconv.Itoa(d.Id))
}

func searchDeletions(c *call) (any, error) {
	if c.node(0) == nil || c.node(1) == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.")
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := c.translator()
	objects := jackson.List{}
	for _, d := range s.lab.Deletions {
		f := freshFetch("as.dto.deletion.fetchoptions.DeletionFetchOptions")
		o := jackson.NewObj("as.dto.deletion.Deletion").
			Set("fetchOptions", f, "id", deletionID(d), "reason", d.Reason, "deletionDate", millis(d.At),
				"totalSamplesCount", 0, "totalDataSetsCount", len(d.Deleted), "totalExperimentsCount", 0)
		if n := c.node(1).Node("deletedObjects"); n != nil {
			f.Set("deletedObjects", t.fetch(n))
			l := jackson.List{}
			for _, e := range d.Deleted {
				l = append(l, jackson.NewObj("as.dto.deletion.DeletedObject").Set("id", permIDObj("as.dto.dataset.id.DataSetPermId", e.PermID),
					"identifier", e.PermID, "entityTypeCode", e.Typ.Code, "entityKind", e.Kind.APIKind()))
			}
			o.Set("deletedObjects", l)
		}
		objects = append(objects, o)
	}
	return searchResult(objects, len(objects)), nil
}

func deleteSpaces(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := c.caller.user; u.InstanceRole < labdata.RankAdmin {
		return nil, jackson.UserFailure(
			"Authorization failure: None of method roles '[INSTANCE_ADMIN]' could be found in roles of user '" + u.UserID + "'.",
		)
	}
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if len(e.Projects)+len(e.Samples) > 0 {
			return nil, jackson.UserFailure("Space '" + e.Code + "' is being used. Delete all connected data first.")
		}
		s.lab.Remove(e)
	}
	s.version++
	return nil, nil
}
