package zenodotest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zenobis/fakehttp"
)

// The faults of a Zenodo, beside those of every built-in server.
const (
	FaultCutBody   fakehttp.Kind = "cut-body"   // connection cut after Bytes of a file's content; the server notices: entry removed
	FaultCorrupt   fakehttp.Kind = "corrupt"    // the stored bytes differ from what was sent, and so does the MD5
	FaultError     fakehttp.Kind = "error"      // 500 of the application, nothing carried out
	FaultTooMany   fakehttp.Kind = "too-many"   // 429 with Retry-After (Delay, default 1 s)
	FaultBlocked   fakehttp.Kind = "blocked"    // 403 HTML of a traffic protection
	FaultEntryGone fakehttp.Kind = "entry-gone" // the file entry named in the path is removed first
	FaultDraftGone fakehttp.Kind = "draft-gone" // the draft is deleted first
	FaultRefused   fakehttp.Kind = "refused"    // a save finds fault with fields, a line of Message each: "path: what"; Status 400 refuses all
	FaultEdited    fakehttp.Kind = "edited"     // somebody saves the draft first (title changes, revision rises)
	FaultPublished fakehttp.Kind = "published"  // the draft is published first
)

// door are the faults that concern a whole request.
func (s *Server) door() map[fakehttp.Kind]fakehttp.Door {
	return map[fakehttp.Kind]fakehttp.Door{
		FaultError: func(w http.ResponseWriter, r *http.Request, _ fakehttp.Fault, _ http.HandlerFunc) {
			c := &call{s: s, w: w, r: r}
			c.fail(internalError())
		},
		FaultTooMany: func(w http.ResponseWriter, r *http.Request, f fakehttp.Fault, _ http.HandlerFunc) {
			wait := max(int(f.Delay/time.Second), 1)
			h := w.Header()
			h.Set("Retry-After", strconv.Itoa(wait))
			h.Set("X-RateLimit-Limit", "133")
			h.Set("X-RateLimit-Remaining", "0")
			h.Set("X-RateLimit-Reset", strconv.FormatInt(s.Now().Unix()+int64(wait), 10))
			c := &call{s: s, w: w, r: r}
			c.fail(frameworkError(http.StatusTooManyRequests, "133 per 1 minute"))
		},
		FaultBlocked: func(w http.ResponseWriter, _ *http.Request, _ fakehttp.Fault, _ http.HandlerFunc) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n")
		},
		FaultDraftGone: s.before(func(id, _ string) { _ = s.Discard(id) }),
		FaultPublished: s.before(func(id, _ string) { _ = s.Publish(id) }),
		FaultEdited: s.before(func(id, _ string) {
			_ = s.EditMetadata(id, func(md map[string]any) { md["title"] = text(md["title"]) + " (edited)" })
		}),
		FaultEntryGone: s.before(func(id, key string) {
			if key != "" {
				_ = s.RemoveFile(id, key)
			}
		}),
	}
}

// before does what somebody else did just before the request came: to the
// draft of an id, or to one of its files.
func (s *Server) before(meddle func(id, key string)) fakehttp.Door {
	return func(w http.ResponseWriter, r *http.Request, _ fakehttp.Fault, next http.HandlerFunc) {
		if p := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); len(p) >= 3 && p[1] == "records" {
			key := ""
			if len(p) > 5 && p[4] == "files" {
				key = strings.TrimSuffix(strings.TrimSuffix(strings.Join(p[5:], "/"), "/content"), "/commit")
			}
			meddle(p[2], key)
		}
		next(w, r)
	}
}

// checker is the schema of the native API, and what a fault has it find besides.
func (c *call) checker() *checker {
	k := &checker{s: c.s}
	f, ok := c.s.Take(FaultRefused, fakehttp.Place{Request: c.r})
	if !ok {
		return k
	}
	for line := range strings.SplitSeq(f.Message, "\n") {
		path, what, _ := strings.Cut(line, ": ")
		k.say(path, what)
	}
	if f.Status == http.StatusBadRequest {
		k.fatal = &apiError{status: f.Status, message: "A validation error occurred.", errors: k.errs}
	}
	return k
}

// spoil puts the faults of a file's content before its reader.
func (c *call) spoil(r io.Reader) io.Reader {
	at := fakehttp.Place{Request: c.r}
	if f, ok := c.s.Take(FaultCutBody, at); ok {
		r = &cutter{r: r, left: f.Bytes}
	}
	if _, ok := c.s.Take(FaultCorrupt, at); ok {
		r = &corrupter{r: r}
	}
	return r
}

// cutter breaks a body off.
type cutter struct {
	r    io.Reader
	left int64
}

func (c *cutter) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.r.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

// corrupter changes the first byte, so that what is stored really is wrong.
type corrupter struct {
	r    io.Reader
	done bool
}

func (c *corrupter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if n > 0 && !c.done {
		b[0] ^= 0xff
		c.done = true
	}
	return n, err
}
