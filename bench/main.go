//go:build linux

// Bench measures the program against what it can't be faster than, side by side
// in one run: processor time and wall time beside curl and the sums alone, many
// small files beside one after the other, memory, the first frame, the size of the
// program. It builds what it needs and starts the built-in servers as a process
// of their own, which are measured first. docs/performance.md explains the rows.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// rig is what the measurements share.
type rig struct {
	ctx    context.Context
	dir    string // of all files, removed at the end
	binary string
	size   int64 // bytes of the large file
	full   bool
	name   string // of the measurement under way
	rows   []row
}

// row is a line of the table.
type row struct{ name, what, measured, beside, ratio, goal string }

func main() {
	if len(os.Args) > 2 && os.Args[1] == "serve" {
		if err := serve(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == "sum" {
		sum(os.Args[2])
		return
	}
	only := flag.String("only", "", "names of measurements, with commas, or the parts before their dashes; all without")
	size := flag.Int64("size", 2<<30, "bytes of the large file")
	full := flag.Bool("full", false, "also what takes many minutes: 1,000,000 files, 100,000 entities, 50 GB")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, *size, *full); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, size int64, full bool) error {
	dir, err := os.MkdirTemp("", "zenobis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &rig{ctx: ctx, dir: dir, binary: filepath.Join(dir, "zenobis"), size: size, full: full}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", r.binary, "..")
	if _, err := os.Stat("go.mod"); err == nil {
		build.Args[len(build.Args)-1] = "."
	}
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the program: %w", err)
	}
	for _, m := range []struct {
		name string
		f    func(*rig) error
	}{
		{"program", (*rig).program}, {"frame", (*rig).frame}, {"servers", (*rig).servers},
		{"large", (*rig).large}, {"tls", (*rig).tls}, {"busy", (*rig).busy}, {"small", (*rig).small},
		{"window", (*rig).window}, {"pair", (*rig).pair}, {"plan", (*rig).plan},
		{"growth-files", (*rig).growthFiles}, {"growth-entities", (*rig).growthEntities}, {"growth-bytes", (*rig).growthBytes},
		{"memory-60", func(r *rig) error { return r.memory(60) }}, {"memory-400", func(r *rig) error { return r.memory(400) }},
		{"memory-entities", (*rig).entities}, {"memory-huge", (*rig).huge},
	} {
		if only == "" && m.name == "memory-huge" && !full || only != "" && !wanted(only, m.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring %s\n", m.name)
		r.name = m.name
		if err := m.f(r); err != nil {
			if errors.Is(err, errSkipped) {
				r.add(m.name, "skipped: "+strings.TrimSuffix(err.Error(), ": "+errSkipped.Error()), "", "", "")
				continue
			}
			r.print()
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	r.print()
	return nil
}

// wanted says whether a measurement is among those named: its own name, or the part
// before the dash.
func wanted(only, name string) bool {
	group, _, _ := strings.Cut(name, "-")
	list := strings.Split(only, ",")
	return slices.Contains(list, name) || slices.Contains(list, group)
}

var errSkipped = errors.New("skipped")

func (r *rig) add(what, measured, beside, ratio, goal string) {
	r.rows = append(r.rows, row{r.name, what, measured, beside, ratio, goal})
	fmt.Fprintf(os.Stderr, "  %s: %s\n", what, strings.Join(strings.Fields(measured+" "+ratio), " "))
}

// print prints the table, as it stands in docs/performance.md.
func (r *rig) print() {
	fmt.Printf("%s/%s, %d processors, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Println("| name | what | measured | beside it | ratio | goal |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, w := range r.rows {
		fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", w.name, w.what, w.measured, w.beside, w.ratio, w.goal)
	}
}

// decode reads the line that a server process prints.
func decode(line []byte, v any) error { return json.Unmarshal(line, v) }
