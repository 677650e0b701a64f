//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"zenobis/human"
)

func (r *rig) program() error {
	info, err := os.Stat(r.binary)
	if err != nil {
		return err
	}
	r.add("size of the program, stripped", human.Bytes(info.Size()), "", "", "20 MB")
	return nil
}

// frame measures from the start until the first frame is on a terminal.
func (r *rig) frame() error {
	var least time.Duration
	for i := range 5 {
		took, err := r.firstFrame()
		if err != nil {
			return err
		}
		if i == 0 || took < least {
			least = took
		}
	}
	r.add("first frame", fmt.Sprintf("%d ms", least.Milliseconds()), "", "", "50 ms")
	return nil
}

func (r *rig) firstFrame() (time.Duration, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("no pseudo terminal: %w", errSkipped)
	}
	defer master.Close()
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		return 0, fmt.Errorf("no pseudo terminal: %w", errSkipped)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return 0, err
	}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120}); err != nil {
		return 0, err
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return 0, err
	}
	cmd := r.zenobis(&site{OpenBIS: "http://127.0.0.1:9", Zenodo: "http://127.0.0.1:9"})
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	slave.Close()
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	seen := ""
	buf := make([]byte, 64<<10)
	for {
		n, err := master.Read(buf)
		if err != nil {
			return 0, fmt.Errorf("the program ended before its first frame: %w", err)
		}
		if seen += string(buf[:n]); strings.Contains(seen, "openBIS") {
			return time.Since(begin), nil
		}
	}
}

// small measures 2,400 files of 20 KiB at 30 ms beside one after the other.
func (r *rig) small() error {
	const files, latency = 2400, 30 * time.Millisecond
	s, stop, err := r.serving(spec{Files: files, Size: 20 << 10, Latency: latency})
	if err != nil {
		return err
	}
	defer stop()
	u, err := r.export(s, "--layout", "single")
	if err != nil {
		return err
	}
	serial := files * latency // the round trips alone
	r.add(
		fmt.Sprintf("%s files of 20 KiB at 30 ms", human.Number(files)),
		seconds(u.wall),
		"one after the other "+seconds(serial)+" of round trips",
		ratio(serial, u.wall)+" times as fast",
		"8 times",
	)
	return nil
}

// window measures 21 small record files under Zenodo's limit of requests.
func (r *rig) window() error {
	s, stop, err := r.serving(spec{Files: 20, Size: 20 << 10, Window: 133, Latency: 5 * time.Millisecond})
	if err != nil {
		return err
	}
	defer stop()
	u, err := r.export(s, "--layout", "files")
	if err != nil {
		return err
	}
	if strings.Contains(string(u.out), `"retry"`) {
		return fmt.Errorf("a request was refused: %s", tail(string(u.out)))
	}
	r.add("20 small files, layout files, 133 requests a minute", seconds(u.wall), "", "", "no waiting")
	return nil
}

// pair measures two exports at once, which share Zenodo's window: each sees of the
// other only what remains.
func (r *rig) pair() error {
	const files, window = 60, 133
	s, stop, err := r.serving(spec{Files: files, Size: 20 << 10, Window: window, Latency: 5 * time.Millisecond})
	if err != nil {
		return err
	}
	defer stop()
	var uses [2]usage
	var both errgroup.Group
	for i := range uses {
		own := *r
		own.dir = filepath.Join(r.dir, fmt.Sprint("pair", i)) // a state directory of its own
		both.Go(func() (err error) {
			uses[i], err = own.export(s, "--layout", "files")
			return err
		})
	}
	if err := both.Wait(); err != nil {
		return err
	}
	asked, err := r.asked(s)
	if err != nil {
		return err
	}
	shown := strings.Count(string(uses[0].out)+string(uses[1].out), "request limit")
	if asked.Refused > 0 && shown == 0 {
		return errors.New("a request was refused, and nobody was told that it is waited for")
	}
	least := time.Duration(max(asked.Requests-window, 0)) * time.Minute / window
	r.add(
		fmt.Sprintf("two exports of %d files at once, %d requests a minute: %d requests", files, window, asked.Requests),
		fmt.Sprintf("%d refused, %s", asked.Refused, seconds(max(uses[0].wall, uses[1].wall))),
		"the window alone "+seconds(least), "", "at most 1 refused",
	)
	return nil
}

// planned runs a dry run and tells what was planned.
func (r *rig) planned(s *site, more ...string) (usage, string, error) {
	if err := r.fresh(s); err != nil {
		return usage{}, "", err
	}
	u, err := measured(r.zenobis(s, append([]string{"export", "--json", "--quiet", "--dry-run", "--accept-findings",
		"--title", "Measured", "--creator", "Doe, Jane", s.Selection}, more...)...))
	var limit *exec.ExitError
	if err != nil && !(errors.As(err, &limit) && limit.ExitCode() == 4) { // a plan above a limit is still a plan
		return u, "", err
	}
	what, err := told(u)
	return u, what, err
}

// told is what an export or a dry run says of its plan.
func told(u usage) (string, error) {
	var plan struct {
		Event                     string
		Entities, Datasets, Files int
	}
	for line := range strings.Lines(string(u.out)) {
		if json.Unmarshal([]byte(line), &plan) == nil && plan.Event == "plan" {
			return fmt.Sprintf("%s entities, %s data sets, %s files",
				human.Number(plan.Entities), human.Number(plan.Datasets), human.Number(plan.Files)), nil
		}
	}
	return "", fmt.Errorf("no plan: %s", tail(string(u.out)))
}

// plan measures planning at 10 ms, beside a script that reads the same and keeps
// nothing of it.
func (r *rig) plan() error {
	s, stop, err := r.serving(spec{Objects: 20000, Sets: 2000, Latency: 10 * time.Millisecond})
	if err != nil {
		return err
	}
	defer stop()
	var u usage
	var what string
	var ours, by waited
	for i := range 3 { // the least counts: others were disturbed
		one, text, err := r.planned(s)
		if err != nil {
			return err
		}
		if i == 0 || one.wall < u.wall {
			u, what = one, text
		}
		if err := r.least(s, &ours); err != nil {
			return err
		}
		hand := &script{url: s.OpenBIS, http: &http.Client{}}
		if err := hand.login(r.ctx, s.User, s.Password); err != nil {
			return err
		}
		if err := hand.space(r.ctx, strings.TrimPrefix(s.Selection, "space:")); err != nil {
			return err
		}
		if err := r.least(s, &by); err != nil {
			return err
		}
	}
	r.add("plan at 10 ms: "+what, seconds(u.wall), "", "", "8 s")
	r.add("of it with a call to openBIS open", fmt.Sprintf("%s in %d calls", seconds(ours.Time), ours.Calls),
		fmt.Sprintf("a script by hand %s in %d calls", seconds(by.Time), by.Calls), ratio(ours.Time, by.Time), "1.5")
	u, what, err = r.planned(s, "space:LAB1", "space:LAB2", "space:LAB3")
	if err != nil {
		return err
	}
	if ours, err = r.waited(s); err != nil {
		return err
	}
	r.add("calls for a plan of "+what, fmt.Sprint(ours.Calls), seconds(u.wall), "", "150")
	return nil
}

// growth measures how cost grows with something.
func (r *rig) growth(what string, sizes []int, f func(n int) (usage, error)) error {
	var cells []string
	for _, n := range sizes {
		u, err := f(n)
		if err != nil {
			return err
		}
		cells = append(cells, fmt.Sprintf("%s: %s, %s", human.Number(n), seconds(u.cpu), human.Bytes(u.memory)))
	}
	r.add("growth with "+what+" (processor time, memory)", strings.Join(cells, "; "), "", "", "with its work")
	return nil
}

func (r *rig) growthFiles() error {
	return r.growth("files planned", []int{1000, 10_000, 100_000}, func(n int) (usage, error) {
		s, stop, err := r.serving(spec{Files: n, Size: 1000})
		if err != nil {
			return usage{}, err
		}
		defer stop()
		u, _, err := r.planned(s)
		return u, err
	})
}

func (r *rig) growthEntities() error {
	return r.growth("entities planned", []int{80, 800, 8000}, func(n int) (usage, error) {
		s, stop, err := r.serving(spec{Objects: n, Sets: n / 10})
		if err != nil {
			return usage{}, err
		}
		defer stop()
		u, _, err := r.planned(s)
		return u, err
	})
}

func (r *rig) growthBytes() error {
	return r.growth("MiB sent", []int{16, 160, 1600}, func(n int) (usage, error) {
		s, stop, err := r.serving(spec{Files: 1, Size: int64(n) << 20})
		if err != nil {
			return usage{}, err
		}
		defer stop()
		return r.export(s, "--layout", "single")
	})
}

// mostMemory is what a plan and an export may have resident at any moment: 64 MiB.
const mostMemory = "67.1 MB"

// huge measures one file that fills a record: 50 GB.
func (r *rig) huge() error {
	const size = 49_990_000_000 // the pages need some of the 50 GB
	s, stop, err := r.serving(spec{Files: 1, Size: size})
	if err != nil {
		return err
	}
	defer stop()
	s.Kind = "zenodo" // elsewhere a record takes 10 GB
	u, err := r.export(s, "--layout", "single")
	if err != nil {
		return err
	}
	r.add("one file of "+human.Bytes(size)+": memory", human.Bytes(u.memory), seconds(u.wall), "", mostMemory)
	return nil
}

// memory measures a million files, planned and sent.
func (r *rig) memory(path int) error {
	files := 100_000
	if r.full {
		files = 1_000_000
	}
	s, stop, err := r.serving(spec{Files: files, Size: 10, Path: path})
	if err != nil {
		return err
	}
	defer stop()
	u, err := r.export(s, "--layout", "single")
	if err != nil {
		return err
	}
	r.add(
		fmt.Sprintf("%s files, paths of %d characters, planned and sent: memory", human.Number(files), path),
		human.Bytes(u.memory),
		seconds(u.wall),
		"",
		mostMemory,
	)
	return nil
}

// entities measures a lab of 100,000 entities, planned and sent.
func (r *rig) entities() error {
	entities := 10_000
	if r.full {
		entities = 100_000
	}
	s, stop, err := r.serving(spec{Objects: entities * 9 / 10, Sets: entities / 10})
	if err != nil {
		return err
	}
	defer stop()
	u, err := r.export(s, "--layout", "single", "space:LAB1", "space:LAB2", "space:LAB3")
	if err != nil {
		return err
	}
	what, err := told(u)
	if err != nil {
		return err
	}
	r.add(what+", planned and sent: memory", human.Bytes(u.memory), seconds(u.wall), "", mostMemory)
	return nil
}
