package fetch

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"zenobis/export/failure"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/wire"
)

// try is what one download does.
type try struct {
	err   error // of the download
	cut   int   // bytes after which it breaks; 0 for none
	wrong bool  // other bytes than recorded
	renew bool  // the session is a new one afterwards
}

// source plays downloads one after the other, then the right one for ever.
type source struct {
	data  []byte
	tries []try
	alive error // of KeepAlive
	epoch int64
	asked int
}

func (s *source) Download(context.Context, openbis.DataStore, string, openbis.File) (io.ReadCloser, error) {
	t := try{}
	if s.asked < len(s.tries) {
		t = s.tries[s.asked]
	}
	s.asked++
	if t.renew {
		s.epoch++
	}
	if t.err != nil {
		return nil, t.err
	}
	data := bytes.Clone(s.data)
	if t.wrong {
		data[0] ^= 1
	}
	if t.cut > 0 {
		return io.NopCloser(io.MultiReader(bytes.NewReader(data[:t.cut]), iotest.ErrReader(openbis.ErrShort))), nil
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (s *source) KeepAlive(context.Context) error { return s.alive }
func (s *source) Epoch() int64                    { return s.epoch }

func TestVerdicts(t *testing.T) {
	none, away, wrong := try{err: openbis.ErrNoBytes}, try{err: openbis.ErrUnreachable}, try{wrong: true}
	anew := func(t try) try { t.renew = true; return t }
	for name, c := range map[string]struct {
		tries  []try
		alive  error
		reason omission.Reason // of the verdict, "" for none
		is     error           // nil: the file comes
	}{
		"well":                {},
		"nothing, then well":  {tries: []try{none, none}},
		"nothing three times": {tries: []try{none, none, none}, reason: "unreadable", is: openbis.ErrNoBytes},
		"denied three times": {tries: []try{{err: openbis.ErrDenied}, {err: openbis.ErrDenied}, {err: openbis.ErrDenied}},
			reason: "unreadable", is: openbis.ErrDenied},
		"wrong three times":               {tries: []try{wrong, wrong, wrong}, reason: "corrupt", is: ErrDiffers},
		"wrong twice":                     {tries: []try{wrong, wrong}},
		"unlike failures":                 {tries: []try{none, away, none, wrong, wrong}},
		"nothing in three sessions":       {tries: []try{anew(none), anew(none), anew(none)}},
		"wrong in three sessions":         {tries: []try{anew(wrong), anew(wrong), anew(wrong)}},
		"nothing, a new session, nothing": {tries: []try{none, none, anew(none), none}},
		"nothing, and openBIS is away":    {tries: []try{none, none, none}, alive: openbis.ErrUnreachable, is: openbis.ErrUnreachable},
		"nothing, and the session ended":  {tries: []try{none, none, none}, alive: openbis.ErrSession, is: failure.Login},
		"away too long":                   {tries: []try{away, away, away, away, away, away}, is: openbis.ErrUnreachable},
		"a name that breaks the answer":   {tries: []try{{err: openbis.ErrBadName}}, reason: "unreadable", is: openbis.ErrBadName},
		"in the archive":                  {tries: []try{{err: openbis.ErrArchived}}, reason: "unreadable", is: openbis.ErrArchived},
		"a store without consent":         {tries: []try{{err: openbis.ErrStoreURL}}, is: openbis.ErrStoreURL},
		"session ends for good":           {tries: []try{{err: openbis.ErrSession}}, is: failure.Login},
		"cut":                             {tries: []try{{cut: 3}, {cut: 5}}},
	} {
		data := []byte("some bytes of a file")
		f := File{Package: "x.zip", DataSet: "1-2", File: openbis.File{
			Path: "a", Size: int64(len(data)), CRC: crc32.ChecksumIEEE(data), HasCRC: true,
		}}
		for how, read := range map[string]func(*Fetcher) ([]byte, error){
			"whole": func(s *Fetcher) ([]byte, error) {
				buf := make([]byte, len(data))
				_, err := s.whole(t.Context(), f, buf)
				return buf, err
			},
			"stream": func(s *Fetcher) ([]byte, error) { return io.ReadAll(newStream(t.Context(), s, f)) },
		} {
			t.Run(name+"/"+how, func(t *testing.T) {
				src := &source{data: data, tries: c.tries, alive: c.alive}
				s := New(src, 1, wire.Retry{Sleep: func(context.Context, time.Duration) error { return nil }}, func(File, int, error) {})
				got, err := read(s)
				var broken *Broken
				var reason omission.Reason
				if errors.As(err, &broken) {
					reason = broken.Reason
				}
				// What was delivered with a wrong checksum can't be taken back: the whole
				// package is sent again, so the stream ends there.
				if how == "stream" && err != nil && errors.Is(err, ErrDiffers) && c.is == nil {
					return
				}
				if reason != c.reason {
					t.Errorf("the verdict is %q: %v", reason, err)
				}
				if (err == nil) != (c.is == nil) || c.is != nil && !errors.Is(err, c.is) {
					t.Errorf("%v", err)
				}
				if err == nil && !bytes.Equal(got, data) {
					t.Errorf("delivered %q", got)
				}
			})
		}
	}
}

// TestTheBeginningMustStayTheSame when a broken download is begun again.
func TestTheBeginningMustStayTheSame(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 100)
	f := File{DataSet: "1-2", File: openbis.File{Path: "a", Size: int64(len(data)), CRC: crc32.ChecksumIEEE(data), HasCRC: true}}
	src := &source{data: data, tries: []try{{cut: 500}, {wrong: true}, {cut: 200}}}
	s := New(src, 1, wire.Retry{Sleep: func(context.Context, time.Duration) error { return nil }}, func(File, int, error) {})
	got, err := io.ReadAll(newStream(t.Context(), s, f))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if src.asked != 4 {
		t.Errorf("%d downloads", src.asked)
	}
}
