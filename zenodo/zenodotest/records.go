package zenodotest

import (
	"net/http"
	"slices"
	"strings"
)

// recordFiles is GET /api/records/ID/files, which knows plain JSON only
// (docs/zenodo-api.md, Media types).
func recordFiles(c *call, it *item) (*answer, error) {
	doc := c.s.filesDoc(it, false)
	return &answer{status: http.StatusOK, kind: c.kind, body: doc}, nil
}

// readableFiles is recordItem for files, which restricted access hides.
func (c *call) readableFiles() (*item, *apiError) {
	it, e := c.recordItem()
	if e != nil {
		if e.message == notRegistered().message {
			return nil, missing()
		}
		return nil, e
	}
	if it.record.access["files"] == "restricted" && !it.owns(c.user) {
		return nil, denied()
	}
	return it, nil
}

func (c *call) recordEntry() (*item, *entry, *apiError) {
	it, e := c.readableFiles()
	if e != nil {
		return nil, nil, e
	}
	f := it.recordFiles.find(c.key)
	if f == nil {
		return nil, nil, noFile(it.id, c.key)
	}
	return it, f, nil
}

func getRecordFile(c *call, it *item, f *entry) (*answer, error) {
	return &answer{status: http.StatusOK, kind: c.kind, body: c.s.fileDoc(it, f, false)}, nil
}

// isDraftPath reports whether a path is below the record's draft.
func isDraftPath(path, id string) bool {
	return strings.HasPrefix(path, "/api/records/"+id+"/draft")
}

// listVersions is GET …/versions.
func listVersions(c *call) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	page, size, e := c.paging(25, c.maxSize())
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.recordItem()
	if e != nil {
		return nil, e
	}
	var hits []object
	for _, v := range slices.Backward(it.concept.versions) {
		if v.record != nil && v.tombstone == nil {
			hits = append(hits, c.hit(v, v.record, kind))
		}
	}
	out := c.page(hits, page, size, "version")
	out["aggregations"] = c.s.aggregations(hits, false)
	return &answer{status: http.StatusOK, kind: kind, body: out}, nil
}
