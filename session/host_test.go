package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		{"drop-in", write("etc/systemd/logind.conf.d/a.conf", "KillUserProcesses=true\n"), ssh, false},
		{"lingering", lingering, ssh, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, hint := Outlives(func(k string) string { return c.env[k] }, c.root)
			if got != c.want || (hint == "") != c.want {
				t.Errorf("got %v, %q", got, hint)
			}
		})
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	log, f, err := OpenLog(path, "", "debug")
	if err != nil {
		t.Fatal(err)
	}
	secret := "alice-231114221320000x0123456789ABCDEF0123456789ABCDEF"
	log.Info("got", "url", "https://x/y?sessionID="+secret, "err", os.ErrNotExist, "body", "\x1b[31m"+secret)
	f.Close()
	data, _ := os.ReadFile(path)
	if strings.Contains(string(data), secret) || bytes.ContainsRune(data, 0x1b) || len(data) == 0 {
		t.Errorf("log: %q", data)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
}
