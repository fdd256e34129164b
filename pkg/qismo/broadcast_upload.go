package qismo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/upload"
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
	form, err := newUpload(params)
	if err != nil {
		return nil, fmt.Errorf("qismo: uploadBroadcastCSV: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationUploadBroadcastCSV, opts)
	out, err := receive[omnichannel.UploadBroadcastCSVResponse](
		s.client.api.UploadBroadcastCSVWithBody(ctx, form.ContentType, form.Body, form.SetLength),
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

// newUpload makes the form of a file, which is streamed.
func newUpload(params UploadBroadcastCSVParams) (*upload.Form, error) {
	return upload.New(upload.File{
		Field: "file", Name: cmp.Or(params.FileName, "broadcast.csv"), ContentType: "text/csv", Reader: params.File,
	}, "template_detail_id", params.TemplateDetailID.String())
}
