package record

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"zenobis/doi"
)

// Identifier names a work: its scheme as InvenioRDM spells it (doi, arxiv,
// handle, isbn, issn, pmid, ark, urn, url, or one that is only known by its word)
// and its canonical value.
type Identifier struct {
	Scheme string
	Value  string
}

// Text is how a work is written so that it is known again: its value, with the
// scheme's word before it where the value alone would be something else or nothing.
func (id Identifier) Text() string {
	if found, ok := identify(id.Value); id.Scheme == "" || ok && found.Scheme == id.Scheme {
		return id.Value
	}
	word := id.Scheme
	if word == "handle" {
		word = "hdl"
	}
	value := strings.ReplaceAll(id.Value, " ", "%20")
	if len(value) > len(word) && strings.EqualFold(value[:len(word)+1], word+":") {
		return value
	}
	return word + ":" + value
}

var (
	doiPrefix = regexp.MustCompile(
		`(?i)^(?:(?:https?://)?(?:(?:www\.|dx\.)?doi\.org/|(?:sandbox\.|www\.)?zenodo\.org/doi/)|info:doi/|urn:doi:)?(?:doi[:=]?/*)*`)
	arxivForm   = regexp.MustCompile(`^(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]{2,9}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?$`)
	arxivPrefix = regexp.MustCompile(`(?i)^(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|format)/|arxiv[:=]?/?)`)
	arxivClass  = regexp.MustCompile(`^\[[a-z-]+(?:\.[A-Za-z-]+)?\]$`) // as in "arXiv:1501.00001 [cs.CL]"
	handleForm  = regexp.MustCompile(`^\d+(?:\.\d+)*/\S+$`)
	handleAlone = regexp.MustCompile(`^\d+(?:\.\d+)+/\S+$`) // needs no prefix to be known
	handleStart = regexp.MustCompile(`(?i)^(?:(?:https?://)?hdl\.handle\.net/|info:hdl/|hdl:|handle:)`)
	isbnStart   = regexp.MustCompile(`(?i)^(?:urn:)?isbn(?:-?1[03]\b)?[:= ]*`)
	issnForm    = regexp.MustCompile(`(?i)^(?:urn:)?(?:issn[:= ]*)?(\d{4})[-‐]?(\d{3}[\dx])$`)
	pmidForm    = regexp.MustCompile(
		`(?i)^(?:pmid[:= ]*|https?://pubmed\.ncbi\.nlm\.nih\.gov/|https?://www\.ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,9})/?$`,
	)
	urnForm = regexp.MustCompile(`(?i)^urn:[a-z0-9][a-z0-9-]{1,31}:\S+$`)
	arkForm = regexp.MustCompile(`(?i)^ark:/?\d{5,}/\S+$`)
	swhForm = regexp.MustCompile(`^swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}(?:;\S+)?$`)
	// schemeWord begins what is of a scheme that the server knows beside those above;
	// the server looks whether it is.
	schemeWord = regexp.MustCompile(
		`(?i)^(ads|crossreffunderid|cstr|ean13|eissn|grid|igsn|isni|istc|lissn|lsid|other|purl|rrid|upc|w3id|wikidata):`)
	percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	encoded = regexp.MustCompile(`(?i)^https?%3a(?:%2f|/){2}`) // an address within an address
	// linked are links of HTML and Markdown: what they lead to counts.
	linked = regexp.MustCompile(`(?is)<a\s[^<>]*?\bhref\s*=\s*["']?([^"'\s<>]+)[^<>]*>.*?</a>|` +
		`\[[^\[\]]*\]\(<?((?:https?:|www\.|doi:|10\.)[^\s<>]+?)>?\)(?:[\s,;.]|$)`)
	// namedHost is an address that lacks its "https://".
	namedHost = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[a-z]{2,}(?::\d+)?/\S*$`)
	oldArxiv  = regexp.MustCompile(`^[a-z-]{2,9}(?:\.[A-Za-z]{2})?/\d*$`)
	// resolvers lead to what is named; what else stands there is no work.
	resolvers = regexp.MustCompile(`(?i)^(?:(?:dx\.)?doi\.org|hdl\.handle\.net)$`)
	// begins finds where a further identifier begins behind a comma or semicolon.
	begins = regexp.MustCompile(`(?i)[,;|]+(?:https?://|www\.|10\.\d{4,9}/|doi:|arxiv:|hdl:|handle:|isbn|pmid:|urn:|ark:|swh:)`)
	// prefixAlone is a scheme's word with its value in the next word: "doi: 10.1/x".
	prefixAlone = regexp.MustCompile(`(?i)^(?:doi|arxiv|hdl|handle|isbn(?:-?1[03])?|issn|pmid|url)[:=]?$`)
	doiInText   = regexp.MustCompile(`(?i)(?:^|[^0-9A-Za-z.])(10\.\d{4,9}(?:\.\d+)*(?:/|%2F)[^\s"'“”«»\x60]+)`)
)

// Identify returns the identifiers in what somebody typed or pasted, each once.
// What is none is told: nothing is dropped and nothing guessed.
func Identify(s string) ([]Identifier, error) {
	s = plain(linked.ReplaceAllString(s, " $1$2 "))
	if id, ok := isbn(s); ok { // may be written with blanks
		return []Identifier{id}, nil
	}
	var out []Identifier
	words := strings.Fields(apart(s))
	for i := 0; i < len(words); i++ {
		word := words[i]
		if prefixAlone.MatchString(word) && i+1 < len(words) {
			i++
			word = strings.TrimRight(word, ":=") + ":" + words[i]
		}
		if bare(word) == "" || strings.EqualFold(word, "and") {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Scheme == "arxiv" && arxivClass.MatchString(word) {
			continue
		}
		id, ok := identify(word)
		if !ok {
			return out, wrong(word)
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no identifier; an example is 10.5281/zenodo.1234567")
	}
	return out, nil
}

// wrong says what is wrong with a word that is no identifier.
func wrong(word string) error {
	s := bare(word)
	digits := strings.NewReplacer("-", "", " ", "").Replace(s)
	u, err := url.Parse(s)
	switch {
	case isbnStart.FindString(s) != "", len(digits) == 13 && digitsOnly(digits) && (digits[:3] == "978" || digits[:3] == "979"):
		return fmt.Errorf("%s is no ISBN: check the digits", quote(word))
	case issnForm.MatchString(s):
		return fmt.Errorf("%s is no ISSN: check the digits", quote(word))
	case err == nil && u.User != nil:
		return fmt.Errorf("%s holds a user name or password, which would be published", quote(u.Redacted()))
	}
	return fmt.Errorf("%s is neither a DOI nor an address (https://...), arXiv, Handle, ISBN, ISSN, PMID, ARK or URN", quote(word))
}

// identify reads one word.
func identify(word string) (Identifier, bool) {
	s := bare(word)
	if encoded.MatchString(s) {
		s = bare(unescape(s))
	}
	if m := schemeWord.FindStringSubmatch(s); m != nil {
		scheme, value := strings.ToLower(m[1]), strings.ReplaceAll(s[len(m[0]):], "%20", " ")
		if scheme == "rrid" || scheme == "cstr" { // their word is part of them
			value = strings.ToUpper(m[0]) + value
		}
		return Identifier{scheme, value}, value != ""
	}
	if doi := DOI(s); doi != "" {
		return Identifier{"doi", doi}, true
	}
	if p := arxivPrefix.FindString(s); p != "" || arxivForm.MatchString(s) {
		v := strings.TrimSuffix(cutAddress(unescape(s[len(p):])), ".pdf")
		if arxivForm.MatchString(v) {
			return Identifier{"arxiv", "arXiv:" + v}, true
		}
		if p != "" {
			return Identifier{}, false
		}
	}
	if p := handleStart.FindString(s); p != "" {
		v := s[len(p):]
		if strings.Contains(p, "/") {
			v = cutAddress(v)
		}
		if v = unescape(v); handleForm.MatchString(v) {
			return Identifier{"handle", v}, true
		}
	} else if handleAlone.MatchString(s) && !strings.HasPrefix(s, "10.") {
		return Identifier{"handle", s}, true
	}
	if id, ok := isbn(s); ok {
		return id, true
	}
	if m := issnForm.FindStringSubmatch(s); m != nil && issnSum(m[1]+m[2]) {
		return Identifier{"issn", m[1] + "-" + strings.ToUpper(m[2])}, true
	}
	if m := pmidForm.FindStringSubmatch(s); m != nil {
		return Identifier{"pmid", m[1]}, true
	}
	switch {
	case swhForm.MatchString(s):
		return Identifier{"url", "https://archive.softwareheritage.org/" + s}, true // no server knows the scheme
	case arkForm.MatchString(s):
		return Identifier{"ark", s}, true
	case urnForm.MatchString(s):
		return Identifier{"urn", s}, true
	}
	s = strings.TrimPrefix(s, "url:")
	if strings.HasPrefix(strings.ToLower(s), "www.") || namedHost.MatchString(s) && !oldArxiv.MatchString(s) {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "ftp") && u.User == nil && webHost(u.Hostname()) {
		return Identifier{"url", s}, true
	}
	return Identifier{}, false
}

// webHost refuses what is no name of a host, a mere "https://10.1234" included.
func webHost(host string) bool {
	named := strings.Trim(host, "0123456789.") != "" || strings.Count(host, ".") == 3
	return host != "" && named && !resolvers.MatchString(host) && !strings.ContainsAny(host, " <>\"")
}

// DOI returns the bare DOI of s, which may be an address, percent-encoded, in
// brackets or quotes; "" where s is anything else. A DOI keeps its letters' case.
func DOI(s string) string {
	if s = bare(plain(s)); encoded.MatchString(s) {
		s = bare(unescape(s))
	}
	prefix := doiPrefix.FindString(s)
	rest := s[len(prefix):]
	if strings.Contains(strings.ToLower(prefix), ".org/") {
		rest = cutAddress(rest)
	}
	s = bare(cutMarkup(unescape(rest)))
	if !doi.Is(s) {
		return ""
	}
	return s
}

// ORCIDAddress is where an ORCID leads.
func ORCIDAddress(orcid string) string { return "https://orcid.org/" + orcid }

// RORAddress is where a ROR leads.
func RORAddress(ror string) string { return "https://ror.org/" + ror }

// dois finds the DOIs in a text, each once.
func dois(text string) []string {
	var out []string
	for _, m := range doiInText.FindAllStringSubmatch(plain(text), -1) {
		for _, word := range strings.Fields(apart(m[1])) {
			if doi := DOI(word); doi != "" && !slices.Contains(out, doi) {
				out = append(out, doi)
			}
		}
	}
	return out
}

// cutAddress drops the query and fragment of an address.
func cutAddress(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, "/")
}

// cutMarkup ends a DOI where HTML begins. A DOI may hold "<" before a digit
// (10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2).
func cutMarkup(s string) string {
	for i := range len(s) - 1 {
		if s[i] == '<' && (s[i+1] == '/' || s[i+1] >= 'a' && s[i+1] <= 'z' || s[i+1] >= 'A' && s[i+1] <= 'Z') {
			return s[:i]
		}
	}
	return s
}

// unescape undoes percent-encoding where it is whole and stands for text.
func unescape(s string) string {
	if !percent.MatchString(s) {
		return s
	}
	t, err := url.PathUnescape(s)
	if err != nil ||
		strings.ContainsFunc(t, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }) {
		return s
	}
	return t
}

// apart puts a blank between identifiers that only a comma or semicolon separates.
func apart(s string) string {
	for at := 0; ; {
		m := begins.FindStringIndex(s[at:])
		if m == nil {
			return s
		}
		i := at + m[0]
		s = s[:i] + " " + strings.TrimLeft(s[i:], ",;|")
		at = i + 1
	}
}

// plain makes one line with plain blanks and hyphens.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u2010', r == '\u2011', r == '\u2012', r == '\u2013', r == '\u2212', r == '\ufe63', r == '\uff0d':
			return '-'
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r): // soft hyphens, zero width, byte order marks
			return -1
		}
		return r
	}, s))
}

// brackets and quotes that stand around or behind what is pasted.
var brackets = map[rune]rune{
	')':  '(',
	']':  '[',
	'}':  '{',
	'>':  '<',
	'"':  '"',
	'\'': '\'',
	'”':  '“',
	'“':  '„',
	'’':  '‘',
	'»':  '«',
	'«':  '»',
	'`':  '`',
}

// bare takes away what sentences, lists and markup put around an identifier:
// quotes, brackets, and closing signs that nothing in it opens.
func bare(s string) string {
	for {
		t := strings.Trim(s, " \t,;")
		t = strings.TrimRight(t, ".:!|")
		t = strings.TrimLeft(t, "|*")
		if r := []rune(t); len(r) > 0 {
			last := r[len(r)-1]
			opening, closes := brackets[last]
			switch inner := string(r[:len(r)-1]); {
			case closes && len(r) > 1 && r[0] == opening && enclosed(r[1:len(r)-1], opening, last):
				t = string(r[1 : len(r)-1])
			case closes && opening != last && strings.Count(inner, string(opening)) <= strings.Count(inner, string(last)):
				t = inner
			case closes && opening == last:
				t = inner
			case opens(r[0]) && !strings.ContainsRune(string(r[1:]), closing(r[0])):
				t = string(r[1:])
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

// enclosed reports whether the pair around inner belongs together.
func enclosed(inner []rune, opening, closing rune) bool {
	depth := 0
	for _, r := range inner {
		switch {
		case opening == closing:
			if r == opening {
				return false
			}
		case r == opening:
			depth++
		case r == closing:
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func opens(r rune) bool { return strings.ContainsRune("([{<\"'“„‘«`", r) }

func closing(r rune) rune {
	for c, o := range brackets {
		if o == r && c != '«' && c != '“' {
			return c
		}
	}
	return r
}

// isbn reads an ISBN of 10 or 13 digits with its check digit; canonical are the
// 13 digits. Ten digits without a hyphen or the word ISBN may be anything.
func isbn(s string) (Identifier, bool) {
	word := isbnStart.FindString(s)
	rest := bare(s[len(word):])
	d := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(rest))
	switch {
	case len(d) == 13 && digitsOnly(d) && (strings.HasPrefix(d, "978") || strings.HasPrefix(d, "979")) && ean(d[:12]) == d[12]:
		return Identifier{"isbn", d}, true
	case len(d) == 10 && digitsOnly(d[:9]) && (word != "" || len(rest) == 13 && strings.Count(rest, "-") == 3) && isbn10(d):
		d = "978" + d[:9]
		return Identifier{"isbn", d + string(ean(d))}, true
	}
	return Identifier{}, false
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

func ean(twelve string) byte {
	sum := 0
	for i := range len(twelve) {
		sum += int(twelve[i]-'0') * (1 + 2*(i%2))
	}
	return byte('0' + (10-sum%10)%10)
}

func isbn10(d string) bool { return weighted(d, 10) }

func issnSum(d string) bool { return weighted(strings.ToUpper(d), 8) }

// weighted is the check of ISBN-10 and ISSN: weights from n down to 1, modulo 11.
func weighted(d string, n int) bool {
	if len(d) != n {
		return false
	}
	sum := 0
	for i := range n {
		v := int(d[i] - '0')
		if d[i] == 'X' && i == n-1 {
			v = 10
		} else if v < 0 || v > 9 {
			return false
		}
		sum += v * (n - i)
	}
	return sum%11 == 0
}
