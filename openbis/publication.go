package openbis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"zenobis/human"
)

const (
	// GeneralGroup is the group without a prefix, the only one of most servers.
	GeneralGroup    = "GENERAL"
	publicationType = "PUBLICATION"
	identifierCode  = "PUBLICATION.IDENTIFIER"
)

// Publications finds the publications with a DOI that the user may see.
func (c *Client) Publications(ctx context.Context, doi string) ([]Entity, error) {
	if strings.TrimSpace(doi) == "" {
		return nil, nil
	}
	var first error
	for _, name := range []string{"$" + identifierCode, identifierCode} {
		l, err := all(0, func(from, count int) (Listing, error) {
			return c.page(ctx, KindObject, full, []any{objectType(publicationType), property(name, equal(doi))}, from, count)
		})
		if err != nil && !plain(err) {
			return nil, fmt.Errorf("find publications with %s: %w", doi, err)
		}
		if first == nil {
			first = err
		}
		var found []Entity
		for _, e := range l.Entities {
			if strings.EqualFold(strings.TrimSpace(e.Property("$"+identifierCode)), doi) {
				found = append(found, e)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
		if err == nil {
			first = nil
			if l.Total > 0 {
				break
			}
		}
	}
	if first != nil {
		return nil, fmt.Errorf("find publications with %s: %w", doi, first)
	}
	return nil, nil
}

// Published tells under which DOI things were published before, by permId, as far
// as the publications that the user may see name them. The newest counts.
func (c *Client) Published(ctx context.Context) (map[string]string, error) {
	told, err := briefly(ctx, c, "published", c.published)
	return maps.Clone(told), err
}

func (c *Client) published(ctx context.Context) (map[string]string, error) {
	l, err := all(0, func(from, count int) (Listing, error) {
		return c.page(ctx, KindObject, full, []any{objectType(publicationType)}, from, count)
	})
	if err != nil && !plain(err) { // plain: a server without publications
		return nil, fmt.Errorf("look for earlier publications: %w", err)
	}
	slices.SortFunc(l.Entities, func(a, b Entity) int { return b.Registered.Compare(a.Registered) })
	out := map[string]string{}
	for _, e := range l.Entities {
		doi := strings.TrimSpace(e.Property("$" + identifierCode))
		if doi == "" {
			continue
		}
		for id := range strings.SplitSeq(e.Property("$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS"), ",") {
			id = strings.TrimSpace(id)
			if _, newer := out[id]; !newer && id != "" && id != "/" && !strings.HasPrefix(id, "GROUP:") {
				out[id] = doi
			}
		}
	}
	return out, nil
}

// Register records a publication through the ELN's publication-api, which any user
// may call (docs/openbis-api.md, Registering a publication). Nothing is checked
// there, the DOI least of all: look before, and never repeat a call whose end is
// unknown without looking. ErrNoService where the ELN is not installed.
func (c *Client) Register(ctx context.Context, p Publication) error {
	op := "register " + p.DOI
	related := make([]string, 0, len(p.Related)+len(p.Groups))
	for _, id := range p.Related {
		related = append(related, strings.TrimSpace(id))
	}
	for _, group := range p.Groups {
		related = append(related, "GROUP:"+group)
	}
	for _, id := range related {
		if id == "" || strings.Contains(id, ",") {
			return fmt.Errorf("%s: %w", op, errors.New("a related identifier is empty or holds a comma"))
		}
	}
	g, err := c.create(ctx, "executeCustomASService",
		of("service.id.CustomASServiceCode", "permId", publicationService),
		of("service.CustomASServiceExecutionOptions", "parameters", map[string]any{
			"method":                    "insertPublication",
			"publicationOrganization":   p.Organization,
			"publicationType":           p.Type,
			"publicationIdentifier":     p.DOI,
			"publicationURL":            p.URL,
			"publicationDescription":    p.Description,
			"name":                      p.Name,
			"openBISRelatedIdentifiers": strings.Join(related, ","),
		}))
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	m := g.obj(g.root)
	if status := line(m["status"]); status != "OK" {
		// The other way of failing (docs/openbis-api.md, Registering a publication).
		text := refusal("", rpcError{Message: new(text(m["error"]))}, nil)
		if status != "FAILED" {
			text.Message = "the service answered neither OK nor FAILED"
		}
		return fmt.Errorf("%s: %w", op, text)
	}
	return nil
}

// CreatePublication makes the object itself, for users with the right to
// write where publication-api is missing: one for each group, all or none. It
// returns the permId of the first. The code makes a second attempt fail with
// ErrExists.
func (c *Client) CreatePublication(ctx context.Context, p Publication, code string) (string, error) {
	op := "create publication " + code
	prefix, err := c.publicationPrefix(ctx)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	properties := map[string]string{
		prefix + "NAME":                                    p.Name,
		prefix + "PUBLICATION.ORGANIZATION":                p.Organization,
		prefix + "PUBLICATION.TYPE":                        p.Type,
		prefix + identifierCode:                            p.DOI,
		prefix + "PUBLICATION.URL":                         p.URL,
		prefix + "PUBLICATION.DESCRIPTION":                 p.Description,
		prefix + "PUBLICATION.OPENBIS_RELATED_IDENTIFIERS": strings.Join(p.Related, ", "),
	}
	for name, value := range properties {
		if value == "" {
			delete(properties, name)
		}
	}
	groups := p.Groups
	if len(groups) == 0 {
		groups = []string{GeneralGroup}
	}
	var creations []any
	for _, group := range groups {
		space, project, collection := publicationPlace(group)
		creations = append(creations, of("sample.create.SampleCreation",
			"typeId", of("entitytype.id.EntityTypePermId", "permId", publicationType, "entityKind", "SAMPLE"),
			"spaceId", of("space.id.SpacePermId", "permId", space),
			"projectId", of("project.id.ProjectIdentifier", "identifier", project),
			"experimentId", of("experiment.id.ExperimentIdentifier", "identifier", collection),
			"code", strings.ToUpper(code), "properties", properties))
	}
	g, err := c.create(ctx, "createSamples", creations)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	if ids := g.list(g.root); len(ids) > 0 && line(ids[0]["permId"]) != "" {
		return line(ids[0]["permId"]), nil
	}
	return "", fmt.Errorf("%s: %w", op, errShape)
}

// publicationPrefix is "$" or, on servers that dropped it, "".
func (c *Client) publicationPrefix(ctx context.Context) (string, error) {
	types, err := c.types(ctx, KindObject, code(publicationType))
	if err != nil {
		return "", err
	}
	t, ok := types[publicationType]
	if !ok {
		return "", fmt.Errorf("%w: object type %s", ErrNotFound, publicationType)
	}
	for _, a := range t.Properties {
		if a.Code == identifierCode {
			return "", nil
		}
	}
	return "$", nil
}

// publicationPlace is where the publications of a group are: the prefix is on
// all three parts, and its spelling does not matter to the server.
func publicationPlace(group string) (space, project, collection string) {
	prefix := ""
	if group = strings.ToUpper(strings.TrimSpace(group)); group != "" && group != GeneralGroup {
		prefix = group + "_"
	}
	space = prefix + "PUBLICATIONS"
	project = "/" + space + "/" + prefix + "PUBLIC_REPOSITORIES"
	return space, project, project + "/" + prefix + "PUBLICATIONS_COLLECTION"
}

// Unarchive asks for data sets to be brought back from the archive. It returns
// at once; Data.Status tells when they are there. Those that are there already
// do no harm.
func (c *Client) Unarchive(ctx context.Context, dataSets []string) error {
	if len(dataSets) == 0 {
		return nil
	}
	ids := make([]any, 0, len(dataSets))
	for _, code := range dataSets {
		ids = append(ids, of("dataset.id.DataSetPermId", "permId", code))
	}
	if _, err := c.call(ctx, "unarchiveDataSets", ids, of("dataset.unarchive.DataSetUnarchiveOptions")); err != nil {
		return fmt.Errorf("bring %s back from the archive: %w", human.Count(len(dataSets), "data set", "data sets"), err)
	}
	return nil
}

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
