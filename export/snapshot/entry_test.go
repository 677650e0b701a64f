package snapshot

import "testing"

func FuzzEntryLine(f *testing.F) {
	f.Add("LAB/P/a\tb\n\\.txt", "a\tb\n\\.txt", "20250301-1", int64(5), uint32(7), int64(1), false, true)
	f.Add("x\xff", "", "", int64(1<<40), uint32(1<<31), int64(-5), true, false)
	f.Fuzz(func(t *testing.T, name, path, set string, size int64, crc uint32, at int64, page, unknown bool) {
		if size < 0 {
			size = -(size + 1)
		}
		e := Entry{N: name, S: size, C: crc, T: at, U: unknown, Page: page}
		if page {
			e.H, e.At = "ab12", Span{Off: size, Len: 7}
		} else {
			e.D, e.R = set, 3
			e.SetPath(path)
		}
		line := e.AppendLine(nil)
		for _, c := range line[:len(line)-1] {
			if c == '\n' {
				t.Fatalf("line feed within %q", line)
			}
		}
		var got Entry
		if err := got.ParseLine(line[:len(line)-1]); err != nil || got != e || got.Path() != path && !page {
			t.Errorf("%+v became %+v: %v", e, got, err)
		}
	})
}

func FuzzParseEntryLine(f *testing.F) {
	f.Add([]byte("pu\t1\t2\t3\t4\t5\tabc\tname"))
	f.Add([]byte("\t1\t2\t3\t0\t2\tset\tpath\tname"))
	f.Fuzz(func(_ *testing.T, line []byte) {
		var e Entry
		if e.ParseLine(line) == nil {
			_ = e.Path()
		}
	})
}
