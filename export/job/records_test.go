package job

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/zenodo"
)

// TestLinesOfTheFirstVersion are read as they were meant, and written alike.
func TestLinesOfTheFirstVersion(t *testing.T) {
	fields := []zenodo.FieldError{{Field: "metadata.title", Messages: []string{"missing"}}}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for line, want := range map[string]Record{
		`"e":"planned","bytes":95123`:                            &Planned{Bytes: 95123},
		`"e":"started","pid":42,"host":"lab1","program":"1.0.0"`: &Started{PID: 42, Host: "lab1", Program: "1.0.0"},
		`"e":"draft-creating","marker":"zenobis:x"`:              &Creating{Marker: "zenobis:x"},
		`"e":"draft-refused","id":"7","reason":"no","fields":[{"field":"metadata.title","messages":["missing"]}]`: &NotCreated{ID: "7",
			Reason: "no", Fields: fields},
		`"e":"draft","id":"7","url":"u","rev":5,"confirmed":true`: &Created{ID: "7",
			URL: "u", Revision: 5, Saved: true},
		`"e":"saved","rev":6`:                                       &Saved{Revision: 6},
		`"e":"doi","doi":"10.5281/zenodo.7","rev":7`:                &Reserved{DOI: "10.5281/zenodo.7", Revision: 7},
		`"e":"review"`:                                              &Reviewed{},
		`"e":"announced","keys":["a","b"]`:                          &Announced{Keys: []string{"a", "b"}},
		`"e":"unarchiving","keys":["1-2"]`:                          &Unarchiving{DataSets: []string{"1-2"}},
		`"e":"sending","pkg":"a.zip","n":2`:                         &Sending{Package: "a.zip", Attempt: 2},
		`"e":"sent","pkg":"a.zip","bytes":9,"md5":"m","sha256":"s"`: &Sent{Package: "a.zip", Bytes: 9, MD5: "m", SHA256: "s"},
		`"e":"confirmed","pkg":"a.zip","bytes":9,"md5":"m","sha256":"s"`: &Confirmed{Package: "a.zip", Bytes: 9, MD5: "m",
			SHA256: "s"},
		`"e":"deleting","pkg":"a.zip"`:                           &Deleting{Package: "a.zip"},
		`"e":"uploaded","id":"7","bytes":9`:                      &Uploaded{ID: "7", Bytes: 9},
		`"e":"interrupted","reason":"r","kind":"interrupted"`:    &Interrupted{Reason: "r", Kind: "interrupted"},
		`"e":"failed","reason":"r","kind":"quota","resume":true`: &Failed{Reason: "r", Kind: "quota", Resumable: true},
		`"e":"draft-gone","id":"7","reason":"r"`:                 &Vanished{ID: "7", Reason: "r"},
		`"e":"state","state":"published","doi":"d","url":"u","title":"t","reason":"r"`: &Seen{State: StatePublished, DOI: "d", URL: "u",
			Title: "t", Reason: "r"},
		`"e":"registering","doi":"d"`:                         &Registering{DOI: "d"},
		`"e":"register-failed","reason":"r","confirmed":true`: &NotRegistered{Reason: "r", Perhaps: true},
		`"e":"registered","objects":["1-3"],"confirmed":true,"reason":"r"`: &Registered{Objects: []string{"1-3"}, Seen: true,
			Reason: "r"},
		`"e":"discarding"`:             &Discarding{},
		`"e":"discarded","reason":"r"`: &Discarded{Reason: "r"},
	} {
		whole := `{"t":"2026-01-02T03:04:05Z",` + line + "}"
		when, got, err := decode([]byte(whole))
		if err != nil || !when.Equal(at) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %#v at %v, %v", line, got, when, err)
			continue
		}
		again, err := encode(at, got)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSuffix(string(again), "\n") != whole {
			t.Errorf("%s is written as %s", whole, again)
		}
	}
	if _, _, err := decode([]byte(`{"e":"from a later version"}`)); err == nil {
		t.Error("an unknown step is taken for a known one")
	}
}

// TestEveryRecordComesBack from the journal as it went in.
func TestEveryRecordComesBack(t *testing.T) {
	names := map[string]bool{}
	for _, r := range blanks() {
		fill(reflect.ValueOf(r).Elem())
		if names[r.step()] {
			t.Errorf("two records are called %s", r.step())
		}
		names[r.step()] = true
		line, err := encode(time.Now(), r)
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := decode(line)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: %#v became %#v, %v", r.step(), r, got, err)
		}
		st := newStatus()
		st.fold(time.Now(), got)
	}
}

// fill gives every field a value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	}
}

func TestStands(t *testing.T) {
	for name, c := range map[string]struct {
		records []Record
		running bool
		want    State
	}{
		"nothing":                    {nil, false, StatePlanned},
		"planned":                    {[]Record{Planned{}}, false, StatePlanned},
		"running":                    {[]Record{Planned{}, Started{}}, true, StateUploading},
		"died":                       {[]Record{Planned{}, Started{}}, false, StateInterrupted},
		"stopped":                    {[]Record{Started{}, Interrupted{}}, false, StateInterrupted},
		"failed":                     {[]Record{Started{}, Failed{}}, false, StateFailed},
		"failed, started again":      {[]Record{Started{}, Failed{}, Started{}}, false, StateInterrupted},
		"uploaded":                   {[]Record{Started{}, Uploaded{}}, false, StateDraft},
		"uploaded, looked at":        {[]Record{Started{}, Uploaded{}}, true, StateDraft},
		"in review":                  {[]Record{Uploaded{}, Seen{State: StateInReview}}, false, StateInReview},
		"published":                  {[]Record{Uploaded{}, Seen{State: StatePublished}}, false, StatePublished},
		"published too early":        {[]Record{Started{}, Seen{State: StatePublished}}, false, StatePublished},
		"registered":                 {[]Record{Uploaded{}, Seen{State: StatePublished}, Registered{}}, false, StateRegistered},
		"discarded by its user":      {[]Record{Uploaded{}, Discarding{}, Discarded{}}, false, StateDiscarded},
		"discarded at Zenodo":        {[]Record{Uploaded{}, Seen{State: StateDiscarded}}, false, StateDiscarded},
		"found again":                {[]Record{Uploaded{}, Seen{State: StateDiscarded}, Seen{State: StateDraft}}, false, StateDraft},
		"discarded here, still seen": {[]Record{Uploaded{}, Discarding{}, Discarded{}, Seen{State: StateDraft}}, false, StateDiscarded},
		"published after all":        {[]Record{Uploaded{}, Seen{State: StateDiscarded}, Seen{State: StatePublished}}, false, StatePublished},
	} {
		st := newStatus()
		for i, r := range c.records {
			st.fold(time.Unix(int64(i), 0), r)
		}
		if got := st.Stands(c.running); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFolding(t *testing.T) {
	st := newStatus()
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	for i, r := range []Record{
		Planned{}, Started{}, Creating{}, Created{ID: "1", URL: "u", Revision: 4, Saved: true}, Reserved{DOI: "d", Revision: 6},
		Announced{Keys: []string{"a", "b"}}, Sending{Package: "a"}, Sent{Package: "a", Bytes: 3, MD5: "m"}, Confirmed{Package: "a",
			Bytes: 3, MD5: "m"},
		Sending{Package: "b"}, Deleting{Package: "b"},
	} {
		st.fold(at(int64(i)), r)
	}
	if !st.Packages["a"].Confirmed || st.Packages["a"].MD5 != "m" || st.Packages["b"].Tried || !st.Announced["b"] || st.DOI != "d" ||
		st.Creating {
		t.Errorf("%+v", st)
	}
	if !st.First.Equal(at(0)) || !st.Updated.Equal(at(10)) {
		t.Errorf("from %v to %v", st.First, st.Updated)
	}
	st.fold(at(5), Vanished{ID: "1", Reason: "gone"}) // a clock was set back
	if !st.Updated.Equal(at(10)) || !st.Gone {
		t.Errorf("%+v", st)
	}
	st.fold(at(11), Created{ID: "2"})
	if st.Gone || st.DOI != "" || len(st.Packages) != 0 || len(st.Announced) != 0 || !reflect.DeepEqual(st.Forgotten, []string{"1"}) ||
		st.ID != "2" {
		t.Errorf("another draft: %+v", st)
	}
	st.fold(at(12), Registering{DOI: "d"})
	if !st.Asking || !st.AskedAt.Equal(at(12)) {
		t.Errorf("asking: %+v", st)
	}
	st.fold(at(13), NotRegistered{Reason: "r"})
	if st.Asking || !st.Failing || st.Reason != "r" {
		t.Errorf("not registered: %+v", st)
	}
	st.fold(at(14), Seen{State: StateDiscarded})
	if !st.DiscardedAt.Equal(at(14)) {
		t.Errorf("discarded at %v", st.DiscardedAt)
	}
	st.fold(at(15), Discarded{})
	if !st.DiscardedAt.Equal(at(14)) {
		t.Errorf("discarded at %v", st.DiscardedAt)
	}
	st.fold(at(16), Seen{State: StatePublished, URL: "record"})
	st.fold(at(17), Seen{State: StatePublished})
	if st.URL != "record" {
		t.Errorf("its address is %q", st.URL)
	}
	copied := st.clone()
	copied.Announced["z"] = true
	if st.Announced["z"] {
		t.Error("a copy shares what it holds")
	}
}

// TestARequestSurvivesTheDisk: job.json keeps what was asked for.
func TestARequestSurvivesTheDisk(t *testing.T) {
	var f File
	fill(reflect.ValueOf(&f.Request).Elem())
	f.Plan = &Plan{Omitted: []omission.Entry{omission.Of(openbis.Ref{Kind: openbis.KindDataSet, PermID: "1-2"}, "link", "")}}
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var got File
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, f) {
		t.Errorf("%+v became %+v, %v", f, got, err)
	}
	if got.Plan.Omitted[0].Message == "" {
		t.Error("a reason without words")
	}
}
