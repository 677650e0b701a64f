package zenodotest

func routeLegacy(c *call, p []string) *view                 { return nil }
func (s *Server) zenodoRecord(it *item, d *document) object { return s.native(it, d, nil, "") }
