package term

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// GNU screen hands on what is wrapped, in pieces; it may itself run within tmux.
func TestScreenIsAskedToHandTheClipboardOn(t *testing.T) {
	text := strings.Repeat("a long citation ", 60)
	for _, tmux := range []string{"", "/tmp/tmux-1000/default,1,0"} {
		env := func(k string) string { return map[string]string{"STY": "123.pts-0.host", "TMUX": tmux}[k] }
		raw, ok := Copy(env, text)().(tea.RawMsg)
		if !ok {
			t.Fatalf("TMUX=%q: not wrapped", tmux)
		}
		var whole strings.Builder
		for piece := range strings.SplitSeq(strings.TrimSuffix(raw.Msg.(string), "\x1b\\"), "\x1b\\") {
			inner, ok := strings.CutPrefix(piece, "\x1bP")
			if !ok || len(inner) > screenChunk {
				t.Fatalf("a piece of %d bytes: %.20q", len(inner), piece)
			}
			whole.WriteString(inner)
		}
		if want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"; whole.String() != want {
			t.Errorf("got %.60q, want %.60q", whole.String(), want)
		}
	}
	msg := Copy(func(string) string { return "" }, text)()
	if v := reflect.ValueOf(msg); v.Kind() != reflect.String || v.String() != text {
		t.Errorf("elsewhere: %.60v", msg)
	}
}
