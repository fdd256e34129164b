// Package upload makes multipart forms with a file of any size, which is sent as it is
// read and never held in memory as a whole.
package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
)

// File is the file of a form.
type File struct {
	// Field is the name of the form's field.
	Field string
	// Name is what the service sees the file called.
	Name string
	// ContentType is the file's.
	ContentType string
	// Reader gives the file. It is not closed.
	Reader io.Reader
	// Size is how many bytes the reader gives; 0 to ask it.
	Size int64
	// Progress, unless it is nil, is told how much of the file was handed to the network
	// so far, and the size of the file, -1 when it is not known.
	Progress func(sent, size int64)
}

// Form is a multipart form with a file. Its body is what comes before the file, the
// file itself and what comes after: no goroutine has to write it, and nothing of the
// file is kept. Nobody can read it twice.
type Form struct {
	// ContentType is the form's.
	ContentType string
	// Body is the form.
	Body io.Reader

	length int64 // -1 when it is not known
}

// New makes a form of text fields, given as names and values in turn, and a file.
func New(file File, fields ...string) (*Form, error) {
	if strings.ContainsFunc(file.ContentType, unicode.IsControl) {
		return nil, errors.New("the content type holds a line break or another control character")
	}
	size, err := file.Size, error(nil)
	if size == 0 {
		size, err = sizeOf(file.Reader)
	}
	if err != nil {
		return nil, err
	}
	var written bytes.Buffer
	form := multipart.NewWriter(&written)
	for field := range slices.Chunk(fields, 2) {
		err = errors.Join(err, form.WriteField(field[0], field[1]))
	}
	_, partErr := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(file.Field, file.Name)},
		"Content-Type":        {file.ContentType},
	})
	head := bytes.Clone(written.Bytes())
	written.Reset()
	if err := errors.Join(err, partErr, form.Close()); err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	tail := written.Bytes()
	length := size
	if size >= 0 {
		length += int64(len(head) + len(tail))
	}
	return &Form{
		ContentType: form.FormDataContentType(),
		Body:        io.MultiReader(bytes.NewReader(head), Watch(file.Reader, size, file.Progress), bytes.NewReader(tail)),
		length:      length,
	}, nil
}

// SetLength makes the client send the length ahead. Without one it sends the body in
// chunks.
func (f *Form) SetLength(_ context.Context, request *http.Request) error {
	request.ContentLength = f.length
	return nil
}

// sizeOf tells how much there is still to read, -1 when the reader does not know.
func sizeOf(reader io.Reader) (int64, error) {
	if buffer, ok := reader.(*bytes.Buffer); ok {
		return int64(buffer.Len()), nil
	}
	seeker, ok := reader.(io.Seeker)
	if !ok {
		return -1, nil
	}
	at, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return -1, nil //nolint:nilerr // a pipe, which is a file that cannot be asked
	}
	end, endErr := seeker.Seek(0, io.SeekEnd)
	_, backErr := seeker.Seek(at, io.SeekStart)
	if err := errors.Join(endErr, backErr); err != nil {
		return 0, fmt.Errorf("find the length of the file: %w", err)
	}
	return max(0, end-at), nil
}

// Watch tells how much was read of a file of a size, unless there is nobody to tell.
func Watch(file io.Reader, size int64, tell func(sent, size int64)) io.Reader {
	if tell == nil {
		return file
	}
	return &watched{file: file, size: size, tell: tell}
}

type watched struct {
	file       io.Reader
	sent, size int64
	tell       func(sent, size int64)
}

func (w *watched) Read(into []byte) (int, error) {
	n, err := w.file.Read(into)
	if n > 0 {
		w.sent += int64(n)
		w.tell(w.sent, w.size)
	}
	return n, err
}
