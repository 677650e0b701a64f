package zenodo

import (
	"encoding/json"
	"fmt"
)

// Edited is the body that saves a record's draft with its metadata as it was
// read, changed by change alone: what the server filled in is left out, what this
// program does not know stays. Access, default preview and custom fields are
// those of the record, too.
func (r Record) Edited(change func(metadata map[string]any)) (DraftBody, error) {
	var w struct {
		Access       Access         `json:"access"`
		Metadata     map[string]any `json:"metadata"`
		CustomFields map[string]any `json:"custom_fields"`
		Files        struct {
			Preview string `json:"default_preview"`
		} `json:"files"`
	}
	if err := json.Unmarshal(r.Raw, &w); err != nil || w.Metadata == nil {
		return DraftBody{}, fmt.Errorf("the draft's metadata can't be read: %w", errNoRecord)
	}
	for name, v := range w.Metadata {
		w.Metadata[name] = asSent(v)
	}
	change(w.Metadata)
	b := DraftBody{
		Access:       w.Access,
		Files:        FilesOption{Enabled: true, Preview: w.Files.Preview},
		CustomFields: w.CustomFields,
		whole:        w.Metadata,
	}
	if data, err := json.Marshal(w.Metadata); err == nil {
		_ = decode(data, &b.Metadata) // for whoever reads the body
	}
	return b, nil
}

// asSent reduces what the server tells of an entry of a vocabulary to its id, in
// which form alone it is taken, and drops names that it computes.
func asSent(v any) any {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			v[i] = asSent(e)
		}
	case map[string]any:
		if id, ok := v["id"].(string); ok && id != "" {
			return map[string]any{"id": id}
		}
		if v["type"] == "personal" {
			delete(v, "name")
		}
		for k, e := range v {
			v[k] = asSent(e)
		}
	}
	return v
}
