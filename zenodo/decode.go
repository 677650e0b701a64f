package zenodo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"zenobis/safetext"
)

// text is a JSON text or number: ids are texts in the native form, numbers in
// Zenodo's own.
type text string

// UnmarshalJSON takes both.
func (t *text) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(s)
	case string(data) == "null" || len(data) > 0 && (data[0] == '{' || data[0] == '[' || data[0] == 't' || data[0] == 'f'):
		*t = ""
	default:
		*t = text(data)
	}
	return nil
}

// wirePIDs holds persistent identifiers; others than the DOI don't matter here.
type wirePIDs struct {
	DOI struct {
		Identifier string `json:"identifier"`
	} `json:"doi"`
}

// wireRecord is a draft or record as the server writes it, natively or as
// Zenodo's application/json.
type wireRecord struct {
	ID          text   `json:"id"`
	Revision    int    `json:"revision_id"`
	Status      string `json:"status"`
	IsDraft     bool   `json:"is_draft"`
	IsPublished bool   `json:"is_published"`
	Created     text   `json:"created"`
	Updated     text   `json:"updated"`
	Links       struct {
		HTML string `json:"self_html"`
	} `json:"links"`
	Versions struct {
		Index         int   `json:"index"`
		IsLatest      bool  `json:"is_latest"`
		IsLatestDraft *bool `json:"is_latest_draft"` // told to the owner alone
	} `json:"versions"`
	PIDs     wirePIDs        `json:"pids"`
	Metadata json.RawMessage `json:"metadata"`
	Access   Access          `json:"access"`
	Files    json.RawMessage `json:"files"`
	Parent   struct {
		ID     text     `json:"id"`
		PIDs   wirePIDs `json:"pids"`
		Access struct {
			OwnedBy struct {
				User text `json:"user"`
			} `json:"owned_by"`
			Grants json.RawMessage `json:"grants"` // told to who may manage it alone
		} `json:"access"`
		Communities struct {
			IDs []text `json:"ids"`
		} `json:"communities"`
		Review struct {
			Status   string `json:"status"`
			Receiver struct {
				Community text `json:"community"`
			} `json:"receiver"`
		} `json:"review"`
	} `json:"parent"`

	// Zenodo's own form.
	DOI        string `json:"doi"`
	ConceptDOI string `json:"conceptdoi"`
	ConceptID  text   `json:"conceptrecid"`
	Submitted  bool   `json:"submitted"`
}

// record decodes a draft or record.
func (c *Client) record(data []byte) (Record, error) {
	var w wireRecord
	if err := decode(data, &w); err != nil {
		return Record{}, err
	}
	if w.ID == "" {
		return Record{}, errNoRecord
	}
	r := Record{
		ID: safetext.Name(string(w.ID)), Revision: w.Revision, Status: safetext.Name(w.Status),
		IsDraft: w.IsDraft, IsPublished: w.IsPublished || w.Submitted,
		NextDraft:  w.Versions.IsLatest && w.Versions.IsLatestDraft != nil && !*w.Versions.IsLatestDraft,
		Follows:    strings.HasPrefix(w.Status, "new_version") || !w.IsPublished && w.Versions.Index > 1,
		DOI:        safetext.Name(cmp.Or(w.PIDs.DOI.Identifier, w.DOI)),
		ConceptDOI: safetext.Name(cmp.Or(w.Parent.PIDs.DOI.Identifier, w.ConceptDOI)),
		ConceptID:  safetext.Name(cmp.Or(string(w.Parent.ID), string(w.ConceptID))),
		Owner:      safetext.Name(string(w.Parent.Access.OwnedBy.User)),
		Own:        w.Parent.Access.Grants != nil || w.Versions.IsLatestDraft != nil,
		Version:    w.Versions.Index, Latest: w.Versions.IsLatest,
		HTML:   c.page(w.Links.HTML),
		Access: w.Access, Community: safetext.Name(string(w.Parent.Review.Receiver.Community)),
		ReviewState: safetext.Name(w.Parent.Review.Status),
		Communities: len(w.Parent.Communities.IDs),
		Created:     moment(w.Created), Updated: moment(w.Updated),
		Errors: c.fields(data), Raw: bytes.Clone(data),
	}
	var files struct {
		TotalBytes int64 `json:"total_bytes"`
		Count      int   `json:"count"`
	}
	_ = decode(w.Files, &files) // a list in Zenodo's own form
	r.TotalBytes, r.FileCount = files.TotalBytes, files.Count
	if len(w.Metadata) > 0 {
		_ = decode(w.Metadata, &r.Metadata) // of a published record anything may be odd
	}
	cleanMetadata(&r.Metadata)
	return r, nil
}

// moment reads a time; one that can't be read is the zero time.
func moment(s text) time.Time {
	t, err := time.Parse(time.RFC3339Nano, string(s))
	if err != nil {
		return time.Time{}
	}
	return t
}

// page is the address of a page, if it is one that can be shown and opened.
func (c *Client) page(s string) string {
	if s = safetext.Name(s); strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return s
	}
	return ""
}

// cleanMetadata makes everything but HTML safe to show.
func cleanMetadata(m *Metadata) {
	for _, s := range []*string{&m.Title, &m.Date, &m.Publisher, &m.Version} {
		*s = safetext.Name(*s)
	}
	for _, list := range [][]Creator{m.Creators, m.Contributors} {
		for i := range list {
			p := &list[i].Person
			for _, s := range []*string{&p.Type, &p.Name, &p.FamilyName, &p.GivenName} {
				*s = safetext.Name(*s)
			}
			cleanIdentifiers(p.Identifiers)
			for j := range list[i].Affiliations {
				a := &list[i].Affiliations[j]
				a.ID, a.Name = safetext.Name(a.ID), safetext.Name(a.Name)
			}
		}
	}
	for i := range m.Rights {
		r := &m.Rights[i]
		r.ID, r.Link = safetext.Name(r.ID), safetext.Name(r.Link)
		for k, v := range r.Title {
			r.Title[k] = safetext.Name(v)
		}
	}
	for i := range m.Subjects {
		s := &m.Subjects[i]
		s.ID, s.Subject = safetext.Name(s.ID), safetext.Name(s.Subject)
	}
	for i := range m.Related {
		r := &m.Related[i]
		r.Identifier, r.Scheme = safetext.Name(r.Identifier), safetext.Name(r.Scheme)
	}
	for i := range m.Dates {
		d := &m.Dates[i]
		d.Date, d.Description = safetext.Name(d.Date), safetext.Name(d.Description)
	}
	cleanIdentifiers(m.Identifiers)
}

func cleanIdentifiers(list []Identifier) {
	for i := range list {
		list[i].Identifier, list[i].Scheme = safetext.Name(list[i].Identifier), safetext.Name(list[i].Scheme)
	}
}

// wireFile is a file entry; Key stays as it is, since it is needed to fetch it.
type wireFile struct {
	Key      string `json:"key"`
	Size     int64  `json:"size"`
	Checksum string `json:"checksum"`
	Status   string `json:"status"`
	Errors   any    `json:"errors"`
}

func (w wireFile) entry() FileEntry {
	f := FileEntry{Key: w.Key, Size: w.Size, Status: safetext.Name(w.Status)}
	if hex, ok := strings.CutPrefix(w.Checksum, "md5:"); ok && f.Status == "completed" {
		f.MD5 = strings.ToLower(safetext.Name(hex))
	}
	return f
}

// wireFiles is a file list.
type wireFiles struct {
	Entries []wireFile `json:"entries"`
}

// wireHits is a list of search results.
type wireHits struct {
	Hits struct {
		Hits  []json.RawMessage `json:"hits"`
		Total int               `json:"total"`
	} `json:"hits"`
}
