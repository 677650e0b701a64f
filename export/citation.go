package export

import (
	"cmp"

	"zenobis/record"
)

// Citation is what there is to cite of an export as it was sent, under the title that
// its record was last seen with.
func Citation(j Job) record.Citation {
	m := j.Request.Metadata
	return record.Citation{
		Title: cmp.Or(j.Title, m.Title), Creators: m.Creators, Date: m.Date, Version: m.Version, License: m.License, Publisher: j.Publisher,
		DOI: j.DOI, Keywords: m.Keywords, Language: m.Language, Abstract: m.Description,
	}
}
