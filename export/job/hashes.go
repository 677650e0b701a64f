package job

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"zenobis/disk"
	"zenobis/safetext"
)

// Hashes keeps the SHA-256 and CRC-32 of every data file that was sent: one file
// for each package, of records in the order of their index, so that a million
// of them need no memory. A package's hashes are kept
// once it has been sent as a whole; until then they are in a temporary file,
// which is where the manifest of the same package reads them.
type Hashes struct {
	dir  string
	disk disk.Writer

	mu   sync.Mutex
	pkg  string // being sent
	tmp  *os.File
	buf  *bufio.Writer
	n    int
	last int

	open    *os.File // read from last
	openPkg string
	openN   int
	page    []byte
	pageAt  int // index of the first record in page
	reads   int // of pages
}

// HashSize is what the hashes of one file take on the disk: index, CRC-32 and SHA-256.
const HashSize = 4 + 4 + sha256.Size

// ReadHashes are the hashes in a job's folder, for reading alone.
func ReadHashes(dir string) *Hashes { return &Hashes{dir: filepath.Join(dir, hashesName)} }

// OpenHashes opens the hashes in a job's folder, for sending.
func OpenHashes(dir string) (*Hashes, error) {
	d := filepath.Join(dir, hashesName)
	if err := os.MkdirAll(d, 0o700); err != nil {
		return nil, disk.Full(err)
	}
	return &Hashes{dir: d}, nil
}

func (h *Hashes) path(pkg string) string {
	sum := sha256.Sum256([]byte(pkg)) // record files have any name
	return filepath.Join(h.dir, hex.EncodeToString(sum[:12]))
}

// Begin starts a package from nothing.
func (h *Hashes) Begin(pkg string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop()
	f, err := disk.Open(h.path(pkg)+".part", os.O_CREATE|os.O_TRUNC|os.O_RDWR)
	if err != nil {
		return fmt.Errorf("keep hashes: %w", disk.Full(err))
	}
	h.pkg, h.tmp, h.buf, h.n, h.last = pkg, f, bufio.NewWriterSize(f, 64<<10), 0, -1
	return nil
}

// drop forgets what is being written and what is being read.
func (h *Hashes) drop() {
	if h.tmp != nil {
		h.tmp.Close()
		h.tmp = nil
	}
	h.pkg, h.buf = "", nil
	h.dropOpen()
}

func (h *Hashes) dropOpen() {
	if h.open != nil {
		h.open.Close()
		h.open = nil
	}
	h.openPkg, h.page = "", nil
}

// Put notes a file of the package that was begun, in the order of the indexes.
func (h *Hashes) Put(pkg string, index int, sum string, crc uint32) error {
	var rec [HashSize]byte
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) != sha256.Size {
		return errors.New("keep hashes: not a SHA-256")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if pkg != h.pkg || index <= h.last {
		return fmt.Errorf("keep hashes: entry %d of %s is out of turn", index, safetext.Quote(pkg))
	}
	binary.LittleEndian.PutUint32(rec[0:], uint32(index))
	binary.LittleEndian.PutUint32(rec[4:], crc)
	copy(rec[8:], raw)
	if _, err := h.buf.Write(rec[:]); err != nil {
		return fmt.Errorf("keep hashes: %w", disk.Full(err))
	}
	h.n, h.last = h.n+1, index
	return nil
}

// Seal keeps the hashes of the package that was begun, through a power cut.
func (h *Hashes) Seal() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tmp == nil {
		return errors.New("keep hashes: nothing was begun")
	}
	defer h.drop()
	err := h.buf.Flush()
	if err == nil {
		err = h.disk.Place(h.tmp, h.path(h.pkg))
	}
	if err != nil {
		return fmt.Errorf("keep hashes of %s: %w", safetext.Quote(h.pkg), disk.Full(err))
	}
	return nil
}

// Count is how many hashes of a finished package are kept.
func (h *Hashes) Count(pkg string) int {
	info, err := os.Stat(h.path(pkg))
	if err != nil || info.Size()%HashSize != 0 {
		return 0
	}
	return int(info.Size() / HashSize)
}

// Get returns the SHA-256 (hex) and CRC-32 of a file that was sent.
func (h *Hashes) Get(pkg string, index int) (string, uint32, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.n
	f := h.tmp
	if pkg != h.pkg {
		if err := h.reopen(pkg); err != nil {
			return "", 0, false
		}
		f, n = h.open, h.openN
	} else if h.openPkg != "" {
		h.dropOpen() // the page is another package's; of its own what was read stays true
	}
	if h.buf != nil && pkg == h.pkg && h.buf.Flush() != nil {
		return "", 0, false
	}
	lo, hi := 0, n
	next := h.pageAt + len(h.page)/HashSize // mostly they are asked for in order
	for lo < hi {
		mid := (lo + hi) / 2
		if at := h.inPage(index); at >= 0 {
			mid = at
		} else if lo < next && next < hi {
			mid, next = next, 0
		}
		rec, err := h.record(f, mid, n)
		if err != nil {
			return "", 0, false
		}
		switch at := int(binary.LittleEndian.Uint32(rec)); {
		case at == index:
			return hex.EncodeToString(rec[8:]), binary.LittleEndian.Uint32(rec[4:]), true
		case at < index:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return "", 0, false
}

// inPage finds an index in the page that was read last, or returns -1.
func (h *Hashes) inPage(index int) int {
	lo, hi := 0, len(h.page)/HashSize
	for lo < hi {
		mid := (lo + hi) / 2
		switch at := int(binary.LittleEndian.Uint32(h.page[mid*HashSize:])); {
		case at == index:
			return h.pageAt + mid
		case at < index:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return -1
}

// record reads the i-th record, a page at a time.
func (h *Hashes) record(f *os.File, i, n int) ([]byte, error) {
	const page = 256
	if i < h.pageAt || i >= h.pageAt+len(h.page)/HashSize {
		h.reads++
		buf := make([]byte, min(page, n-i)*HashSize)
		if _, err := f.ReadAt(buf, int64(i)*HashSize); err != nil {
			return nil, err
		}
		h.page, h.pageAt = buf, i
	}
	at := (i - h.pageAt) * HashSize
	return h.page[at : at+HashSize], nil
}

func (h *Hashes) reopen(pkg string) error {
	if h.openPkg == pkg && h.open != nil {
		return nil
	}
	h.dropOpen()
	f, err := disk.Open(h.path(pkg), os.O_RDONLY)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size()%HashSize != 0 {
		err = fs.ErrInvalid
	}
	if err != nil {
		f.Close()
		return err
	}
	h.open, h.openPkg, h.openN = f, pkg, int(info.Size()/HashSize)
	return nil
}

// Close ends the use; what was not sealed is lost.
func (h *Hashes) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop()
}
