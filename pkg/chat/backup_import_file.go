package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxImportSize is how many bytes a file to import can have: 4 MB.
const MaxImportSize = 4 << 20

// ErrImportFull is a row for which a file to import has no room: it goes into another
// file.
var ErrImportFull = errors.New("the file is full")

// ImportFile writes a file to import, row by row, as the JSON array that
// [ServerBackupsService.Import] takes. Make it with [NewImportFile] and end it with Close:
//
//	var file bytes.Buffer
//	users := chat.NewImportFile[chat.ImportUser](&file)
//	for _, member := range members {
//		if err := users.Write(chat.ImportUser{Email: member.ID, …}); err != nil {
//			return err
//		}
//	}
//	if err := users.Close(); err != nil {
//		return err
//	}
//	begun, err := server.Backups.Import(ctx, chat.ImportParams{Type: chat.BackupUsers, File: &file})
//
// What a row refers to has to be there when it is imported. So import users first, then
// the rooms that they are in, then the messages in those rooms, each kind when the one
// before it is done.
//
// It is not safe for concurrent use.
type ImportFile[Row ImportRow] struct {
	out    io.Writer
	size   int // bytes written
	rows   int
	seen   map[unique]int // the row that has it, by what no other may have
	broken error          // why nothing more can be written
}

// NewImportFile begins a file to import, of [ImportUser], [ImportRoom] or
// [ImportMessage]. It does not close what it writes to.
func NewImportFile[Row ImportRow](out io.Writer) *ImportFile[Row] {
	return &ImportFile[Row]{out: out, seen: map[unique]int{}}
}

// Rows is how many rows were written.
func (f *ImportFile[Row]) Rows() int { return f.rows }

// Write writes a row. One that the service would refuse, for all that its documentation
// says, is an error, which names the row by its number and never tells what it holds;
// so is one whose id or token an earlier row of the file has. The file is as it was
// then, and goes on. A row that would make the file too large is [ErrImportFull]: end
// the file and begin another. When the writer fails, the file is done for, and so says
// every call after that.
func (f *ImportFile[Row]) Write(row Row) error {
	if f.broken != nil {
		return f.broken
	}
	if err := f.write(row); err != nil {
		return fmt.Errorf("chat: import file: row %d: %w", f.rows+1, err)
	}
	f.rows++
	return nil
}

func (f *ImportFile[Row]) write(row Row) error {
	written, own, err := prepare(row)
	if err != nil {
		return err
	}
	for _, value := range own {
		if before, ok := f.seen[value]; ok && value.value != "" {
			return fmt.Errorf("row %d has the same %s", before, value.name)
		}
	}
	text, err := json.Marshal(written)
	if err != nil {
		return errors.New("it cannot be written as JSON") // the error may tell what is in it
	}
	lead := ",\n"
	if f.rows == 0 {
		lead = "[\n"
	}
	if f.size+len(lead)+len(text)+len(importEnd) > MaxImportSize {
		return ErrImportFull
	}
	if err := f.put(lead + string(text)); err != nil {
		return err
	}
	for _, value := range own {
		f.seen[value] = f.rows + 1
	}
	return nil
}

// importEnd ends a file.
const importEnd = "\n]\n"

// Close ends the array. A file without a row is an error.
func (f *ImportFile[Row]) Close() error {
	switch {
	case f.broken != nil:
		return f.broken
	case f.rows == 0:
		return errors.New("chat: import file: it has no row")
	}
	if err := f.put(importEnd); err != nil {
		return fmt.Errorf("chat: import file: %w", err)
	}
	f.broken = errors.New("chat: import file: it is closed")
	return nil
}

func (f *ImportFile[Row]) put(text string) error {
	count, err := io.WriteString(f.out, text)
	f.size += count
	if err != nil {
		f.broken = fmt.Errorf("chat: import file: an earlier row was not written: %w", err)
		return fmt.Errorf("write it: %w", err)
	}
	return nil
}
