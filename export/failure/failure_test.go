package failure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"zenobis/disk"
	"zenobis/openbis"
	"zenobis/zenodo"
)

func TestKindOfAnError(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		kind   Kind
		word   string
		status int
		resume bool
	}{
		"silent server": {&zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: context.DeadlineExceeded}, Unreachable,
			"unreachable", 1, true},
		"silence cancels the call": {&zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: context.Canceled}, Unreachable, "unreachable", 1,
			true},
		"silent openBIS, cancelled": {fmt.Errorf("%w: %w", openbis.ErrUnreachable, context.Canceled), Unreachable, "unreachable", 1, true},
		"token":                     {&zenodo.APIError{Kind: zenodo.ErrToken, Status: 401}, Token, "token", 3, true},
		"files":                     {&zenodo.APIError{Kind: zenodo.ErrTooMany, Status: 400}, Limits, "limits", 4, false},
		"session":                   {fmt.Errorf("log in: %w", openbis.ErrSession), Login, "login", 3, true},
		"cancelled":                 {context.Canceled, Interrupted, "interrupted", 5, true},
		"interrupted by":            {Interruption(errors.New("a signal")), Interrupted, "interrupted", 5, true},
		"full disk":                 {fmt.Errorf("note: %w", disk.ErrFull), Disk, "disk", 1, true},
		"a file that can't be written": {&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}, Failed,
			"failed", 1, true},
		"fsync": {&fs.PathError{Op: "sync", Path: "journal.jsonl", Err: syscall.EIO}, Failed,
			"failed", 1, true},
		"a rename": {&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EACCES}, Failed,
			"failed", 1, true},
		"a refused connection": {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, Unreachable,
			"unreachable", 1, true},
		"marked":      {fmt.Errorf("read: %w", Mark(Usage, errors.New("no such layout"))), Usage, "usage", 2, false},
		"a bare kind": {fmt.Errorf("job x: %w", Running), Running, "running", 1, false},
		"anything":    {errors.New("something"), Failed, "failed", 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			k := Of(c.err)
			if k != c.kind {
				t.Fatalf("kind %s, not %s", k, c.kind)
			}
			if k.String() != c.word || k.ExitStatus() != c.status || k.Resumable() != c.resume {
				t.Errorf("%s, status %d, resumable %v", k, k.ExitStatus(), k.Resumable())
			}
			err := Wrap("it failed", c.err)
			if Of(err) != c.kind || !errors.Is(err, c.kind) || !errors.Is(err, c.err) {
				t.Errorf("wrapped it is %s: %v", Of(err), err)
			}
			if again := Wrap("again", err); again != err {
				t.Errorf("worded twice: %v", again)
			}
		})
	}
}

func TestEveryKindHasAWordAndAStatus(t *testing.T) {
	for k := range last {
		if k.String() == "" || k.ExitStatus() < 1 || k.ExitStatus() > 5 {
			t.Errorf("kind %d: %q, status %d", k, k.String(), k.ExitStatus())
		}
		if p := Parse(k.String()); k != StateDir && p.Resumable() != k.Resumable() { // without a folder there is no journal
			t.Errorf("%s read from a journal is %s, which differs in what can be resumed", k, p)
		}
	}
	if Parse("nonsense") != Failed {
		t.Error("an unknown word is not a plain failure")
	}
}

func TestRefusedMetadataKeepsItsFields(t *testing.T) {
	err := Wrap("save", &zenodo.APIError{Kind: zenodo.ErrInvalid, Fields: []zenodo.FieldError{{Field: "creators.0.orcid"}}})
	var e *Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "creators.0.orcid" {
		t.Errorf("%+v", e)
	}
}

// TestTheWordsOfAFailure are what happened and why, and of a wish to stop no more.
func TestTheWordsOfAFailure(t *testing.T) {
	for err, want := range map[error]string{
		&Error{What: "it failed"}:                                           "it failed",
		&Error{What: "it failed", Why: "no room"}:                           "it failed: no room",
		Wrap("send", errors.New("no room")):                                 "send: no room",
		Wrap("send", Interruption(errors.New("ctrl+c"))):                    "it was interrupted",
		Wrap("sending was interrupted", Interruption(errors.New("ctrl+c"))): "sending was interrupted",
		Mark(Usage, errors.New("no such layout")):                           "no such layout",
		Refuse("not taken", "too late", "", nil):                            "not taken: too late",
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	if err := Mark(Usage, errors.New("x")); !errors.Is(err, Usage) || errors.Is(err, Limits) {
		t.Errorf("it is of another kind: %v", Of(err))
	}
}

// TestGuard turns a panic into an error, and nothing else.
func TestGuard(t *testing.T) {
	mine := errors.New("mine")
	if err := Guard("work", func() error { return nil }); err != nil {
		t.Error(err)
	}
	if err := Guard("work", func() error { return mine }); err != mine { //nolint:errorlint // it is the same
		t.Error(err)
	}
	if err := Guard("work", func() error { panic("broken") }); !errors.Is(err, errPanic) {
		t.Error(err)
	}
}
