package crate

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"zenobis/openbis"
)

// What belongs to the record is counted with these lengths, so that no package
// depends on how long a DOI is, or whether there is one.
const (
	doiLength = 64
	urlLength = 128
)

// longest returns the two forms that facts can take at most: with the longest
// DOI, and without one but with the longest address.
func longest(f Facts) [2]Facts {
	a, b := f, f
	a.DOI, a.URL = strings.Repeat("x", doiLength), ""
	b.DOI, b.URL = "", strings.Repeat("x", urlLength)
	return [2]Facts{a, b}
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

// ReadmeLength returns the length to which README.md is padded.
func ReadmeLength(f Facts, src Source) (int64, error) {
	most := counter(0)
	for _, l := range longest(f) {
		var c counter
		if err := WriteReadme(&c, l, src, 0); err != nil {
			return 0, err
		}
		most = max(most, c)
	}
	return int64(most), nil
}

// WriteReadme writes README.md: what this is, how to cite, what is in it, what
// was left out, how to check it. It is padded to size with blanks.
func WriteReadme(w io.Writer, f Facts, src Source, size int64) error {
	s, err := sums(src)
	if err != nil {
		return fmt.Errorf("write README: %w", err)
	}
	err = fitted(w, size, func(w io.Writer) error {
		_, err := w.Write(readme(f, s, src))
		return err
	})
	if err != nil {
		return fmt.Errorf("write README: %w", err)
	}
	return nil
}

// maxLines bounds the listings of a README.
const maxLines = 100

// summary is what a README tells of the contents.
type summary struct {
	counts   map[openbis.Kind]int
	listed   []listed
	at       map[string]int // index in listed by permId
	files    int
	bytes    int64
	keys     bool // layout "files": data files lie beside this file
	earliest string
	latest   string
}

type listed struct {
	name  string
	files int
	bytes int64
}

func sums(src Source) (*summary, error) {
	s := &summary{counts: map[openbis.Kind]int{}, at: map[string]int{}}
	err := src.Entities(func(n EntityNode) error {
		s.counts[n.Entity.Kind]++
		if d := isoTime(n.Entity.Registered); d != "" {
			if s.earliest == "" || d < s.earliest {
				s.earliest = d
			}
			s.latest = max(s.latest, d)
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
	p("# %s\n", markdown(f.Title))
	p("%s\n", wrap(fmt.Sprintf("Research data from an openBIS electronic lab notebook: %s, %d files, %d bytes.", contents(s), s.files, s.bytes), ""))
	switch {
	case f.DOI != "":
		p("DOI: <https://doi.org/%s>\n", f.DOI)
	case f.URL != "":
		p("Record: <%s>\n", f.URL)
	}
	p("## How to cite\n")
	p("> %s\n", strings.TrimSpace(markdown(citation(f))+" "+address(f)))
	if f.License != "" {
		name := f.LicenseName
		if name == "" {
			name = f.License
		}
		line := "Licence: " + markdown(name)
		if f.LicenseURL != "" {
			line += " <" + f.LicenseURL + ">"
		}
		p("%s\n", line)
	}
	p("## Where it came from\n")
	from := "openBIS"
	if f.Source != "" {
		from = "the openBIS at <" + f.Source + ">"
	}
	by := ""
	if f.ExportedBy != "" {
		by = " by " + markdown(f.ExportedBy)
	}
	p("%s", wrap(fmt.Sprintf("Exported from %s%s with %s, with that person's rights: what they may not see in openBIS is not in here.", from, by, f.Generator), ""))
	if s.earliest != "" {
		p("Registered in openBIS between %s and %s.", s.earliest[:10], s.latest[:10])
	}
	p("\n## Contents\n")
	p("Open `index.html` for the way in. For each entity there are pages beside its folder.")
	p("The JSON pages are of the form `%s`: one object with the entity's identifiers, dates,", jsonForm)
	p("properties (code, label, value) and relatives. `ro-crate-metadata.json` describes everything")
	p("as linked data (RO-Crate).\n")
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
	omitted(p, src.Omissions())
	p("## How to check that it is whole\n")
	if s.keys {
		p("Unpack `metadata.zip` beside the downloaded files, then, in that folder:\n")
	} else {
		p("Unpack all ZIP files of the record into one folder, then, in that folder:\n")
	}
	p("    sha256sum -c manifest-sha256.txt\n")
	p("Every line must say OK. On macOS the command is `shasum -a 256 -c manifest-sha256.txt`.")
	return b.Bytes()
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
		why := reasons[o.Reason]
		if why == "" {
			why = o.Reason
		}
		name := o.Entity.Label()
		if o.File != "" {
			name += ", " + o.File
		}
		p("- %s: %s", markdown(name), why)
	}
	p("")
}

func contents(s *summary) string {
	var parts []string
	for _, k := range []struct {
		kind     openbis.Kind
		one, all string
	}{{openbis.KindProject, "project", "projects"}, {openbis.KindCollection, "collection", "collections"}, {openbis.KindObject, "object", "objects"}, {openbis.KindDataSet, "data set", "data sets"}} {
		switch n := s.counts[k.kind]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, k.all))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// address is where the record is found, "" where nobody knows yet.
func address(f Facts) string {
	if f.DOI != "" {
		return "https://doi.org/" + f.DOI
	}
	return f.URL
}

// citation words the record as DataCite recommends, without its address.
func citation(f Facts) string {
	var names []string
	for _, c := range f.Creators {
		names = append(names, c.name())
	}
	year, _, _ := strings.Cut(f.Date, "-")
	s := fmt.Sprintf("%s (%s). %s", strings.Join(names, "; "), year, strings.TrimSuffix(f.Title, "."))
	if f.Version != "" {
		s += fmt.Sprintf(" (%s)", f.Version)
	}
	return s + " [Data set]. " + f.Publisher + "."
}

func (a Agent) name() string {
	if a.Name != "" {
		return a.Name
	}
	if a.Given == "" {
		return a.Family
	}
	return a.Family + ", " + a.Given
}

// markdown escapes what Markdown would take for markup, on one line.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`).Replace(flat(s))
}
