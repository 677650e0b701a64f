package openbistest

import (
	"strconv"
	"strings"
)

const contentNull = `Cannot invoke "ch.systemsx.cisd.openbis.common.io.hierarchical_content.api.IHierarchicalContent.getRootNode()" because "%s" is null`

// searchFiles lists whole data sets of this store, whatever page was asked
// for. One link data set among them makes it fail.
func searchFiles(c *call) (any, error) {
	criteria := c.node(0)
	if criteria == nil {
		return nil, runtimeFailure("Criteria cannot be null.").bare()
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	members := criteria.nodes("criteria")
	if len(members) == 0 {
		return searchResult(list{}, 0), nil
	}
	all := &node{typ: "as.dto.dataset.search.DataSetSearchCriteria", fields: map[string]any{
		"operator": criteria.str("operator"), "criteria": criteria.list("criteria")}}
	found, err := c.searchEntities(kindDataSet, all, all)
	if err != nil {
		return nil, err
	}
	l := &fileListing{}
	t := c.translator()
	for _, e := range found {
		if !s.own(e.data.store, c.base) {
			continue
		}
		switch {
		case e.data.kind == "LINK":
			return nil, &javaError{class: "java.lang.NullPointerException", message: strings.Replace(contentNull, "%s", "content", 1), null: s.o.Java11, plain: true}
		case e.data.kind == "CONTAINER" && len(e.components) == 0:
			return nil, &javaError{class: "java.lang.IllegalArgumentException", message: "Undefined contents", plain: true}
		}
		unknown := s.hit(FaultCRCUnknown, e.code, "")
		l.sets = append(l.sets, listedSet{code: e.code, store: t.store(e.data.store), files: e.content(), noCRC: unknown})
	}
	return l, nil
}

// own reports whether a store is this server.
func (s *Server) own(d *store, base string) bool { return d.url == "" || d.url == base }

// listedSet is one data set of a listing.
type listedSet struct {
	code  string
	store *obj
	files []file
	noCRC bool
}

// fileListing writes the files as it goes: a million of them need no memory.
type fileListing struct{ sets []listedSet }

func (l *fileListing) encode(e *encoder) {
	e.next++
	e.raw(`{"@type":"as.dto.common.search.SearchResult","@id":` + strconv.Itoa(e.next) + `,"objects":[`)
	total := 0
	for _, set := range l.sets {
		entry := func(path string, dir bool, size int64, crc uint32) {
			if total > 0 {
				e.raw(",")
			}
			total++
			e.fileEntry(&set, path, dir, size, crc)
		}
		entry("", true, 0, 0)
		last := "" // the folder of the previous entry
		for i := range set.files {
			f := &set.files[i]
			folder := f.path
			if !f.dir {
				folder = f.path[:max(strings.LastIndexByte(f.path, '/'), 0)]
			}
			if folder != last {
				for j := 0; j <= len(folder); j++ {
					if j > 0 && (j == len(folder) || folder[j] == '/') && !isParent(folder[:j], last) {
						entry(folder[:j], true, 0, 0)
					}
				}
				last = folder
			}
			if f.dir {
				continue
			}
			var crc uint32
			if !set.noCRC {
				crc = f.crc()
			}
			entry(f.path, false, f.size, crc)
		}
	}
	e.raw(`],"totalCount":` + strconv.Itoa(total) + `}`)
}

// isParent reports whether a folder is the other one or above it.
func isParent(folder, other string) bool {
	return other == folder || strings.HasPrefix(other, folder) && other[len(folder)] == '/'
}

func (e *encoder) fileEntry(set *listedSet, path string, dir bool, size int64, crc uint32) {
	id := e.next + 1
	e.next += 3
	e.raw(`{"@type":"dss.dto.datasetfile.DataSetFile","@id":` + strconv.Itoa(id))
	e.raw(`,"permId":{"@type":"dss.dto.datasetfile.id.DataSetFilePermId","@id":` + strconv.Itoa(id+1))
	e.raw(`,"dataSetId":{"@type":"as.dto.dataset.id.DataSetPermId","@id":` + strconv.Itoa(id+2) + `,"permId":`)
	e.str(set.code)
	e.raw(`},"filePath":`)
	e.str(path)
	e.raw(`},"dataSetPermId":` + strconv.Itoa(id+2) + `,"dataStore":`)
	e.object(set.store)
	e.raw(`,"path":`)
	e.str(path)
	e.raw(`,"directory":` + strconv.FormatBool(dir) + `,"fileLength":` + strconv.FormatInt(size, 10))
	e.raw(`,"checksumCRC32":` + strconv.FormatInt(int64(int32(crc)), 10) + `,"checksum":null,"checksumType":null}`)
}
