package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // sizes of embedded pictures
	_ "image/jpeg" // sizes of embedded pictures
	_ "image/png"  // sizes of embedded pictures
	"mime"
	"net/url"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
)

// picture is embedded in a page, and a file beside it.
type picture struct {
	id            int
	media         string
	data          []byte
	sum           string // SHA-256, hex
	hash          string // of its address
	width, height int    // pixels, 0 where the kind does not tell
}

// name is how it is called, after its place among the pictures of its page and its
// address in openBIS.
func (p *picture) name() string { return fmt.Sprintf("picture-%d-%s", p.id, p.hash) }

// extension is that of its file.
func (p *picture) extension() string { return names.PictureExtension(p.media) }

// path is where it lies: beside its page.
func (p *picture) path(page string) string { return page + "." + p.name() + "." + p.extension() }

// PictureOf tells whether a file beside the pages is the picture of an address, and
// its media type.
func PictureOf(file, page, src string) (mediaType string, ok bool) {
	for _, media := range names.PictureTypes() {
		p := picture{media: media, hash: addressHash(src)}
		if strings.HasPrefix(file, page+".picture-") && strings.HasSuffix(file, "-"+p.hash+"."+p.extension()) {
			return media, true
		}
	}
	return "", false
}

// dataURI is the picture as an address that needs no network.
func (p *picture) dataURI() string {
	return "data:" + p.media + ";base64," + base64.StdEncoding.EncodeToString(p.data)
}

// pictures are those of one page: each is fetched once, whatever it is used for.
type pictures struct {
	fetch  func(src string) (string, []byte, error)
	list   []*picture
	bySrc  map[string]*picture // by hash of the address; nil pictures could not be had
	reason map[string]string
}

func newPictures(fetch func(src string) (string, []byte, error)) *pictures {
	return &pictures{fetch: fetch, bySrc: map[string]*picture{}, reason: map[string]string{}}
}

// addressHash is the hash of an address, whatever session stands in it.
func addressHash(src string) string {
	src = strings.TrimSpace(src)
	if !isDataURI(src) {
		src, _, _ = strings.Cut(src, "?")
	}
	return names.Hash(src, 8)
}

// number is the picture of a source among those of the page, 0 and why where there
// is none. The source itself is never told: it may hold a session.
func (s *pictures) number(src string) (int, string) {
	key := addressHash(src)
	p, known := s.bySrc[key]
	if !known {
		media, data, why := s.read(strings.TrimSpace(src))
		if why == "" {
			p, why = s.keep(media, data, key)
		}
		s.bySrc[key], s.reason[key] = p, why
	}
	if p == nil {
		return 0, s.reason[key]
	}
	return p.id, ""
}

// file is the path of a source's picture from the page, "" where there is none.
func (s *pictures) file(page, src string) string {
	n, _ := s.number(src)
	if n == 0 {
		return ""
	}
	return names.Href(page, s.list[n-1].path(page))
}

func (s *pictures) read(src string) (media string, data []byte, why string) {
	if src == "" {
		return "", nil, "it has no address"
	}
	if isDataURI(src) {
		if media, data, ok := decodeDataURI(src); ok {
			return media, data, ""
		}
		return "", nil, "it is not readable"
	}
	if s.fetch == nil {
		return "", nil, "it was not fetched"
	}
	media, data, err := s.fetch(src)
	switch {
	case errors.Is(err, openbis.ErrDenied):
		return "", nil, "it lies on another server"
	case errors.Is(err, openbis.ErrNoBytes):
		return "", nil, "it is gone"
	case err != nil:
		return "", nil, "it could not be read"
	}
	return media, data, ""
}

// keep takes a picture of a kind that every browser draws.
func (s *pictures) keep(media string, data []byte, hash string) (*picture, string) {
	media, _, _ = mime.ParseMediaType(media)
	if media == "image/jpg" {
		media = "image/jpeg"
	}
	if names.PictureExtension(media) == "" {
		return nil, "it is no picture that browsers show"
	}
	if len(data) == 0 || len(data) > openbis.MaxImage {
		return nil, "it is empty or larger than 10 MB"
	}
	h := sha256.Sum256(data)
	sum := hex.EncodeToString(h[:])
	p := &picture{id: len(s.list) + 1, media: media, data: data, sum: sum, hash: hash}
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		p.width, p.height = c.Width, c.Height
	}
	s.list = append(s.list, p)
	return p, ""
}

func isDataURI(src string) bool { return len(src) > 5 && strings.EqualFold(src[:5], "data:") }

// decodeDataURI reads a picture that stands in the text itself (RFC 2397).
func decodeDataURI(src string) (media string, data []byte, ok bool) {
	head, body, found := strings.Cut(src[len("data:"):], ",")
	if !found {
		return "", nil, false
	}
	media, _, _ = strings.Cut(head, ";")
	body, err := url.PathUnescape(body)
	if err != nil {
		return "", nil, false
	}
	if !strings.Contains(strings.ToLower(head), ";base64") {
		return strings.ToLower(media), []byte(body), true
	}
	body = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, body)
	data, err = base64.RawStdEncoding.DecodeString(body)
	return strings.ToLower(media), data, err == nil
}
