//go:build linux

package main

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"zenobis/human"
)

// sum computes the three sums over so many bytes, each once, in memory.
func sum(bytes string) {
	n, _ := strconv.ParseInt(bytes, 10, 64)
	block := make([]byte, 256<<10)
	for i := range block {
		block[i] = byte(i * 7)
	}
	for _, h := range []hash.Hash{md5.New(), sha256.New(), crc32.NewIEEE()} {
		for left := n; left > 0; left -= int64(len(block)) {
			h.Write(block)
		}
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", a.Seconds()/b.Seconds()) }

// sums are the three sums alone, which a copy of the large file can't do without.
func (r *rig) sums() (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	return measured(exec.CommandContext(r.ctx, self, "sum", strconv.FormatInt(r.size, 10)))
}

// best is the run of some that took the least processor time: the others were
// disturbed.
func best(n int, f func() (usage, error)) (usage, error) {
	var least usage
	for i := range n {
		u, err := f()
		if err != nil {
			return u, err
		}
		if i == 0 || u.cpu < least.cpu {
			least = u
		}
	}
	return least, nil
}

// copied measures the large file, layout single, beside curl | curl.
func (r *rig) copied(what string, s spec, goal string) error {
	ca := s.TLS
	site, stop, err := r.serving(s)
	if err != nil {
		return err
	}
	defer stop()
	curls, err := best(2, func() (usage, error) { return r.curls(site, ca) })
	if err != nil {
		return err
	}
	sums, err := best(2, r.sums)
	if err != nil {
		return err
	}
	args := []string{"--layout", "single"}
	if ca != "" {
		args = append(args, "--ca-file", ca)
	}
	u, err := best(3, func() (usage, error) { return r.export(site, args...) })
	if err != nil {
		return err
	}
	size := human.Bytes(r.size)
	r.add(what+": processor time of "+size, seconds(u.cpu), fmt.Sprintf("curl \\| curl %s + sums %s", seconds(curls.cpu), seconds(sums.cpu)),
		ratio(u.cpu, curls.cpu+sums.cpu), goal)
	r.add(what+": wall time", seconds(u.wall), seconds(curls.wall), ratio(curls.wall, u.wall)+" of its speed", "")
	r.add(what+": resident memory", human.Bytes(u.memory), "", "", mostMemory)
	return nil
}

func (r *rig) large() error {
	return r.copied("one large file", spec{Files: 1, Size: r.size}, "0.85")
}

func (r *rig) tls() error {
	return r.copied("one large file, TLS", spec{Files: 1, Size: r.size, TLS: filepath.Join(r.dir, "ca.pem")}, "0.85")
}

// busy measures on a line of 1 Gbit/s while two other programs want both processors.
func (r *rig) busy() error {
	const size = 2 << 30 // a line of 1 Gbit/s takes its time
	site, stop, err := r.serving(spec{Files: 1, Size: size, Rate: 125_000_000})
	if err != nil {
		return err
	}
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for range 2 {
		loop := exec.CommandContext(r.ctx, self, "sum", strconv.FormatInt(1<<50, 10))
		if err := loop.Start(); err != nil {
			return err
		}
		defer func() {
			_ = loop.Process.Kill()
			_ = loop.Wait()
		}()
	}
	curls, err := r.curls(site, "")
	if err != nil {
		return err
	}
	u, err := r.export(site, "--layout", "single")
	if err != nil {
		return err
	}
	r.add(
		"1 Gbit/s, both processors busy: wall time",
		seconds(u.wall),
		"curl \\| curl "+seconds(curls.wall),
		ratio(curls.wall, u.wall)+" of its speed",
		"0.9",
	)
	return nil
}

// servers measures the servers alone: they must not be what limits.
func (r *rig) servers() error {
	site, stop, err := r.serving(spec{Files: 1, Size: r.size})
	if err != nil {
		return err
	}
	defer stop()
	token, err := r.login(site, "")
	if err != nil {
		return err
	}
	u, err := measured(exec.CommandContext(r.ctx, "curl", "-sSf", "-o", os.DevNull, site.Store+"?sessionID="+token))
	if err != nil {
		return err
	}
	r.add("the built-in data store alone", fmt.Sprintf("%s/s", human.Bytes(int64(float64(r.size)/u.wall.Seconds()))), "", "", "")
	u, err = measured(exec.CommandContext(r.ctx, "sh", "-c", fmt.Sprintf("head -c %d /dev/zero | curl -sSf -T - '%s'", r.size, site.Sink)))
	if err != nil {
		return err
	}
	r.add("the built-in Zenodo alone (MD5)", fmt.Sprintf("%s/s", human.Bytes(int64(float64(r.size)/u.wall.Seconds()))), "", "", "")
	return nil
}
