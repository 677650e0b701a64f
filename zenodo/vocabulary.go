package zenodo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zenobis/safetext"
)

// vocabularies are the names that Vocabulary takes.
var vocabularies = []string{
	"licenses",
	"languages",
	"resourcetypes",
	"contributorsroles",
	"creatorsroles",
	"relationtypes",
	"descriptiontypes",
	"datetypes",
	"titletypes",
	"removalreasons",
}

// wireEntry is an entry of any vocabulary; which members there are depends on
// it and on the form that was asked for.
type wireEntry struct {
	ID           text            `json:"id"`
	TitleL10n    string          `json:"title_l10n"`
	Title        json.RawMessage `json:"title"`
	Name         string          `json:"name"`
	Acronym      string          `json:"acronym"`
	Aliases      []string        `json:"aliases"`
	Number       string          `json:"number"`
	Country      string          `json:"country"`
	GivenName    string          `json:"given_name"`
	FamilyName   string          `json:"family_name"`
	Identifiers  []Identifier    `json:"identifiers"`
	Affiliations []Affiliation   `json:"affiliations"`
	Funder       struct {
		ID   text   `json:"id"`
		Name string `json:"name"`
	} `json:"funder"`
}

func (w wireEntry) entry() VocabularyEntry {
	v := VocabularyEntry{
		ID: safetext.Name(string(w.ID)), Acronym: safetext.Name(w.Acronym), Number: safetext.Name(w.Number),
		GivenName: safetext.Name(w.GivenName), FamilyName: safetext.Name(w.FamilyName), Funder: safetext.Name(string(w.Funder.ID)),
		FunderName: safetext.Name(w.Funder.Name),
	}
	v.Title = safetext.Name(w.TitleL10n)
	if v.Title == "" {
		var titles map[string]string
		if decode(w.Title, &titles) == nil && len(titles) > 0 {
			v.Title = safetext.Name(titles["en"])
			if v.Title == "" {
				keys := make([]string, 0, len(titles))
				for k := range titles {
					keys = append(keys, k)
				}
				slices.Sort(keys)
				v.Title = safetext.Name(titles[keys[0]])
			}
		}
	}
	if v.Title == "" {
		v.Title = safetext.Name(w.Name)
	}
	for _, a := range w.Aliases {
		v.Aliases = append(v.Aliases, safetext.Name(a))
	}
	for _, i := range w.Identifiers {
		if i.Scheme == "orcid" {
			v.ORCID = safetext.Name(i.Identifier)
		}
	}
	for _, a := range w.Affiliations {
		v.Affiliations = append(v.Affiliations, Affiliation{ID: safetext.Name(a.ID), Name: safetext.Name(a.Name)})
	}
	return v
}

// Vocabulary lists entries of a vocabulary: licenses, languages, resourcetypes,
// contributorsroles, relationtypes, descriptiontypes and the like. With suggest
// those come that begin like it, best first; size 0 leaves their number to the
// server.
func (c *Client) Vocabulary(ctx context.Context, name, suggest string, size int) ([]VocabularyEntry, error) {
	if !slices.Contains(vocabularies, name) {
		return nil, &APIError{Op: "look up " + short(name, 40), Kind: ErrInvalid, Message: "no such vocabulary"}
	}
	return c.entries(ctx, "/api/vocabularies/"+name, name, query(suggest, size))
}

// Entry returns one entry of a vocabulary by its id: of those that Vocabulary
// lists, and of funders, awards, affiliations and names. ErrNotFound if there
// is none; ids are spelt in one way only.
func (c *Client) Entry(ctx context.Context, name, id string) (VocabularyEntry, error) {
	op := "look up " + short(name, 40) + " " + short(id, 80)
	path := "/api/" + name + "/"
	switch {
	case slices.Contains(vocabularies, name):
		path = "/api/vocabularies/" + name + "/"
	case !slices.Contains([]string{"funders", "awards", "affiliations", "names"}, name):
		return VocabularyEntry{}, &APIError{Op: op, Kind: ErrInvalid, Message: "no such vocabulary"}
	}
	if strings.Trim(id, ". ") == "" {
		return VocabularyEntry{}, &APIError{Op: op, Kind: ErrNotFound, Message: "no id"}
	}
	var w wireEntry
	if err := c.json(ctx, call{op: op, method: http.MethodGet, path: path + url.PathEscape(id), has: "id"}, &w); err != nil {
		return VocabularyEntry{}, err
	}
	return w.entry(), nil
}

// Funders finds funders; their id is a ROR id.
func (c *Client) Funders(ctx context.Context, suggest string) ([]VocabularyEntry, error) {
	return c.entries(ctx, "/api/funders", "funders", query(suggest, 20))
}

// Awards finds awards (grants) by number or words, of one funder or with "" of any.
func (c *Client) Awards(ctx context.Context, funder, suggest string) ([]VocabularyEntry, error) {
	q := query(suggest, 20)
	if funder != "" {
		q.Set("funders", funder)
	}
	return c.entries(ctx, "/api/awards", "awards", q)
}

// Affiliations finds organisations; their id is a ROR id.
func (c *Client) Affiliations(ctx context.Context, suggest string) ([]VocabularyEntry, error) {
	return c.entries(ctx, "/api/affiliations", "affiliations", query(suggest, 20))
}

// Names finds people with an ORCID iD; it needs a token.
func (c *Client) Names(ctx context.Context, suggest string) ([]VocabularyEntry, error) {
	return c.entries(ctx, "/api/names", "names", query(suggest, 20))
}

func query(suggest string, size int) url.Values {
	q := url.Values{}
	if suggest != "" {
		q.Set("suggest", suggest)
	}
	if size > 0 {
		q.Set("size", strconv.Itoa(size))
	}
	return q
}

func (c *Client) entries(ctx context.Context, path, what string, q url.Values) ([]VocabularyEntry, error) {
	var list wireHits
	if err := c.json(ctx, call{op: "look up " + what, method: http.MethodGet, path: path, query: q, has: "hits"}, &list); err != nil {
		return nil, err
	}
	var out []VocabularyEntry
	for _, h := range list.Hits.Hits {
		var w wireEntry
		if decode(h, &w) == nil && w.ID != "" {
			out = append(out, w.entry())
		}
	}
	return out, nil
}
