// Package boltstore keeps the state of a sandbox in one file.
//
// What was written is in the file as soon as [Store.Write] returns, and outlives the
// process however that ends, also by kill -9. It is handed to the operating system and
// not forced onto the disk: a computer that loses its power may lose the last
// seconds, or the file. For a sandbox that is the right price: it is several times
// faster.
package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Why a file is not opened.
var (
	// ErrInUse says that another process has the file open.
	ErrInUse = errors.New("another process uses the file")
	// ErrForeign says that the file is there and is none of a sandbox.
	ErrForeign = errors.New("the file is none of a sandbox")
	// ErrVersion says that a sandbox of another version has written the file.
	ErrVersion = errors.New("a sandbox of another version has written the file")
)

// patience is how long Open waits for another process to end. One that is killed lets
// go of the file at once.
const patience = time.Second

// The file has a bucket of its own that tells what it is, and one for each part.
const (
	aboutBucket = "qismo sandbox"
	layoutKey   = "layout"
	layout      = "1"
)

// fill is how full a page of the file becomes before it is divided. Most records come
// at the end of their part, where pages that are half empty stay so.
const fill = 0.9

// Store keeps records in a file. It is a [sandbox.Store].
type Store struct{ file *bbolt.DB }

// Open opens a file, or makes it. Its errors are [ErrInUse], [ErrForeign], [ErrDamaged],
// [ErrVersion], and those of the operating system. Close the Store when the Sandbox has
// been shut down.
func Open(path string) (*Store, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("boltstore: open %s: %w", path, ErrForeign)
	}
	file, err := open(path)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		err = ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum),
		errors.Is(err, bolterrors.ErrVersionMismatch):
		err = ErrForeign
	}
	if err != nil {
		return nil, fmt.Errorf("boltstore: open %s: %w", path, err)
	}
	if err := file.Update(introduce); err != nil {
		return nil, fmt.Errorf("boltstore: open %s: %w", path, errors.Join(err, file.Close()))
	}
	return &Store{file}, nil
}

// open opens a file that was seen to be whole.
func open(path string) (*bbolt.DB, error) {
	if err := examine(path); err != nil {
		return nil, err
	}
	return bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: patience, NoSync: true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
	})
}

// introduce sees that the file is a sandbox's, and makes it one if it is new.
func introduce(tx *bbolt.Tx) error {
	about := tx.Bucket([]byte(aboutBucket))
	if about == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return ErrForeign
		}
		made, err := tx.CreateBucket([]byte(aboutBucket))
		if err != nil {
			return err
		}
		return made.Put([]byte(layoutKey), []byte(layout))
	}
	if found := about.Get([]byte(layoutKey)); string(found) != layout {
		return fmt.Errorf("%w: its layout is %q, and this one reads %q", ErrVersion, found, layout)
	}
	return nil
}

// Read hands over the records of a part, in the order of their keys.
func (s *Store) Read(part string, each func(key string, value []byte) error) error {
	return s.file.View(func(tx *bbolt.Tx) error {
		records := tx.Bucket([]byte(part))
		if records == nil {
			return nil
		}
		return records.ForEach(func(key, value []byte) error { return each(string(key), value) })
	})
}

// Write makes all changes, or none.
func (s *Store) Write(changes []sandbox.Change) error {
	changed, err := s.changed(changes)
	if err == nil && len(changed) > 0 {
		err = s.file.Update(func(tx *bbolt.Tx) error { return write(tx, changed) })
	}
	if err != nil {
		return fmt.Errorf("boltstore: write: %w", err)
	}
	return nil
}

// changed leaves out what is in the file already: to read costs far less than to write.
func (s *Store) changed(changes []sandbox.Change) ([]sandbox.Change, error) {
	var changed []sandbox.Change
	err := s.file.View(func(tx *bbolt.Tx) error {
		for _, change := range changes {
			var written []byte
			if records := tx.Bucket([]byte(change.Part)); records != nil {
				written = records.Get([]byte(change.Key))
			}
			if (written == nil) != (change.Value == nil) || !bytes.Equal(written, change.Value) {
				changed = append(changed, change)
			}
		}
		return nil
	})
	return changed, err
}

func write(tx *bbolt.Tx, changes []sandbox.Change) error {
	for _, change := range changes {
		records, err := tx.CreateBucketIfNotExists([]byte(change.Part))
		if err != nil {
			return err
		}
		records.FillPercent = fill
		if change.Value == nil {
			err = records.Delete([]byte(change.Key))
		} else {
			err = records.Put([]byte(change.Key), change.Value)
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", change.Part, change.Key, err)
		}
	}
	return nil
}

// Close puts the file onto the disk and lets go of it.
func (s *Store) Close() error {
	if err := errors.Join(s.file.Sync(), s.file.Close()); err != nil {
		return fmt.Errorf("boltstore: close: %w", err)
	}
	return nil
}
