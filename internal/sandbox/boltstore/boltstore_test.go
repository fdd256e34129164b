package boltstore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/boltstore"
)

func open(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	store, err := boltstore.Open(path)
	require.NoError(t, err)
	return store
}

// read reads a part.
func read(t *testing.T, store *boltstore.Store, part string) (keys []string, values map[string]string) {
	t.Helper()
	values = map[string]string{}
	require.NoError(t, store.Read(part, func(key string, value []byte) error {
		keys = append(keys, key)
		values[key] = string(value)
		return nil
	}))
	return keys, values
}

func TestRecordsOutliveTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world")
	store := open(t, path)
	require.NoError(t, store.Write([]sandbox.Change{
		{Part: "rooms", Key: "2", Value: []byte(`{"b":1}`)}, {Part: "rooms", Key: "1", Value: []byte(`{"a":1}`)},
		{Part: "tags", Key: "1", Value: []byte(`{}`)},
	}))
	require.NoError(t, store.Write([]sandbox.Change{
		{Part: "rooms", Key: "1", Value: []byte(`{"a":2}`)}, {Part: "tags", Key: "1"}, {Part: "tags", Key: "9"},
	}))
	for range 2 {
		keys, values := read(t, store, "rooms")
		assert.Equal(t, []string{"1", "2"}, keys)
		assert.Equal(t, `{"a":2}`, values["1"])
		none, _ := read(t, store, "tags")
		assert.Empty(t, none)
		none, _ = read(t, store, "never written")
		assert.Empty(t, none)
		require.NoError(t, store.Close())
		store = open(t, path)
	}
	why := errors.New("enough")
	count := 0
	err := store.Read("rooms", func(string, []byte) error { count++; return why })
	require.ErrorIs(t, err, why)
	assert.Equal(t, 1, count)
	require.NoError(t, store.Close())
	require.Error(t, store.Write([]sandbox.Change{{Part: "rooms", Key: "3", Value: []byte(`{}`)}}), "it is closed")
}

// One change that cannot be made takes all others with it.
func TestAllOrNothing(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "world"))
	require.Error(t, store.Write([]sandbox.Change{
		{Part: "rooms", Key: "1", Value: []byte(`{}`)}, {Part: "rooms", Key: "", Value: []byte(`{}`)},
	}))
	keys, _ := read(t, store, "rooms")
	assert.Empty(t, keys)
	require.NoError(t, store.Close())
}

// What is as it was is not written: the file does not change by it.
func TestNothingNewIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world")
	store := open(t, path)
	changes := []sandbox.Change{{Part: "rooms", Key: "1", Value: []byte(`{}`)}, {Part: "rooms", Key: "2"}}
	require.NoError(t, store.Write(changes))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, store.Write(changes))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(before, after))
	require.NoError(t, store.Close())
}

func TestFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	inUse := filepath.Join(dir, "in use")
	holder := open(t, inUse)
	defer func() { assert.NoError(t, holder.Close()) }()

	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("bukan basis data\n"), 1000), 0o600))

	bolt := func(name, bucket, key, value string) string {
		path := filepath.Join(dir, name)
		file, err := bbolt.Open(path, 0o600, nil)
		require.NoError(t, err)
		require.NoError(t, file.Update(func(tx *bbolt.Tx) error {
			made, err := tx.CreateBucket([]byte(bucket))
			require.NoError(t, err)
			return made.Put([]byte(key), []byte(value))
		}))
		require.NoError(t, file.Close())
		return path
	}
	for name, refused := range map[string]struct {
		path string
		why  error
	}{
		"another process has it": {inUse, boltstore.ErrInUse},
		"a text":                 {text, boltstore.ErrForeign},
		"another program's":      {bolt("foreign", "stock", "kopi", "12"), boltstore.ErrForeign},
		"another version's":      {bolt("newer", "qismo sandbox", "layout", "2"), boltstore.ErrVersion},
		"a directory":            {dir, boltstore.ErrForeign},
		"no such directory":      {filepath.Join(dir, "nowhere", "world"), os.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := boltstore.Open(refused.path)
			require.ErrorIs(t, err, refused.why)
			assert.ErrorContains(t, err, refused.path)
		})
	}
	whole, err := os.ReadFile(text)
	require.NoError(t, err)
	assert.Len(t, whole, 17*1000, "it was left alone")
}

// A file that is not whole is refused, and ends nobody's process.
func TestDamagedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world")
	store := open(t, path)
	platform, err := sandbox.New(sandbox.Config{Store: store, Rooms: 500})
	require.NoError(t, err)
	require.NoError(t, platform.Shutdown(t.Context()))
	require.NoError(t, store.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, damaged := range map[string][]byte{
		"a half":         whole[:len(whole)/2],
		"the end is off": whole[:len(whole)-len(whole)/10],
		"two pages":      whole[:2*os.Getpagesize()],
		"a hole":         slices.Concat(whole[:len(whole)/3], make([]byte, len(whole)/3), whole[2*(len(whole)/3):]),
		"noise":          slices.Concat(whole[:len(whole)/4], bytes.Repeat([]byte{0xa5}, len(whole)/2), whole[len(whole)/4+len(whole)/2:]),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			_, err := boltstore.Open(path)
			require.ErrorIs(t, err, boltstore.ErrDamaged)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(damaged, left), "it was left alone")
		})
	}
}

// However long what customers are called is, it is kept: one that was not would let all
// later changes fail.
func TestLongIDsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world")
	store := open(t, path)
	platform, err := sandbox.New(sandbox.Config{Store: store})
	require.NoError(t, err)
	room, err := platform.CustomerWrites(t.Context(), sandbox.CustomerMessage{UserID: strings.Repeat("a", 40_000), Text: "Halo"})
	require.NoError(t, err)
	require.NoError(t, platform.Block(t.Context(), room, true))
	require.NoError(t, platform.Shutdown(t.Context()))
	require.NoError(t, store.Close())
	store = open(t, path)
	defer func() { assert.NoError(t, store.Close()) }()
	platform, err = sandbox.New(sandbox.Config{Store: store})
	require.NoError(t, err)
	found, ok := platform.Room(room)
	assert.True(t, ok && found.Blocked)
}
