package handoff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rsc.io/qr"
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
		"https://zenodo.org/a b":            false,
		"https://zenodo.org/a\x7fb":         false,
		"":                                  false,
	} {
		if err := Check(address, server); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestOutlives(t *testing.T) {
	write := func(path, text string) string {
		root := t.TempDir()
		os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755)
		os.WriteFile(filepath.Join(root, path), []byte(text), 0o644)
		return root
	}
	killing := write("etc/systemd/logind.conf", "[Login]\nKillUserProcesses=yes\n")
	lingering := write("etc/systemd/logind.conf", "KillUserProcesses=yes\n")
	os.MkdirAll(filepath.Join(lingering, "var/lib/systemd/linger"), 0o755)
	os.WriteFile(filepath.Join(lingering, "var/lib/systemd/linger/jdoe"), nil, 0o644)
	later := write("usr/lib/systemd/logind.conf.d/z.conf", "KillUserProcesses= on\n")
	os.MkdirAll(filepath.Join(later, "run/systemd/logind.conf.d"), 0o755)
	os.WriteFile(filepath.Join(later, "run/systemd/logind.conf.d/a.conf"), []byte("KillUserProcesses=no\n"), 0o644)
	ssh := map[string]string{"SSH_CONNECTION": "a", "USER": "jdoe"}
	for _, c := range []struct {
		name, root string
		env        map[string]string
		want       bool
	}{
		{"no systemd", t.TempDir(), ssh, true},
		{"commented out", write("etc/systemd/logind.conf", "#KillUserProcesses=yes\n"), ssh, true},
		{"kills", killing, ssh, false},
		{"kills, not over SSH", killing, nil, true},
		{"kills, other SSH variable", killing, map[string]string{"SSH_TTY": "/dev/pts/1", "USER": "jdoe"}, false},
		{"a later file takes it back", later, ssh, true},
		{"a name that leads elsewhere", lingering, map[string]string{"SSH_TTY": "x", "USER": "../linger/jdoe"}, false},
		{"nobody's name", lingering, map[string]string{"SSH_TTY": "x"}, false},
		{"drop-in", write("etc/systemd/logind.conf.d/a.conf", "KillUserProcesses=true\n"), ssh, false},
		{"lingering", lingering, ssh, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, hint := Env{Getenv: func(k string) string { return c.env[k] }}.Outlives(c.root)
			if got != c.want || (hint == "") != c.want {
				t.Errorf("got %v, %q", got, hint)
			}
		})
	}
}

func TestOutsideOfTmuxNothingIsDone(t *testing.T) {
	if err := CopyTmux(context.Background(), env(), "x"); err != nil {
		t.Error(err)
	}
}

func TestQR(t *testing.T) {
	lines, w, h, err := QR("https://zenodo.org/uploads/12345678")
	if err != nil || w != 37 || h != 19 || len(lines) != 19 {
		t.Fatalf("%dx%d, %v", w, h, err)
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) != w {
			t.Errorf("%q is not %d wide", l, w)
		}
	}
	if strings.Trim(lines[0]+lines[1], "█") != "" {
		t.Errorf("no quiet zone: %q", lines[0])
	}
	if _, _, _, err := QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a code that can't be is made")
	}
}

// What is drawn is the code itself, module by module, in a zone of four light ones.
func TestQRIsTheCode(t *testing.T) {
	for _, address := range []string{"https://zenodo.org/uploads/12345678", "x", strings.Repeat("https://zenodo.org/", 20)} {
		code, err := qr.Encode(address, qr.L)
		if err != nil {
			t.Fatal(err)
		}
		lines, w, h, err := QR(address)
		if err != nil || w != code.Size+8 || h != (w+1)/2 || len(lines) != h {
			t.Fatalf("%d by %d in %d lines of a code of %d: %v", w, h, len(lines), code.Size, err)
		}
		for y := range 2 * h {
			row := []rune(lines[y/2])
			for x := range w {
				r := row[x]
				light := r == '█' || r == '▀' && y%2 == 0 || r == '▄' && y%2 == 1
				in := x >= 4 && y >= 4 && x < w-4 && y < w-4
				want := y < w && (!in || !code.Black(x-4, y-4)) // what is below the code is dark as the screen
				if light != want {
					t.Fatalf("%s: %d, %d is light: %v", address, x, y, light)
				}
			}
		}
	}
}

// The text is handed to tmux itself, and an unwilling tmux is told.
func TestCopyTmux(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" > " + dir + "/args\ncat > " + dir + "/in\ntest ! -e " + dir + "/fail\n"
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	in := Env{Getenv: func(k string) string { return map[string]string{"TMUX": "/tmp/x,1,0"}[k] }}
	if err := CopyTmux(t.Context(), in, "https://zenodo.org/uploads/1"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"args": "load-buffer -w -\n", "in": "https://zenodo.org/uploads/1"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "fail"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CopyTmux(t.Context(), in, "x"); err == nil || !strings.Contains(err.Error(), "tmux") {
		t.Errorf("%v", err)
	}
}
