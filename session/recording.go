package session

import (
	"context"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/safetext"
)

// recordable looks, before anything is made, whether a publication can be recorded
// in openBIS for these groups (none is GENERAL). The ELN's service writes by itself;
// only where it is missing the user's own rights count. What can't be known is a
// notice.
func (s *Session) recordable(ctx context.Context, all Groups, groups []string) (notice string, err error) {
	there, err := s.publicationService(ctx)
	switch {
	case lasting(ctx, err):
		return "", err
	case err != nil:
		return "It can't be seen whether this openBIS records publications: " + safetext.Safe(err.Error()) + ".", nil
	case there:
		return "", nil
	}
	if len(groups) == 0 {
		groups = []string{openbis.GeneralGroup}
	}
	for _, name := range groups {
		if g, ok := all.find(name); ok && g.Publications == hidden { // no role there, so no right
			return "", noWayToRecord(name)
		}
		may, err := s.mayCreate(ctx, name)
		switch {
		case lasting(ctx, err):
			return "", err
		case err != nil:
			notice = "This openBIS has no service for publications, and it can't be seen whether you may record one yourself."
		case !may:
			return "", noWayToRecord(name)
		}
	}
	return notice, nil
}

// mayCreate asks once whether the user may record a publication for a group.
func (s *Session) mayCreate(ctx context.Context, group string) (bool, error) {
	s.mu.Lock()
	may, known := s.may[group]
	s.mu.Unlock()
	if known {
		return may, nil
	}
	may, err := s.Client.MayCreatePublication(ctx, group)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.may == nil {
			s.may = map[string]bool{}
		}
		s.may[group] = may
	}
	return may, err
}

// Recordable looks whether a publication can be recorded for one's own groups.
func (s *Session) Recordable(ctx context.Context, all Groups) (notice string, err error) {
	var groups []string
	if all.Several() {
		groups = all.Mine()
	}
	return s.recordable(ctx, all, groups)
}

func noWayToRecord(group string) error {
	return failure.Refuse("the publication could not be recorded in openBIS",
		"this openBIS has no service for publications (publication-api), and you may not write to "+openbis.PublicationsSpace(group),
		"ask the lab manager for the service, or for the role USER in that space", nil)
}

// lasting reports an error that says nothing of what was asked: the server is away,
// the session has ended, nobody waits any more.
func lasting(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || openbis.NoVerdict(err))
}

// publicationService asks once a session.
func (s *Session) publicationService(ctx context.Context) (bool, error) {
	s.mu.Lock()
	known := s.service
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	there, err := s.Client.PublicationService(ctx)
	if err == nil {
		s.mu.Lock()
		s.service = &there
		s.mu.Unlock()
	}
	return there, err
}
