package record

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The text form of people, related works and funding is the same for flags,
// files and screens. Parsing keeps what it does not understand where it stands,
// so that Validate can say what is wrong with it; an error means that the text
// has not even the shape.

// ParseAgent reads "Family, Given[; ORCID][; affiliation]..." or "org: Name[; ROR]",
// also behind a role.
// An affiliation is a name, a ROR id, or "name (ROR)". A part with a semicolon
// or comma of its own stands in double quotes. A person of one name is "Name,".
func ParseAgent(s string) (Agent, error) {
	s = oneLine(s)
	parts := split(s, ';')
	a := Agent{}
	name := parts[0]
	if role, rest, ok := strings.Cut(name, ":"); ok && known(roles, word(role)) { // creators may have one
		a.Role, name = word(role), strings.TrimSpace(rest)
	}
	name, org := cutWord(name, "org", "organisation", "organization")
	name, behind := cutORCIDs(name) // "Doe, Jane (0000-0002-1825-0097)"
	family, given, comma := cutName(unwrap(name))
	switch {
	case org:
		a.Kind, a.Family = Organisation, unquote(strings.TrimSpace(name))
	case comma:
		a.Kind, a.Family, a.Given = Person, family, given
	default:
		a.Family = family
	}
	for _, id := range behind {
		a.addORCID(id)
	}
	for _, p := range parts[1:] {
		p = strings.TrimSpace(p)
		switch {
		case p == "":
		case likeORCID(p):
			a.addORCID(p)
		case org && a.ROR == "" && likeROR(p):
			a.ROR = cmp.Or(ROR(p), p)
		default:
			p, ids := cutORCIDs(unquote(p))
			for _, id := range ids {
				a.addORCID(id)
			}
			a.Affiliations = append(a.Affiliations, parseAffiliation(p))
		}
	}
	// A name alone with a ROR id alone is an organisation's.
	if l := a.Affiliations; a.Kind == "" && len(l) == 1 && l[0].Name == "" && ROR(l[0].ROR) != "" {
		a.Kind, a.ROR, a.Affiliations = Organisation, l[0].ROR, nil
	}
	if a.Family == "" {
		return a, fmt.Errorf(`%s has no family name; write "Family, Given; ORCID; affiliation" or "org: Name; ROR"`, quote(s))
	}
	return a, nil
}

// addORCID notes an ORCID. One that is wrong stays, for Validate to speak of it, and
// so do two.
func (a *Agent) addORCID(s string) {
	if s == "" {
		return
	}
	if id, err := ORCID(s); err == nil {
		s = id
	}
	if a.ORCID != s {
		a.ORCID = strings.TrimSpace(a.ORCID + " " + s)
	}
	a.Kind = cmp.Or(a.Kind, Person)
}

// ParseContributor reads "ROLE: " before what ParseAgent reads.
func ParseContributor(s string) (Agent, error) {
	role, rest, ok := strings.Cut(s, ":")
	if _, org := cutWord(s, "org", "organisation", "organization"); org || !ok || strings.ContainsAny(role, ",;\"") ||
		strings.TrimSpace(role) == "" {
		a, _ := ParseAgent(s)
		return a, fmt.Errorf(`contributor %s has no role; write "datamanager: Family, Given"`, quote(s))
	}
	a, err := ParseAgent(rest)
	a.Role = word(role)
	return a, err
}

// String is the text form, which ParseAgent or, with a role, ParseContributor reads.
func (a Agent) String() string {
	var b strings.Builder
	if a.Role != "" {
		b.WriteString(a.Role + ": ")
	}
	switch {
	case a.Kind == Organisation:
		b.WriteString("org: " + requote(a.Family, ";"))
	case a.Given != "" || a.Kind == Person && a.ORCID == "":
		b.WriteString(strings.TrimSpace(requote(a.Family, ",;") + ", " + requote(a.Given, ";")))
	default:
		b.WriteString(requote(a.Family, ",;"))
	}
	for _, id := range []string{a.ORCID, a.ROR} {
		if id != "" {
			b.WriteString("; " + id)
		}
	}
	for _, f := range a.Affiliations {
		if t := f.String(); t != "" {
			b.WriteString("; " + requote(t, ";"))
		}
	}
	return b.String()
}

// parseAffiliation reads a name, a ROR id, or both: "name (ROR)", "name, ROR".
func parseAffiliation(s string) Affiliation {
	s = strings.TrimSpace(s)
	if id := ROR(s); id != "" {
		return Affiliation{ROR: id}
	}
	name, found := "", []string(nil)
	words := strings.Fields(s)
	for from, i := 0, 0; ; i++ {
		if i == len(words) {
			name = around(name, strings.Join(words[from:], " "))
			break
		}
		at := i
		if prefix := strings.ToLower(strings.Trim(words[i], "([{<,;:=-")); prefix == "ror" && i+1 < len(words) {
			at++
		}
		id := ROR(words[at])
		if id == "" && !likeROR(words[at]) {
			continue
		}
		if id = cmp.Or(id, strings.Trim(words[at], "()[]{}<>,;")); !slices.Contains(found, id) { // or mistyped
			found = append(found, id)
		}
		name = around(name, around(strings.Join(words[from:i], " "), ""))
		i, from = at, at+1
	}
	if len(found) == 0 {
		return Affiliation{Name: s}
	}
	return Affiliation{Name: name, ROR: strings.Join(found, " ")} // of several, Validate speaks
}

// String is the text form.
func (a Affiliation) String() string {
	if a.Name != "" && a.ROR != "" {
		return a.Name + " (" + a.ROR + ")"
	}
	return cmp.Or(a.Name, a.ROR)
}

// ParseRelated reads "RELATION IDENTIFIER"; several identifiers are several
// works. The relation may be spelled as people do: "is supplement to".
func ParseRelated(s string) ([]Related, error) {
	relation, rest := cutRelation(s)
	if relation == "" || rest == "" {
		return []Related{{Relation: word(relation), Identifier: strings.TrimSpace(cmp.Or(rest, s))}},
			fmt.Errorf(`related work %s: write "issupplementto 10.1234/abc"`, quote(s))
	}
	ids, err := Identify(rest)
	if err != nil {
		return []Related{{Relation: relation, Identifier: rest}}, nil // Validate says what is wrong
	}
	var out []Related
	for _, id := range ids {
		out = append(out, Related{Relation: relation, Identifier: id.Text()})
	}
	return out, nil
}

// cutRelation finds the longest beginning that spells a relation; else the first word.
func cutRelation(s string) (relation, rest string) {
	fields := strings.Fields(s)
	for n := min(len(fields), 5); n > 0; n-- {
		if w := strings.TrimRight(word(strings.Join(fields[:n], "")), ":"); known(relations, w) {
			return w, strings.Join(fields[n:], " ")
		}
	}
	if len(fields) == 0 {
		return "", ""
	}
	if _, isWork := identify(fields[0]); isWork {
		return "", strings.Join(fields, " ")
	}
	return word(fields[0]), strings.Join(fields[1:], " ")
}

// String is the text form.
func (r Related) String() string { return strings.TrimSpace(r.Relation + " " + r.Identifier) }

// ParseGrant reads "FUNDER AWARD", "FUNDER::NUMBER" or `Name (FUNDER) AWARD "Title"`,
// FUNDER being a ROR id. The award may be missing. Without a ROR id the award begins
// at the first word with a digit, and what stands before it is the funder's name,
// which Check looks up; a name in double quotes is to go as it is.
func ParseGrant(s string) (Grant, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Grant{}, fmt.Errorf(`funding is empty; write "00k4n6c32 101094817"`)
	}
	if funder, number, ok := strings.Cut(s, "::"); ok && ROR(funder) != "" {
		number = strings.TrimSpace(number)
		return Grant{Funder: ROR(funder), Award: number, AwardID: ROR(funder) + "::" + number}, nil
	}
	g, rest := cutFunder(s)
	if i := strings.IndexByte(rest, '"'); i >= 0 && strings.HasSuffix(rest, `"`) && len(rest) > i+1 {
		g.AwardTitle, rest = unquote(rest[i:]), rest[:i]
	}
	g.Award = strings.TrimSpace(rest)
	return g, nil
}

// cutFunder takes the funder from the beginning of a line.
func cutFunder(s string) (g Grant, rest string) {
	fields := strings.Fields(s)
	at := slices.IndexFunc(fields, func(f string) bool { return ROR(f) != "" })
	if at < 0 { // one that is mistyped, for Validate to speak of it
		at = slices.IndexFunc(fields, func(f string) bool {
			return likeROR(f) && (f == fields[0] || f[0] == '(' || strings.Contains(f, "ror"))
		})
	}
	if at >= 0 {
		id := cmp.Or(ROR(fields[at]), strings.Trim(fields[at], "()"))
		return Grant{Funder: id, FunderName: strings.Join(fields[:at], " ")}, strings.Join(fields[at+1:], " ")
	}
	if m := funderQuoted.FindStringSubmatch(s); m != nil {
		return Grant{FunderName: oneLine(strings.ReplaceAll(m[1], `""`, `"`))}, oneLine(m[2])
	}
	at = 1
	for at < len(fields) && !strings.ContainsAny(fields[at], `0123456789"`) {
		at++
	}
	return Grant{Funder: strings.Join(fields[:at], " ")}, strings.Join(fields[at:], " ")
}

// funderQuoted is a name in double quotes, a quote in it doubled, and the rest.
var funderQuoted = regexp.MustCompile(`^"((?:[^"]|"")*[^"\s](?:[^"]|"")*)"(?:\s+(.*))?$`)

// String is the text form.
func (g Grant) String() string {
	s := g.Funder
	switch {
	case g.FunderName != "" && g.Funder == "":
		s = `"` + strings.ReplaceAll(g.FunderName, `"`, `""`) + `"`
	case g.FunderName != "":
		s = g.FunderName + " (" + g.Funder + ")"
	}
	if g.Award != "" {
		s += " " + g.Award
	}
	if g.AwardTitle != "" {
		s += ` "` + strings.ReplaceAll(g.AwardTitle, `"`, `""`) + `"`
	}
	return s
}

// word makes a vocabulary's id of how people spell it: "Data Manager" and
// "isSupplementTo" are datamanager and issupplementto.
func word(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.TrimSpace(s)))
}

// cutWord takes a leading "WORD:" away, whatever the case.
func cutWord(s string, words ...string) (string, bool) {
	first, rest, ok := strings.Cut(s, ":")
	for _, w := range words {
		if ok && strings.EqualFold(strings.TrimSpace(first), w) {
			rest, _ = cutWord(strings.TrimSpace(rest), words...) // a key had set it already
			return rest, true
		}
	}
	return s, false
}

// cutName splits at the comma outside quotes.
func cutName(s string) (family, given string, comma bool) {
	parts := split(s, ',')
	family = unquote(strings.TrimSpace(parts[0]))
	return family, unquote(strings.TrimSpace(strings.Join(parts[1:], ","))), len(parts) > 1
}

// split cuts at a sign outside parts in double quotes.
func split(s string, sep byte) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"' && opensPart(s[:i]):
			if n := quotedLen(s[i:]); n > 0 {
				i += n - 1
			}
		case s[i] == sep:
			out, start = append(out, s[start:i]), i+1
		}
	}
	return append(out, s[start:])
}

// opensPart reports whether a part begins behind s: at the start, or behind a
// comma, semicolon or colon. Elsewhere a quote is an inch sign or the like.
func opensPart(s string) bool {
	s = strings.TrimRight(s, " ")
	return s == "" || strings.ContainsRune(",;:", rune(s[len(s)-1]))
}

// quotedLen is the length of the quoted part that s begins with, 0 if it is
// none: a quote in it is doubled, and a part or the text ends behind it.
func quotedLen(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		if rest := strings.TrimLeft(s[i+1:], " "); rest == "" || rest[0] == ';' || rest[0] == ',' {
			return i + 1
		}
		return 0
	}
	return 0
}

// unwrap takes away the quotes of a sentence around a name: not those in double
// quotes, which keep a part together, and not the sign that some names begin with.
func unwrap(s string) string {
	r := []rune(strings.TrimSpace(s))
	for _, pair := range []string{"“”", "„“", "‘’", "«»", "»«", "''"} {
		p := []rune(pair)
		if n := len(r); n > 2 && r[0] == p[0] && r[n-1] == p[1] {
			return strings.TrimSpace(string(r[1 : n-1]))
		}
	}
	return s
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || quotedLen(s) != len(s) {
		return s
	}
	return strings.TrimSpace(strings.ReplaceAll(s[1:len(s)-1], `""`, `"`))
}

func requote(s, signs string) string {
	if !strings.ContainsAny(s, signs) && !strings.HasPrefix(s, `"`) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Lines are the lines of a text that say anything.
func Lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// ParseLines reads a list of one entry a line, as a screen edits it. A line
// without the shape is kept as far as it goes; Validate speaks of it.
func ParseLines[T any](s string, parse func(string) (T, error)) []T {
	var out []T
	for _, l := range Lines(s) {
		v, _ := parse(l)
		out = append(out, v)
	}
	return out
}

// ParseRelatedLines reads related works, one or several a line.
func ParseRelatedLines(s string) []Related {
	var out []Related
	for _, l := range Lines(s) {
		works, _ := ParseRelated(l)
		out = append(out, works...)
	}
	return out
}

// FormatLines is a list as a screen edits it.
func FormatLines[T fmt.Stringer](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.String()
	}
	return strings.Join(out, "\n")
}
