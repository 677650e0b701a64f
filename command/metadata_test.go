package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"zenobis/record"
)

// TestMetadataFile writes what was filled in, reads it again and gets the same.
func TestMetadataFile(t *testing.T) {
	m := record.Metadata{
		Title: "Thin films", Description: "<p>Mass loss</p>", License: "cc-by-4.0", Keywords: []string{"a", "b"}, Access: "open",
		Date: "2026-11-25",
		Creators: []record.Agent{
			{Kind: record.Person, Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []record.Affiliation{{Name: "Lab"}}},
		},
		Contribs: []record.Agent{{Kind: record.Person, Family: "Roe", Given: "R.", Role: "datamanager"}},
		Related:  []record.Related{{Relation: "issupplementto", Identifier: "10.1234/abc"}},
		Funding:  []record.Grant{{Funder: "00k4n6c32", Award: "101094817"}},
	}
	path := filepath.Join(t.TempDir(), "m.toml")
	offers := record.Offers{
		People:   []record.Credit{{Agent: m.Creators[0], Objects: 4, DataSets: 12}, {Agent: record.Agent{Kind: record.Person, Family: "Bad\x1b\nx"}}},
		Keywords: []string{"Experimental \"Step\""}, Dates: "2025-03-03/2025-03-07",
	}
	r := &invocation{out: &printer{Out: os.Stdout, Err: os.Stderr, quiet: true}}
	if err := r.writeMetadata(path, record.FormOf(m, []string{"G"}), offers); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	for _, want := range []string{`# "Doe, Jane; 0000-0002-1825-0097; Lab"  4 objects, 12 data sets`, `# keyword = ["Experimental \"Step\""]`,
		"# Collected 2025-03-03 to 2025-03-07"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s is not offered in\n%s", want, text)
		}
	}
	e := metadataFlags{MetadataFile: path, Title: "Other title", given: func(flag string) bool { return flag == "title" }}
	f, err := e.form()
	if err != nil {
		t.Fatal(err)
	}
	var got record.Metadata
	if _, err := f.Apply(&got); err != nil {
		t.Fatal(err)
	}
	m.Title = "Other title" // a flag comes on top of the file
	if !reflect.DeepEqual(got, m) || !reflect.DeepEqual(f.Groups, []string{"G"}) {
		t.Errorf("got  %+v\nwant %+v", got, m)
	}
}

func TestMetadataFileMistakes(t *testing.T) {
	for text, want := range map[string]string{"titel = 'x'": "unknown key titel", "title = ": "metadata file", "title = 3": "line 1 of "} {
		path := filepath.Join(t.TempDir(), "m.toml")
		os.WriteFile(path, []byte(text), 0o600)
		e := metadataFlags{MetadataFile: path, given: func(string) bool { return false }}
		if _, err := e.form(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A metadata file is heard in the spelling of the flags, too.
func TestMetadataFileSpelling(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.toml")
	for text, ok := range map[string]bool{
		"title = \"T\"\npublication-date = 2025-01-02\nrecord-version = \"2\"\ncreator = [\"Doe, Jane\"]\n":     true,
		"title = \"T\"\npublication_date = \"2025-01-02\"\nrecord_version = \"2\"\ncreator = [\"Doe, Jane\"]\n": true,
		"title = \"T\"\nnope = 1\n":          false,
		"title = \"T\"\ncreator = \"Doe\"\n": false,
		"title":                              false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := (&metadataFlags{MetadataFile: path, given: func(string) bool { return false }}).form()
		if ok && (err != nil || f.Date != "2025-01-02" || f.Version != "2" || len(f.Creators) != 1) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
		if !ok && !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What is written replaces a file as a whole, where a link leads, too; a pipe is
// written to.
func TestWriteFileReplaces(t *testing.T) {
	dir := t.TempDir()
	path, link, former := filepath.Join(dir, "record.toml"), filepath.Join(dir, "link.toml"), filepath.Join(dir, "former.toml")
	for _, err := range []error{os.WriteFile(path, []byte("old"), 0o644), os.Symlink("record.toml", link), os.Link(path, former)} {
		if err != nil {
			t.Skip(err)
		}
	}
	if err := writeFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{path: "new", link: "new", former: "old"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v, want %q", name, got, err, want)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("who could read it can't any more: %v, %v", info.Mode(), err)
	}
	if to, err := os.Readlink(link); err != nil || to != "record.toml" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string, 1)
	go func() {
		got, err := os.ReadFile(pipe)
		read <- fmt.Sprint(string(got), err)
	}()
	if err := writeFile(pipe, []byte("new")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().IsRegular() {
		t.Fatalf("the pipe is replaced: %v, %v", info, err)
	}
	if got := <-read; got != "new<nil>" {
		t.Errorf("the pipe gave %q", got)
	}
}
