package names

// pictures are the kinds that every browser draws, with the extensions of the files
// that we make of them.
var pictures = []struct{ mediaType, extension string }{
	{"image/png", "png"}, {"image/jpeg", "jpg"}, {"image/gif", "gif"}, {"image/webp", "webp"}, {"image/bmp", "bmp"}, {"image/svg+xml", "svg"},
}

// PictureTypes are the media types of the pictures that every browser draws.
func PictureTypes() (list []string) {
	for _, p := range pictures {
		list = append(list, p.mediaType)
	}
	return list
}

// PictureExtension is the extension, without the dot, of a picture of one of
// PictureTypes; "" for another.
func PictureExtension(mediaType string) string {
	for _, p := range pictures {
		if p.mediaType == mediaType {
			return p.extension
		}
	}
	return ""
}

// ofPicture reports whether an extension is one of ours for pictures.
func ofPicture(extension string) bool {
	for _, p := range pictures {
		if p.extension == extension {
			return true
		}
	}
	return false
}
