package openbistest

import (
	"cmp"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

const contentNull = `Cannot invoke "ch.systemsx.cisd.openbis.common.io.hierarchical_content.api.IHierarchicalContent.getRootNode()" ` +
	`because "%s" is null`

// searchFiles lists whole data sets of this store, whatever page was asked
// for. One link data set among them makes it fail.
func searchFiles(c *call) (any, error) {
	criteria := c.node(0)
	if criteria == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.").Bare()
	}
	s := c.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	members := criteria.Nodes("criteria")
	if len(members) == 0 {
		return searchResult(jackson.List{}, 0), nil
	}
	all := &jackson.Node{Typ: "as.dto.dataset.search.DataSetSearchCriteria", Fields: map[string]any{
		"operator": criteria.Str("operator"), "criteria": criteria.List("criteria")}}
	found, err := c.searchEntities(labdata.KindDataSet, all, all)
	if err != nil {
		return nil, err
	}
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b *labdata.Entity) int { return cmp.Compare(scatter(a.Code), scatter(b.Code)) })
	l := &fileListing{}
	t := c.translator()
	for _, e := range found {
		if !s.own(e.Data.Store, c.base) {
			continue
		}
		switch {
		case e.Data.Kind == "LINK":
			return nil, &jackson.Exception{
				Class:   "java.lang.NullPointerException",
				Message: strings.Replace(contentNull, "%s", "content", 1),
				Null:    s.o.Java11,
				Plain:   true,
			}
		case s.hit(FaultNotFed, e.Code, ""):
			return nil, &jackson.Exception{
				Class:   "java.lang.IllegalArgumentException",
				Message: "/openbis/data/store/1/" + e.Data.Location + " doesn't exist",
				Plain:   true,
			}
		case e.Data.Kind == "CONTAINER" && !s.lists(e, c.base):
			return nil, &jackson.Exception{Class: "java.lang.IllegalArgumentException", Message: "Undefined contents", Plain: true}
		}
		unknown := s.hit(FaultCRCUnknown, e.Code, "")
		l.sets = append(l.sets, listedSet{code: e.Code, store: t.store(e.Data.Store), files: e.Content(), noCRC: unknown})
	}
	return l, nil
}

// scatter puts data sets in an order of its own, as a hash map does.
func scatter(code string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, code)
	return h.Sum32()
}

// lists reports whether a data set, or some component of a container, has files here.
func (s *Server) lists(e *labdata.Entity, base string) bool {
	switch {
	case e.Trashed || !s.own(e.Data.Store, base):
		return false
	case e.Data.Kind == "CONTAINER":
		return slices.ContainsFunc(e.Components, func(x *labdata.Entity) bool { return s.lists(x, base) })
	}
	return e.Data.Kind == "PHYSICAL"
}

// own reports whether a store is this server.
func (s *Server) own(d *labdata.Store, base string) bool { return d.Url == "" || d.Url == base }

// listedSet is one data set of a listing.
type listedSet struct {
	code  string
	store *jackson.Obj
	files []labdata.File
	noCRC bool
}

// fileListing writes the files as it goes: a million of them need no memory.
type fileListing struct{ sets []listedSet }

func (l *fileListing) Encode(e *jackson.Encoder) {
	e.Next++
	e.Raw(`{"@type":"as.dto.common.search.SearchResult","@id":` + strconv.Itoa(e.Next) + `,"objects":[`)
	total := 0
	for _, set := range l.sets {
		entry := func(path string, dir bool, size int64, crc uint32) {
			if total > 0 {
				e.Raw(",")
			}
			total++
			writeEntry(e, &set, path, dir, size, crc)
		}
		entry("", true, 0, 0)
		last := "" // the folder of the previous entry
		for i := range set.files {
			f := &set.files[i]
			folder := f.Path
			if !f.Dir {
				folder = f.Path[:max(strings.LastIndexByte(f.Path, '/'), 0)]
			}
			if folder != last {
				for j := 0; j <= len(folder); j++ {
					if j > 0 && (j == len(folder) || folder[j] == '/') && !isParent(folder[:j], last) {
						entry(folder[:j], true, 0, 0)
					}
				}
				last = folder
			}
			if f.Dir {
				continue
			}
			var crc uint32
			if !set.noCRC {
				crc = f.Crc()
			}
			entry(f.Path, false, f.Size, crc)
		}
	}
	e.Raw(`],"totalCount":` + strconv.Itoa(total) + `}`)
}

// isParent reports whether a folder is the other one or above it.
func isParent(folder, other string) bool {
	return other == folder || strings.HasPrefix(other, folder) && other[len(folder)] == '/'
}

func writeEntry(e *jackson.Encoder, set *listedSet, path string, dir bool, size int64, crc uint32) {
	id := e.Next + 1
	e.Next += 3
	e.Raw(`{"@type":"dss.dto.datasetfile.DataSetFile","@id":` + strconv.Itoa(id))
	e.Raw(`,"permId":{"@type":"dss.dto.datasetfile.id.DataSetFilePermId","@id":` + strconv.Itoa(id+1))
	e.Raw(`,"dataSetId":{"@type":"as.dto.dataset.id.DataSetPermId","@id":` + strconv.Itoa(id+2) + `,"permId":`)
	e.Str(set.code)
	e.Raw(`},"filePath":`)
	e.Str(path)
	e.Raw(`},"dataSetPermId":` + strconv.Itoa(id+2) + `,"dataStore":`)
	e.Object(set.store)
	e.Raw(`,"path":`)
	e.Str(path)
	e.Raw(`,"directory":` + strconv.FormatBool(dir) + `,"fileLength":` + strconv.FormatInt(size, 10))
	e.Raw(`,"checksumCRC32":` + strconv.FormatInt(int64(int32(crc)), 10) + `,"checksum":null,"checksumType":null}`)
}
