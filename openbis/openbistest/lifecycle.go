package openbistest

import (
	"strconv"
	"time"
)

// deletion is what one call moved to the trash.
type deletion struct {
	id      int
	reason  string
	at      time.Time
	deleted []*entity
}

func unarchiveDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	refused := s.hit(FaultDenyUnarchive, "", "")
	for _, e := range found {
		if refused || c.caller.user.rank(e) < rankUser {
			return nil, userFailure(`Authorization failure: ERROR: "` + c.caller.user.userID + ` does not have enough privileges.".`)
		}
	}
	if s.o.NoArchiver {
		return nil, runtimeFailure("Archiver class is not configured.")
	}
	for _, e := range found {
		if e.data.kind == "PHYSICAL" && s.status(e.data) == "ARCHIVED" {
			e.data.status, e.data.available = "UNARCHIVE_PENDING", s.now().Add(s.o.UnarchiveAfter)
		}
	}
	s.version++
	return nil, nil
}

func archiveDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if c.caller.user.rank(e) < rankPower {
			return nil, noRole(c.caller.user.userID, "PROJECT_POWER_USER", "PROJECT_ADMIN", "SPACE_ADMIN", "INSTANCE_ADMIN",
				"SPACE_POWER_USER", "SPACE_ETL_SERVER", "INSTANCE_ETL_SERVER")
		}
		found = append(found, e)
	}
	if s.o.NoArchiver {
		return nil, runtimeFailure("Archiver class is not configured.")
	}
	remove := true
	if b, ok := c.node(1).fields["removeFromDataStore"].(bool); ok {
		remove = b
	}
	for _, e := range found {
		if e.data.kind == "PHYSICAL" {
			e.data.inArchive = true
			if remove {
				e.data.status = "ARCHIVED"
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
	e := s.lab.must(kindDataSet, code)
	e.data.status = status
	if status == "ARCHIVED" {
		e.data.inArchive = true
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
	return s.status(s.lab.must(kindDataSet, dataSet).data)
}

// trash moves a data set to the trash at once.
func (s *Server) trash(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lab.must(kindDataSet, code).trashed = true
	s.version++
}

func deleteDataSets(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.node(1).str("reason") == "" {
		return nil, userFailure("Deletion reason cannot be empty.")
	}
	var found []*entity
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if c.caller.user.rank(e) < rankPower {
			return nil, accessDenied(id.short(), idText(id))
		}
		found = append(found, e)
	}
	d := &deletion{id: len(s.lab.deletions) + 1, reason: c.node(1).str("reason"), at: s.now(), deleted: found}
	s.lab.deletions = append(s.lab.deletions, d)
	for _, e := range found {
		e.trashed = true
	}
	s.version++
	return deletionID(d), nil
}

func deletionID(d *deletion) *obj {
	return newObj("as.dto.deletion.id.DeletionTechId").set("techId", d.id, "id", strconv.Itoa(d.id))
}

func searchDeletions(c *call) (any, error) {
	if c.node(0) == nil || c.node(1) == nil {
		return nil, runtimeFailure("Criteria cannot be null.")
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := c.translator()
	objects := list{}
	for _, d := range s.lab.deletions {
		f := freshFetch("as.dto.deletion.fetchoptions.DeletionFetchOptions")
		o := newObj("as.dto.deletion.Deletion").set("fetchOptions", f, "id", deletionID(d), "reason", d.reason, "deletionDate", millis(d.at),
			"totalSamplesCount", 0, "totalDataSetsCount", len(d.deleted), "totalExperimentsCount", 0)
		if n := c.node(1).node("deletedObjects"); n != nil {
			f.set("deletedObjects", t.fetch(n))
			l := list{}
			for _, e := range d.deleted {
				l = append(l, newObj("as.dto.deletion.DeletedObject").set("id", permIDObj("as.dto.dataset.id.DataSetPermId", e.permID),
					"identifier", e.permID, "entityTypeCode", e.typ.code, "entityKind", e.kind.apiKind()))
			}
			o.set("deletedObjects", l)
		}
		objects = append(objects, o)
	}
	return searchResult(objects, len(objects)), nil
}

func deleteSpaces(c *call) (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := c.caller.user; u.instanceRole < rankAdmin {
		return nil, userFailure("Authorization failure: None of method roles '[INSTANCE_ADMIN]' could be found in roles of user '" + u.userID + "'.")
	}
	for _, id := range c.nodes(0) {
		e, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		if len(e.projects)+len(e.samples) > 0 {
			return nil, userFailure("Space '" + e.code + "' is being used. Delete all connected data first.")
		}
		s.lab.remove(e)
	}
	s.version++
	return nil, nil
}
