package crate

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path"
	"strings"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
	"zenobis/richtext"
)

// How many bytes a file may be longer when it is written with a DOI or the
// record's address than it was when it was measured without: what belongs to the
// record stands there only, so that no package depends on it. A DOI may have 64
// bytes; an address is told instead if it is not longer.
const (
	ReadmeSlack = 256
	CrateSlack  = 1024

	urlLength = 64 + len("https://doi.org/")
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

// WriteReadme writes README.md: what this is, how to cite, what is in it, what
// was left out, how to check it. It is padded to size with blanks.
func WriteReadme(w io.Writer, f Facts, src Source, size int64) error {
	s, err := sums(src)
	if err == nil {
		err = fitted(w, size, func(w io.Writer) error {
			_, err := w.Write(readme(told(f), s, src))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("write README: %w", err)
	}
	return nil
}

// maxLines bounds each listing of a README; longPath is what some systems take.
const (
	maxLines = 100
	longPath = 240
)

// summary is what a README tells of the contents.
type summary struct {
	counts    map[openbis.Kind]int
	listed    []listed
	at        map[string]int // index in listed by permId
	files     int
	bytes     int64
	keys      bool // layout "files": data files lie beside this file
	pages     map[string]bool
	long      []string // the first paths above 240 characters
	longCount int
	earliest  string
	latest    string
}

type listed struct {
	name  string
	files int
	bytes int64
}

func sums(src Source) (*summary, error) {
	s := &summary{counts: map[openbis.Kind]int{}, at: map[string]int{}, pages: map[string]bool{}}
	err := src.Entities(func(n EntityNode) error {
		s.counts[n.Entity.Kind]++
		if d := page.Time(n.Entity.Registered); d != "" {
			if s.earliest == "" || d < s.earliest {
				s.earliest = d
			}
			s.latest = max(s.latest, d)
		}
		for _, p := range n.Pages {
			s.pages[path.Ext(p)] = true
		}
		if n.Entity.Kind == openbis.KindDataSet && len(s.listed) < maxLines {
			s.at[n.Entity.PermID] = len(s.listed)
			s.listed = append(s.listed, listed{name: n.Place.Folder})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, src.Files(func(f FileNode) error {
		if len([]rune(f.Path)) > longPath {
			if s.longCount++; len(s.long) < 5 {
				s.long = append(s.long, f.Path)
			}
		}
		if f.DataSet == "" {
			return nil
		}
		s.files, s.bytes = s.files+1, s.bytes+f.Size
		s.keys = s.keys || f.Key != ""
		if i, ok := s.at[f.DataSet]; ok {
			s.listed[i].files++
			s.listed[i].bytes += f.Size
		}
		return nil
	})
}

func readme(f Facts, s *summary, src Source) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# %s\n", markdown(cmp.Or(page.OneLine(f.Title), "Untitled")))
	p("%s\n", richtext.Wrap(fmt.Sprintf("Research data from an openBIS electronic lab notebook: %s, %s of %s in all.", contents(s), count(s.files, "data file", "data files"), human.Exact(s.bytes)), page.TextWidth, ""))
	switch {
	case f.DOI != "":
		p("DOI: <%s>\n", doiAddress(f.DOI))
	case f.URL != "":
		p("Record: <%s>\n", f.URL)
	}
	p("## How to cite\n")
	p("> %s\n", strings.TrimSpace(markdown(citation(f))+" "+address(f)))
	if f.License != "" || f.Terms.Name != "" {
		line := "Licence: " + markdown(cmp.Or(f.Terms.Name, f.License))
		if f.Terms.URL != "" {
			line += " <" + f.Terms.URL + ">"
		}
		p("%s\n", line)
	}
	b.WriteString(origin(f, s))
	whatIsHere(p, s, src)
	omitted(p, src.Omissions())
	howToCheck(p, s, len(src.Packages()) > 1)
	return b.Bytes()
}

// origin says where the data came from and with whose rights.
func origin(f Facts, s *summary) string {
	from, by := "an openBIS", "of the person who exported it"
	if f.Source != "" {
		from = "the openBIS at <" + f.Source + ">"
	}
	if f.ExportedBy != "" {
		by = "of " + markdown(f.ExportedBy)
	}
	text := "## Where it came from\n\n" + richtext.Wrap(fmt.Sprintf("Made by %s from %s, with the rights %s: what that person may not see in openBIS is not in here.", markdown(cmp.Or(f.Generator, "zenobis")), from, by), page.TextWidth, "") + "\n"
	if s.earliest != "" {
		text += fmt.Sprintf("Registered in openBIS between %s and %s.\n", s.earliest[:10], s.latest[:10])
	}
	return text + "\n"
}

func whatIsHere(p func(string, ...any), s *summary, src Source) {
	p("## Contents\n")
	p("- `index.html`: the way in, without network. The pages of a project, collection,")
	p("  object or data set lie beside the folder of what belongs to it.")
	if s.pages[".json"] {
		p("- `*.json`: the same for programs, one object of the form `%s`:", page.JSONForm)
		p("  `kind`, `type`, `code`, `identifier` and `permId` as in openBIS; dates in UTC;")
		p("  `parents`, `children`, `components` and `contents` with the path of their page;")
		p("  `properties` in the order of the form, each with `code`, `label`, `section`,")
		p("  `dataType` and `value` (`display` where people read something else, `html` for")
		p("  rich text, `headers` and `rows` for tables); `pictures` in base64.")
	}
	p("- `*.csv`: spreadsheets of the lab notebook, named after page and property.")
	p("- `ro-crate-metadata.json`: everything as linked data (RO-Crate 1.2).")
	p("- `manifest-sha256.txt`: the SHA-256 of each file.")
	if s.keys {
		p("- Data files lie beside this file, named by data set and path; `ro-crate-metadata.json`")
		p("  tells for each the place in the tree (`alternateName`).")
	}
	p("")
	if packages := src.Packages(); len(packages) > 1 {
		p("| file of the record | bytes | data files |\n|---|---:|---:|")
		for i, k := range packages {
			if i == maxLines {
				p("| and %d more | | |", len(packages)-i)
				break
			}
			p("| %s | %d | %d |", markdown(k.Name), k.Size, k.Files)
		}
		p("")
	}
	if len(s.listed) > 0 {
		p("| data set | files | bytes |\n|---|---:|---:|")
		for _, l := range s.listed {
			p("| %s | %d | %d |", markdown(l.name), l.files, l.bytes)
		}
		if more := s.counts[openbis.KindDataSet] - len(s.listed); more > 0 {
			p("| and %d more | | |", more)
		}
		p("")
	}
	if s.longCount > 0 {
		p("%s longer than %d characters; some programs, on Windows above all, need a short", count(s.longCount, "path is", "paths are"), longPath)
		p("folder to unpack into, or fail:\n")
		for _, l := range s.long {
			p("- %s", markdown(l))
		}
		p("")
	}
}

func omitted(p func(string, ...any), list []Omission) {
	if len(list) == 0 {
		return
	}
	p("## Left out\n")
	for i, o := range list {
		if i == maxLines {
			p("- and %d more, see `omitted.txt`", len(list)-i)
			break
		}
		p("- %s", markdown(o.line()))
	}
	p("")
}

func howToCheck(p func(string, ...any), s *summary, several bool) {
	p("## How to check that it is whole\n")
	switch {
	case s.keys:
		p("1. Download all files of the record into one folder and unpack `metadata.zip` there.")
	case several:
		p("1. Download all files of the record and unpack all ZIP files into one folder.")
	default:
		p("1. Unpack the file of the record into a folder.")
	}
	p("2. In the folder that holds `manifest-sha256.txt`, run")
	p("")
	p("       sha256sum -c --quiet manifest-sha256.txt")
	p("")
	p("   or on macOS `shasum -a 256 -c manifest-sha256.txt`. Without complaints, every")
	p("   file is there and as it was exported.")
	p("3. The record's page shows the MD5 of each of its files, to check the download itself:")
	p("   compare it with the output of `md5sum` (macOS: `md5`).")
}

func contents(s *summary) string {
	var parts []string
	for _, k := range []struct {
		kind     openbis.Kind
		one, all string
	}{{openbis.KindProject, "project", "projects"}, {openbis.KindCollection, "collection", "collections"}, {openbis.KindObject, "object", "objects"}, {openbis.KindDataSet, "data set", "data sets"}} {
		if n := s.counts[k.kind]; n > 0 {
			parts = append(parts, count(n, k.one, k.all))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

func count(n int, one, all string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, all)
}

// address is where the record is found, "" where nobody knows yet.
func address(f Facts) string {
	if f.DOI != "" {
		return doiAddress(f.DOI)
	}
	return f.URL
}

// citation words the record as DataCite recommends, without its address.
func citation(f Facts) string {
	var names []string
	for _, c := range f.Creators {
		names = append(names, inverted(c))
	}
	year, _, _ := strings.Cut(f.Date, "-")
	s := strings.TrimSpace(fmt.Sprintf("%s (%s). %s", strings.Join(names, "; "), year, strings.TrimSuffix(page.OneLine(f.Title), ".")))
	if f.Version != "" {
		s += fmt.Sprintf(" (%s)", f.Version)
	}
	s += " [Data set]."
	if f.Publisher != "" {
		s += " " + f.Publisher + "."
	}
	return s
}

// inverted is the name of a creator as citations have it.
func inverted(a record.Agent) string {
	if a.Given == "" {
		return page.OneLine(a.Family)
	}
	return page.OneLine(a.Family) + ", " + page.OneLine(a.Given)
}

// markdown escapes what Markdown would take for markup, on one line.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`, "~", `\~`).Replace(page.OneLine(s))
}
