package command

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"zenobis/export/failure"
	"zenobis/record"
)

// form returns the metadata that was given: the file first, flags on top.
func (e *metadataFlags) form() (record.Form, error) {
	flags := record.Form{
		Title: e.Title, Description: e.Description, License: e.License, Access: e.Access, Community: e.Community, Date: e.Date,
		Version: e.Version, Language: e.Language, Creators: e.Creators, Contributors: e.Contributors, Keywords: e.Keywords,
		Related: e.Related, Funding: e.Funding, Groups: e.Groups,
	}.FromFlags()
	if e.MetadataFile == "" {
		return flags, nil
	}
	file, err := record.ReadForm(e.MetadataFile)
	if err != nil {
		return file, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return flags.Over(file), nil
}

// sourced says with each refused field which flag, line or setting it came from.
func sourced(err error, from record.Origins) error {
	var f *failure.Error
	if !errors.As(err, &f) {
		return err
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		at := from.Of(field.Field)
		if at == "" && slices.Contains([]string{"license", "language", "community"}, field.Field) {
			at = "export." + field.Field + " of the configuration"
		}
		if n := len(field.Messages); at != "" && n > 0 {
			field.Messages[n-1] += " (" + at + ")"
		}
	}
	return err
}

// writeMetadata writes the fields, filled in, for --metadata to read.
func writeMetadata(path string, m record.Metadata, groups []string) error {
	data, err := record.FormOf(m, groups).Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	return nil
}
