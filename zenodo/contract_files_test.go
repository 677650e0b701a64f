package zenodo_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"zenobis/zenodo"
)

func testFiles(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	if list, err := c.Files(ctx, r.ID); err != nil || len(list) != 0 {
		t.Fatalf("no files yet: %v, %v", list, err)
	}
	data := content(300_000)
	got, err := c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: "z.bin", Size: 300_000}, {Key: "b.txt", Size: 8}, {Key: "a.txt", Size: 1}})
	if err != nil || len(got) != 3 || got[0].Key != "z.bin" || got[1].Key != "b.txt" || got[0].Size != 300_000 || got[0].Status != "pending" ||
		got[0].MD5 != "" {
		t.Fatalf("announced, in order: %+v, %v", got, err)
	}
	put(t, ctx, c, r.ID, "z.bin", data)
	if f, ok := entry(t, ctx, c, r.ID, "z.bin"); !ok || f.Completed() {
		t.Errorf("pending until the commit: %+v", f)
	}
	f := commit(t, ctx, c, r.ID, "z.bin")
	if !f.Completed() || f.Size != 300_000 || f.MD5 != sum(data) {
		t.Errorf("committed: %+v, want md5 %s", f, sum(data))
	}
	// Committing again is harmless, but a server that is just reading the file's kind
	// refuses it with 500: the engine looks before it does anything, here it is asked again.
	for try := 1; ; try++ {
		f, err := c.Commit(ctx, r.ID, "z.bin")
		var e *zenodo.APIError
		if err != nil && errors.As(err, &e) && e.Status == 500 && try < 5 {
			time.Sleep(time.Second)
			continue
		}
		if err != nil || f.MD5 != sum(data) {
			t.Errorf("committing again is harmless: %+v, %v", f, err)
		}
		break
	}
	// The announced size is never verified, and replaced by the real one.
	put(t, ctx, c, r.ID, "a.txt", []byte("12345678"))
	if f := commit(t, ctx, c, r.ID, "a.txt"); f.Size != 8 {
		t.Errorf("real size: %+v", f)
	}
	d, err := c.Draft(ctx, r.ID)
	if err != nil || d.TotalBytes != 300_008 || d.FileCount != 3 {
		t.Errorf("draft counts committed bytes and all files: %d bytes, %d files, %v", d.TotalBytes, d.FileCount, err)
	}
	if d.Revision != r.Revision {
		t.Errorf("files don't change the revision: %d -> %d", r.Revision, d.Revision)
	}
	_, err = c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: "new.txt"}, {Key: "b.txt"}})
	if e := want(t, "announce a name twice", err, zenodo.ErrInvalid); !strings.Contains(e.Message, "File with key b.txt already exists.") {
		t.Errorf("announce a name twice: %v", e)
	}
	if _, ok := entry(t, ctx, c, r.ID, "new.txt"); ok {
		t.Error("all or none are announced")
	}
	if err := c.DeleteFile(ctx, r.ID, "z.bin"); err != nil {
		t.Fatal(err)
	}
	want(t, "delete again", c.DeleteFile(ctx, r.ID, "z.bin"), zenodo.ErrNotFound)
	if f := send(t, ctx, c, r.ID, "z.bin", data[:100]); f.Size != 100 || f.MD5 != sum(data[:100]) {
		t.Errorf("a deleted name can be used again: %+v", f)
	}
	// Content sent twice before the commit: the second replaces the first.
	put(t, ctx, c, r.ID, "b.txt", []byte("first"))
	put(t, ctx, c, r.ID, "b.txt", []byte("second!"))
	if f := commit(t, ctx, c, r.ID, "b.txt"); f.MD5 != sum([]byte("second!")) {
		t.Errorf("sent twice: %+v", f)
	}
	if a := b.raw(t, b.token, "POST", draftPath(r.ID)+"/files", nil, map[string]string{"key": "x"}); a.status != 400 {
		t.Errorf("an object instead of a list: %d", a.status)
	}
}

func testNames(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	keys := []string{
		"run 1/raw.tar",
		"Größe–測定.txt",
		"100%25.txt",
		`a\b`,
		`q"'<>|*:;?#&+.txt`,
		"x/content",
		"e\u0301",
		"\u00e9",
		strings.Repeat("é", 255),
		"..x",
		".hidden",
		"a..b",
		"~[]{}^`!$@=,()",
	}
	var init []zenodo.FileInit
	for _, k := range keys {
		init = append(init, zenodo.FileInit{Key: k, Size: int64(len(k))})
	}
	announce(t, ctx, c, r.ID, init...)
	for _, k := range keys {
		put(t, ctx, c, r.ID, k, []byte(k))
		if f := commit(t, ctx, c, r.ID, k); f.Key != k || f.MD5 != sum([]byte(k)) {
			t.Errorf("%q: %+v", k, f)
		}
	}
	list, err := c.Files(ctx, r.ID)
	if err != nil || len(list) != len(keys) {
		t.Errorf("%d of %d files, %v", len(list), len(keys), err)
	}
	for _, k := range keys {
		if err := c.DeleteFile(ctx, r.ID, k); err != nil {
			t.Errorf("delete %q: %v", k, err)
		}
	}
}

func testBadNames(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	bad := []string{
		"",
		"../x",
		"..",
		".",
		"a/../b",
		"a//b",
		"./y",
		"/lead",
		"trail/",
		"line\nfeed",
		"nul\x00",
		strings.Repeat("x", 256),
		"bad\xff",
	}
	for _, k := range bad {
		_, err := c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: k}})
		want(t, fmt.Sprintf("announce %.20q", k), err, zenodo.ErrInvalid)
		want(t, fmt.Sprintf("put %.20q", k), c.Put(ctx, r.ID, k, 1, strings.NewReader("x")), zenodo.ErrInvalid)
		_, err = c.Commit(ctx, r.ID, k)
		want(t, fmt.Sprintf("commit %.20q", k), err, zenodo.ErrInvalid)
		want(t, fmt.Sprintf("delete %.20q", k), c.DeleteFile(ctx, r.ID, k), zenodo.ErrInvalid)
	}
	if !b.exceed {
		return
	}
	// Why they are refused: announced they can be, but never sent, and but for
	// the trailing slash never deleted.
	for _, k := range []string{"../x", "a//b", "./y", "/lead", "trail/"} {
		if a := b.raw(t, b.token, "POST", draftPath(r.ID)+"/files", nil, []map[string]string{{"key": k}}); a.status != 201 {
			t.Errorf("announce %q: %d %.200s", k, a.status, a.text)
		}
		enc := strings.ReplaceAll(url.PathEscape(k), "/", "%2F")
		if a := b.raw(t, b.token, "PUT", draftPath(r.ID)+"/files/"+enc+"/content", nil, []byte("abc")); a.status != 404 {
			t.Errorf("send %q: %d %.200s", k, a.status, a.text)
		}
		if a := b.raw(t, b.token, "DELETE", draftPath(r.ID)+"/files/"+enc, nil, nil); a.status < 400 && k != "trail/" {
			t.Errorf("delete %q: %d %.200s", k, a.status, a.text)
		}
	}
	long := strings.Repeat("a", 256)
	b.raw(t, b.token, "POST", draftPath(r.ID)+"/files", nil, []map[string]string{{"key": long}})
	if a := b.raw(t, b.token, "PUT", draftPath(r.ID)+"/files/"+long+"/content", nil, []byte("abc")); a.status != 400 ||
		!strings.Contains(a.text, "Filename is too long.") {
		t.Errorf("long name: %d %.200s", a.status, a.text)
	}
}

func testEmptyFiles(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "empty"})
	if err := c.Put(ctx, r.ID, "empty", 0, strings.NewReader("")); err != nil {
		t.Fatalf("the content of an empty file is taken: %v", err)
	}
	_, err := c.Commit(ctx, r.ID, "empty")
	if err == nil && b.kind != zenodo.KindZenodo {
		t.Skip("this instance allows empty files")
	}
	if e := want(t, "commit", err, zenodo.ErrNoContent); !strings.Contains(e.Message, "Empty files are not accepted.") || e.Status != 400 {
		t.Errorf("commit: %v", e)
	}
	put(t, ctx, c, r.ID, "empty", []byte("now it has some"))
	commit(t, ctx, c, r.ID, "empty")
}

func testCommitNothing(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.txt", Size: 3})
	_, err := c.Commit(ctx, r.ID, "a.txt")
	want(t, "commit before the content", err, zenodo.ErrNoContent)
	if f, ok := entry(t, ctx, c, r.ID, "a.txt"); !ok || f.Status != "pending" {
		t.Errorf("the entry stays: %+v", f)
	}
	if a := b.raw(t, b.token, "GET", draftPath(r.ID)+"/files/a.txt/content", map[string]string{"Accept": "*/*"}, nil); a.status != 500 {
		t.Errorf("reading what isn't there: %d %.200s", a.status, a.text)
	}
	put(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	commit(t, ctx, c, r.ID, "a.txt")
	_, err = c.Commit(ctx, r.ID, "unknown")
	want(t, "commit an unknown file", err, zenodo.ErrNotFound)
}

func testPutCommitted(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	e := want(t, "put again", c.Put(ctx, r.ID, "a.txt", 8, stream([]byte("12345678"))), zenodo.ErrEntryGone)
	if e.Status != 200 || !strings.Contains(e.Message, "File upload transfer failed.") {
		t.Errorf("put again: %v", e)
	}
	if f, ok := entry(t, ctx, c, r.ID, "a.txt"); ok {
		t.Errorf("the committed file is gone: %+v", f)
	}
	big := 1 << 20
	if b.exceed {
		big = 20e6 // the answer comes while the body is on its way
	}
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	want(t, "put much again", c.Put(ctx, r.ID, "a.txt", int64(big), stream(content(big))), zenodo.ErrEntryGone)
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
}

func testRefusedPut(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin"})
	sizes := []int{1, 1 << 10, 2 << 20}
	if b.exceed {
		sizes = append(sizes, 40e6)
	}
	for _, n := range sizes {
		data := content(n)
		want(t, fmt.Sprintf("unknown file, %d bytes", n), c.Put(ctx, r.ID, "unknown", int64(n), stream(data)), zenodo.ErrNotFound)
		want(
			t,
			fmt.Sprintf("wrong token, %d bytes", n),
			b.client(t, strings.Repeat("y", 60)).Put(ctx, r.ID, "a.bin", int64(n), stream(data)),
			zenodo.ErrToken,
		)
	}
	if f, ok := entry(t, ctx, c, r.ID, "a.bin"); !ok || f.Status != "pending" {
		t.Errorf("a refused upload changes nothing: %+v", f)
	}
	send(t, ctx, c, r.ID, "b.bin", content(1000))
}

func testNoLength(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.txt", Size: 8})
	chunked := struct{ io.Reader }{strings.NewReader("12345678")} // no length known: sent in chunks
	if a := b.raw(t, b.token, "PUT", draftPath(r.ID)+"/files/a.txt/content", map[string]string{"Content-Type": "application/octet-stream"}, chunked); a.status != 200 {
		t.Errorf("chunks: %d %.200s", a.status, a.text)
	}
	if _, err := c.Commit(ctx, r.ID, "a.txt"); err != nil {
		want(t, "chunks are stored as nothing", err, zenodo.ErrNoContent)
	} else if b.exceed {
		t.Error("chunks were stored")
	}
	if f, _ := entry(t, ctx, c, r.ID, "a.txt"); !f.Completed() {
		put(t, ctx, c, r.ID, "a.txt", []byte("12345678"))
		commit(t, ctx, c, r.ID, "a.txt")
	}
}

func testDeleteAll(t *testing.T, b bench) {
	if !b.exceed {
		t.Skip("spoils a draft")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	send(t, ctx, c, r.ID, "a.txt", []byte("abc"))
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "b.txt"})
	if a := b.raw(t, b.token, "DELETE", draftPath(r.ID)+"/files", nil, nil); a.status != 204 {
		t.Fatalf("delete all: %d", a.status)
	}
	for _, k := range []string{"a.txt", "b.txt"} {
		_, err := c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: k}})
		if e := want(t, "announce "+k, err, zenodo.ErrUnavailable); e.Status != 500 {
			t.Errorf("announce %s: %v", k, e)
		}
	}
	send(t, ctx, c, r.ID, "other.txt", []byte("abc"))
}

func testManyFiles(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	var files []zenodo.FileInit
	for i := range 101 {
		files = append(files, zenodo.FileInit{Key: fmt.Sprintf("f%03d.txt", i), Size: 4})
	}
	_, err := c.InitFiles(ctx, r.ID, files)
	if e := want(t, "101 files", err, zenodo.ErrTooMany); e.Status != 400 {
		t.Errorf("101 files: %v", e)
	}
	if list, err := c.Files(ctx, r.ID); err != nil || len(list) != 0 {
		t.Errorf("none is added: %d, %v", len(list), err)
	}
	if !b.exceed {
		return
	}
	got, err := c.InitFiles(ctx, r.ID, files[:100])
	if err != nil || len(got) != 100 || got[99].Key != "f099.txt" {
		t.Fatalf("100 files: %d, %v", len(got), err)
	}
	_, err = c.InitFiles(ctx, r.ID, files[100:])
	want(t, "one more", err, zenodo.ErrTooMany)
	if err := c.DeleteFile(ctx, r.ID, "f007.txt"); err != nil {
		t.Fatal(err)
	}
	announce(t, ctx, c, r.ID, files[100:]...)
}

func testQuota(t *testing.T, b bench) {
	if b.quota == 0 || b.quota > 200e6 || !b.exceed {
		t.Skip("no small quota")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a"}, zenodo.FileInit{Key: "b"})
	big := content(int(b.quota) + 1)
	begin := time.Now()
	e := want(t, "above the quota", c.Put(ctx, r.ID, "a", b.quota+1, stream(big)), zenodo.ErrQuota)
	if e.Status != 400 || time.Since(begin) > 5*time.Second {
		t.Errorf("refused at once: %v after %v", e, time.Since(begin))
	}
	if f, ok := entry(t, ctx, c, r.ID, "a"); !ok || f.Status != "pending" {
		t.Errorf("the entry stays: %+v", f)
	}
	n := int(b.quota * 6 / 10)
	put(t, ctx, c, r.ID, "a", big[:n])
	commit(t, ctx, c, r.ID, "a")
	want(t, "more than is left", c.Put(ctx, r.ID, "b", int64(n), stream(big[:n])), zenodo.ErrQuota)
	put(t, ctx, c, r.ID, "b", big[:int(b.quota)-n])
	commit(t, ctx, c, r.ID, "b")
	if err := c.DeleteFile(ctx, r.ID, "a"); err != nil {
		t.Fatal(err)
	}
	if f := send(t, ctx, c, r.ID, "c", big[:n]); f.MD5 != sum(big[:n]) {
		t.Errorf("deleting a committed file gives its bytes back: %+v", f)
	}
}

// testBodyLimit sends more than the server takes in one request: that is no
// quota. At the limit itself the quota speaks.
func testBodyLimit(t *testing.T, b bench) {
	if b.body == 0 {
		t.Skip("no limit for one request is known here")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a"})
	e := want(t, "at the limit", c.Put(ctx, r.ID, "a", b.body, io.LimitReader(nothing{}, b.body)), zenodo.ErrQuota)
	if e.Status != 400 {
		t.Errorf("at the limit: status %d", e.Status)
	}
	e = want(t, "above the limit", c.Put(ctx, r.ID, "a", b.body+1, io.LimitReader(nothing{}, b.body+1)), zenodo.ErrBodyLimit)
	if e.Status != 413 {
		t.Errorf("above the limit: status %d", e.Status)
	}
}

// nothing is endless zeros.
type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func testQuotaLeak(t *testing.T, b bench) {
	if b.quota == 0 || b.quota > 200e6 || !b.exceed {
		t.Skip("no small quota")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	n := int(b.quota * 6 / 10)
	data := content(n)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a"}, zenodo.FileInit{Key: "b"})
	put(t, ctx, c, r.ID, "a", data)
	if err := c.DeleteFile(ctx, r.ID, "a"); err != nil { // without a commit: its bytes stay counted
		t.Fatal(err)
	}
	want(t, "never committed, deleted, still counted", c.Put(ctx, r.ID, "b", int64(n), stream(data)), zenodo.ErrQuota)

	r = b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a"}, zenodo.FileInit{Key: "b"})
	put(t, ctx, c, r.ID, "a", data)
	want(t, "the same pending file again", c.Put(ctx, r.ID, "a", int64(n), stream(data)), zenodo.ErrQuota)
	commit(t, ctx, c, r.ID, "a") // what was sent first
	if err := c.DeleteFile(ctx, r.ID, "a"); err != nil {
		t.Fatal(err)
	}
	put(t, ctx, c, r.ID, "b", data) // commit, then delete: given back
	commit(t, ctx, c, r.ID, "b")
}
