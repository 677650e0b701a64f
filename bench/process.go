//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration // user and system time
	memory    int64         // bytes resident at most
	out       []byte
}

// measured runs a command to its end.
func measured(cmd *exec.Cmd) (usage, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	peak, stop := make(chan int64, 1), make(chan struct{})
	go func() { peak <- watchMemory(cmd.Process.Pid, stop) }()
	err := cmd.Wait()
	u := usage{wall: time.Since(begin), out: out.Bytes()}
	close(stop)
	u.memory = <-peak
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err != nil {
		return u, fmt.Errorf("%s: %w: %s%s", filepath.Base(cmd.Path), err, tail(out.String()), tail(errs.String()))
	}
	return u, nil
}

// watchMemory is the most that a process had resident (VmHWM, in bytes) when it was
// last seen. The figure that the system keeps for a child that has ended counts what
// its parent had when it was started.
func watchMemory(pid int, stop <-chan struct{}) (peak int64) {
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-stop:
			tick.Stop()
			return peak
		case <-tick.C:
		}
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // gone: what was seen last counts
		if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
			var kib int64
			if _, err := fmt.Sscan(rest, &kib); err == nil {
				peak = max(peak, kib<<10)
			}
		}
	}
}

func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " / ")
}

// serving starts a server process.
func (r *rig) serving(s spec) (*site, func(), error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(r.ctx)
	cmd := exec.CommandContext(ctx, self, "serve", string(text))
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, nil, err
	}
	stop := func() {
		cancel()
		_ = cmd.Wait() // it was told to end
	}
	line, err := bufio.NewReader(pipe).ReadBytes('\n')
	var out site
	if err == nil {
		err = decode(line, &out)
	}
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("start the servers: %w", err)
	}
	return &out, stop, nil
}

// fresh leaves nothing of the run before: neither its jobs nor where its data
// store was.
func (r *rig) fresh(s *site) error {
	if err := os.RemoveAll(filepath.Join(r.dir, "state")); err != nil {
		return err
	}
	// The built-in openBIS announces its data store without TLS.
	home := filepath.Join(r.dir, "home", ".config", "zenobis")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	stores := fmt.Sprintf("[openbis.data_stores]\nDSS1 = %q\n", s.OpenBIS)
	if s.Kind != "" {
		stores += fmt.Sprintf("[zenodo]\nkind = %q\n", s.Kind)
	}
	return os.WriteFile(filepath.Join(home, "config.toml"), []byte(stores), 0o600)
}

// zenobis is a command of the program against a site.
func (r *rig) zenobis(s *site, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(r.ctx, r.binary, args...)
	home := filepath.Join(r.dir, "home")
	cmd.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "ZENOBIS_STATE_DIR=" + filepath.Join(r.dir, "state"), "GOTRACEBACK=all", "NO_PROXY=*",
		"ZENOBIS_OPENBIS_URL=" + s.OpenBIS, "ZENOBIS_OPENBIS_USER=" + s.User, "ZENOBIS_OPENBIS_PASSWORD=" + s.Password,
		"ZENOBIS_ZENODO_URL=" + s.Zenodo, "ZENOBIS_ZENODO_TOKEN=" + s.Token,
	}
	return cmd
}

// export runs a whole export.
func (r *rig) export(s *site, args ...string) (usage, error) {
	if err := r.fresh(s); err != nil {
		return usage{}, err
	}
	args = append([]string{"export", "--json", "--quiet", "--accept-findings", "--title", "Measured", "--creator", "Doe, Jane"}, args...)
	u, err := measured(r.zenobis(s, append(args, s.Selection)...))
	if err == nil && strings.Contains(string(u.out), `"other-data-store"`) {
		err = fmt.Errorf("not all was sent: %s", tail(string(u.out)))
	}
	return u, err
}

// curls copies the first file to the sink with curl | curl.
func (r *rig) curls(s *site, ca string) (usage, error) {
	if _, err := exec.LookPath("curl"); err != nil {
		return usage{}, fmt.Errorf("there is no curl: %w", errSkipped)
	}
	token, err := r.login(s, ca)
	if err != nil {
		return usage{}, err
	}
	secure := ""
	if ca != "" {
		secure = "--cacert " + ca
	}
	// The shell waits for both, so what they took is what it took.
	return measured(
		exec.CommandContext(
			r.ctx,
			"sh",
			"-c",
			fmt.Sprintf("curl -sSf %s '%s?sessionID=%s' | curl -sSf %s -T - '%s'", secure, s.Store, token, secure, s.Sink),
		),
	)
}

// login opens a session for curl.
func (r *rig) login(s *site, ca string) (string, error) {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"login","params":[%q,%q]}`, s.User, s.Password)
	args := []string{"-sSf", "-d", body, s.OpenBIS + "/openbis/openbis/rmi-application-server-v3.json"}
	if ca != "" {
		args = append(args, "--cacert", ca)
	}
	u, err := measured(exec.CommandContext(r.ctx, "curl", args...))
	if err != nil {
		return "", err
	}
	var answer struct{ Result string }
	if err := json.Unmarshal(u.out, &answer); err != nil || answer.Result == "" {
		return "", fmt.Errorf("log in: %s", u.out)
	}
	return answer.Result, nil
}
