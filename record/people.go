package record

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// People is what a lab knows of its people, by their openBIS user id.
type People map[string]Agent

// Of is what the lab knows of a user.
func (p People) Of(user string) (Agent, bool) {
	if a, ok := p[user]; ok {
		return a, true
	}
	for id, a := range p {
		if strings.EqualFold(id, user) {
			return a, true
		}
	}
	return Agent{}, false
}

// Fill puts what the lab knows of a person on top of what openBIS does.
func (p People) Fill(a Agent) Agent {
	known, ok := p.Of(a.User)
	if !ok || a.User == "" {
		return a
	}
	if known.Family != "" {
		a.Kind, a.Family, a.Given = Person, known.Family, known.Given
	}
	a.ORCID, a.Role = cmp.Or(a.ORCID, known.ORCID), cmp.Or(a.Role, known.Role)
	if len(a.Affiliations) == 0 {
		a.Affiliations = slices.Clone(known.Affiliations)
	}
	return a
}

// ReadPeople reads a people file (docs/metadata.md): TOML with a table or a text
// for each openBIS user id,
//
//	jdoe = "Doe, Jane; 0000-0002-1825-0097; ETH Zurich (05a28rw58)"
//
//	[rroe]
//	name = "Roe, Richard"
//	orcid = "0000-0002-1694-233X"
//	affiliation = ["Lab X", "ETH Zurich (05a28rw58)"]
//	role = "datamanager"
//
// The error names every mistake with its line.
func ReadPeople(path string) (People, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("people file: %w", err)
	}
	text := strings.TrimPrefix(string(source), "\ufeff")
	var given map[string]any
	if _, err := toml.Decode(text, &given); err != nil {
		return nil, fmt.Errorf("people file %s: %s", path, syntax(err))
	}
	people := People{}
	var mistakes []string
	for user, v := range given {
		a, err := readPerson(v)
		if err == nil {
			err = personMistake(a)
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Sprintf("line %03d, %s: %v", lineOfKey(text, user), user, err))
			continue
		}
		a = normalAgents([]Agent{a})[0]
		a.User = user
		people[user] = a
	}
	if len(mistakes) > 0 {
		slices.Sort(mistakes)
		for i, m := range mistakes {
			mistakes[i] = "line " + strings.TrimLeft(strings.TrimPrefix(m, "line "), "0")
		}
		return nil, fmt.Errorf("people file %s: %w", path, errors.New(strings.Join(mistakes, "; ")))
	}
	return people, nil
}

// readPerson reads the text or the table of one person.
func readPerson(v any) (Agent, error) {
	switch v := v.(type) {
	case string:
		return ParseAgent(v)
	case map[string]any:
		a := Agent{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value := v[key]
			texts, ok := textsOf(value)
			if !ok {
				return a, fmt.Errorf("%s wants a text in quotes", key)
			}
			switch key {
			case "name":
				named, err := ParseAgent(strings.Join(texts, "; "))
				if err != nil {
					return a, err
				}
				a.Kind, a.Family, a.Given = named.Kind, named.Family, named.Given
				a.addORCID(named.ORCID)
				a.Affiliations = append(named.Affiliations, a.Affiliations...)
			case "orcid":
				a.addORCID(strings.Join(texts, " "))
			case "affiliation", "affiliations":
				for _, t := range texts {
					for _, part := range split(t, ';') {
						a.Affiliations = append(a.Affiliations, parseAffiliation(unquote(strings.TrimSpace(part))))
					}
				}
			case "role":
				a.Role = word(strings.Join(texts, " "))
			default:
				return a, fmt.Errorf("unknown key %s%s", key, meant(key, []string{"name", "orcid", "affiliation", "role"}))
			}
		}
		return a, nil
	}
	return Agent{}, errors.New(`wants a text such as "Family, Given; ORCID; affiliation", or a table`)
}

// textsOf is a text or a list of texts.
func textsOf(v any) ([]string, bool) {
	if s, ok := v.(string); ok {
		return []string{s}, true
	}
	list, ok := v.([]any)
	var out []string
	for _, e := range list {
		s, text := e.(string)
		ok = ok && text
		out = append(out, s)
	}
	return out, ok
}

// personMistake is the first thing that is wrong with a person of the file. The
// name may be missing: openBIS has it.
func personMistake(a Agent) error {
	if a.Family == "" {
		a.Kind, a.Family = Person, "x"
	} else if a.Kind == Organisation {
		return fmt.Errorf("name: %s is an organisation, and a user of openBIS a person", quote(a.Family))
	} else if a.Kind == "" {
		return fmt.Errorf("name: write %s", quote(asPerson(a.Family)))
	}
	var list []string
	checkAgent(normalAgents([]Agent{a})[0], "person", func(field, format string, args ...any) {
		list = append(list, strings.TrimPrefix(field, "person.")+": "+fmt.Sprintf(format, args...))
	})
	if a.Role != "" && !known(roles, a.Role) {
		list = append(list, noSuch("role", a.Role, roles))
	}
	if len(list) > 0 {
		return errors.New(strings.Join(list, ", "))
	}
	return nil
}

// lineOfKey is the line where a key or a table of that name begins, 0 if it is not found.
func lineOfKey(text, key string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		name := strings.TrimSpace(line)
		if table, ok := strings.CutPrefix(name, "["); ok {
			name, _, _ = strings.Cut(table, "]")
		} else {
			name, _, _ = strings.Cut(name, "=")
		}
		if strings.Trim(strings.TrimSpace(name), `"'`) == key {
			return n
		}
	}
	return 0
}

// Recognise says of people who were typed or edited as text who they are in
// openBIS: those with the ORCID of somebody known, and those whose line is still
// the one that was filled in or offered. A name alone does so for me only, who
// may add to the own line: others share their names.
func Recognise(list []Agent, me Agent, offered []Credit) []Agent {
	list = slices.Clone(list)
	for i := range list {
		a := &list[i]
		if a.User != "" || a.Kind == Organisation {
			continue
		}
		line := a.String()
		same := func(k Agent) bool {
			k.Role = a.Role
			return k.User != "" && (a.ORCID != "" && a.ORCID == k.ORCID || line == k.String())
		}
		if same(me) || me.User != "" && a.Family == me.Family && a.Given == me.Given && (a.ORCID == "" || me.ORCID == "") {
			a.User = me.User
			continue
		}
		for _, c := range offered {
			if same(c.Agent) {
				a.User = c.Agent.User
				break
			}
		}
	}
	return list
}
