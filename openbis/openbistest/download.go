package openbistest

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"html"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/labdata"
)

const jetty = "Jetty(9.4.44.v20210927)"

// jettyError is the error page of the container, not of openBIS.
func jettyError(w http.ResponseWriter, status int, uri string) {
	text := http.StatusText(status)
	body := fmt.Sprintf(
		"<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n<title>Error %d %s</title>\n</head>\n"+
			"<body><h2>HTTP ERROR %d %s</h2>\n<table>\n<tr><th>URI:</th><td>%s</td></tr>\n<tr><th>STATUS:</th><td>%d</td></tr>\n"+
			"<tr><th>MESSAGE:</th><td>%s</td></tr>\n</table>\n<hr><a href=\"https://eclipse.org/jetty\">Powered by Jetty:// "+
			"9.4.44.v20210927</a><hr/>\n\n</body>\n</html>\n",
		status,
		text,
		status,
		text,
		html.EscapeString(uri),
		status,
		text,
	)
	w.Header().Set("Content-Type", "text/html;charset=iso-8859-1")
	w.Header().Set("Server", jetty)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// serveDownload is the file servlet: GET below /datastore_server/CODE/.
// Whatever goes wrong is a page with status 200.
func (s *Server) serveDownload(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		jettyError(w, http.StatusMethodNotAllowed, r.URL.Path)
		return
	}
	rest := strings.TrimPrefix(r.URL.Path, storePath)
	for _, part := range strings.Split(rest, "/") {
		if part == ".." {
			jettyError(w, http.StatusNotFound, r.URL.Path)
			return
		}
	}
	h := w.Header()
	h.Set("Server", jetty)
	h.Set("Vary", "Accept-Encoding, User-Agent")
	if _, err := r.Cookie("JSESSIONID"); err != nil {
		h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
		h.Add("Set-Cookie", "JSESSIONID=node0"+strconv.FormatUint(labdata.Splitmix(uint64(s.number())), 36)+".node0; Path=/; HttpOnly")
	}
	code, name, _ := strings.Cut(rest, "/")
	name = strings.TrimSuffix(name, "/")
	txt := r.URL.Query().Get("mode") == "txt"
	if _, due := s.Take(FaultExpireSession, fakehttp.Place{}); due {
		s.endSessions(false)
	}
	token := r.URL.Query().Get("sessionID")
	if s.hit(FaultServerAway, "", "") {
		errorPage(serverAway).write(w, txt)
		return
	}
	who, err := s.caller(token)
	if err != nil && s.trusts(token) {
		errorPage("Data set '"+code+"' is not accessible.").write(w, txt)
		return
	}
	if err != nil {
		chunked(w, "text/html;charset=utf-8", "<html><body>Download session expired.</body></html>")
		return
	}
	fakehttp.Noted(r).User = who.user.UserID
	f, page := s.lookUp(who.user, code, name)
	if page != nil {
		page.write(w, txt)
		return
	}
	s.deliver(w, r, code, f, txt)
}

// page is an answer of the servlet that is no file.
type pageAnswer struct {
	message string
	listing []labdata.File // of a folder
	folder  string
}

func (p *pageAnswer) write(w http.ResponseWriter, txt bool) {
	switch {
	case p.folder != "-" && txt:
		var b strings.Builder
		b.WriteString("Directory content:\n")
		for _, f := range p.listing {
			fmt.Fprintf(&b, "%s\t%d bytes\t%08x\n", path.Base(f.Path), f.Size, f.Crc())
		}
		chunked(w, "text;charset=iso-8859-1", b.String())
	case p.folder != "-":
		var b strings.Builder
		b.WriteString("<html><body>\n<h1>Directory content</h1>\n<table>\n")
		for _, f := range p.listing {
			fmt.Fprintf(&b, "<tr><td>%s</td><td>%d</td></tr>\n", html.EscapeString(path.Base(f.Path)), f.Size)
		}
		b.WriteString("</table>\n</body></html>\n")
		chunked(w, "text/html;charset=utf-8", b.String())
	case txt:
		chunked(w, "text;charset=iso-8859-1", "Error:\n"+p.message+"\n")
	default:
		chunked(w, "text/html;charset=utf-8", "<html><body><h1>Error</h1>\n"+p.message+"\n</body></html>\n")
	}
}

func errorPage(message string) *pageAnswer { return &pageAnswer{message: message, folder: "-"} }

// chunked writes a page without a length.
func chunked(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	_, _ = io.WriteString(w, body)
}

// serverAway is what the data store server says while it can't ask the application server.
const serverAway = "Could not access HTTP invoker remote service at [http://openbis.example:8443/openbis/openbis/rmi-etl]; nested " +
	"exception is " +
	"java.util.concurrent.ExecutionException: java.net.ConnectException: Connection refused"

func (s *Server) trusts(token string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.trusted[token] != nil
}

// number counts up.
func (s *Server) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counter++
	return s.counter
}

// lookUp finds a file for a user, or the page that is shown instead.
func (s *Server) lookUp(u *labdata.User, code, name string) (labdata.File, *pageAnswer) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.lab.ByPerm[labdata.KindDataSet][code]
	switch {
	case e == nil || e.Trashed:
		return labdata.File{}, errorPage("Unknown data set: " + code)
	case !s.sees(u, e):
		return labdata.File{}, errorPage("Data set '" + code + "' is not accessible.")
	case e.Data.Kind == "LINK":
		return labdata.File{}, errorPage(strings.Replace(contentNull, "%s", "rootContent", 1))
	}
	if f, ok := s.Take(FaultErrorPage, fakehttp.Place{Of: code, Path: name}); ok {
		return labdata.File{}, errorPage(cmp.Or(f.Message, "Internal error."))
	}
	files := e.Content()
	f, ok := labdata.FindFile(files, name)
	if !ok {
		if labdata.IsFolder(files, name) {
			return labdata.File{}, &pageAnswer{listing: files, folder: name}
		}
		return labdata.File{}, errorPage("Resource '" + name + "' does not exist.")
	}
	if s.hit(FaultNotOnDisk, code, name) || !s.onDisk(e.Owner(name).Data) {
		return labdata.File{}, errorPage("Resource '" + name + "' is currently unavailable. It might be archived.")
	}
	return f, nil
}

// contentType is the servlet's idea of a file's type.
func contentType(name string, txt bool) string {
	if txt {
		return "binary"
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case "", ".txt":
		return "text/plain"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".html", ".htm":
		return "text/html"
	}
	return "application/octet-stream"
}

// latin1 is a file name as the header carries it: one byte a character,
// blanks for what Latin-1 lacks, everything else raw.
func latin1(name string) string {
	b := make([]byte, 0, len(name))
	for _, r := range name {
		switch {
		case r == '\n' || r == '\r' || r > 0xff:
			b = append(b, ' ')
		default:
			b = append(b, byte(r))
		}
	}
	return string(b)
}

// deliver sends a file's bytes, with the faults that are switched on.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request, code string, f labdata.File, txt bool) {
	var body io.Reader = f.Open()
	if x, ok := s.Take(FaultWrongBytes, fakehttp.Place{Of: code, Path: f.Path}); ok && f.Size > 0 {
		at := x.Bytes
		if at <= 0 || at >= f.Size {
			at = f.Size / 2
		}
		body = &spoiled{r: body, at: at}
	}
	h := w.Header()
	h["Content-Disposition"] = []string{`inline; filename="` + latin1(path.Base(f.Path)) + `"`}
	h.Set("Content-Type", contentType(f.Path, txt))
	var out io.Writer = w
	var z *gzip.Writer
	if f.Size >= compressFrom && s.gzips(r) {
		h.Set("Content-Encoding", "gzip")
		z = s.compressor(w)
		out = z
	} else {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	w.WriteHeader(http.StatusOK)
	piece := make([]byte, min(max(f.Size, 1), 256<<10)) // large ones: it is no bottleneck of what is measured
	if _, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{body}, piece); err != nil {
		panic(http.ErrAbortHandler)
	}
	if z != nil {
		_ = z.Close()
		s.zips.Put(z)
	}
}

// spoiled changes one byte on the way.
type spoiled struct {
	r   io.Reader
	at  int64
	off int64
}

func (s *spoiled) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if i := s.at - s.off; i >= 0 && i < int64(n) {
		p[i] ^= 0x20
	}
	s.off += int64(n)
	return n, err
}

// serveImage delivers a picture of rich text.
func (s *Server) serveImage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", jetty)
	if r.Method != http.MethodGet {
		jettyError(w, http.StatusMethodNotAllowed, r.URL.Path)
		return
	}
	token := r.URL.Query().Get("sessionID")
	if c, err := r.Cookie("openbis"); err == nil && token == "" {
		token = c.Value
	}
	if token == "" {
		jettyError(w, http.StatusInternalServerError, r.URL.Path)
		return
	}
	who, err := s.caller(token)
	if err != nil {
		jettyError(w, http.StatusNotFound, r.URL.Path)
		return
	}
	fakehttp.Noted(r).User = who.user.UserID
	s.mu.RLock()
	img, ok := s.lab.Images[strings.TrimPrefix(r.URL.Path, imagePath)]
	s.mu.RUnlock()
	if !ok {
		jettyError(w, http.StatusNotFound, r.URL.Path)
		return
	}
	w.Header().Set("Content-Type", img.MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(img.Data)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(img.Data)
}

// FileBytes is the content of a file of a data set, whole; nil when there is
// no such file.
func (s *Server) FileBytes(dataSet, path string) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.lab.ByPerm[labdata.KindDataSet][dataSet]
	if e == nil {
		return nil
	}
	f, ok := labdata.FindFile(e.Content(), path)
	if !ok {
		return nil
	}
	b, _ := io.ReadAll(f.Open()) // reading memory does not fail
	return b
}

// FileCRC is the CRC-32 of a file without reading all of it; ok is false when
// there is no such file.
func (s *Server) FileCRC(dataSet, path string) (crc uint32, size int64, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.lab.ByPerm[labdata.KindDataSet][dataSet]
	if e == nil {
		return 0, 0, false
	}
	f, ok := labdata.FindFile(e.Content(), path)
	if !ok {
		return 0, 0, false
	}
	return f.Crc(), f.Size, true
}

// FilePaths lists the files of a data set in the order of a walk.
func (s *Server) FilePaths(dataSet string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.lab.ByPerm[labdata.KindDataSet][dataSet]
	if e == nil {
		return nil
	}
	var out []string
	for _, f := range e.Content() {
		if !f.Dir {
			out = append(out, f.Path)
		}
	}
	return out
}
