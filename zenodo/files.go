package zenodo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"zenobis/safetext"
	"zenobis/wire"
)

// MaxKey is how many characters a file's name may have.
const MaxKey = 255

// checkKey refuses names that the server lets one announce but never fill or
// delete: its front resolves "..", "." and "//" in addresses, encoded or not.
// Such an entry would block publishing for good (docs/zenodo-api.md, Limits and names).
func checkKey(key string) error {
	why := ""
	switch {
	case key == "":
		why = "is empty"
	case !utf8.ValidString(key):
		why = "is not UTF-8"
	case utf8.RuneCountInString(key) > MaxKey:
		why = fmt.Sprintf("has more than %d characters", MaxKey)
	case strings.ContainsFunc(key, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
		why = "holds control characters"
	case strings.HasPrefix(key, "/"), strings.HasSuffix(key, "/"):
		why = "begins or ends with a slash"
	default:
		for _, part := range strings.Split(key, "/") {
			switch part {
			case "":
				why = "holds an empty folder name"
			case ".", "..":
				why = "holds the folder name " + part
			}
		}
	}
	if why == "" {
		return nil
	}
	return &APIError{Op: "file name", Kind: ErrInvalid, Message: fmt.Sprintf("%q %s", short(key, 80), why)}
}

// filePath is the address of a file of a draft.
func filePath(id, key string) string { return draftPath(id) + "/files/" + wire.EscapePath(key) }

// checkFile checks what names a file of a record.
func checkFile(op, id, key string) error {
	if err := checkID(op, id); err != nil {
		return err
	}
	if err := checkKey(key); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// InitFiles announces files in one call and returns their entries in the same
// order. All or none are added: ErrTooMany above the record's number, ErrInvalid
// when a key exists. The announced sizes are never verified by the server.
func (c *Client) InitFiles(ctx context.Context, id string, files []FileInit) ([]FileEntry, error) {
	const op = "announce files"
	if err := checkID(op, id); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, nil
	}
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		if err := checkFile(op, id, f.Key); err != nil {
			return nil, err
		}
		if seen[f.Key] {
			return nil, &APIError{Op: op, Kind: ErrInvalid, Message: fmt.Sprintf("%q is named twice", safetext.Line(f.Key))}
		}
		seen[f.Key] = true
	}
	var list wireFiles
	err := c.json(ctx, call{op: op, method: http.MethodPost, path: draftPath(id) + "/files", body: files, timeout: 2 * c.o.CallTimeout}, &list)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]FileEntry, len(list.Entries)) // all files of the draft, in no order
	for _, e := range list.Entries {
		byKey[e.Key] = e.entry()
	}
	out := make([]FileEntry, 0, len(files))
	for _, f := range files {
		e, ok := byKey[f.Key]
		if !ok {
			return nil, &APIError{
				Op:      op,
				Status:  http.StatusCreated,
				Kind:    ErrNotInvenio,
				Message: fmt.Sprintf("%q is missing in the answer", safetext.Line(f.Key)),
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// Files lists the files of a draft.
func (c *Client) Files(ctx context.Context, id string) ([]FileEntry, error) {
	const op = "list files of draft"
	if err := checkID(op, id); err != nil {
		return nil, err
	}
	return c.files(ctx, call{op: op, method: http.MethodGet, path: draftPath(id) + "/files"})
}

func (c *Client) files(ctx context.Context, k call) ([]FileEntry, error) {
	var list struct {
		Entries *[]wireFile `json:"entries"`
	}
	k.has = "entries"
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	if decode(a.body, &list) != nil || list.Entries == nil {
		return nil, c.notInvenio(k.op, a)
	}
	out := make([]FileEntry, 0, len(*list.Entries))
	for _, e := range *list.Entries {
		out = append(out, e.entry())
	}
	return out, nil
}

// Commit completes a file after its content was sent; only then are its size
// and MD5 known. ErrNoContent: nothing is stored, send it (again). ErrNotFound:
// the entry is gone, announce it again. Committing twice is harmless. Commit
// before deleting even a wrong file: content that was never committed stays
// counted in the quota (docs/zenodo-api.md, Files).
func (c *Client) Commit(ctx context.Context, id, key string) (FileEntry, error) {
	const op = "commit file"
	if err := checkFile(op, id, key); err != nil {
		return FileEntry{}, err
	}
	var w wireFile
	a, err := c.do(ctx, call{op: op, method: http.MethodPost, path: filePath(id, key) + "/commit", timeout: c.o.AnswerTimeout})
	var refused *APIError
	if errors.As(err, &refused) {
		// A commit without content ends in the application's own 500; a proxy's
		// page says nothing about it.
		if refused.Status == http.StatusInternalServerError && !refused.page ||
			strings.Contains(refused.Message, "Empty files are not accepted") {
			refused.Kind = ErrNoContent
		}
	}
	if err != nil {
		return FileEntry{}, err
	}
	if decode(a.body, &w) != nil || w.Key == "" {
		return FileEntry{}, c.notInvenio(op, a)
	}
	return w.entry(), nil
}

// DeleteFile deletes one file of a draft. There is no call here that deletes all:
// it would make their names unusable in the draft for good (docs/zenodo-api.md,
// Files). A committed file's deletion waits for a running upload of the same
// draft.
func (c *Client) DeleteFile(ctx context.Context, id, key string) error {
	const op = "delete file"
	if err := checkFile(op, id, key); err != nil {
		return err
	}
	_, err := c.do(ctx, call{op: op, method: http.MethodDelete, path: filePath(id, key), timeout: c.o.AnswerTimeout})
	return err
}
