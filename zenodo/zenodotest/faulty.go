package zenodotest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// withFault carries a request out, or not, as the armed faults want it.
func (s *Server) withFault(w *recorder, r *http.Request) {
	f := s.faults.take(r)
	if f == nil {
		s.serve(w, r, nil)
		return
	}
	switch f.Kind {
	case FaultCutUnseen:
		if f.Bytes > 0 {
			_, _ = io.CopyN(io.Discard, r.Body, f.Bytes)
		}
		panic(http.ErrAbortHandler)
	case FaultGateway:
		proxyPage(w, orStatus(f.Status, http.StatusBadGateway))
	case FaultBlocked:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n")
	case FaultError:
		c := &call{s: s, w: w, r: r}
		c.fail(internalError())
	case FaultTooMany:
		wait := max(int(f.Delay/time.Second), 1)
		h := w.Header()
		h.Set("Retry-After", strconv.Itoa(wait))
		h.Set("X-RateLimit-Limit", "133")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(s.o.Clock().Unix()+int64(wait), 10))
		c := &call{s: s, w: w, r: r}
		c.fail(frameworkError(http.StatusTooManyRequests, "133 per 1 minute"))
	case FaultStall:
		_, _ = io.Copy(io.Discard, r.Body) // so that the client's leaving is noticed
		select {
		case <-r.Context().Done():
		case <-s.stopc:
		}
		panic(http.ErrAbortHandler)
	case FaultGatewayStored:
		s.serve(&sink{header: http.Header{}}, r, f)
		proxyPage(w, orStatus(f.Status, http.StatusGatewayTimeout))
	case FaultCutAnswer:
		if f.Bytes <= 0 {
			s.serve(&sink{header: http.Header{}}, r, f)
			panic(http.ErrAbortHandler)
		}
		s.serve(&shortAnswer{ResponseWriter: w, left: f.Bytes}, r, f)
	case FaultDo:
		if f.Do != nil {
			f.Do(s)
		}
		s.serve(w, r, f)
	case FaultEntryGone, FaultDraftGone, FaultEdited, FaultPublished:
		s.meddle(f.Kind, r)
		s.serve(w, r, f)
	default: // those that concern the body
		s.serve(w, r, f)
	}
}

func orStatus(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// meddle does what somebody else did just before the request came.
func (s *Server) meddle(kind FaultKind, r *http.Request) {
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(p) < 3 || p[1] != "records" {
		return
	}
	id := p[2]
	switch kind {
	case FaultDraftGone:
		_ = s.Discard(id)
	case FaultPublished:
		_ = s.Publish(id)
	case FaultEdited:
		_ = s.EditMetadata(id, func(md map[string]any) { md["title"] = text(md["title"]) + " (edited)" })
	case FaultEntryGone:
		if len(p) > 5 && p[4] == "files" {
			_ = s.RemoveFile(id, strings.TrimSuffix(strings.TrimSuffix(strings.Join(p[5:], "/"), "/content"), "/commit"))
		}
	}
}

// sink swallows an answer that never reaches the client.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

// shortAnswer cuts the connection in the middle of an answer.
type shortAnswer struct {
	http.ResponseWriter
	left int64
}

func (w *shortAnswer) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	n, err := w.ResponseWriter.Write(p)
	w.left -= int64(n)
	return n, err
}

func (w *shortAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
