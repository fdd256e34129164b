package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// UploadBroadcastCSVParams are the recipients of a broadcast, as a file.
type UploadBroadcastCSVParams struct {
	// TemplateDetailID is one language of the template that the file is for.
	TemplateDetailID flex.ID
	// File is the CSV file. It is not closed.
	File io.Reader
	// FileName is what the service sees it called, "broadcast.csv" when empty.
	FileName string
}

// BroadcastFile is an uploaded list of recipients.
type BroadcastFile struct {
	// ID is what [SendBroadcastFileParams] wants.
	ID flex.ID
	// Answer is all that the service said of the file.
	Answer flex.JSON
}

// UploadCSV uploads the recipients of a broadcast. Nothing is sent yet; follow with
// [BroadcastsService.SendFile]. The columns of the file are not documented: the
// dashboard offers a sample for each template. What the service refuses about a file
// is likewise unknown.
//
// The file is streamed and may be of any size; it is never in memory as a whole. Its
// size is sent ahead where the reader knows it, as files, buffers and readers of
// bytes and strings do. It is never sent a second time, not even when a token was
// refused and renewed: read it from its beginning and call again. After an error the
// reader may still be in use for a moment. The timeout bounds the upload as well:
// give a large file more of it by [WithTimeout].
//
// The name of the id in the answer is not known. Where none is found under the names
// that it may have, the error is [ErrUnexpectedAnswer], and the file is returned
// beside it, for its Answer. The file is gone by the time that the service speaks of
// it: an error masks of it what it masks of any message, and no more.
//
// Operation uploadBroadcastCSV, POST /api/v3/admin/broadcast/upload_csv; seen in a
// single public client.
func (s *BroadcastsService) UploadCSV(
	ctx context.Context, params UploadBroadcastCSVParams, opts ...Option,
) (*BroadcastFile, error) {
	switch {
	case params.TemplateDetailID.IsNone():
		return nil, errors.New("qismo: uploadBroadcastCSV: the template detail id is empty")
	case params.File == nil:
		return nil, errors.New("qismo: uploadBroadcastCSV: the file is nil")
	}
	upload, err := newUpload(params)
	if err != nil {
		return nil, fmt.Errorf("qismo: uploadBroadcastCSV: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationUploadBroadcastCSV, opts)
	out, err := receive[omnichannel.UploadBroadcastCSVResponse](
		s.client.api.UploadBroadcastCSVWithBody(ctx, upload.contentType, upload.body, upload.setLength),
	)
	if err != nil {
		return nil, err
	}
	file := &BroadcastFile{ID: fileIDIn(out.Data.Raw()), Answer: out.Data}
	if file.ID.IsNone() {
		return file, missing(ctx, "file id under a name that is known")
	}
	return file, nil
}

// fileIDIn looks for the id of an uploaded file under the names that it may have.
func fileIDIn(data json.RawMessage) flex.ID {
	var id flex.ID
	if json.Unmarshal(data, &id) == nil && !id.IsNone() {
		return id
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return ""
	}
	for _, name := range []string{"broadcast_file_id", "id", "broadcast_file"} {
		if id := fileIDIn(members[name]); !id.IsNone() {
			return id
		}
	}
	return ""
}

// upload is a multipart form with a file. Its body is what comes before the file,
// the file itself and what comes after: no goroutine has to write it, and nothing of
// the file is kept. Nobody can read it twice.
type upload struct {
	contentType string
	body        io.Reader
	length      int64 // -1 when it is not known
}

func newUpload(params UploadBroadcastCSVParams) (*upload, error) {
	length, err := lengthOf(params.File)
	if err != nil {
		return nil, err
	}
	name := params.FileName
	if name == "" {
		name = "broadcast.csv"
	}
	var written bytes.Buffer
	form := multipart.NewWriter(&written)
	fieldErr := form.WriteField("template_detail_id", params.TemplateDetailID.String())
	_, partErr := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", name)},
		"Content-Type":        {"text/csv"},
	})
	head := bytes.Clone(written.Bytes())
	written.Reset()
	closeErr := form.Close()
	if err := errors.Join(fieldErr, partErr, closeErr); err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	tail := written.Bytes()
	if length >= 0 {
		length += int64(len(head) + len(tail))
	}
	return &upload{
		contentType: form.FormDataContentType(),
		body:        io.MultiReader(bytes.NewReader(head), params.File, bytes.NewReader(tail)),
		length:      length,
	}, nil
}

// lengthOf tells how much there is still to read, -1 when the reader does not know.
func lengthOf(reader io.Reader) (int64, error) {
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

// setLength makes the client send the length ahead. Without one it sends the body
// in chunks.
func (u *upload) setLength(_ context.Context, request *http.Request) error {
	request.ContentLength = u.length
	return nil
}
