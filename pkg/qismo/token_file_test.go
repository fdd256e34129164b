package qismo_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

const keptTokens = `{"login":"x","token":"t","long_lived_token":"l","since":"2026-11-20T08:00:00Z"}`

func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	store := qismo.TokenFile(path)
	kept, err := store.Load(t.Context())
	require.NoError(t, err)
	assert.Nil(t, kept, "there is nothing yet")
	for _, content := range []string{"", " \n"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		kept, err = store.Load(t.Context())
		require.NoError(t, err)
		assert.Nil(t, kept)
	}

	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, store.Save(t.Context(), []byte(keptTokens)))
	kept, err = qismo.TokenFile(path).Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, keptTokens, string(kept))
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "it is the user's alone, whatever it was before")
	}
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing else is left behind")
}

// A file that somebody named by mistake is neither used nor overwritten.
func TestTokenFileThatHoldsSomethingElse(t *testing.T) {
	service := newLoginService(t)
	for _, content := range []string{"port: 8080", `{"port":8080}`, `{"token":5}`, "null", "\x00"} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithTokenStore(qismo.TokenFile(path)))
		_, err := client.Rooms.Get(t.Context(), "5")
		require.ErrorContains(t, err, "load the token from its store: the file "+path+" holds something else than tokens")
		assert.NotContains(t, err.Error(), "8080")
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, content, string(left))
	}
	assert.Zero(t, service.logins.Load())
}

func TestTokenFileThatCannotBe(t *testing.T) {
	directory := t.TempDir()
	missing := qismo.TokenFile(filepath.Join(directory, "missing", "tokens"))
	kept, err := missing.Load(t.Context())
	require.NoError(t, err)
	assert.Nil(t, kept)
	require.ErrorIs(t, missing.Save(t.Context(), []byte(keptTokens)), fs.ErrNotExist)

	_, err = qismo.TokenFile(directory).Load(t.Context())
	require.Error(t, err, "it is a directory")
	require.NoError(t, os.Mkdir(filepath.Join(directory, "taken"), 0o700))
	require.Error(t, qismo.TokenFile(filepath.Join(directory, "taken")).Save(t.Context(), []byte(keptTokens)))
	files, err := os.ReadDir(directory)
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing is left behind")
	require.ErrorContains(t, qismo.TokenFile("").Save(t.Context(), nil), "names no file")
	require.ErrorContains(t, qismo.TokenFile(directory+"/").Save(t.Context(), nil), "names no file")

	closed := errors.New("the shop closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(closed)
	store := qismo.TokenFile(filepath.Join(directory, "tokens"))
	require.ErrorIs(t, store.Save(ctx, []byte(keptTokens)), closed)
	_, err = store.Load(ctx)
	require.ErrorIs(t, err, closed)
}

// Whoever reads while others write finds one of the tokens, whole.
func TestTokenFileIsReplacedAsAWhole(t *testing.T) {
	store := qismo.TokenFile(filepath.Join(t.TempDir(), "tokens"))
	require.NoError(t, store.Save(t.Context(), []byte(keptTokens)))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 25 {
				saved := store.Save(t.Context(), []byte(keptTokens))
				kept, err := store.Load(t.Context())
				assert.Equal(t, [3]any{nil, keptTokens, nil}, [3]any{saved, string(kept), err})
			}
		})
	}
	group.Wait()
}

// After a restart the token is found in its file, and the same file serves no other
// log-in.
func TestARestartWithATokenFile(t *testing.T) {
	service := newLoginService(t)
	path := filepath.Join(t.TempDir(), "tokens")
	start := func(email string) *qismo.Client {
		return service.client(t, qismo.WithLogin(testAppID, email, "sandi-rahasia"), qismo.WithTokenStore(qismo.TokenFile(path)))
	}
	for range 3 {
		_, err := start("sari@example.id").Rooms.Get(t.Context(), "5")
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, service.logins.Load())
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(kept), "sari")
	assert.NotContains(t, string(kept), "sandi-rahasia")

	_, err = start("budi@example.id").Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 2, service.logins.Load(), "nobody goes on as another")
	assert.Zero(t, service.refreshes.Load())

	service.expire()
	_, err = start("budi@example.id").Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 1, service.refreshes.Load(), "the long-lived token was kept as well")
}
