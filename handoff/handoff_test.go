package handoff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func env(kv ...string) Env {
	return Env{OS: "linux", Getenv: func(k string) string {
		for i := 0; i < len(kv); i += 2 {
			if kv[i] == k {
				return kv[i+1]
			}
		}
		return ""
	}}
}

func TestBrowser(t *testing.T) {
	mac := env()
	mac.OS = "darwin"
	for _, c := range []struct {
		name, want, why string
		env             Env
	}{
		{"desktop", "xdg-open", "", env("DISPLAY", ":0")},
		{"wayland", "xdg-open", "", env("WAYLAND_DISPLAY", "wayland-0")},
		{"server without display", "", "there is no display", env()},
		{"over SSH, even with a forwarded display", "", "this is an SSH session", env("SSH_CONNECTION", "a b", "DISPLAY", ":10")},
		{"the user's own way wins over SSH", "remote-open --tab", "", env("SSH_TTY", "/dev/pts/1", "BROWSER", "remote-open --tab")},
		{"list of browsers", "firefox", "", env("BROWSER", "firefox:w3m")},
		{"none wanted", "", "BROWSER says none", env("BROWSER", "none", "DISPLAY", ":0")},
		{"macOS", "open", "", mac},
		{"WSL", "rundll32.exe url.dll,FileProtocolHandler", "", env("WSL_DISTRO_NAME", "Debian")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := c.env.Browser()
			if strings.Join(got, " ") != c.want || why != c.why {
				t.Errorf("got %q, %q", got, why)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	out := filepath.Join(t.TempDir(), "address")
	script := filepath.Join(t.TempDir(), "browser")
	os.WriteFile(script, []byte("#!/bin/sh\nprintf %s \"$1\" > "+out+".new && mv "+out+".new "+out+"\n"), 0o700)
	if err := Open([]string{script}, "https://zenodo.org/uploads/1"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if data, err := os.ReadFile(out); err == nil {
			if string(data) != "https://zenodo.org/uploads/1" {
				t.Errorf("opened %q", data)
			}
			return
		}
	}
	t.Error("the browser was not started")
}

func TestOpenWithoutBrowser(t *testing.T) {
	if Open(nil, "https://x") == nil || Open([]string{"/nowhere/browser"}, "https://x") == nil {
		t.Error("no error")
	}
}

func TestCheck(t *testing.T) {
	const server = "https://zenodo.org"
	for address, ok := range map[string]bool{
		"https://zenodo.org/uploads/1":      true,
		"https://ZENODO.org/uploads/1":      true,
		"http://zenodo.org/uploads/1":       false,
		"https://zenodo.org.evil.example/1": false,
		"https://user@zenodo.org/1":         false,
		"file:///etc/passwd":                false,
		"https://zenodo.org/a\x1b]0;b":      false,
		"javascript:alert(1)":               false,
	} {
		if err := Check(address, server); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestSequences(t *testing.T) {
	if got := Hyperlink("draft", "https://x"); got != "\x1b]8;;https://x\x1b\\draft\x1b]8;;\x1b\\" {
		t.Errorf("%q", got)
	}
	if got := Clipboard("hi"); got != "\x1b]52;c;aGk=\x07" {
		t.Errorf("%q", got)
	}
	if err := CopyTmux(context.Background(), env(), "x"); err != nil {
		t.Error(err)
	}
}

func TestQR(t *testing.T) {
	lines, w, h, err := QR("https://zenodo.org/uploads/12345678")
	if err != nil || w != 33 || h != 17 || len(lines) != 17 {
		t.Fatalf("%dx%d, %v", w, h, err)
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) != w {
			t.Errorf("%q is not %d wide", l, w)
		}
	}
	if strings.Trim(lines[0], "█") != "" {
		t.Errorf("no quiet zone: %q", lines[0])
	}
	if _, _, _, err := QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a code that can't be is made")
	}
}
