package zenodotest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// acceptFile negotiates for the files of a draft.
func (c *call) acceptFile() (string, *apiError) {
	k, e := c.accept(jsonType, nativeType)
	if e != nil {
		return "", notAcceptable(nativeType, jsonType)
	}
	return k, nil
}

// listDraftFiles is GET …/draft/files.
func listDraftFiles(c *call, it *item) (*answer, error) {
	return &answer{status: http.StatusOK, kind: c.kind, body: c.s.filesDoc(it, true)}, nil
}

// initFiles is POST …/draft/files: announces files, all or none of them.
func initFiles(c *call, it *item) (*answer, error) {
	if e := c.s.announce(it, c.body); e != nil {
		return nil, e
	}
	return &answer{status: http.StatusCreated, kind: c.kind, body: c.s.filesDoc(it, true)}, nil
}

// announce adds the entries of an init body.
func (s *Server) announce(it *item, v any) *apiError {
	items, isList := v.([]any)
	if !isList && v != nil {
		return invalid(field("0._schema", typeText))
	}
	if len(items) == 0 {
		return invalid(field("_schema", "No files to upload."))
	}
	b := it.draftFiles
	var errs []fieldError
	var fresh []*entry
	for i, x := range items {
		e, bad, fatal := s.newEntry(strconv.Itoa(i), x)
		if fatal != nil {
			return fatal
		}
		errs = append(errs, bad...)
		fresh = append(fresh, e)
	}
	if len(errs) > 0 {
		return invalid(errs...)
	}
	if len(b.entries)+len(fresh) > s.o.MaxFiles {
		return refuse(http.StatusBadRequest, "Uploading selected files will result in exceeding the max amount per record.")
	}
	seen := map[string]bool{}
	for _, e := range fresh {
		if seen[e.key] || b.find(e.key) != nil {
			return refuse(http.StatusBadRequest, fmt.Sprintf("File with key %s already exists.", e.key))
		}
		seen[e.key] = true
		if b.graves[e.key] {
			return internalError() // deleted rows still hold the name (docs/zenodo-api.md, Files)
		}
	}
	b.entries = append(b.entries, fresh...)
	return nil
}

// newEntry reads one item of an init body.
func (s *Server) newEntry(i string, x any) (*entry, []fieldError, *apiError) {
	m, ok := x.(object)
	if !ok {
		return nil, []fieldError{field(i+"._schema", typeText)}, nil
	}
	now := s.now()
	e := &entry{created: now, updated: now, transfer: object{"type": "L"}}
	var errs []fieldError
	switch k, ok := m["key"].(string); {
	case m["key"] == nil:
		errs = append(errs, field(i+".key", requiredText))
	case !ok:
		errs = append(errs, field(i+".key", stringText))
	default:
		e.key = k
	}
	if v, ok := m["size"]; ok && v != nil {
		if n, ok := v.(float64); ok && n == float64(int64(n)) {
			e.announced = int64(n)
		} else {
			errs = append(errs, field(i+".size", "Not a valid integer."))
		}
	}
	if v, ok := m["checksum"]; ok {
		e.checksum, e.hasChecksum = v, true
	}
	if a, ok := m["access"].(object); ok {
		e.hidden = a["hidden"] == true
	}
	if md, ok := m["metadata"].(object); ok {
		e.metadata = md
	}
	var unknown []string
	for k := range m {
		if !slices.Contains([]string{"key", "size", "checksum", "storage_class", "metadata", "access", "transfer"}, k) {
			unknown = append(unknown, k)
		}
	}
	slices.Sort(unknown)
	for _, k := range unknown {
		errs = append(errs, field(i+"."+k, unknownText))
	}
	if v, ok := m["transfer"]; ok {
		t, ok := v.(object)
		if !ok {
			return nil, nil, invalid(field("transfer", "Transfer metadata must be a dictionary."))
		}
		switch t["type"] {
		case "L", nil:
		case "M":
			parts, _ := t["parts"].(float64)
			size, _ := t["part_size"].(float64)
			if e.announced == nil {
				return nil, nil, refuse(http.StatusBadRequest, "Multipart file transfer requires file size.")
			}
			if parts < 1 || size < 1 {
				errs = append(errs, field(i+".transfer.parts", requiredText))
				break
			}
			e.transfer = object{"type": "M", "parts": int(parts), "part_size": int64(size)}
			e.parts = map[int]*blob{}
			e.fileID, e.versionID = s.uuid(), s.uuid()
		case "F", "R":
			errs = append(errs, field(i+".transfer.url", "Domain not allowed"))
		default:
			errs = append(errs, field(i+".transfer.type", fmt.Sprintf("Unsupported value: %v", t["type"])))
		}
	}
	return e, errs, nil
}

// draftEntry finds the file of a call.
func (c *call) draftEntry() (*item, *entry, *apiError) {
	it, e := c.draftItem()
	if e != nil {
		return nil, nil, e
	}
	f := it.draftFiles.find(c.key)
	if f == nil {
		return nil, nil, noFile(it.id, c.key)
	}
	return it, f, nil
}

func getDraftFile(c *call, it *item, f *entry) (*answer, error) {
	return &answer{status: http.StatusOK, kind: c.kind, body: c.s.fileDoc(it, f, true)}, nil
}

// putDraftFile is PUT …/draft/files/KEY: metadata of the file.
func putDraftFile(c *call, it *item, f *entry) (*answer, error) {
	m, _ := c.body.(object)
	for k := range m {
		if k != "metadata" && k != "access" {
			return nil, invalid(field(k, unknownText))
		}
	}
	if md, ok := m["metadata"].(object); ok {
		f.metadata = md
	}
	if a, ok := m["access"].(object); ok {
		f.hidden = a["hidden"] == true
	}
	f.updated = c.s.now()
	return &answer{status: http.StatusOK, kind: c.kind, body: c.s.fileDoc(it, f, true)}, nil
}

// deleteDraftFile gives the room of a committed file back; content that was
// never committed stays counted (docs/zenodo-api.md, Files).
func deleteDraftFile(c *call) (*answer, error) {
	c.s.mu.Lock()
	it, f, e := c.draftEntry()
	if e == nil && it.draftFiles.locked && f.completed {
		e = refuse(http.StatusForbidden, "Bucket is locked for modifications.")
	}
	if e != nil {
		c.s.mu.Unlock()
		return nil, e
	}
	if f.completed && it.busy > 0 { // waits for the running upload (docs/zenodo-api.md, At the same time)
		c.s.mu.Unlock()
		if !c.takeUpload(it) {
			panic(http.ErrAbortHandler)
		}
		defer func() { it.upload <- struct{}{} }()
		c.s.mu.Lock()
		if it, f, e = c.draftEntry(); e != nil {
			c.s.mu.Unlock()
			return nil, e
		}
	}
	defer c.s.mu.Unlock()
	c.s.removeEntry(it, f)
	return &answer{status: http.StatusNoContent}, nil
}

// removeEntry deletes a file for good.
func (s *Server) removeEntry(it *item, f *entry) {
	b := it.draftFiles
	if f.completed && f.content != nil {
		b.size -= f.content.size
	}
	b.remove(f)
	s.release(f.content)
	for _, p := range f.parts {
		s.release(p)
	}
}

// deleteAllFiles is the trap: the names of the files that go cannot be used again.
func deleteAllFiles(c *call, it *item) (*answer, error) {
	b := it.draftFiles
	if b.locked {
		return nil, refuse(http.StatusForbidden, "Bucket is locked for modifications.")
	}
	for _, f := range b.entries {
		b.graves[f.key] = true
		if f.completed && f.content != nil {
			b.size -= f.content.size
		}
	}
	c.s.dropFiles(b)
	return &answer{status: http.StatusNoContent}, nil
}

// commitFile is POST …/commit.
func commitFile(c *call, it *item, f *entry) (*answer, error) {
	if f.completed {
		return &answer{status: http.StatusOK, kind: c.kind, body: c.s.fileDoc(it, f, true)}, nil
	}
	multipart := f.transfer["type"] == "M"
	if multipart && c.s.o.zenodo() {
		return nil, denied() // Zenodo lets users commit plain transfers only (docs/zenodo-api.md, Transfers)
	}
	if multipart {
		if e := c.s.joinParts(f); e != nil {
			return nil, e
		}
	}
	if f.content == nil || f.putting {
		return nil, internalError()
	}
	if f.content.size == 0 {
		return nil, refuse(http.StatusBadRequest, "Empty files are not accepted.")
	}
	c.s.complete(f)
	doc := c.s.fileDoc(it, f, true)
	doc["metadata"] = f.metadata // null here, {} from then on
	if multipart {
		doc["checksum"] = nil // computed a moment later
	}
	return &answer{status: http.StatusOK, kind: c.kind, body: doc}, nil
}

// complete commits; like all file operations it does not refresh what lists show.
func (s *Server) complete(f *entry) {
	f.completed, f.updated = true, s.now()
	if f.fileID == "" {
		f.fileID, f.versionID = s.uuid(), s.uuid()
	}
}

// joinParts makes one content of the parts of a multipart upload.
func (s *Server) joinParts(f *entry) *apiError {
	n := f.transfer["parts"].(int)
	var readers []io.Reader
	for i := 1; i <= n; i++ {
		p := f.parts[i]
		if p == nil {
			return internalError()
		}
		r, err := p.open()
		if err != nil {
			return internalError()
		}
		readers = append(readers, r)
	}
	b, err := s.blobs.put(io.MultiReader(readers...), f.announced.(int64))
	if err != nil {
		return internalError()
	}
	for _, p := range f.parts {
		s.release(p)
	}
	f.parts, f.content = nil, s.retain(b)
	return nil
}
