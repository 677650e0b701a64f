package crate

import (
	"net/netip"
	"regexp"
	"strings"

	"zenobis/openbis"
	"zenobis/safetext"
)

// Finding is something private in a text that would be published.
type Finding struct {
	Kind   string // e-mail, user-id, host, address, token
	Where  string // entity and property
	Sample string // what was found; masked for tokens
}

// Known is what must not be found in published texts.
type Known struct {
	UserIDs []string // found as whole words, whatever their case
	Domains []string // host names or domains: "lab.example.org" finds every host below it
}

// Look searches texts for what is private.
type Look struct{ known Known }

// NewLook prepares a look.
func NewLook(k Known) *Look { return &Look{k} }

// Entity looks at what the pages of an entity say: name, description, tags,
// properties.
func (l *Look) Entity(e *openbis.Entity, t *openbis.EntityType) (found []Finding) {
	who := e.Identifier
	if who == "" {
		who = e.PermID
	}
	found = append(found, l.Text(who+", name", e.Name)...)
	found = append(found, l.Text(who+", description", e.Description)...)
	found = append(found, l.Text(who+", tags", strings.Join(e.Tags, " "))...)
	for _, p := range properties(PageInput{Entity: e, Type: t}) {
		r, _, _ := value(PageInput{Entity: e}, p)
		text := r.text
		switch {
		case r.rich != nil:
			text = r.rich.text()
		case r.table != nil:
			text = string(asCSV(r.table))
		}
		found = append(found, l.Text(who+", "+p.Label, text)...)
	}
	return found
}

// Findings looks at one text.
func Findings(where, text string, k Known) []Finding { return NewLook(k).Text(where, text) }

var (
	email   = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	ipv4    = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ownHost = regexp.MustCompile(`[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
)

// Text looks for private details in one text: e-mail addresses, known user ids
// as whole words, host names under given domains, private network addresses,
// and what is shaped like a token. Each is reported once; where is told in it.
func (l *Look) Text(where, text string) (found []Finding) {
	known := l.known
	seen := map[Finding]bool{}
	add := func(kind, sample string) {
		f := Finding{kind, where, safetext.Line(sample)}
		if !seen[f] {
			seen[f] = true
			found = append(found, f)
		}
	}
	// Embedded pictures are long runs of letters: nothing is looked for in them.
	text = withoutData(text)
	if safetext.Redact(text) != text {
		add("token", "[secret]")
		text = safetext.Redact(text)
	}
	for _, m := range email.FindAllString(text, -1) {
		add("e-mail", m)
	}
	for _, m := range ipv4.FindAllString(text, -1) {
		if a, err := netip.ParseAddr(m); err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()) {
			add("address", m)
		}
	}
	for _, u := range known.UserIDs {
		if len(u) >= 3 && hasWord(text, u) {
			add("user-id", u)
		}
	}
	if len(known.Domains) > 0 {
		for _, h := range ownHost.FindAllString(text, -1) {
			for _, d := range known.Domains {
				if l := strings.ToLower(h); l == strings.ToLower(d) || strings.HasSuffix(l, "."+strings.ToLower(d)) {
					add("host", h)
				}
			}
		}
	}
	return found
}

var dataURI = regexp.MustCompile(`data:image/[a-z+]+;base64,[A-Za-z0-9+/=\s]+`)

func withoutData(s string) string {
	if !strings.Contains(s, "data:image/") {
		return s
	}
	return dataURI.ReplaceAllString(s, "")
}

// hasWord reports whether word stands alone in text, in any case.
func hasWord(text, word string) bool {
	t, w := strings.ToLower(text), strings.ToLower(word)
	for from := 0; ; {
		i := strings.Index(t[from:], w)
		if i < 0 {
			return false
		}
		i += from
		if !wordByte(t, i-1) && !wordByte(t, i+len(w)) {
			return true
		}
		from = i + len(w)
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || c == '-' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
}
