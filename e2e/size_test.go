package e2e

import (
	"os"
	"testing"
)

// The program stays below 20 MB. Much at once comes by a library that holds the names
// of everything in all languages, or looks up methods by name (html/template, text/template):
// then the linker keeps every exported method.
func TestProgramIsSmall(t *testing.T) {
	const most = 20_000_000
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= most {
		t.Errorf("the stripped program has %d bytes, %d are too many", info.Size(), most)
	}
}
