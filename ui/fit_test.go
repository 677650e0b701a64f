package ui

import (
	"zenobis/export"
	"zenobis/openbis"
)

// The real ones fit without an adapter.
var (
	_ Running = (*export.Run)(nil)
	_ Catalog = (*openbis.Client)(nil)
)
