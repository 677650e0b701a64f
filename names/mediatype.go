package names

import (
	"mime"
	"path"
	"strings"
)

// mediaTypes are those that a lab's files mostly have; the system's table is
// not asked, since it differs between machines.
var mediaTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".json": "application/json", ".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv",
	".tsv": "text/tab-separated-values", ".md": "text/markdown", ".yaml": "application/yaml", ".yml": "application/yaml",
	".toml": "application/toml",
	".pdf":  "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".tif": "image/tiff", ".tiff": "image/tiff",
	".svg": "image/svg+xml", ".bmp": "image/bmp", ".webp": "image/webp", ".dcm": "application/dicom",
	".zip": "application/zip", ".gz": "application/gzip", ".tgz": "application/gzip", ".tar": "application/x-tar",
	".7z":  "application/x-7z-compressed",
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

// MediaType returns the media type of a file: the given one if it is one, else
// what its extension tells, else application/octet-stream.
func MediaType(name, given string) string {
	if t, _, err := mime.ParseMediaType(given); err == nil && given != "" {
		return t
	}
	if t := mediaTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
