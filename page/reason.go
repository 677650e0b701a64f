package page

// Reason words why something was left out, by the word for it, for the readers of a
// record. Unknown words stand for themselves.
func Reason(word string) string {
	if text, ok := reasons[word]; ok {
		return text
	}
	return OneLine(word)
}

var reasons = map[string]string{
	"link":             "its files are outside of openBIS",
	"archived":         "its files are in the archive of openBIS",
	"no-access":        "the person who exported may not read it",
	"missing":          "it is missing in openBIS",
	"other-data-store": "its data store is not known, has no address, or was not to be asked",
	"empty":            "it has no files, or none that were asked for",
	"unreadable":       "it could not be read",
	"corrupt":          "it is not what the checksum in openBIS says",
	"settings":         "it holds settings of the lab notebook",
}
