package flow

import (
	"html"
	"strings"

	"zenobis/record"
)

// Metadata is edited as text, one line an entry. What is typed is kept as text,
// so that a half-typed line is never lost; these functions go to and fro.

func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func agentText(a record.Agent) string {
	s := a.Family
	if a.Given != "" {
		s += ", " + a.Given
	}
	if a.ORCID != "" {
		s += "; " + a.ORCID
	}
	for _, aff := range a.Affiliations {
		s += "; " + aff
	}
	if a.Role != "" {
		s = a.Role + ": " + s
	}
	return s
}

// parseAgent reads "Family, Given; ORCID; affiliation"; what looks like an ORCID
// is one wherever it stands, everything else is an affiliation.
func parseAgent(line string, withRole bool) record.Agent {
	var a record.Agent
	if withRole {
		if role, rest, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(role, ",;") {
			a.Role, line = strings.TrimSpace(role), rest
		}
	}
	for i, part := range strings.Split(line, ";") {
		part = strings.TrimSpace(part)
		switch {
		case i == 0:
			family, given, _ := strings.Cut(part, ",")
			a.Family, a.Given = strings.TrimSpace(family), strings.TrimSpace(given)
		case part == "":
		case looksLikeORCID(part) && a.ORCID == "":
			a.ORCID = part[strings.LastIndexByte(part, '/')+1:]
		default:
			a.Affiliations = append(a.Affiliations, part)
		}
	}
	return a
}

// looksLikeORCID is generous, so that a mistyped one is told as a mistake and
// does not become an affiliation.
func looksLikeORCID(s string) bool {
	s = s[strings.LastIndexByte(s, '/')+1:]
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == 'X', r == 'x':
			digits++
		case r != '-':
			return false
		}
	}
	return digits >= 12
}

func agentsText(list []record.Agent) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = agentText(a)
	}
	return strings.Join(out, "\n")
}

func parseAgents(s string, withRole bool) []record.Agent {
	var out []record.Agent
	for _, l := range lines(s) {
		out = append(out, parseAgent(l, withRole))
	}
	return out
}

func relatedText(list []record.Related) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = strings.TrimSpace(r.Relation + " " + r.Identifier)
	}
	return strings.Join(out, "\n")
}

func parseRelated(s string) []record.Related {
	var out []record.Related
	for _, l := range lines(s) {
		rel, id, _ := strings.Cut(l, " ")
		out = append(out, record.Related{Relation: rel, Identifier: strings.TrimSpace(id)})
	}
	return out
}

func fundingText(list []record.Grant) string {
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = strings.TrimSpace(g.Funder + " " + g.Award)
	}
	return strings.Join(out, "\n")
}

func parseFunding(s string) []record.Grant {
	var out []record.Grant
	for _, l := range lines(s) {
		f, award, _ := strings.Cut(l, " ")
		out = append(out, record.Grant{Funder: f, Award: strings.TrimSpace(award)})
	}
	return out
}

// descriptionText shows paragraphs as plain text; anything richer stays HTML.
func descriptionText(h string) string {
	s := strings.NewReplacer("</p>", "\n\n", "<p>", "", "<br>", "\n", "<br/>", "\n", "<br />", "\n").Replace(h)
	if strings.Contains(s, "<") { // a line a block, to be read and edited
		return blockEnds.Replace(h)
	}
	return strings.TrimSpace(html.UnescapeString(s))
}

var blockEnds = strings.NewReplacer("</p><", "</p>\n<", "</li><", "</li>\n<", "<ul><", "<ul>\n<", "<ol><", "<ol>\n<", "</ul><", "</ul>\n<", "</ol><", "</ol>\n<")

// parseDescription makes HTML of plain text; what has tags is taken as HTML.
func parseDescription(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if strings.Contains(s, "</") || strings.Contains(s, "/>") || strings.Contains(s, "<br>") {
		return strings.ReplaceAll(s, ">\n<", "><") // as descriptionText found it
	}
	var b strings.Builder
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}
