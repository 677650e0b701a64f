package session

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"zenobis/disk"
	"zenobis/safetext"
)

// maxLog is the size in bytes above which a log is set aside at the next start.
const maxLog = 5 << 20

// OpenLog opens the log: path, or zenobis.log in the state directory. Only its
// owner can read it, what is shaped like a token never gets into it, and a full
// one is kept as .old. A log that can't be opened is no reason to stop.
func OpenLog(path, stateDir, level string) (*slog.Logger, io.Closer, error) {
	l, err := LogLevel(level)
	if err != nil {
		return nil, nil, err
	}
	named := path != ""
	if !named {
		path = filepath.Join(stateDir, "zenobis.log")
		if err := disk.Root(stateDir); err != nil {
			return slog.New(slog.DiscardHandler), io.NopCloser(nil), nil
		}
	}
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		_ = os.Rename(path, path+".old") // a log that stays long is no reason to stop
	}
	f, err := openLog(path, named)
	if err != nil {
		if named {
			return nil, nil, fmt.Errorf("open log: %w", err)
		}
		return slog.New(slog.DiscardHandler), io.NopCloser(nil), nil
	}
	h := slog.NewTextHandler(f, &slog.HandlerOptions{Level: l, ReplaceAttr: redact})
	return slog.New(h), f, nil
}

// LogLevel is the level of a word, and info of none.
func LogLevel(word string) (l slog.Level, err error) {
	if word != "" && l.UnmarshalText([]byte(word)) != nil {
		return l, fmt.Errorf("%q is no level: take debug, info, warn or error", safetext.Line(word))
	}
	return l, nil
}

// openLog opens a log that the user named wherever it is, our own only as a file
// of the user's in the state directory.
func openLog(path string, named bool) (*os.File, error) {
	const flag = os.O_CREATE | os.O_APPEND | os.O_WRONLY
	if named {
		return os.OpenFile(path, flag, 0o600)
	}
	return disk.Open(path, flag)
}

func redact(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(safetext.Safe(v))
	case error:
		a.Value = slog.StringValue(safetext.Safe(v.Error()))
	}
	return a
}
