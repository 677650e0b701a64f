package handoff

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// Outlives reports whether a process may outlive the login it was started
// from, and if not what helps. Without systemd, or where its KillUserProcesses
// is off, it may; a lingering user's may too. root is "/" but for tests.
func (e Env) Outlives(root string) (bool, string) {
	if !e.Remote() || !killsProcesses(root) {
		return true, ""
	}
	user := e.Getenv("USER")
	if user != "" && filepath.Base(user) == user {
		if _, err := os.Stat(filepath.Join(root, "var/lib/systemd/linger", user)); err == nil {
			return true, ""
		}
	}
	return false, "this host ends all processes with the login (KillUserProcesses); \"loginctl enable-linger\" lets exports go on, tmux " +
		"alone does not"
}

// killsProcesses reads logind's configuration; the last setting counts.
func killsProcesses(root string) bool {
	paths := []string{filepath.Join(root, "etc/systemd/logind.conf")}
	for _, dir := range []string{"usr/lib/systemd/logind.conf.d", "run/systemd/logind.conf.d", "etc/systemd/logind.conf.d"} {
		more, _ := filepath.Glob(filepath.Join(root, dir, "*.conf"))
		paths = append(paths, more...)
	}
	kills := false
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			continue
		}
		for s := bufio.NewScanner(f); s.Scan(); {
			if v, ok := strings.CutPrefix(strings.TrimSpace(s.Text()), "KillUserProcesses="); ok {
				v = strings.ToLower(strings.TrimSpace(v))
				kills = v == "yes" || v == "true" || v == "1" || v == "on"
			}
		}
		f.Close()
	}
	return kills
}
