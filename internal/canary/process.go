package canary

import (
	"io"
	"log"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// watchProcess is told of what is written to the standard log and to the standard
// error, until the test is over.
func watchProcess(t testing.TB) Sink {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	stderr, before := os.Stderr, log.Writer()
	os.Stderr = file
	log.SetOutput(file)
	t.Cleanup(func() {
		os.Stderr = stderr
		log.SetOutput(before)
		_ = file.Close() // what was written is known
	})
	written := &tail{file: file}
	return Sink{Name: "the standard log or the standard error", Take: written.take}
}

// tail reads what was added to a file.
type tail struct {
	file *os.File
	mu   sync.Mutex
	read int64
}

func (t *tail) take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	added, err := io.ReadAll(io.NewSectionReader(t.file, t.read, 1<<30))
	if err != nil {
		return []string{err.Error()}
	}
	t.read += int64(len(added))
	if len(added) == 0 {
		return nil
	}
	return []string{string(added)}
}
