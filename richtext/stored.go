package richtext

import (
	"regexp"
	"strings"

	nethtml "golang.org/x/net/html"
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

// sessions are what opens openBIS to whoever reads it: session tokens, personal
// access tokens, and parameters of addresses that hold one. What is shaped like a
// token of another kind stays: a line of a sequence has 60 letters, too.
var sessions = regexp.MustCompile(`(?i)(?:\$|%24)pat-[^\s"'&<>]+|[\w.@+-]+-\d{12,18}x[0-9a-f]{16,}|sessionID=[^\s"'&<>]+`)

// redact takes sessions from a text of any length: most hold nothing of the kind,
// which is seen without the search.
func redact(s string) string {
	low := strings.ToLower(s)
	if !strings.Contains(low, "pat-") && !strings.Contains(low, "sessionid=") && !holdsSession(low) {
		return s
	}
	return sessions.ReplaceAllString(s, "[secret]")
}

// holdsSession tells whether twelve digits, an x and sixteen hexadecimal digits
// stand somewhere.
func holdsSession(low string) bool {
	for at := 12; ; at++ {
		i := strings.IndexByte(low[min(at, len(low)):], 'x')
		if i < 0 {
			return false
		}
		if at += i; at+16 < len(low) && all(low[at-12:at], "0123456789") && all(low[at+1:at+17], "0123456789abcdef") {
			return true
		}
	}
}

func all(s, of string) bool { return strings.Trim(s, of) == "" }
