package sandbox

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
)

// maxShelf is how many bytes of uploaded files are held. The oldest go first; none is
// kept beyond the process.
const maxShelf = 64 << 20

// The first part of the places of files.
const (
	uploads = "upload/"
	exports = "raw/"
)

// shelf holds uploaded files.
type shelf struct {
	mu    sync.Mutex
	files []shelved // the oldest first
	size  int
}

// shelved is an uploaded file.
type shelved struct {
	place   string // what its address ends with
	content []byte
}

func (s *shelf) put(file shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, file)
	s.size += len(file.content)
	for s.size > maxShelf && len(s.files) > 1 {
		s.size -= len(s.files[0].content)
		s.files = s.files[1:]
	}
}

func (s *shelf) find(place string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, file := range s.files {
		if file.place == place {
			return file.content, true
		}
	}
	return nil, false
}

// fileURL is the address of a file, on the host that the request went to.
func (s *Sandbox) fileURL(r *request, place string) string {
	called, err := url.Parse(r.address)
	if err != nil {
		return ""
	}
	address := url.URL{Scheme: called.Scheme, Host: called.Host, Path: "/" + s.config.AppCode + "/" + place}
	return address.String()
}

// serveFile serves what was uploaded, and what was exported, to whoever knows the address.
// It tells whether the path is one of a file's.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request) bool {
	place, isApps := strings.CutPrefix(r.URL.Path, "/"+s.config.AppCode+"/")
	isFile := strings.HasPrefix(place, uploads) || strings.HasPrefix(place, exports)
	if !isApps || !isFile || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	file, ok := s.file(place)
	if !ok {
		http.NotFound(w, r)
		return true
	}
	kind := orDefault(mime.TypeByExtension(path.Ext(place)), "application/octet-stream")
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox") // it may be anything, and the page of the inbox has the same host
	//nolint:gosec // whatever the file is, it has no rights and is what its type says
	_, _ = w.Write(file) // the caller may have gone
	return true
}

// file finds a file by what its address ends with. Of a picture, clients ask for smaller
// ones by a part of the address that says how; they get it as it is.
func (s *Sandbox) file(place string) (content []byte, ok bool) {
	parts := strings.Split(place, "/")
	if len(parts) < 3 {
		return nil, false
	}
	if strings.HasPrefix(place, uploads) {
		return s.files.find(uploads + strings.Join(parts[len(parts)-2:], "/"))
	}
	s.look(func() {
		if export, err := s.export(parts[1]); err == nil && export.finished {
			content, ok = export.file, export.file != nil
		}
	})
	return content, ok
}
