// Package plan resolves a selection against openBIS into a snapshot: walk, files,
// pages, layout, privacy, limits. Nothing is sent.
package plan

import (
	"context"
	"time"

	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/zenodo"
)

// Catalog is what planning reads from openBIS; *openbis.Client implements it.
type Catalog interface {
	Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Collections(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	ProjectObjects(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	SpaceObjects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error)
	DataSetsOf(ctx context.Context, objects []string, p openbis.Page) (openbis.Listing, error)
	ChildrenOf(ctx context.Context, objects []string, p openbis.Page) (openbis.Listing, error)
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Types(ctx context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error)
	FilesOf(ctx context.Context, store openbis.DataStore, dataSets []string, sink openbis.FileSink) (failed map[string]error, err error)
	Image(ctx context.Context, src string) (mediaType string, data []byte, err error)
}

// Planner resolves a selection into a snapshot. Catalog, Limits, Version and
// Now are needed, the rest may be left out.
type Planner struct {
	Catalog Catalog
	Limits  zenodo.Limits // what a record may hold; zero fields are not checked
	Version string        // of the program: "1.0.0"
	Now     time.Time     // the plan's time and the default publication date

	Kind      zenodo.Kind // of the server; only zenodo lets users raise the quota themselves
	Publisher string      // "Zenodo", or the name of another instance
	// PublisherURL is its address.
	PublisherURL string
	ExportedBy   string         // name of the person with whose rights the plan is made
	ExportedByID string         // their user id, by which the crate knows them as a creator; never published
	SourceURL    string         // openBIS address; used only where Request.ShowSource
	Known        []string       // user ids, host names and the like that must not be found in published texts
	License      record.License // of the metadata's licence, where known

	// Follows is the published version that this record will replace; nil for a first one.
	Follows *job.Version

	// PublishedBefore tells the DOIs under which entities were published already, by
	// permId. It is asked once; nil knows of none.
	PublishedBefore func(ctx context.Context) (map[string]string, error)
	Progress        func(stage string, n int) // stages: entities, files, pages, packages

	// Render makes an entity's pages; nil means page.Render. Tests make those of
	// another version of the program.
	Render Render

	// Sleep waits before a data set without checksums is listed again; nil
	// waits by the clock.
	Sleep func(ctx context.Context, d time.Duration) error
}
