package zenodotest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

// takeUpload waits for the draft's turn to write content. False: the client or
// the server went away meanwhile.
func (c *call) takeUpload(it *item) bool {
	select {
	case <-it.upload:
		return true
	case <-c.r.Context().Done():
	case <-c.s.Stopped():
	}
	return false
}

// putContent is PUT …/content (docs/zenodo-api.md, Files).
func putContent(c *call) (*answer, error) {
	c.expect()
	kind, e := c.acceptFile()
	if e == nil {
		e = c.octets()
	}
	if e != nil {
		return nil, c.early(e)
	}
	c.s.mu.Lock()
	it, f, e := c.draftEntry()
	if e == nil {
		e = c.mayWrite(it, f)
	}
	if e != nil {
		c.s.mu.Unlock()
		return nil, c.early(e)
	}
	if f.completed {
		// The clean-up of a broken transfer takes the committed file along.
		doc := c.s.fileDoc(it, f, true)
		doc["errors"] = "File upload transfer failed."
		c.s.removeEntry(it, f)
		c.s.mu.Unlock()
		return &answer{status: http.StatusOK, kind: kind, body: doc}, nil
	}
	length := max(c.r.ContentLength, 0) // chunked or none: an empty stream (docs/zenodo-api.md, Length)
	before := it.draftFiles.size
	if e := c.s.room(it, length); e != nil {
		c.s.mu.Unlock()
		return nil, c.early(e)
	}
	it.busy++
	c.s.mu.Unlock()

	got := c.takeUpload(it)
	var b *blob
	err := io.ErrUnexpectedEOF
	if got {
		c.s.mu.Lock()
		f.putting = true
		c.s.mu.Unlock()
		b, err = c.receive(length)
	}
	c.s.mu.Lock()
	defer func() {
		if got {
			it.upload <- struct{}{}
		}
		c.s.mu.Unlock()
	}()
	it.busy--
	f.putting = false
	alive := it.draft != nil && it.draftFiles != nil && it.draftFiles.find(f.key) == f
	switch {
	case err != nil && got && alive:
		c.s.removeEntry(it, f) // the site cleans up; nobody is left to read its answer
		fallthrough
	case err != nil:
		panic(http.ErrAbortHandler)
	case !alive:
		c.s.release(c.s.retain(b))
		if c.s.items[it.id] != it {
			return nil, noPID()
		}
		return nil, noFile(it.id, f.key)
	}
	if c.part > 0 {
		c.s.release(f.parts[c.part])
		f.parts[c.part] = c.s.retain(b)
		return &answer{status: http.StatusOK, kind: kind, body: c.s.fileDoc(it, f, true)}, nil
	}
	c.s.release(f.content) // replaced content stays counted
	f.content = c.s.retain(b)
	it.draftFiles.size = before + length // read-modify-write: parallel ones are counted once (docs/zenodo-api.md, At the same time)
	return &answer{status: http.StatusOK, kind: kind, body: c.s.fileDoc(it, f, true)}, nil
}

// mayWrite is what the service checks of an entry before it takes bytes.
func (c *call) mayWrite(it *item, f *entry) *apiError {
	multipart := f.transfer["type"] == "M"
	switch {
	case multipart && c.s.o.zenodo():
		return denied() // docs/zenodo-api.md, Transfers
	case it.draftFiles.locked:
		return refuse(http.StatusForbidden, "Bucket is locked for modifications.")
	case utf8.RuneCountInString(f.key) > 255:
		return refuse(http.StatusBadRequest, "Filename is too long.")
	case multipart != (c.part > 0):
		return internalError()
	}
	return nil
}

// room checks quota and file size before any byte is read.
func (s *Server) room(it *item, length int64) *apiError {
	b := it.draftFiles
	if b.size+length > b.quota {
		return refuse(http.StatusBadRequest, "Bucket quota exceeded.")
	}
	return nil
}

// octets checks the type of a content upload: none, or exactly this one.
func (c *call) octets() *apiError {
	if t := c.r.Header.Get("Content-Type"); t != "" && t != bytesType {
		return refuse(http.StatusUnsupportedMediaType, "Invalid 'Content-Type' header. Expected one of: "+bytesType)
	}
	return nil
}

// expect answers an Expect header at once, as nginx does: it says nothing of
// what the application will answer (docs/zenodo-api.md, Long uploads).
func (c *call) expect() {
	if c.r.Header.Get("Expect") == "100-continue" {
		c.w.WriteHeader(http.StatusContinue)
	}
}

// early lets a refusal out while the client is still sending. Bodies of up to 2 MB
// are swallowed and the connection stays usable; beyond that it ends after the
// answer, which does not announce it (docs/zenodo-api.md, Broken connections). The
// rest is read and dropped for a while, as nginx lingers, so that the answer is
// not lost.
func (c *call) early(e *apiError) error {
	const swallowed = 2 << 20
	rc := http.NewResponseController(c.w)
	_ = rc.EnableFullDuplex()
	c.fail(e)
	_ = rc.Flush()
	if c.r.ContentLength <= swallowed {
		_ = rc.SetReadDeadline(time.Now().Add(lingering)) // a client that waited for this answer sends no body
		if _, err := io.Copy(io.Discard, io.LimitReader(c.r.Body, swallowed)); err == nil {
			_ = rc.SetReadDeadline(time.Time{})
		}
		return nil
	}
	conn, rw, err := rc.Hijack()
	if err != nil {
		return nil // answered; there is no connection to end
	}
	defer conn.Close()
	if t, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = t.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingering))
	_, _ = io.Copy(io.Discard, rw.Reader)
	return nil
}

// lingering is how long the rest of a refused body is still read.
const lingering = 3 * time.Second

// receive reads and stores the body, with the faults that concern it.
func (c *call) receive(n int64) (*blob, error) {
	if n == 0 {
		return c.s.blobs.put(eof{}, 0)
	}
	r := io.Reader(&patient{r: c.r.Body, rc: http.NewResponseController(c.w), timeout: c.s.o.BodyTimeout})
	return c.s.blobs.put(c.spoil(r), n)
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// patient gives up on a client that is silent for too long.
type patient struct {
	r       io.Reader
	rc      *http.ResponseController
	timeout time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.rc.SetReadDeadline(time.Now().Add(p.timeout))
	n, err := p.r.Read(b)
	if err == nil || err == io.EOF {
		_ = p.rc.SetReadDeadline(time.Time{}) // after a failure it stays: net/http would wait for the rest
	}
	return n, err
}

// readContent is GET …/content of a draft or a published record. Ranges are ignored.
func readContent(c *call) (*answer, error) {
	draft := isDraftPath(c.path, c.id)
	if !draft {
		if _, e := c.accept(jsonType); e != nil {
			return nil, e
		}
	}
	c.s.mu.Lock()
	var f *entry
	var e *apiError
	if draft {
		_, f, e = c.draftEntry()
	} else {
		_, f, e = c.recordEntry()
	}
	if e == nil && !f.completed {
		e = internalError()
	}
	if e != nil {
		c.s.mu.Unlock()
		return nil, e
	}
	b, key := c.s.retain(f.content), f.key
	c.s.mu.Unlock()
	defer func() {
		c.s.mu.Lock()
		c.s.release(b)
		c.s.mu.Unlock()
	}()
	return nil, c.s.download(c.w, c.r, b, key)
}

// download writes content with the headers of the site.
func (s *Server) download(w http.ResponseWriter, r *http.Request, b *blob, key string) error {
	src, err := b.open()
	if err != nil {
		return internalError()
	}
	kind := mimeType(key)
	h := w.Header()
	if kind == "text/plain" || kind == "text/html" || kind == "text/csv" {
		kind = "text/plain; charset=utf-8" // never rendered
	}
	h.Set("Content-Type", kind)
	disposition := "inline"
	if kind == bytesType || r.URL.Query().Has("download") {
		disposition = fmt.Sprintf("attachment; filename=%q", key)
	}
	h.Set("Content-Disposition", disposition)
	h.Set("Content-MD5", b.md5)
	h.Set("ETag", strconv.Quote("md5:"+b.md5))
	h.Set("Content-Length", strconv.FormatInt(b.size, 10))
	s.mu.Lock()
	h.Set("X-Request-ID", s.hex(16))
	s.mu.Unlock()
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, src); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
