package session

import (
	"fmt"
	"strconv"
	"strings"

	"zenobis/config"
	"zenobis/record"
)

// Me is who is logged in, as metadata names them: what they keep of themselves
// comes first, then what the lab's people file says, then what openBIS does.
func (s *Session) Me() (record.Agent, error) {
	people, err := s.settings.people()
	if err != nil {
		return record.Agent{}, err
	}
	return s.me(people)
}

func (s *Session) me(people record.People) (record.Agent, error) {
	me := people.Fill(record.AgentOf(s.Client.Session().Person))
	kept := s.settings.Config.Me
	var parts []string
	for _, p := range []string{kept.Name, kept.ORCID, kept.Affiliation} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return me, nil
	}
	if kept.Name == "" {
		parts = append([]string{record.Agent{Kind: record.Person, Family: me.Family, Given: me.Given}.String()}, parts...)
	}
	own, err := record.ParseAgent(strings.Join(parts, "; "))
	if err != nil {
		return me, &config.Error{Where: "me.name", What: err.Error()}
	}
	if own.Kind == record.Organisation {
		return me, &config.Error{Where: "me.name", What: strconv.Quote(own.Family) + " is an organisation, and you are a person"}
	}
	if i := strings.LastIndexByte(own.Family, ' '); i > 0 && kept.Name != "" && own.Given == "" && !strings.Contains(kept.Name, ",") {
		return me, &config.Error{Where: "me.name", What: fmt.Sprintf("write %q, or %q", own.Family[i+1:]+", "+own.Family[:i], own.Family+",")}
	}
	own.User, own.Role = me.User, ""
	if own.ORCID == "" {
		own.ORCID = me.ORCID
	}
	if len(own.Affiliations) == 0 {
		own.Affiliations = me.Affiliations
	}
	if own.Kind == "" {
		own.Kind = record.Person
	}
	return own, nil
}

// MeKnown reports whether the person has said who they are, or the lab has: where
// it is false a front end asks once, and keeps the answer with KeepMe.
func (s *Session) MeKnown() bool {
	for _, name := range []string{"me.name", "me.orcid", "me.affiliation"} {
		if s.settings.Config.Locked(name) { // what is kept would not be heard
			return true
		}
	}
	me, err := s.Me()
	return err == nil && me.ORCID != ""
}

// KeepMe keeps name, ORCID and affiliations of the person at the keyboard in
// their own configuration file, to be used from now on.
func (s *Session) KeepMe(a record.Agent) error {
	name := record.Agent{Kind: record.Person, Family: a.Family, Given: a.Given}.String()
	all := record.Agent{Kind: record.Person, Family: a.Family, Given: a.Given, Affiliations: a.Affiliations}.String()
	affiliations := strings.TrimPrefix(strings.TrimPrefix(all, name), "; ")
	return s.settings.Config.KeepMe(config.Me{Name: name, ORCID: a.ORCID, Affiliation: affiliations})
}

// people is the lab's people file, if there is one.
func (s *Settings) people() (record.People, error) {
	path := s.Config.Export.PeopleFile
	if path == "" {
		return nil, nil
	}
	people, err := record.ReadPeople(path)
	if err != nil {
		return nil, &config.Error{Where: "export.people_file", What: err.Error()}
	}
	return people, nil
}
