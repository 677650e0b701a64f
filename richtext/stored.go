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
		return safetext.RedactSessions(value)
	}
	var b strings.Builder
	for z := nethtml.NewTokenizer(strings.NewReader(value)); ; {
		kind := z.Next()
		raw := string(z.Raw())
		if kind == nethtml.ErrorToken {
			b.WriteString(raw)
			return safetext.RedactSessions(b.String())
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
