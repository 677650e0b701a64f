package openbis

import (
	"context"
	"fmt"
	"sort"

	"zenobis/safetext"
)

// Types reads all types of collections, objects or data sets, by code, with
// their properties in the order of the form and the terms of vocabularies
// (docs/openbis-api.md, Properties and types). Other kinds have no types.
func (c *Client) Types(ctx context.Context, kind Kind) (map[string]EntityType, error) {
	if kind != KindCollection && kind != KindObject && kind != KindDataSet {
		return map[string]EntityType{}, nil
	}
	all, err := briefly(ctx, c, "types "+string(kind), func(ctx context.Context) (map[string]EntityType, error) {
		return c.types(ctx, kind)
	})
	if err != nil {
		return nil, fmt.Errorf("read types of %ss: %w", kind, err)
	}
	return all, nil
}

func (c *Client) types(ctx context.Context, kind Kind, members ...any) (map[string]EntityType, error) {
	w := api[kind]
	if members == nil {
		members = []any{}
	}
	terms := of("vocabulary.fetchoptions.VocabularyTermFetchOptions")
	options := of(w.pkg+".fetchoptions."+w.class+"TypeFetchOptions", "propertyAssignments",
		of("property.fetchoptions.PropertyAssignmentFetchOptions", "propertyType",
			of("property.fetchoptions.PropertyTypeFetchOptions", "vocabulary",
				of("vocabulary.fetchoptions.VocabularyFetchOptions", "terms", terms))))
	g, err := c.call(ctx, "search"+w.class+"Types",
		of(w.pkg+".search."+w.class+"TypeSearchCriteria", "operator", "AND", "criteria", members), options)
	if err != nil {
		return nil, err
	}
	if _, ok := g.obj(g.root)["objects"].([]any); !ok {
		return nil, errShape
	}
	out := map[string]EntityType{}
	for _, m := range g.list(g.obj(g.root)["objects"]) {
		t := EntityType{Kind: kind, Code: line(m["code"]), Description: safetext.Text(text(m["description"]))}
		if t.Code == "" {
			continue
		}
		assignments := g.list(m["propertyAssignments"])
		sort.SliceStable(assignments, func(i, j int) bool {
			a, _ := number(assignments[i]["ordinal"])
			b, _ := number(assignments[j]["ordinal"])
			return a < b
		})
		for _, a := range assignments {
			if p := g.assignment(a); p.Code != "" {
				t.Properties = append(t.Properties, p)
			}
		}
		out[t.Code] = t
	}
	return out, nil
}

func (g *graph) assignment(m map[string]any) Assignment {
	p := g.obj(m["propertyType"])
	a := Assignment{
		Code:     text(p["code"]), // raw: it is the key of Entity.Properties
		Label:    line(p["label"]),
		Section:  line(m["section"]),
		DataType: line(p["dataType"]),
		Widget:   line(g.obj(p["metaData"])["custom_widget"]),
		Internal: truth(p["managedInternally"]),
	}
	v := g.obj(p["vocabulary"])
	a.Description, a.Vocabulary, a.VocabularyText = line(p["description"]), line(v["code"]), line(v["description"])
	for _, t := range g.list(v["terms"]) {
		if a.Terms == nil {
			a.Terms, a.TermTexts = map[string]string{}, map[string]string{}
		}
		term, label := text(t["code"]), line(t["label"])
		if label == "" {
			label = safetext.Name(term)
		}
		a.Terms[term] = label
		if d := line(t["description"]); d != "" {
			a.TermTexts[term] = d
		}
	}
	return a
}
