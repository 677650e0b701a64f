// Package fetch brings data files from the data store servers: ahead of need, in
// order, in bounded memory, each compared with the checksum that openBIS keeps.
package fetch

import "zenobis/openbis"

// WholeLimit is the size in bytes up to which a file is fetched whole before
// its entry begins: a quarter of the read-ahead's pool. A file without a known
// CRC-32 gets a data descriptor only above it.
const WholeLimit = 6 << 20

// File is a data file of a package, in sending order.
type File struct {
	Package      string // name of the record file it goes into
	Index        int    // of its entry in the package: the key of Hashes
	DataSet      string // permId
	Store        openbis.DataStore
	openbis.File        // Path as openBIS knows it
	Entry        string // path in the tree
}
