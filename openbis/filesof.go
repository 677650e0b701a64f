package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"zenobis/human"
)

// FileSink takes the files of several data sets, which come in any order, each
// with its files together. An error ends the listing.
type FileSink interface {
	// Begin comes before the first file of a data set, and also for one that has
	// none. It comes again where a data set is listed again: then what was added
	// before is void.
	Begin(dataSet string) error
	// Add takes directories, too, but for the data set's own one.
	Add(dataSet string, f File) error
}

// FilesOf lists the files of several physical data sets of one data store, best 25
// to 50 at once: more gains nothing, and one that can't be listed makes the whole
// call fail (docs/openbis-api.md, Listing files). Then it is asked in halves until
// the one at fault is alone; one of which nothing came is asked alone before
// anything is said about it. failed holds those that can't be listed, with the
// reason; all others were begun. err ends everything: the session, the network or
// the sink. Links and containers are not listed here.
func (c *Client) FilesOf(ctx context.Context, store DataStore, dataSets []string, sink FileSink) (failed map[string]error, err error) {
	op := "list the files of " + human.Count(len(dataSets), "data set", "data sets")
	address, err := c.reach(store)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	l := filesOf{c: c, url: address.String() + dssPath, sink: sink, failed: map[string]error{}, refused: map[string]bool{}}
	if err := l.list(ctx, dataSets); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	return l.failed, nil
}

// filesOf is one FilesOf.
type filesOf struct {
	c      *Client
	url    string
	sink   FileSink
	failed map[string]error

	refused map[string]bool // when asked alone
}

func (l *filesOf) list(ctx context.Context, dataSets []string) error {
	if len(dataSets) == 0 {
		return nil
	}
	begun, err := l.ask(ctx, dataSets)
	switch {
	case err == nil:
	case !ofDataSet(err):
		return err
	case len(dataSets) == 1 && l.refused[dataSets[0]]:
		l.failed[dataSets[0]] = err
		return nil
	case len(dataSets) == 1: // a refusal counts if it is given twice
		l.refused[dataSets[0]] = true
		return l.list(ctx, dataSets)
	default:
		half := len(dataSets) / 2
		if err := l.list(ctx, dataSets[:half]); err != nil {
			return err
		}
		return l.list(ctx, dataSets[half:])
	}
	for _, d := range dataSets {
		switch {
		case begun[d]:
		case len(dataSets) == 1:
			l.failed[d] = fmt.Errorf("%w: its data store lists nothing of it", ErrNotFound)
		default:
			if err := l.list(ctx, []string{d}); err != nil {
				return err
			}
		}
	}
	return nil
}

// ofDataSet reports whether an error may come from one data set among those that
// were asked for: openBIS answered, and said nothing about the session. The text of
// such an answer may be missing, so nothing is decided by it.
func ofDataSet(err error) bool {
	var r *Refusal
	return errors.Is(err, errTooBig) || errors.Is(err, errShape) ||
		errors.As(err, &r) && !errors.Is(err, ErrSession) && !errors.Is(err, ErrUnreachable) && !errors.Is(err, errMethod)
}

// ask lists all at once. begun are those of which something came.
func (l *filesOf) ask(ctx context.Context, dataSets []string) (begun map[string]bool, err error) {
	wanted := make(map[string]bool, len(dataSets))
	for _, d := range dataSets {
		wanted[d] = true
	}
	search := dto{"@type": "dss.dto.datasetfile.search.DataSetFileSearchCriteria", "operator": "AND", "criteria": []any{
		criteria(KindDataSet, of("common.search.CodesSearchCriteria", "fieldValue", dataSets),
			of("dataset.search.PhysicalDataSearchCriteria", "criteria", []any{}))}}
	var stopped error
	stop := func(err error) error {
		stopped = err
		return &stopError{err}
	}
	_, err = l.c.inSession(ctx, request{url: l.url, method: "searchFiles", store: true,
		params: []any{search, dto{"@type": "dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}},
		result: func(dec *json.Decoder, m *meter) error {
			begun, stopped = map[string]bool{}, nil // the answer may come a second time
			reader := fileReader{item: l.c.limits.item, sets: func(dataSet string, f File) error {
				if !wanted[dataSet] {
					return nil
				}
				if !begun[dataSet] {
					begun[dataSet] = true
					if err := l.sink.Begin(dataSet); err != nil {
						return stop(err)
					}
				}
				if f.Path == "" { // the data set itself
					return nil
				}
				if err := l.sink.Add(dataSet, f); err != nil {
					return stop(err)
				}
				return nil
			}}
			return reader.read(dec, m)
		}})
	if stopped != nil {
		return nil, stopped
	}
	return begun, err
}
