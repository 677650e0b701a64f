package transfer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zenobis/export/job"
	"zenobis/zenodo"
)

// played is a recorded run: what happened, in its order (export.TestTape writes it).
type played struct {
	test    *testing.T
	t       *tape
	begin   time.Time
	lines   []string
	at      int
	client  *zenodo.Client
	current int
	sent    int64
}

// play begins a recorded run on a clock of its own.
func play(t *testing.T, file string) *played {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &played{test: t, lines: strings.Split(strings.TrimSpace(string(data)), "\n"), current: -1}
	p.t = newTape(0, 0)
	p.begin = p.t.now
	plan := &job.Plan{}
	for i, size := range strings.Fields(p.lines[0])[1:] {
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		plan.Packages = append(plan.Packages, job.Package{Name: fmt.Sprint(i), Bytes: n})
	}
	p.t.g.plan(plan, func(string) bool { return false })
	p.t.g.stage("draft")
	p.client, err = zenodo.New(zenodo.Options{
		URL: "https://zenodo.example", Token: "token", HTTP: &http.Client{Transport: p},
		Clock: func() time.Time { return p.t.now },
		Sleep: func(context.Context, time.Duration) error { p.t.pass(time.Millisecond); return nil }, // it was sent when it was sent
	})
	if err != nil {
		t.Fatal(err)
	}
	p.t.g.ahead = p.client.Ahead
	p.lines = p.lines[1:]
	return p
}

// next carries out what was recorded, until a request is answered or the run ends.
func (p *played) next() (answer []string) {
	for p.at < len(p.lines) {
		f := strings.Fields(p.lines[p.at])
		p.at++
		ms, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			p.test.Fatal(err)
		}
		if d := p.begin.Add(time.Duration(ms) * time.Millisecond).Sub(p.t.now); d > 0 {
			p.t.pass(d)
		}
		number := func(i int) int64 {
			n, err := strconv.ParseInt(f[i], 10, 64)
			if err != nil {
				p.test.Fatal(err)
			}
			return n
		}
		switch f[1] {
		case "at":
			if i, bytes := int(number(2)), number(3); i != p.current || bytes < p.sent {
				p.t.g.begin(f[2], 1)
				p.current, p.sent = i, 0
			}
			p.t.g.sent(int(number(3) - p.sent))
			p.sent = number(3)
		case "done":
			p.t.g.finish(f[2], true)
		case "stage":
			p.t.g.stage(f[2])
		case "stall":
			p.t.stall[0] = p.t.now
		case "moves":
			p.t.stall[1] = p.t.now
		case "ask":
			_, _ = p.client.Files(p.test.Context(), "17") // what it answers is in RoundTrip
		case "told", "answer", "lost", "end":
			return f[1:]
		default:
			p.test.Fatalf("what is %q?", p.lines[p.at-1])
		}
	}
	return nil
}

// RoundTrip answers as it was recorded.
func (p *played) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := p.next()
	if len(answer) == 0 || answer[0] == "lost" || answer[0] == "end" {
		return nil, io.ErrUnexpectedEOF
	}
	h := http.Header{"Content-Type": {"application/json"}, "Date": {p.t.now.UTC().Format(http.TimeFormat)}}
	if answer[0] == "told" {
		reset, err := strconv.ParseInt(answer[3], 10, 64)
		if err != nil {
			return nil, err
		}
		h.Set("X-RateLimit-Limit", answer[1])
		h.Set("X-RateLimit-Remaining", answer[2])
		h.Set("X-RateLimit-Reset", fmt.Sprint(p.t.now.Truncate(time.Second).Unix()+reset))
	}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(`{"entries":[]}`))}, nil
}

// TestTimeLeftOfRecordedRuns plays runs of the engine against the built-in servers
// again, as they were recorded, with a clock of the test's.
func TestTimeLeftOfRecordedRuns(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "runs", "*.txt"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d recorded runs: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			p := play(t, file)
			for p.next() != nil {
			}
			p.t.judge(t)
		})
	}
}
