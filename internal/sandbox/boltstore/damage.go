package boltstore

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// ErrDamaged says that the file was cut off, or that something else overwrote a part of
// it: as when the computer lost its power.
var ErrDamaged = errors.New("the file is damaged")

// examine reads all of a file before it is used. A database that is opened trusts its
// pages: of one that is not as it should be, a goroutine of its own would end the process.
func examine(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // a file that is made anew; whatever else is wrong, opening it tells
	}
	file, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, ReadOnly: true})
	if err != nil {
		return err
	}
	err = file.View(func(tx *bbolt.Tx) error {
		if tx.Size() > info.Size() {
			return ErrDamaged
		}
		return readAll(tx)
	})
	return errors.Join(err, file.Close())
}

// readAll goes through all records. Reading a page that is none panics, and one that is
// not in the file is a fault of the memory.
func readAll(tx *bbolt.Tx) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, why)
		}
	}()
	return tx.ForEach(func(_ []byte, records *bbolt.Bucket) error {
		return records.ForEach(func(_, _ []byte) error { return nil })
	})
}
