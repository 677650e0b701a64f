package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// readers are the programs that people unpack with.
var readers = []struct {
	program string
	args    []string // %s is the archive
}{
	{"unzip", []string{"-tqq", "%s"}},
	{"7z", []string{"t", "-bd", "%s"}},
	{"python3", []string{"-c", "import sys,zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)", "%s"}},
	{"java", []string{"testdata/Unzip.java", "%s"}},
}

// eachReader lets every program test the archive; those that are missing skip.
func eachReader(t *testing.T, path string, without ...string) {
	for _, r := range readers {
		t.Run(r.program, func(t *testing.T) {
			if _, err := exec.LookPath(r.program); err != nil {
				t.Skipf("%s is not installed", r.program)
			}
			for _, w := range without {
				if w == r.program {
					t.Skipf("%s can't read such an archive", w)
				}
			}
			var args []string
			for _, a := range r.args {
				if a == "%s" {
					a = path
				}
				args = append(args, a)
			}
			if out, err := exec.Command(r.program, args...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			} else if r.program == "7z" && bytes.Contains(out, []byte("WARNING")) {
				t.Errorf("7z warns:\n%s", out)
			}
		})
	}
}

func save(t *testing.T, data []byte) string {
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: left out by -short")
	}
	eachReader(t, save(t, write(t, sample())))
}

func TestReadersDescriptor(t *testing.T) {
	files := append(sample(), file{"unknown checksum", []byte("content"), true, day})
	eachReader(t, save(t, write(t, files)), "java")
}

func TestReadersManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: left out by -short")
	}
	var files []file
	for i := range 65_536 + 10 {
		files = append(files, file{fmt.Sprintf("f/%05d", i), []byte("x"), false, day})
	}
	eachReader(t, save(t, write(t, files)))
}

// TestBeyond4GiB writes two files of 4 GiB of zeros, sparse on the disk, with
// small ones between, so that sizes, offsets and the end need ZIP64.
func TestBeyond4GiB(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: left out by -short")
	}
	const size = 4<<30 + 7
	path := filepath.Join(t.TempDir(), "big.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zeros := make([]byte, 1<<20)
	crc := zeroCRC(zeros, size)
	l := Entries{
		{Name: "first", Size: 3, CRC: crc32.ChecksumIEEE([]byte("one")), Known: true, Modified: day},
		{Name: "big", Size: size, CRC: crc, Known: true, Modified: day},
		{Name: "last", Size: 3, CRC: crc32.ChecksumIEEE([]byte("two")), Known: true, Modified: day},
	}
	w := NewWriter(&sparse{f: f})
	for i, e := range l {
		if err := w.Next(e); err != nil {
			t.Fatal(err)
		}
		if e.Size == 3 {
			io.WriteString(w, []string{"one", "", "two"}[i])
			continue
		}
		for left := e.Size; left > 0; {
			n := min(left, int64(len(zeros)))
			if _, err := w.Write(zeros[:n]); err != nil {
				t.Fatal(err)
			}
			left -= n
		}
	}
	if err := w.Close(l); err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	if want, _ := Length(l); info.Size() != want {
		t.Fatalf("%d bytes, announced %d", info.Size(), want)
	}
	r, err := zip.NewReader(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	last, err := r.File[2].Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(last); string(got) != "two" || err != nil {
		t.Errorf("behind the big file: %q, %v", got, err)
	}
	if r.File[1].UncompressedSize64 != size {
		t.Errorf("size %d", r.File[1].UncompressedSize64)
	}
	if os.Getenv("ZENOBIS_TEST_BIG") == "" {
		t.Skip("other programs read 4 GiB only with ZENOBIS_TEST_BIG=1")
	}
	eachReader(t, path)
}

// zeroCRC is the CRC-32 of n zeros.
func zeroCRC(zeros []byte, n int64) (crc uint32) {
	for n > 0 {
		k := min(n, int64(len(zeros)))
		crc = crc32.Update(crc, crc32.IEEETable, zeros[:k])
		n -= k
	}
	return crc
}

// sparse writes blocks of zeros as holes.
type sparse struct {
	f  *os.File
	at int64
}

func (s *sparse) Write(p []byte) (int, error) {
	defer func() { s.at += int64(len(p)) }()
	if len(p) >= 4096 && len(bytes.Trim(p, "\x00")) == 0 {
		return len(p), s.f.Truncate(s.at + int64(len(p)))
	}
	return s.f.WriteAt(p, s.at)
}
