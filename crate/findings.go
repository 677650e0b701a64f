package crate

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/safetext"
)

// Finding is something private in a text that would be published.
type Finding struct {
	Kind   string `json:"kind"`   // e-mail, user-id, host, address, token
	Where  string `json:"where"`  // entity and property
	Sample string `json:"sample"` // what was found; masked for tokens
}

// Known is what must not be found in published texts.
type Known struct {
	// UserIDs of three letters or more are found as whole words, spelt as openBIS
	// spells them or in small letters: in capitals they are the names of their users' spaces, which
	// stand in every path, and with one capital mostly a first name.
	UserIDs []string
	Domains []string // host names or domains: "lab.example.org" finds every host below it
}

// Scan searches texts for what is private.
type Scan struct {
	users   map[string]bool // folded
	domains []string
}

// NewScan prepares one.
func NewScan(k Known) *Scan {
	l := &Scan{users: map[string]bool{}}
	for _, u := range k.UserIDs {
		if u = strings.TrimSpace(u); utf8.RuneCountInString(u) >= 3 {
			l.users[strings.ToLower(u)] = true
			if u != strings.ToUpper(u) {
				l.users[u] = true
			}
		}
	}
	for _, d := range k.Domains {
		if d = strings.Trim(strings.ToLower(strings.TrimSpace(d)), "."); d != "" {
			l.domains = append(l.domains, d)
		}
	}
	return l
}

// Entity looks at what the pages of an entity say: names, description, tags,
// properties, and where linked data lies.
func (l *Scan) Entity(e *openbis.Entity, t *openbis.EntityType) (found []Finding) {
	who := e.Identifier
	if who == "" {
		who = e.PermID
	}
	look := func(what, text string) {
		if text != "" {
			found = append(found, l.Text(who+", "+what, text)...)
		}
	}
	look("name", e.Name)
	look("description", e.Description)
	look("tags", strings.Join(e.Tags, "\n"))
	if e.Data != nil {
		look("link", strings.Join(e.Data.LinkedTo, "\n"))
	}
	for _, list := range [][]openbis.Ref{e.Parents, e.Children, e.Components} {
		for _, r := range list {
			look("name of "+r.Code, r.Name)
		}
	}
	for _, v := range page.Values(e, t, nil) {
		look(v.Label, v.Whole)
	}
	return found
}

// Type looks at what is explained of a type that occurs, of its properties and of
// their vocabularies (openbis-types.json).
func (l *Scan) Type(t *openbis.EntityType) (found []Finding) {
	look := func(what, text string) {
		if text != "" {
			found = append(found, l.Text("type "+t.Code+", "+what, text)...)
		}
	}
	look("description", t.Description)
	for _, a := range t.Properties {
		look(a.Code, strings.Join([]string{a.Label, a.Description, a.Section, a.VocabularyText}, "\n"))
		for _, texts := range []map[string]string{a.Terms, a.TermTexts} {
			for _, code := range slices.Sorted(maps.Keys(texts)) {
				look(a.Code+", term "+code, texts[code])
			}
		}
	}
	return found
}

var (
	email   = regexp.MustCompile(`(?i)[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+`)
	ipv4    = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ipv6    = regexp.MustCompile(`(?i)\b(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-f:]+`)
	host    = regexp.MustCompile(`(?i)[a-z0-9-]+(?:\.[a-z0-9-]+)*`)
	dataURI = regexp.MustCompile(`(?i)data:[a-z/+.-]+;base64,[a-z0-9+/=\s]+`)
	shared  = netip.MustParsePrefix("100.64.0.0/10")
)

// Text looks at one text for e-mail addresses, known user ids as whole words,
// host names under known domains, private network addresses, and what is shaped
// like a token. Each is told once, with where.
func (l *Scan) Text(where, text string) (found []Finding) {
	seen := map[Finding]bool{}
	add := func(kind, sample string) {
		f := Finding{kind, where, safetext.Line(sample)}
		if !seen[f] {
			seen[f] = true
			found = append(found, f)
		}
	}
	if strings.Contains(text, ";base64,") { // pictures are long runs of letters
		text = dataURI.ReplaceAllString(text, " ")
	}
	for _, m := range safetext.Secrets(text) {
		if sequence(m) {
			continue
		}
		add("token", masked(m))
		text = strings.ReplaceAll(text, m, " ")
	}
	for _, m := range email.FindAllString(text, -1) {
		add("e-mail", m)
	}
	text = email.ReplaceAllString(text, " ")
	for _, m := range append(ipv4.FindAllString(text, -1), ipv6.FindAllString(text, -1)...) {
		if a, err := netip.ParseAddr(m); err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || shared.Contains(a)) {
			add("address", m)
		}
	}
	if len(l.users) > 0 {
		for _, dotted := range []bool{true, false} {
			for w := range strings.FieldsFuncSeq(text, func(r rune) bool {
				return !(r == '_' || r == '-' || dotted && (r == '.' || r == '@') || unicode.IsLetter(r) || unicode.IsDigit(r))
			}) {
				if w = strings.Trim(w, ".-@"); l.users[w] {
					add("user-id", w)
				}
			}
		}
	}
	if len(l.domains) > 0 {
		for _, h := range host.FindAllString(text, -1) {
			for _, d := range l.domains {
				if low := strings.ToLower(h); low == d || strings.HasSuffix(low, "."+d) {
					add("host", h)
				}
			}
		}
	}
	return found
}

// sequence reports whether 60 letters are rather those of a molecule than a
// token, which mixes cases and digits.
func sequence(s string) bool {
	return len(s) == 60 && (strings.ToUpper(s) == s || strings.ToLower(s) == s) && !strings.ContainsAny(s, "0123456789-=$%")
}

// masked shows how a secret begins and how long it is.
func masked(s string) string {
	return fmt.Sprintf("%s… (%d characters)", names.Shorten(s, 4), utf8.RuneCountInString(s))
}
