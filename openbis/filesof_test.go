package openbis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/wire"
)

// between changes what goes to the server and what comes back, where a listing of
// files is asked for.
type between struct {
	ask    func(body string) string
	answer func(n int, asked, body string) string // n counts the listings
	n      int
}

func (b *between) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	text := string(body)
	listing := strings.Contains(text, `"searchFiles"`)
	if listing && b.ask != nil {
		text = b.ask(text)
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	r.Header.Del("Accept-Encoding")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !listing || b.answer == nil {
		return res, err
	}
	defer res.Body.Close()
	came, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	b.n++
	changed := b.answer(b.n, text, string(came))
	res.Header.Del("Content-Length")
	res.ContentLength = -1
	res.Body = io.NopCloser(bytes.NewReader([]byte(changed)))
	if cut, ok := strings.CutSuffix(changed, "<cut>"); ok {
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader(cut), broken{}))
	}
	return res, nil
}

// broken is a connection that breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// What is told of each data set is right whatever a store does with a listing of many:
// forgets one, names one too many, breaks off, refuses once, says nothing in its errors.
func TestFilesOfFromAStoreWithMoods(t *testing.T) {
	l, all := shelfLab()
	s := openbistest.Start(t, openbistest.Options{Lab: l, NoCompression: true})
	several := func(body string) bool { return strings.Count(body, `"SET-`) > 1 }
	message := regexp.MustCompile(`"message":"[^"]*"`)
	refusal := func(asked string) string {
		id := regexp.MustCompile(`"id":"(\d+)"`).FindStringSubmatch(asked)[1]
		return `{"jsonrpc":"2.0","id":"` + id + `","error":{"code":0,"message":"no","data":{"message":"no"}}}`
	}
	for name, c := range map[string]struct {
		between
		failed []string
	}{
		"forgets one of many": {between: between{ask: func(body string) string {
			if several(body) {
				body = strings.Replace(body, `"`+all[9]+`",`, "", 1)
			}
			return body
		}}},
		"names one too many": {between: between{ask: func(body string) string {
			return strings.Replace(body, `"`+all[2]+`"`, `"`+all[2]+`","`+all[30]+`"`, 1)
		}}},
		"breaks off in the middle": {between: between{answer: func(n int, _, body string) string {
			if n == 1 {
				return body[:len(body)/2] + "<cut>"
			}
			return body
		}}},
		"refuses each one once": {between: between{answer: func() func(int, string, string) string {
			seen := map[string]bool{}
			return func(_ int, asked, body string) string {
				if several(asked) {
					return refusal(asked)
				}
				key := asked[strings.Index(asked, `"SET-`):]
				if key = key[:8]; !seen[key] {
					seen[key] = true
					return refusal(asked)
				}
				return body
			}
		}()}},
		"refuses one, without a word": {between: between{answer: func(_ int, asked, body string) string {
			if strings.Contains(asked, `"`+all[4]+`"`) {
				return message.ReplaceAllString(refusal(asked), `"message":null`)
			}
			return body
		}}, failed: all[4:5]},
	} {
		t.Run(name, func(t *testing.T) {
			asked := all[:20]
			b := c.between
			cl, err := openbis.New(openbis.Options{URL: s.URL, HTTP: &http.Client{Transport: &b}, Retry: &wire.Retry{Sleep: func(context.Context, time.Duration) error { return nil }}})
			if err != nil {
				t.Fatal(err)
			}
			if err := cl.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
			got := &shelf{files: map[string][]string{}}
			failed, err := cl.FilesOf(t.Context(), openbis.DataStore{Code: "DSS1", URL: s.URL}, asked, got)
			if err != nil {
				t.Fatal(err)
			}
			if names := slices.Sorted(maps.Keys(failed)); !slices.Equal(names, c.failed) {
				t.Errorf("failed %v, want %v", failed, c.failed)
			}
			for _, d := range c.failed {
				if errors.Is(failed[d], openbis.ErrNotFound) {
					t.Errorf("%s was refused, and is told to be missing: %v", d, failed[d])
				}
			}
			for _, d := range asked {
				var want []string
				for _, p := range s.FilePaths(d) {
					crc, size, _ := s.FileCRC(d, p)
					want = append(want, fmt.Sprintf("%s %d %08x %t", p, size, crc, true))
				}
				if !slices.Contains(c.failed, d) && !slices.Equal(got.files[d], want) {
					t.Errorf("%s: %v, want %v", d, got.files[d], want)
				}
			}
			if files, ok := got.files[all[30]]; ok {
				t.Errorf("nobody asked for %s: %v", all[30], files)
			}
		})
	}
}
