package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/session"
)

// form returns the metadata that was given: the file first, flags on top.
func (e *metadataFlags) form() (record.Form, error) {
	flags := record.Form{
		Title: e.Title, Description: e.Description, License: e.License, Access: e.Access, Community: e.Community, Date: e.Date,
		Version: e.Version, Language: e.Language, Creators: e.Creators, Contributors: e.Contributors, Keywords: e.Keywords,
		Related: e.Related, Funding: e.Funding, Groups: e.Groups,
	}.FromFlags(e.given)
	if e.MetadataFile == "" {
		return flags, nil
	}
	var file record.Form
	var err error
	if e.MetadataFile == inline {
		file, err = record.ReadFormFrom(e.stdin, "stdin")
	} else {
		file, err = record.ReadForm(e.MetadataFile)
	}
	if err != nil {
		return file, fmt.Errorf("%w: %w", errUsage, err)
	}
	return flags.Over(file), nil
}

// configured are the settings that fill fields in.
var configured = map[string]string{
	"license": "export.license of the configuration", "language": "export.language of the configuration",
	"community": "export.community of the configuration", "funding": "export.funding of the configuration",
	"keywords": "export.keywords of the configuration", "title": "export.title_template of the configuration",
	"creators": "[me] or the people file of the configuration, else openBIS",
}

// sourced says with each refused field which flag, line or setting it came from.
func sourced(err error, from record.Origins) error {
	var f *failure.Error
	if !errors.As(err, &f) {
		return err
	}
	if at := from.Of("groups"); at != "" && errors.Is(err, session.ErrGroup) {
		f.What += " (" + at + ")"
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		at := from.Of(field.Field)
		if name, _, _ := strings.Cut(field.Field, "."); at == "" && from.Of(name) == "" {
			at = configured[name]
		}
		if n := len(field.Messages); at != "" && n > 0 {
			field.Messages[n-1] += " (" + at + ")"
		}
	}
	return err
}

// inline is the name of stdin and stdout in place of a file's.
const inline = "-"

// writeFile puts a file in the place of one that may be there: also where a link leads,
// but not in place of a pipe or a device, which is written to.
func writeFile(path string, data []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	switch {
	case err != nil: // there is none
		return disk.Write(path, data)
	case !info.Mode().IsRegular():
		return os.WriteFile(path, data, 0o600)
	}
	if err := disk.Write(path, data); err != nil {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()) // whoever could read it still can
}

// writeMetadata writes the fields, filled in, for --metadata to read, and what is
// offered beside them as comments.
func (r *invocation) writeMetadata(path string, f record.Form, offers record.Offers) error {
	data, err := f.Encode()
	if err != nil {
		return err
	}
	data = append(data, offers.Comment()...)
	if path == inline {
		_, err = r.out.Out.Write(data)
	} else {
		err = writeFile(path, data)
	}
	if err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	if path != inline {
		r.out.note("Wrote %s; use it with --metadata %s", path, path)
	}
	return nil
}
