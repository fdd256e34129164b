package upload

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const receipt = "nota 118: 2 kemeja biru"

func TestForm(t *testing.T) {
	t.Parallel()
	var told [][2]int64
	form, err := New(File{
		Field: "file", Name: `nota "118".pdf`, ContentType: "application/pdf", Reader: strings.NewReader(receipt),
		Progress: func(sent, size int64) { told = append(told, [2]int64{sent, size}) },
	}, "type", "rooms")
	require.NoError(t, err)
	request := &http.Request{}
	require.NoError(t, form.SetLength(t.Context(), request))
	body, err := io.ReadAll(form.Body)
	require.NoError(t, err)
	assert.EqualValues(t, len(body), request.ContentLength)
	assert.Equal(t, [2]int64{int64(len(receipt)), int64(len(receipt))}, told[len(told)-1])

	_, parameters, err := mime.ParseMediaType(form.ContentType)
	require.NoError(t, err)
	read, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"type": {"rooms"}}, read.Value)
	require.Len(t, read.File["file"], 1)
	assert.Equal(t, `nota "118".pdf`, read.File["file"][0].Filename)
	assert.Equal(t, "application/pdf", read.File["file"][0].Header.Get("Content-Type"))
	file, err := read.File["file"][0].Open()
	require.NoError(t, err)
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	assert.Equal(t, receipt, string(content))
}

// half is a reader that was read to its half.
func half(t *testing.T, reader io.Reader) io.Reader {
	t.Helper()
	_, err := io.ReadFull(reader, make([]byte, len(receipt)/2))
	require.NoError(t, err)
	return reader
}

// The size is that of what is left, where the reader or the caller tells it.
func TestSize(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nota")
	require.NoError(t, os.WriteFile(path, []byte(receipt), 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, file.Close()) })
	pipe, writer, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, errors.Join(pipe.Close(), writer.Close())) })
	left := int64(len(receipt) - len(receipt)/2)
	for name, test := range map[string]struct {
		reader      io.Reader
		given, want int64
	}{
		"a text":          {half(t, strings.NewReader(receipt)), 0, left},
		"a buffer":        {half(t, bytes.NewBufferString(receipt)), 0, left},
		"a file":          {half(t, file), 0, left},
		"a pipe":          {pipe, 0, -1},
		"a stream":        {io.LimitReader(strings.NewReader(receipt), 99), 0, -1},
		"a known stream":  {io.LimitReader(strings.NewReader(receipt), 99), int64(len(receipt)), int64(len(receipt))},
		"a broken seeker": {brokenSeeker{}, 0, 0},
	} {
		form, err := New(File{Field: "file", Reader: test.reader, Size: test.given})
		if name == "a broken seeker" {
			require.EqualError(t, err, "find the length of the file: no end", name)
			continue
		}
		require.NoError(t, err, name)
		empty, err := New(File{Field: "file", Reader: strings.NewReader("")})
		require.NoError(t, err)
		want := test.want
		if want >= 0 {
			want += empty.length
		}
		assert.Equal(t, want, form.length, name)
	}
}

// brokenSeeker tells where it is, and not where its end is.
type brokenSeeker struct{ io.Reader }

func (brokenSeeker) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return 0, errors.New("no end")
	}
	return 0, nil
}

// A content type that comes from somewhere else cannot add to the form.
func TestContentTypeStaysInItsLine(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"image/png\r\nX-Lain: ya", "image/png\n", "image/png\x00"} {
		_, err := New(File{Field: "file", Name: "nota.png", ContentType: contentType, Reader: strings.NewReader(receipt)})
		require.EqualError(t, err, "the content type holds a line break or another control character")
	}
}
