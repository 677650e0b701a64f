package crate

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"

	"zenobis/doi"
	"zenobis/human"
	"zenobis/names"
	"zenobis/omission"
	"zenobis/page"
	"zenobis/richtext"
)

// How many bytes a file may be longer when it is written with a DOI or the
// record's address than it was when it was measured without: what belongs to the
// record stands there only, so that no package depends on it. A DOI may have 64
// bytes; an address is told instead if it is not longer.
const (
	ReadmeSlack = 256
	IndexSlack  = 512
	CrateSlack  = 1024

	urlLength = 64 + len(doi.Resolver)
)

// told are the facts without what would take more room than was counted.
func told(f Facts) Facts {
	if f.DOI != "" || len(f.URL) > urlLength {
		f.URL = ""
	}
	return f
}

// fitted writes with write, padded with blanks to size; 0 means as long as it is.
func fitted(w io.Writer, size int64, write func(io.Writer) error) error {
	var c counter
	if err := write(io.MultiWriter(&c, w)); err != nil || size == 0 {
		return err
	}
	if int64(c) > size {
		return fmt.Errorf("%d bytes where %d were planned", int64(c), size)
	}
	pad := bytes.Repeat([]byte(" "), 4096)
	for left := size - int64(c); left > 0; {
		n := min(left, int64(len(pad)))
		if _, err := w.Write(pad[:n]); err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// WriteReadme writes README.md, the record's abstract: what this is, who made it,
// how to cite it, what is in it and where, how to unpack and check it, what was left
// out. It is padded to size with blanks.
func WriteReadme(w io.Writer, f Facts, src Source, size int64) error {
	s, err := sums(src)
	if err == nil {
		err = fitted(w, size, func(w io.Writer) error {
			_, err := w.Write(readme(faceOf(f), s, src))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("write README: %w", err)
	}
	return nil
}

// markdownPage writes Markdown, paragraph after paragraph.
type markdownPage struct{ bytes.Buffer }

func (b *markdownPage) p(format string, args ...any) { fmt.Fprintf(b, format+"\n\n", args...) }

// wrapped writes a paragraph with short lines.
func (b *markdownPage) wrapped(text string) {
	b.p("%s", richtext.Wrap(text, page.TextWidth, ""))
}

func readme(f face, s *summary, src Source) []byte {
	b := &markdownPage{}
	b.p("# %s", markdown(f.title))
	b.wrapped(
		fmt.Sprintf(
			"Research data from an openBIS electronic lab notebook: %s, %s of %s in all.",
			s.contents(),
			human.Count(s.files, "data file", "data files"),
			human.Bytes(s.bytes),
		),
	)
	if len(f.about) > 0 {
		b.p("%s", richtext.Lay(f.about, "", richtext.TextForm{Escape: markdownLine}))
	}
	b.people(f)
	b.p("## How to cite")
	b.p("> %s", strings.TrimSpace(markdown(f.citation)+" "+angled(f.address)))
	if f.follows != "" {
		b.p("%s", f.follows)
	}
	b.terms(f)
	b.contents(s, len(src.Packages()) > 1)
	b.formats(s)
	b.check(s, len(src.Packages()) > 1)
	b.omitted(src.Omissions())
	b.p("## Where it came from")
	b.wrapped(markdown(f.origin))
	if r := s.registered(); r != "" {
		b.p("%s", r)
	}
	if f.notes != "" {
		b.p("## Notes")
		b.p("%s", markdownLine(f.notes))
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// angled is an address as Markdown makes a link of it.
func angled(address string) string {
	if address == "" {
		return ""
	}
	return "<" + address + ">"
}

func (b *markdownPage) people(f face) {
	if len(f.people) == 0 {
		return
	}
	b.p("## People")
	for _, p := range f.people {
		line := "- " + markdown(p.Name)
		if p.Role != "" {
			line += ", " + markdown(strings.ToLower(p.Role))
		}
		var at []string
		for _, a := range p.Affiliations {
			at = append(at, a.Text)
		}
		if len(at) > 0 {
			line += " (" + markdown(strings.Join(at, "; ")) + ")"
		}
		if p.ID.Address != "" {
			line += " " + angled(p.ID.Address)
		}
		b.WriteString(line + "\n")
	}
	b.WriteByte('\n')
}

// terms tells licence, access, version, funding, related works and keywords.
func (b *markdownPage) terms(f face) {
	b.p("## Licence and access")
	b.p("%s", strings.TrimSpace("Licence: "+markdown(f.license.Text)+" "+angled(f.license.Address)))
	b.p("%s", markdown(f.access)+".")
	if f.version != "" {
		b.p("Version %s.", markdown(f.version))
	}
	b.list("Funding", f.funding)
	if len(f.works) > 0 {
		b.p("## Related works")
		for _, w := range f.works {
			to := angled(w.Address)
			if to == "" {
				to = markdown(w.Text)
			}
			fmt.Fprintf(b, "- %s: %s\n", markdown(w.Relation), to)
		}
		b.WriteByte('\n')
	}
	if len(f.keywords) > 0 {
		b.p("## Keywords")
		b.wrapped(markdown(strings.Join(f.keywords, ", ")))
	}
}

func (b *markdownPage) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.p("## %s", title)
	for _, l := range lines {
		b.WriteString("- " + markdown(l) + "\n")
	}
	b.WriteByte('\n')
}

// contents is the one table: which data set lies where.
func (b *markdownPage) contents(s *summary, several bool) {
	if len(s.sets) == 0 && len(s.containers) == 0 {
		return
	}
	b.p("## Data sets")
	b.sets(s, several)
	if len(s.containers) > 0 {
		b.WriteString("Containers, which hold other data sets:\n\n")
		for _, d := range s.containers {
			line := "- " + markdown(d.name)
			if d.collection != "" {
				line += ", " + markdown(d.collection)
			}
			if d.parts != "" {
				line += ": " + markdown(d.parts)
			}
			b.WriteString(line + "\n")
		}
		b.WriteByte('\n')
		b.more(s.boxes - len(s.containers))
	}
}

func (b *markdownPage) more(n int) {
	if n > 0 {
		b.p("And %s more: `index.html` lists them all.", human.Number(n))
	}
}

func (b *markdownPage) sets(s *summary, several bool) {
	if len(s.sets) == 0 {
		return
	}
	files := false // which record file holds it
	for _, d := range s.sets {
		files = files || several && len(d.packages) > 0
	}
	b.WriteString("| data set | type | collection |")
	if files {
		b.WriteString(" file of the record |")
	}
	b.WriteString(" files | size |\n|---|---|---|")
	if files {
		b.WriteString("---|")
	}
	b.WriteString("---:|---:|\n")
	for _, d := range s.sets {
		fmt.Fprintf(b, "| %s | %s | %s |", markdown(d.name), markdown(d.kind), markdown(d.collection))
		if files {
			where := ""
			if n := len(d.packages); n > 0 {
				where = d.packages[0]
				if n > 1 {
					where += " to " + d.packages[n-1]
				}
			}
			fmt.Fprintf(b, " %s |", markdown(where))
		}
		fmt.Fprintf(b, " %d | %s |\n", d.files, human.Bytes(d.bytes))
	}
	b.WriteByte('\n')
	b.more(s.filled - len(s.sets))
}

// formats says what lies beside the data.
func (b *markdownPage) formats(s *summary) {
	b.p("## What else is here, once it is unpacked")
	where := "The pages of a project, collection,\n  object or data set lie beside the folder of what belongs to it.\n"
	if s.entries() {
		where = "An object or collection has\n  a folder, in which its pages, those of its data sets and their files lie.\n"
	}
	b.WriteString("- `index.html`: the way in, without network. " + where)
	if s.pages[page.JSON.File("")] {
		fmt.Fprintf(b, "- `*.json`: the same for programs, one object of the form `%s`:\n"+
			"  `properties` in the order of the form, each with the `value` as openBIS holds it\n"+
			"  and, where people read something else, `display`; `data.list` with the files.\n", page.JSONForm)
	}
	if s.pages[page.TableExt] {
		b.WriteString("- `*.csv`: a collection's objects as a table, and spreadsheets of the lab notebook.\n")
	}
	if s.types {
		b.WriteString("- `" + names.Types + "`: what types, properties and terms of vocabularies mean.\n")
	}
	b.WriteString("- `ro-crate-metadata.json`: everything as linked data (RO-Crate).\n- `manifest-sha256.txt`: the SHA-256 of each file.\n")
	if s.keys {
		b.WriteString(
			"- Data files lie beside this file, named by data set and path; the pages link to them,\n  and `ro-crate-metadata.json` tells for " +
				"each the place in the tree (`alternateName`).\n",
		)
	}
	b.WriteByte('\n')
	if s.longCount > 0 {
		b.p(
			"%s longer than %d characters; some programs, on Windows above all, need a short\nfolder to unpack into, or fail:",
			human.Count(s.longCount, "path is", "paths are"),
			longPath,
		)
		for _, l := range s.long {
			fmt.Fprintf(b, "- %s\n", markdown(l))
		}
		b.WriteByte('\n')
	}
}

func (b *markdownPage) check(s *summary, several bool) {
	b.p("## How to unpack and check")
	switch {
	case s.keys:
		b.WriteString("1. Download all files of the record into one folder and unpack `" + names.Metadata + "` there.\n")
	case several:
		b.WriteString("1. Download all files of the record and unpack all ZIP files into one folder.\n")
	case s.entries():
		b.WriteString("1. `" + s.whole + "` is a ZIP file, which other lab notebooks import as it is: unpack it into\n   a folder.\n")
	default:
		b.WriteString("1. Unpack `" + cmp.Or(s.whole, names.Content) + "` into a folder.\n")
	}
	b.p("%s", "   Any program of the last ten years does it. An old `unzip` on Linux needs a UTF-8\n"+
		"   locale for names with other than English letters: `LC_ALL=C.UTF-8 unzip FILE`.\n"+
		"2. In the folder that holds `manifest-sha256.txt`, run")
	b.p("       sha256sum -c --quiet manifest-sha256.txt")
	b.p("%s", "   or on macOS `shasum -a 256 -c manifest-sha256.txt`. Without complaints, every\n"+
		"   file is there and as it was exported.\n"+
		"3. The record's page shows the MD5 of each of its files, to check the download itself:\n"+
		"   compare it with the output of `md5sum` (macOS: `md5`).")
}

func (b *markdownPage) omitted(list []omission.Entry) {
	if len(list) == 0 {
		return
	}
	b.p("## Left out")
	for i, o := range list {
		if i == maxLines {
			fmt.Fprintf(b, "- and %d more, see `"+names.Omitted+"`\n", len(list)-i)
			break
		}
		b.WriteString("- " + markdown(whatIsLeft(o)+": "+o.Reason.Public()) + "\n")
	}
	b.WriteByte('\n')
}

// markdown escapes what Markdown would take for markup, on one line.
func markdown(s string) string { return markdownLine(page.OneLine(s)) }

var (
	markSigns  = regexp.MustCompile("[\\\\`*\\[\\]<>|~]|&[#a-zA-Z]")
	markBounds = regexp.MustCompile(`(^|[^\p{L}\p{N}])_|_($|[^\p{L}\p{N}])`) // within words it is no sign
	markBegin  = regexp.MustCompile(`(?m)^(\s*)([#+=-]+(?:\s|$)|\d+[.)]\s)`)
)

// markdownLine escapes signs where they would be some.
func markdownLine(s string) string {
	s = markSigns.ReplaceAllString(s, `\$0`)
	s = markBounds.ReplaceAllStringFunc(s, func(m string) string { return strings.Replace(m, "_", `\_`, 1) })
	return markBegin.ReplaceAllStringFunc(s, func(m string) string {
		i := strings.IndexFunc(m, func(r rune) bool { return !strings.ContainsRune(" \t", r) })
		if k := strings.IndexAny(m, ".)"); k > 0 {
			i = k
		}
		return m[:i] + `\` + m[i:]
	})
}
