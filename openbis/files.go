package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	token, err := c.needToken()
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	address, err := c.reach(store)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	search := dto{"@type": "dss.dto.datasetfile.search.DataSetFileSearchCriteria", "operator": "AND",
		"criteria": []any{anyOf(KindDataSet, code(dataSet))}}
	options := dto{"@type": "dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}
	var stopped error
	reader := fileReader{yield: func(f File) error {
		if stopped = yield(f); stopped != nil {
			return &stopError{stopped}
		}
		return nil
	}, item: c.limits.item}
	_, err = c.do(ctx, request{url: address.String() + dssPath, method: "searchFiles",
		params: []any{token, search, options}, secrets: []string{token}, result: reader.read})
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

// fileReader reads a SearchResult of files without keeping it.
type fileReader struct {
	yield func(File) error
	item  int64 // bytes that one entry may have
	count int64
}

func (r *fileReader) read(dec *json.Decoder, m *meter) error {
	if err := open(dec, '{'); err != nil {
		return err
	}
	total, listed := int64(-1), false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "objects":
			listed = true
			err = r.objects(dec, m)
		case "totalCount":
			err = dec.Decode(&total)
		default:
			err = skip(dec)
		}
		if err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
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
		file, ok, err := f.file()
		if err != nil {
			return err
		}
		if ok {
			if err := r.yield(file); err != nil {
				return err
			}
		}
	}
	_, err := dec.Token()
	return err
}

// fileDTO is a DataSetFile (docs/openbis-api.md, Listing files).
type fileDTO struct {
	Path      *string `json:"path"`
	Directory bool    `json:"directory"`
	Length    *int64  `json:"fileLength"`
	CRC       *int64  `json:"checksumCRC32"` // signed 32 bits; 0 when unknown
}

func (d *fileDTO) file() (f File, ok bool, err error) {
	if d.Directory {
		return File{}, false, nil
	}
	if d.Path == nil || *d.Path == "" {
		return File{}, false, fmt.Errorf("%w: a file without path", errShape)
	}
	f.Path = *d.Path
	if d.Length == nil || *d.Length < 0 {
		return File{}, false, fmt.Errorf("%w: no length of file %s", errShape, safetext.Line(f.Path))
	}
	f.Size = *d.Length
	if d.CRC != nil {
		f.CRC = uint32(*d.CRC)
	}
	f.HasCRC = f.CRC != 0 || f.Size == 0
	return f, true, nil
}
