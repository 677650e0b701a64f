package crate

import (
	"cmp"
	"mime"
	"path"
	"strings"
)

// id of a creator: the ORCID where it is known.
func (a Agent) id(i int) string {
	if a.ORCID != "" {
		return "https://orcid.org/" + strings.TrimPrefix(a.ORCID, "https://orcid.org/")
	}
	return "#creator-" + hashHex(a.name(), 12)
}

func (a Agent) node(i int) node {
	n := node{"@id": a.id(i), "@type": "Person", "name": strings.TrimSpace(flat(a.Given) + " " + flat(a.Family))}
	switch {
	case a.Name != "":
		n["@type"], n["name"] = "Organization", flat(a.Name)
	case a.Given != "":
		n["familyName"], n["givenName"] = flat(a.Family), flat(a.Given)
	default:
		n["familyName"] = flat(a.Family)
	}
	var orgs []any
	for _, o := range a.Affiliations {
		orgs = append(orgs, ref(o.id()))
	}
	switch len(orgs) {
	case 0:
	case 1:
		n["affiliation"] = orgs[0]
	default:
		n["affiliation"] = orgs
	}
	return n
}

// id of an organisation: the ROR where it is known.
func (o Affiliation) id() string {
	if o.ROR != "" {
		return "https://ror.org/" + strings.TrimPrefix(o.ROR, "https://ror.org/")
	}
	return "#organization-" + hashHex(flat(o.Name), 12)
}

// licenseID is the address of the licence; without one a note of it.
func (f Facts) licenseID() string {
	switch {
	case f.LicenseURL != "":
		return f.LicenseURL
	case f.License == "":
		return "#license"
	case strings.HasPrefix(f.License, "cc"):
		return "https://spdx.org/licenses/" + strings.ToUpper(f.License)
	}
	return "#license-" + encode(f.License)
}

func (f Facts) license() node {
	name := cmp.Or(flat(f.LicenseName), f.License, "No licence was given")
	n := node{"@id": f.licenseID(), "@type": "CreativeWork", "name": name, "description": "Licence of this data set: " + name}
	if strings.HasPrefix(f.licenseID(), "http") {
		n["url"] = f.licenseID()
	}
	return n
}

func doiAddress(doi string) string { return "https://doi.org/" + encode(doi) }

// keywords are a list, or one text where readers expect that.
func keywords(words []string, d dialect) any {
	var clean []string
	for _, w := range words {
		if w = flat(w); w != "" {
			clean = append(clean, w)
		}
	}
	switch {
	case len(clean) == 0:
		return nil
	case d.eln || len(clean) == 1:
		return strings.Join(clean, ", ")
	}
	return clean
}

// sum is a hash, or as many zeros while it is not known: both are equally long.
func sum(sha256 string) string {
	if len(sha256) != len(unknownHash) {
		return unknownHash
	}
	return sha256
}

// mediaTypes are those that a lab's files mostly have; the system's table is
// not asked, since it differs between machines.
var mediaTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".json": "application/json", ".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv",
	".tsv": "text/tab-separated-values", ".md": "text/markdown", ".yaml": "application/yaml", ".yml": "application/yaml", ".toml": "application/toml",
	".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".tif": "image/tiff", ".tiff": "image/tiff",
	".svg": "image/svg+xml", ".bmp": "image/bmp", ".webp": "image/webp", ".dcm": "application/dicom",
	".zip": "application/zip", ".gz": "application/gzip", ".tgz": "application/gzip", ".tar": "application/x-tar", ".7z": "application/x-7z-compressed",
	".bz2": "application/x-bzip2", ".xz": "application/x-xz", ".xml": "application/xml",
	".doc": "application/msword", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".ppt": "application/vnd.ms-powerpoint", ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".ods": "application/vnd.oasis.opendocument.spreadsheet", ".odt": "application/vnd.oasis.opendocument.text",
	".py": "text/x-python", ".r": "text/x-r", ".sh": "application/x-sh", ".c": "text/x-c", ".ipynb": "application/x-ipynb+json",
	".h5": "application/x-hdf5", ".hdf5": "application/x-hdf5", ".nc": "application/netcdf", ".parquet": "application/vnd.apache.parquet",
	".mp4": "video/mp4", ".avi": "video/x-msvideo", ".mov": "video/quicktime", ".wav": "audio/wav", ".mp3": "audio/mpeg",
	".fasta": "text/x-fasta", ".fa": "text/x-fasta", ".fastq": "text/x-fastq", ".mat": "application/x-matlab-data", ".sha256": "text/plain",
}

func mediaType(name, given string) string {
	if t, _, err := mime.ParseMediaType(given); err == nil && given != "" {
		return t
	}
	if t := mediaTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
