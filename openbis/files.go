package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"zenobis/safetext"
)

// Files lists the files of a data set as its data store knows them, in the store's
// order, without directories. The answer holds the whole tree, 450 MB for a
// million files, so it is passed on while it comes. When an error is returned the
// listing is incomplete, whatever was yielded before; an error of yield is
// returned as it is. Unknown and invisible data sets list nothing. Link data sets
// must not be asked for: they have no bytes here (docs/openbis-api.md, Listing
// files).
func (c *Client) Files(ctx context.Context, store DataStore, dataSet string, yield func(File) error) error {
	op := "list files of data set " + dataSet
	address, err := c.reach(store)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	search := dto{"@type": "dss.dto.datasetfile.search.DataSetFileSearchCriteria", "operator": "AND",
		"criteria": []any{anyOf(KindDataSet, code(dataSet))}}
	options := dto{"@type": "dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}
	var stopped error
	once := rereading{yield: yield}
	_, err = c.inSession(ctx, request{url: address.String() + dssPath, method: "searchFiles", params: []any{search, options}, store: true,
		result: func(dec *json.Decoder, m *meter) error {
			once.begin()
			reader := fileReader{item: c.limits.item, yield: func(f File) error {
				if stopped = once.next(f); stopped != nil {
					return &stopError{stopped}
				}
				return nil
			}}
			if err := reader.read(dec, m); err != nil {
				return err
			}
			if stopped = once.end(); stopped != nil {
				return &stopError{stopped}
			}
			return nil
		}})
	if stopped != nil {
		return stopped
	}
	var r *Refusal
	if errors.As(err, &r) && r.Kind == nil {
		switch {
		case r.Message == "Undefined contents":
			return nil // a container without components
		case strings.Contains(r.Message, "NullPointerException"), strings.Contains(r.Message, `"content" is null`):
			return fmt.Errorf("%s: %w: the data store has no content for it (is it a link data set?)", op, ErrNoBytes)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// rereading yields a listing once although it may be read several times, after
// breaking off: what was yielded already is only compared.
type rereading struct {
	yield func(File) error
	sum   maphash.Hash // of this reading so far
	seen  int64        // in this reading
	done  int64        // yielded
	until uint64       // the sum after that
}

// errChanged says that what a listing begins with is not what it was.
var errChanged = errors.New("the listing of files changed while it was read")

func (r *rereading) begin() {
	r.sum.Reset()
	r.seen = 0
}

func (r *rereading) next(f File) error {
	r.sum.WriteString(f.Path)
	maphash.WriteComparable(&r.sum, [2]int64{f.Size, int64(f.CRC)})
	r.seen++
	switch {
	case r.seen > r.done:
		r.done, r.until = r.seen, r.sum.Sum64()
		return r.yield(f)
	case r.seen == r.done && r.sum.Sum64() != r.until:
		return errChanged
	}
	return nil
}

func (r *rereading) end() error {
	if r.seen < r.done {
		return errChanged
	}
	return nil
}

// fileReader reads a SearchResult of files without keeping it.
type fileReader struct {
	yield func(File) error
	item  int64 // bytes that one entry may have
	count int64
	// sets yields with the data set's code instead, and directories too; nil where
	// one data set was asked for.
	sets  func(dataSet string, f File) error
	codes map[int64]string // of the data sets, by the number of their id in the answer
}

func (r *fileReader) read(dec *json.Decoder, m *meter) error {
	if err := open(dec, '{'); err != nil {
		return err
	}
	total, listed := int64(-1), false
	err := members(dec, func(key json.Token) error {
		switch key {
		case "objects":
			listed = true
			return r.objects(dec, m)
		case "totalCount":
			return dec.Decode(&total)
		}
		return skip(dec)
	})
	if err != nil {
		return err
	}
	if !listed || (total >= 0 && total != r.count) {
		return fmt.Errorf("%w: the listing is incomplete", errShape)
	}
	return nil
}

func (r *fileReader) objects(dec *json.Decoder, m *meter) error {
	if err := open(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		// Nothing here refers to another object: the path stands in each one.
		var f *fileDTO
		if err := dec.Decode(&f); err != nil {
			return err
		}
		m.allow(r.item)
		r.count++
		if f == nil {
			return errShape
		}
		file, err := f.file()
		if err != nil {
			return err
		}
		switch {
		case r.sets != nil:
			var dataSet string
			if dataSet, err = r.dataSet(f); err == nil {
				err = r.sets(dataSet, file)
			}
		case !file.Dir:
			err = r.yield(file)
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// maxFile is more bytes than any file has (1 PiB): sums of lengths must not wrap.
const maxFile = 1 << 50

// fileDTO is a DataSetFile (docs/openbis-api.md, Listing files).
type fileDTO struct {
	PermID struct {
		DataSet idDTO `json:"dataSetId"`
	} `json:"permId"`
	Path      *string `json:"path"`
	Directory bool    `json:"directory"`
	Length    *int64  `json:"fileLength"`
	CRC       *int64  `json:"checksumCRC32"` // signed 32 bits; 0 when unknown
}

// dataSet is the code of the data set that an entry belongs to.
func (r *fileReader) dataSet(f *fileDTO) (string, error) {
	id := f.PermID.DataSet
	if id.code == "" {
		id.code = r.codes[id.number]
	} else if id.number > 0 {
		if r.codes == nil {
			r.codes = map[int64]string{}
		}
		if len(r.codes) < maxIDs {
			r.codes[id.number] = id.code
		}
	}
	if id.code == "" {
		return "", fmt.Errorf("%w: a file without data set", errShape)
	}
	return id.code, nil
}

// maxIDs bounds what is remembered of numbers: every entry brings its own id, and
// only the first of each data set could be referred to.
const maxIDs = 1000

// idDTO is the id of a data set: an object, or the number of one before.
type idDTO struct {
	number int64
	code   string
}

func (d *idDTO) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '{' {
		return json.Unmarshal(b, &d.number)
	}
	var o struct {
		Number int64  `json:"@id"`
		PermID string `json:"permId"`
	}
	err := json.Unmarshal(b, &o)
	d.number, d.code = o.Number, o.PermID
	return err
}

// file is the entry as a file; the path of the data set's own directory is "".
func (d *fileDTO) file() (f File, err error) {
	if d.Directory {
		f.Dir = true
		if d.Path != nil {
			f.Path = strings.Trim(*d.Path, "/")
		}
		return f, nil
	}
	if d.Path == nil || *d.Path == "" {
		return File{}, fmt.Errorf("%w: a file without path", errShape)
	}
	f.Path = *d.Path
	if d.Length == nil || *d.Length < 0 {
		return File{}, fmt.Errorf("%w: no length of file %s", errShape, safetext.Line(f.Path))
	}
	if *d.Length > maxFile {
		return File{}, fmt.Errorf("%w: file %s is said to have %d bytes", errShape, safetext.Line(f.Path), *d.Length)
	}
	f.Size = *d.Length
	if d.CRC != nil {
		f.CRC = uint32(*d.CRC)
	}
	f.HasCRC = f.CRC != 0 || f.Size == 0
	return f, nil
}
