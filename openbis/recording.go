package openbis

import (
	"context"
	"fmt"
	"slices"
)

// publicationService is the service of the ELN that records publications.
const publicationService = "publication-api"

// PublicationService reports whether the service that records publications is
// there; without it Register fails with ErrNoService.
func (c *Client) PublicationService(ctx context.Context) (bool, error) {
	g, err := c.call(ctx, "searchCustomASServices",
		of("service.search.CustomASServiceSearchCriteria", "operator", "AND", "criteria", []any{}),
		of("service.fetchoptions.CustomASServiceFetchOptions"))
	if err != nil {
		return false, fmt.Errorf("look for the service %s: %w", publicationService, err)
	}
	return slices.ContainsFunc(g.list(g.obj(g.root)["objects"]), func(s map[string]any) bool {
		return line(s["code"]) == publicationService
	}), nil
}

// MayCreatePublication reports whether the user may make an object where a group's
// publications are ("" is GENERAL), as CreatePublication does.
func (c *Client) MayCreatePublication(ctx context.Context, group string) (bool, error) {
	_, project, _ := publicationPlace(group)
	id := project + "/ZENOBIS" // one that is not there: of it the right to create is told
	g, err := c.call(ctx, "getRights", []any{of("sample.id.SampleIdentifier", "identifier", id)}, of("rights.fetchoptions.RightsFetchOptions"))
	if err != nil {
		return false, fmt.Errorf("look whether you may write in %s: %w", project, err)
	}
	for _, v := range g.obj(g.root) {
		rights, _ := g.obj(v)["rights"].([]any)
		for _, r := range rights {
			if line(r) == "CREATE" {
				return true, nil
			}
		}
	}
	return false, nil
}
