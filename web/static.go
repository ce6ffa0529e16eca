package web

import "paddock/static"

// asset serves one of the browser's files; they hold no clinic data and may be kept for ever.
func (s *Server) asset(*visit) (answer, error) { return answer{raw: static.Handler()}, nil }
