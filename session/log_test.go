package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogHoldsNoSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	log, f, err := OpenLog(path, "", "debug")
	if err != nil {
		t.Fatal(err)
	}
	secret := "alice-231114221320000x0123456789ABCDEF0123456789ABCDEF"
	log.Info("got", "url", "https://x/y?sessionID="+secret, "err", os.ErrNotExist, "body", "\x1b[31m"+secret)
	f.Close()
	data, _ := os.ReadFile(path)
	if strings.Contains(string(data), secret) || bytes.ContainsRune(data, 0x1b) || len(data) == 0 {
		t.Errorf("log: %q", data)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
}
