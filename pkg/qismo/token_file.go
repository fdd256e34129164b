package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qismo-go/qismo/internal/transport"
)

// TokenFile is a [TokenStore] that keeps the tokens in a file, for [WithTokenStore].
// The file is made when there is something to keep, in a directory that must be there,
// and only the user of the process can read it. It is replaced as a whole, so that
// other processes that share it never read half of it. A file that holds something
// else is left alone: that is an error.
func TokenFile(path string) TokenStore { return tokenFile(path) }

type tokenFile string

func (f tokenFile) Load(ctx context.Context) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	kept, err := os.ReadFile(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(kept)) == 0:
		return nil, nil // made beforehand, such as by mktemp
	}
	var session transport.Session
	if json.Unmarshal(kept, &session) != nil || session.Token == "" {
		return nil, fmt.Errorf("the file %s holds something else than tokens: remove it, or name another", string(f))
	}
	return kept, nil
}

func (f tokenFile) Save(ctx context.Context, tokens []byte) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	directory, name := filepath.Split(string(f))
	if name == "" {
		return fmt.Errorf("the path %q names no file", string(f))
	}
	// Beside the file, as only there it can take its place in one step. For the user
	// of the process alone, as CreateTemp does it.
	written, err := os.CreateTemp(filepath.Clean(directory), name+".*")
	if err != nil {
		return err
	}
	_, err = written.Write(tokens)
	err = errors.Join(err, written.Sync(), written.Close())
	if err == nil {
		err = os.Rename(written.Name(), string(f))
	}
	if err != nil {
		return errors.Join(err, os.Remove(written.Name()))
	}
	return nil
}
