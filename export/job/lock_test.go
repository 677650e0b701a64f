package job

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	me := thisProcess()
	other := func(age time.Duration, change func(*holder)) holder {
		h := holder{By: me, Nonce: "other", Beat: now.Add(-age)}
		change(&h)
		return h
	}
	reboot := func(h *holder) { h.Boot = "another" }
	elsewhere := func(h *holder) { h.Machine, h.Host, h.Boot = "another", "elsewhere", "theirs" }
	namesake := func(h *holder) { h.Machine, h.Boot = "another", "theirs" }
	for name, c := range map[string]struct {
		h     holder
		force bool
		taken bool
	}{
		"this process":                    {other(time.Hour, func(*holder) {}), false, false},
		"dead process":                    {other(0, func(h *holder) { h.PID, h.Start = 1<<22-3, "77" }), false, true},
		"pid used again":                  {other(0, func(h *holder) { h.Start = "1" }), false, true},
		"at the end of its freshness":     {other(30*time.Second, reboot), true, false},
		"other host, at the edge":         {other(10*time.Minute, elsewhere), true, false},
		"ahead of our clock, at the edge": {other(-30*time.Second, reboot), true, false},
		"before the last boot":            {other(31*time.Second, reboot), false, true},
		"just before the last boot":       {other(29*time.Second, reboot), true, false},
		"other host":                      {other(9*time.Minute, elsewhere), true, false},
		"other host, silent":              {other(11*time.Minute, elsewhere), false, false},
		"other host, silent, user says":   {other(11*time.Minute, elsewhere), true, true},
		"other host of this name":         {other(0, namesake), true, false},
		"the same, a minute later":        {other(time.Minute, namesake), true, false},
		"the same, silent":                {other(11*time.Minute, namesake), false, false},
		"other container on this kernel":  {other(0, func(h *holder) { h.Space = "pid:[1]" }), true, false},
		"ahead of our clock":              {other(-20*time.Second, elsewhere), true, false},
		"clock set back":                  {other(-time.Hour, elsewhere), false, false},
		"clock set back, user says":       {other(-time.Hour, elsewhere), true, true},
		"clock set back, this process":    {other(-time.Hour, func(*holder) {}), true, false},
		"of the former version":           {other(0, func(h *holder) { h.Machine, h.Start = "", "1" }), false, true},
		"of the former version, at work":  {other(0, func(h *holder) { h.Machine = "" }), true, false},
		"unknown machine, other boot":     {other(time.Minute, func(h *holder) { h.Machine, h.Boot = "", "another" }), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			data, _ := json.Marshal(c.h)
			if err := os.WriteFile(filepath.Join(dir, lockName), data, 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := locks{dir: dir, now: func() time.Time { return now }, force: c.force}.take(false)
			if (err == nil) != c.taken {
				t.Fatalf("taken: %v", err)
			}
			if k == nil {
				return
			}
			if !k.ours() {
				t.Error("it is not ours")
			}
			k.release()
			if _, err := os.Stat(filepath.Join(dir, lockName)); !os.IsNotExist(err) {
				t.Errorf("released: %v", err)
			}
		})
	}
	t.Run("torn", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, lockName), []byte(`{"host":`), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (locks{dir: dir, now: time.Now}).take(false); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		dir := t.TempDir()
		got := make(chan *lock, 20)
		for range 20 {
			go func() {
				k, _ := locks{dir: dir, now: time.Now}.take(false)
				got <- k
			}()
		}
		n := 0
		for range 20 {
			if <-got != nil {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d took the lock", n)
		}
	})
}
