package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"image"
	_ "image/gif"  // sizes of embedded pictures
	_ "image/jpeg" // sizes of embedded pictures
	_ "image/png"  // sizes of embedded pictures
	"mime"
	"net/url"
	"strconv"
	"strings"

	"zenobis/openbis"
)

// maxPicture is what openBIS takes by default, in bytes.
const maxPicture = 10 << 20

// picture is embedded in a page.
type picture struct {
	id            int
	media         string
	data          []byte
	sum           string // SHA-256, hex
	width, height int    // pixels, 0 where the kind does not tell
}

// name is how JSON and HTML without pictures call it.
func (p *picture) name() string { return "picture-" + strconv.Itoa(p.id) }

// dataURI is the picture as an address that needs no network.
func (p *picture) dataURI() string {
	return "data:" + p.media + ";base64," + base64.StdEncoding.EncodeToString(p.data)
}

// pictures are those of one page: each is fetched once, whatever it is used for.
type pictures struct {
	fetch  func(src string) (string, []byte, error)
	list   []*picture
	bySrc  map[string]*picture // nil pictures could not be had
	bySum  map[string]*picture
	reason map[string]string
}

func newPictures(fetch func(src string) (string, []byte, error)) *pictures {
	return &pictures{fetch: fetch, bySrc: map[string]*picture{}, bySum: map[string]*picture{}, reason: map[string]string{}}
}

// get returns the picture of a source, or why there is none. The source itself
// is never told: it may hold a session.
func (s *pictures) get(src string) (*picture, string) {
	src = strings.TrimSpace(src)
	if p, ok := s.bySrc[src]; ok {
		return p, s.reason[src]
	}
	media, data, why := s.read(src)
	var p *picture
	if why == "" {
		p, why = s.keep(media, data)
	}
	s.bySrc[src], s.reason[src] = p, why
	return p, why
}

func (s *pictures) read(src string) (media string, data []byte, why string) {
	if src == "" {
		return "", nil, "it has no address"
	}
	if len(src) > 5 && strings.EqualFold(src[:5], "data:") {
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
func (s *pictures) keep(media string, data []byte) (*picture, string) {
	media, _, _ = mime.ParseMediaType(media)
	switch media {
	case "image/jpg":
		media = "image/jpeg"
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/svg+xml":
	default:
		return nil, "it is no picture that browsers show"
	}
	if len(data) == 0 || len(data) > maxPicture {
		return nil, "it is empty or larger than 10 MB"
	}
	h := sha256.Sum256(data)
	sum := hex.EncodeToString(h[:])
	if p := s.bySum[media+sum]; p != nil {
		return p, ""
	}
	p := &picture{id: len(s.list) + 1, media: media, data: data, sum: sum}
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		p.width, p.height = c.Width, c.Height
	}
	s.list = append(s.list, p)
	s.bySum[media+sum] = p
	return p, ""
}

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
