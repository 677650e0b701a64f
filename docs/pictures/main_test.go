package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFresh tells when a picture is older than its frame.
func TestFresh(t *testing.T) {
	all, err := paintAll("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		got, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its frame shows: run make pictures (%v)", name, err)
		}
		for d := xml.NewDecoder(bytes.NewReader(want)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	there, _ := filepath.Glob("*.svg")
	for _, name := range there {
		if all[name] == nil {
			t.Errorf("%s has no frame any more", name)
		}
	}
}

// Colours, bold, reverse, wide characters and boxes keep their cells.
func TestPaint(t *testing.T) {
	svg := string(paint("a <title>", "\x1b[1;36m┌─\x1b[0m 測定 \x1b[7mhere\x1b[0m x\n"))
	for _, want := range []string{
		`aria-label="a &lt;title&gt;"`,
		`font-weight="bold">┌─</text>`, `fill="#56b6c2"`,
		`<rect x="79.2" y="12.0" width="33.6" height="18.0" fill="#d5d8d6"/>`, // behind "here": 8 cells on
		`fill="#1d1f21">here</text>`,
		"測定",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}
