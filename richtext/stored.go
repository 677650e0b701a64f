package richtext

import (
	"strings"

	nethtml "golang.org/x/net/html"

	"zenobis/safetext"
)

// Stored is a value as openBIS holds it, but for what must not leave it: sessions,
// and addresses of pictures that only openBIS can follow. Where file is given, the
// value is rich text and each picture has the file that it tells instead, "" for
// those that are missing.
func Stored(value string, file func(src string) string) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	if file == nil || !strings.Contains(value, "<") {
		return redact(value)
	}
	var b strings.Builder
	for z := nethtml.NewTokenizer(strings.NewReader(value)); ; {
		kind := z.Next()
		raw := string(z.Raw())
		if kind == nethtml.ErrorToken {
			b.WriteString(raw)
			return redact(b.String())
		}
		if kind != nethtml.StartTagToken && kind != nethtml.SelfClosingTagToken {
			b.WriteString(raw)
			continue
		}
		low := strings.ToLower(raw)
		picture := strings.HasPrefix(low, "<img")
		if !picture && !strings.Contains(low, "/file-service/") {
			b.WriteString(raw)
			continue
		}
		t := z.Token()
		for i := range t.Attr {
			a := &t.Attr[i]
			switch {
			case picture && a.Key == "src":
				a.Val = file(a.Val)
			case strings.Contains(a.Val, "/file-service/"):
				a.Val = ""
			}
		}
		b.WriteString(t.String())
	}
}

// leastSecret is shorter than any token: those of openBIS end with a time and 32
// digits, those of Zenodo have 60 letters.
const leastSecret = 24

// redact is safetext.Redact for texts of any length: it looks at long words only,
// and at all where something says that a short one is a token.
func redact(s string) string {
	if strings.Contains(s, "//") && strings.Contains(s, "@") { // an address with a password
		return safetext.Redact(s)
	}
	low := strings.ToLower(s)
	for _, sign := range []string{"bearer", "access_token", "sessionid", "pat-"} {
		if strings.Contains(low, sign) {
			return safetext.Redact(s)
		}
	}
	var b strings.Builder
	from, start := 0, 0 // what is not written yet, and where the word begins
	word := func(end int) {
		if end-start < leastSecret {
			return
		}
		if safe := safetext.Redact(s[start:end]); safe != s[start:end] {
			b.WriteString(s[from:start] + safe)
			from = end
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\n', '\t', '\r', '"', '\'', '<', '>', '&', ';', ',':
			word(i)
			start = i + 1
		}
	}
	word(len(s))
	if from == 0 {
		return s
	}
	return b.String() + s[from:]
}
