package export

// Verified is one comparison: of a record file, or of a file inside.
type Verified struct {
	Package string
	File    string // in the package, "" for the package itself
	OK      bool
	Message string // what was compared, or what differs
}

// ManifestLine is one data file of an export.
type ManifestLine struct {
	DataSet string // permId
	Path    string // as openBIS knows it
	Size    int64  // bytes
	CRC     uint32
	SHA256  string // hex; "" while it was not sent
	Package string // record file that holds it
	Entry   string // path in the tree
	Raw     bool   // the record file is the data file itself
}
