package zenodotest

import "net/http"

func (s *Server) page(w http.ResponseWriter, r *http.Request, path string) { http.NotFound(w, r) }
