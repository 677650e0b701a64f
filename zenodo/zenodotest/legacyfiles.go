package zenodotest

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

func listDepositionFiles(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.depositionItem()
	if e != nil {
		return nil, e
	}
	if it.files(it.draft != nil).pending() {
		return nil, internalError() // a missing checksum (reference 2.5)
	}
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.legacyFiles(it)}, nil
}

// postDepositionFile is the old multipart upload; names are squeezed to ASCII.
func postDepositionFile(c *call) (*answer, error) {
	const most = 100 << 20
	c.s.mu.Lock()
	_, e := c.draftItem()
	c.s.mu.Unlock()
	if e != nil {
		return nil, e
	}
	if c.r.ContentLength > most {
		return nil, c.early(frameworkError(http.StatusRequestEntityTooLarge, "The data value transmitted exceeds the capacity limit."))
	}
	if err := c.r.ParseMultipartForm(1 << 20); err != nil {
		return nil, invalid(field("file", requiredText))
	}
	defer func() { _ = c.r.MultipartForm.RemoveAll() }()
	src, head, err := c.r.FormFile("file")
	if err != nil {
		return nil, invalid(field("file", requiredText))
	}
	defer src.Close()
	name := c.r.FormValue("name")
	if name == "" {
		name = head.Filename
	}
	b, err := c.s.blobs.put(src, head.Size)
	if err != nil {
		return nil, internalError()
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.draftItem()
	if e == nil {
		c.key = secureName(name)
		if it.draftFiles.find(c.key) != nil {
			e = refuse(http.StatusBadRequest, "File with key "+c.key+" already exists.")
		} else {
			e = c.s.mayStore(it, c.key, head.Size, 0)
		}
	}
	if e == nil && b.size == 0 {
		e = refuse(http.StatusBadRequest, "Empty files are not accepted.")
	}
	if e != nil {
		c.s.release(c.s.retain(b))
		return nil, e
	}
	f := c.s.store(it, c.key, b)
	return &answer{status: http.StatusCreated, kind: jsonType, body: c.s.legacyFile(it, f)}, nil
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// secureName keeps ASCII, joins words with _, and drops leading and trailing dots.
func secureName(s string) string {
	s = plain.Replace(s)
	s = strings.NewReplacer("/", " ", `\`, " ").Replace(s)
	s = strings.Join(strings.Fields(s), "_")
	return strings.Trim(notInNames.ReplaceAllString(s, ""), "._")
}

// plain strips accents of the letters that turn up in Western names.
var plain = strings.NewReplacer("à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ù", "u", "ú", "u", "û", "u", "ü", "u", "ý", "y", "ÿ", "y",
	"À", "A", "Á", "A", "Â", "A", "Ã", "A", "Ä", "A", "Å", "A", "Ç", "C", "È", "E", "É", "E", "Ê", "E", "Ë", "E", "Ì", "I", "Í", "I", "Î", "I", "Ï", "I",
	"Ñ", "N", "Ò", "O", "Ó", "O", "Ô", "O", "Õ", "O", "Ö", "O", "Ù", "U", "Ú", "U", "Û", "U", "Ü", "U", "Ý", "Y", "š", "s", "Š", "S", "ž", "z", "Ž", "Z", "č", "c", "Č", "C")

// mayStore checks quota, count and name; back is what a replaced file gives back.
func (s *Server) mayStore(it *item, key string, size, back int64) *apiError {
	b := it.draftFiles
	switch {
	case b.locked:
		return refuse(http.StatusForbidden, "Bucket is locked for modifications.")
	case b.find(key) == nil && len(b.entries) >= s.o.MaxFiles:
		return refuse(http.StatusBadRequest, "Uploading selected files will result in exceeding the max amount per record.")
	case utf8.RuneCountInString(key) > 255:
		return refuse(http.StatusBadRequest, "Filename is too long.")
	case b.graves[key]:
		return internalError()
	case b.size-back+size > b.quota:
		return refuse(http.StatusBadRequest, "Bucket quota exceeded.")
	}
	return nil
}

// store makes a committed file of stored content, in place of one of that name.
func (s *Server) store(it *item, key string, b *blob) *entry {
	if old := it.draftFiles.find(key); old != nil {
		s.removeEntry(it, old)
	}
	now := s.now()
	f := &entry{key: key, created: now, updated: now, transfer: object{"type": "L"}, content: s.retain(b)}
	it.draftFiles.entries = append(it.draftFiles.entries, f)
	it.draftFiles.size += b.size
	s.complete(f)
	return f
}

// depositionFile finds a file of a deposition by the id of its content.
func (c *call) depositionFile() (*item, *entry, *apiError) {
	it, e := c.depositionItem()
	if e != nil {
		return nil, nil, e
	}
	for _, f := range it.files(it.draft != nil).entries {
		if f.fileID == c.key {
			return it, f, nil
		}
	}
	return nil, nil, missing()
}

func getDepositionFile(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, f, e := c.depositionFile()
	if e != nil {
		return nil, e
	}
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.legacyFile(it, f)}, nil
}

func deleteDepositionFile(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, f, e := c.depositionFile()
	if e == nil && it.draft == nil {
		e = denied()
	}
	if e == nil && it.draftFiles.locked {
		e = refuse(http.StatusForbidden, "Bucket is locked for modifications.")
	}
	if e != nil {
		return nil, e
	}
	c.s.removeEntry(it, f)
	return &answer{status: http.StatusNoContent}, nil
}

// bucketItem finds the draft, or else the record, that a bucket belongs to.
func (c *call) bucketItem() (*item, *apiError) {
	if !uuidPattern.MatchString(c.id) {
		return nil, internalError() // reaches the database (reference 2.1)
	}
	for _, it := range c.s.items {
		if it.draftFiles != nil && it.draftFiles.id == c.id {
			if !it.owns(c.user) {
				return nil, denied()
			}
			return it, nil
		}
		if it.recordFiles != nil && it.recordFiles.id == c.id && it.tombstone == nil {
			return it, nil
		}
	}
	return nil, missing()
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// bucketEntry is bucketItem with the file.
func (c *call) bucketEntry() (*item, *entry, *apiError) {
	it, e := c.bucketItem()
	if e != nil {
		return nil, nil, e
	}
	f := it.files(it.draftFiles != nil && it.draftFiles.id == c.id).find(c.key)
	if f == nil || !f.completed {
		return nil, nil, missing()
	}
	return it, f, nil
}

func readBucket(c *call) (*answer, error) {
	if _, e := c.accept(jsonType); e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	_, f, e := c.bucketEntry()
	if e != nil {
		c.s.mu.Unlock()
		return nil, e
	}
	b := c.s.retain(f.content)
	c.s.mu.Unlock()
	defer func() {
		c.s.mu.Lock()
		c.s.release(b)
		c.s.mu.Unlock()
	}()
	return nil, c.s.download(c.w, c.r, b, c.key)
}

func deleteBucket(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, f, e := c.bucketEntry()
	if e == nil && (it.draftFiles == nil || it.draftFiles.id != c.id || it.draftFiles.locked) {
		e = denied()
	}
	if e != nil {
		return nil, e
	}
	c.s.removeEntry(it, f)
	return &answer{status: http.StatusNoContent}, nil
}

// putBucket uploads or replaces in one transaction: when it fails, what was
// there is still there (reference 2.5).
func putBucket(c *call) (*answer, error) {
	c.expect()
	_, e := c.accept(jsonType)
	if e == nil {
		e = c.octets()
	}
	length := max(c.r.ContentLength, 0)
	var it *item
	c.s.mu.Lock()
	if e == nil {
		it, e = c.bucketItem()
	}
	if e == nil {
		e = c.mayPut(it, length)
	}
	if e != nil {
		c.s.mu.Unlock()
		return nil, c.early(e)
	}
	it.busy++
	c.s.mu.Unlock()
	var b *blob
	err := error(io.ErrUnexpectedEOF)
	got := c.takeUpload(it)
	if got {
		b, err = c.receive(length)
	}
	c.s.mu.Lock()
	defer func() {
		it.busy--
		if got {
			it.upload <- struct{}{}
		}
		c.s.mu.Unlock()
	}()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if it.draftFiles == nil || it.draftFiles.id != c.id {
		c.s.release(c.s.retain(b))
		return nil, missing()
	}
	if b.size == 0 {
		return nil, refuse(http.StatusBadRequest, "Empty files are not accepted.")
	}
	f := c.s.store(it, c.key, b)
	self := c.s.base + "/api/files/" + c.id + "/" + escapeKey(f.key)
	return &answer{status: http.StatusCreated, kind: jsonType, body: object{
		"created": stamp(f.created), "updated": stamp(f.updated), "version_id": f.versionID, "key": f.key, "size": b.size, "mimetype": mimeType(f.key),
		"checksum": "md5:" + b.md5, "is_head": true, "delete_marker": false,
		"links": object{"self": self, "version": self + "?version_id=" + f.versionID, "uploads": self + "?uploads=1"},
	}}, nil
}

// mayPut is what is checked before the body is read; the lock is held.
func (c *call) mayPut(it *item, length int64) *apiError {
	if it.draftFiles == nil || it.draftFiles.id != c.id {
		if it.recordFiles.find(c.key) == nil {
			return missing()
		}
		return denied()
	}
	back := int64(0)
	if old := it.draftFiles.find(c.key); old != nil && old.completed {
		back = old.content.size
	}
	return c.s.mayStore(it, c.key, length, back)
}
