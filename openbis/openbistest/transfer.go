package openbistest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// transfer is one session of the fast download: chunks with numbers, of which
// the queued ones are handed out to the streams.
type transfer struct {
	chunks []chunk
	queue  []int
}

type chunk struct {
	item   string
	file   labdata.File
	offset int64
	size   int64
}

const chunkSize = 1 << 20

// createFastDownload checks access; what the caller may not see is left out.
func createFastDownload(c *call) (any, error) {
	options := c.node(1)
	if options == nil {
		return nil, jackson.UserFailure("Options cannot be null.").Bare()
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	files := jackson.List{}
	for _, n := range c.nodes(0) {
		code := n.Node("dataSetId").Str("permId")
		e := s.lab.ByPerm[labdata.KindDataSet][code]
		if e == nil || !s.sees(c.caller.user, e) || !s.own(e.Data.Store, c.base) {
			continue
		}
		files = append(
			files,
			jackson.NewObj("dss.dto.datasetfile.id.DataSetFilePermId").Set("dataSetId", permIDObj("as.dto.dataset.id.DataSetPermId", code),
				"filePath", n.Str("filePath")),
		)
	}
	o := jackson.NewObj("dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions")
	if streams, ok := options.Number("wishedNumberOfStreams"); ok {
		o.Set("wishedNumberOfStreams", streams)
	}
	return jackson.NewObj("dss.dto.datasetfile.fastdownload.FastDownloadSession").Set("downloadUrl", c.base+fastPath,
		"fileTransferUserSessionId", c.caller.token, "files", files, "options", o), nil
}

// serveTransfer is the file transfer servlet.
func (s *Server) serveTransfer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", jetty)
	params := map[string][]string(r.URL.Query())
	if body, err := io.ReadAll(r.Body); err == nil && len(bytes.TrimSpace(body)) > 0 {
		var m map[string][]string
		if json.Unmarshal(body, &m) == nil {
			params = m
		}
	}
	get := func(k string) string {
		if v := params[k]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	switch get("method") {
	case "startDownloadSession":
		s.startTransfer(w, r, get("userSessionId"), get("downloadItemIds"), get("wishedNumberOfStreams"))
		return
	case "queue", "download", "finishDownloadSession":
	default:
		transferError(w, "Unknown method: "+get("method"), false)
		return
	}
	s.mu.Lock()
	t := s.fast[get("downloadSessionId")]
	s.mu.Unlock()
	if t == nil {
		transferError(w, "Unknown download session", false)
		return
	}
	switch get("method") {
	case "queue":
		s.mu.Lock()
		for _, part := range strings.Split(get("ranges"), ",") {
			from, to, _ := strings.Cut(strings.TrimSpace(part), ":")
			a, err1 := strconv.Atoi(from)
			b, err2 := strconv.Atoi(to)
			for i := a; err1 == nil && err2 == nil && i <= b && i < len(t.chunks); i++ {
				t.queue = append(t.queue, i)
			}
		}
		s.mu.Unlock()
		w.WriteHeader(http.StatusOK)
	case "download":
		n, err := strconv.Atoi(get("numberOfChunks"))
		if err != nil || n < 1 {
			n = 1
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusOK)
		for ; n > 0; n-- {
			s.mu.Lock()
			next := -1
			if len(t.queue) > 0 {
				next, t.queue = t.queue[0], t.queue[1:]
			}
			s.mu.Unlock()
			if next < 0 {
				return
			}
			t.chunks[next].write(w, next)
		}
	case "finishDownloadSession":
		s.mu.Lock()
		delete(s.fast, get("downloadSessionId"))
		s.mu.Unlock()
		w.WriteHeader(http.StatusOK)
	}
}

func transferError(w http.ResponseWriter, message string, retriable bool) {
	w.Header().Set("Content-Type", "application/json")
	b, _ := json.Marshal(
		map[string]any{"error": message, "exception-class": "ch.ethz.sis.filetransfer.DownloadException", "retriable": retriable},
	)
	_, _ = w.Write(b)
}

func (s *Server) startTransfer(w http.ResponseWriter, r *http.Request, token, items, streams string) {
	who, err := s.caller(token)
	if err != nil {
		transferError(w, "Invalid user session", false)
		return
	}
	fakehttp.Noted(r).User = who.user.UserID
	t := &transfer{}
	ranges := jackson.Pairs{}
	for _, item := range strings.Split(items, ",") {
		item = strings.TrimSpace(item)
		code, name, _ := strings.Cut(item, "/")
		first := len(t.chunks)
		f, page := s.lookUp(who.user, code, name)
		switch {
		case page == nil:
			t.add(item, f)
		case page.folder != "-":
			for _, x := range page.listing {
				if !x.Dir && (name == "" || strings.HasPrefix(x.Path, name+"/")) {
					t.add(item, x)
				}
			}
		default:
			transferError(w, page.message, false)
			return
		}
		ranges = append(ranges, jackson.Pair{item, fmt.Sprintf("%d:%d", first, max(len(t.chunks)-1, first))})
	}
	n, err := strconv.Atoi(streams)
	if err != nil || n < 1 {
		n = 1
	}
	ids := jackson.List{}
	for i := range min(n, 10) {
		ids = append(ids, fmt.Sprintf("stream-%d", i+1))
	}
	id := strconv.FormatUint(labdata.Splitmix(uint64(s.number())+uint64(s.now().UnixNano())), 36)
	s.mu.Lock()
	s.fast[id] = t
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	e := jackson.NewEncoder(w)
	e.Value(jackson.Pairs{{"downloadSessionId", id}, {"ranges", ranges}, {"streamIds", ids}})
	_ = e.W.Flush()
}

func (t *transfer) add(item string, f labdata.File) {
	for off := int64(0); off == 0 || off < f.Size; off += chunkSize {
		t.chunks = append(t.chunks, chunk{item, f, off, min(chunkSize, f.Size-off)})
	}
}

// write writes a chunk, big endian, header and payload each with a CRC-32 in
// eight bytes.
func (c chunk) write(w io.Writer, sequence int) {
	var h bytes.Buffer
	put := func(v any) { _ = binary.Write(&h, binary.BigEndian, v) }
	put(uint32(sequence))
	put(uint16(len(c.item)))
	put(uint8(0))
	put(uint16(len(c.file.Path)))
	put(uint64(c.offset))
	put(uint32(c.size))
	h.WriteString(c.item)
	h.WriteString(c.file.Path)
	put(uint64(crc32.ChecksumIEEE(h.Bytes())))
	payload := make([]byte, c.size)
	_, _ = io.ReadFull(c.file.From(c.offset), payload)
	h.Write(payload)
	put(uint64(crc32.ChecksumIEEE(payload)))
	_, _ = w.Write(h.Bytes())
}
