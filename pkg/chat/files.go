package chat

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"mime"
	"path"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/internal/upload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// FilesService uploads files and finds those of rooms.
type FilesService struct{ client *client }

type (
	// UploadedFile is a file that the service keeps: whoever has its URL can fetch it.
	UploadedFile = wire.UploadedFile
	// ListFilesParams choose a page of messages with files, and filter them. What is not
	// set does not filter. Which values FileType has, and whether Query is heeded, is not
	// documented.
	ListFilesParams = wire.ListFilesRequest
)

// UploadParams are a file to upload.
type UploadParams struct {
	// File gives the file. It is needed, and it is not closed.
	File io.Reader
	// FileName is what the file is called. It is needed: clients tell by its end how to
	// show it.
	FileName string
	// ContentType is the file's; found by the end of its name when empty.
	ContentType string
	// Size is how many bytes File gives; 0 to find out. Readers of bytes and strings,
	// buffers and files know; of others it is sent in chunks.
	Size int64
	// Progress, unless it is nil, is told how much of the file was handed to the network
	// so far, and its size, -1 when nobody knows. It runs in a goroutine of the
	// transport's, which waits for it; when Upload fails, it may be told once more.
	Progress func(sent, size int64)
}

// Upload uploads a file, which is in no room by that: a message with [NewFile] and the
// URL that comes back puts it into one, as [MessagesService.SendFile] does. How large a
// file may be is not documented. Pictures can be had smaller by putting
// w_320,h_320,c_limit/ behind /upload/ of their URL, for instance.
//
// The file is sent as it is read and never in memory as a whole. It is never sent a
// second time, not even when the token was refused and renewed: read it from its
// beginning and call again. After an error the reader may still be in use for a moment.
// The timeout bounds the upload as well: give a large file more of it by [WithTimeout].
//
// No file, no name and a negative size are errors before anything is sent.
//
// Operation sdkUpload, POST /api/v2/sdk/upload; seen in public clients.
func (s *FilesService) Upload(ctx context.Context, params UploadParams, opts ...Option) (*UploadedFile, error) {
	return s.client.upload(ctx, wire.OperationSdkUpload, params, opts)
}

// upload is what both [FilesService.Upload] and [MessagesService.SendFile] do.
func (c *client) upload(
	ctx context.Context, id wire.OperationID, params UploadParams, opts []Option,
) (*UploadedFile, error) {
	switch {
	case params.File == nil:
		return nil, refuse(id, errors.New("the file is nil"))
	case params.FileName == "":
		return nil, refuse(id, errors.New("the file's name is empty"))
	case params.Size < 0:
		return nil, refuse(id, errors.New("the file's size is negative"))
	}
	form, err := upload.New(upload.File{
		Field: "file", Name: params.FileName, ContentType: params.contentType(),
		Reader: params.File, Size: params.Size, Progress: params.Progress,
	})
	if err != nil {
		return nil, refuse(id, err)
	}
	ctx, _ = c.begin(ctx, id, opts)
	out, err := receive[wire.UploadResponse](c.api.SdkUploadWithBody(ctx, form.ContentType, form.Body, form.SetLength))
	if err != nil {
		return nil, err
	}
	if out.Results.File.URL == "" {
		return nil, missing(ctx, "address of the file")
	}
	return &out.Results.File, nil
}

func (p UploadParams) contentType() string {
	return cmp.Or(p.ContentType, mime.TypeByExtension(path.Ext(p.FileName)), "application/octet-stream")
}

// List returns one page of messages with files, of all rooms or of some. In which order
// they are, and how many a page has without a Limit, is not documented. A negative page
// or limit is an error before anything is sent.
//
// Operation sdkListFiles, POST /api/v2/sdk/file_list; seen in public clients.
func (s *FilesService) List(
	ctx context.Context, params ListFilesParams, opts ...Option,
) (*Page[PostedMessage], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// All walks messages with files, page by page, and ends with the first error. See
// [FilesService.List].
//
// Operation sdkListFiles, POST /api/v2/sdk/file_list; seen in public clients.
func (s *FilesService) All(
	ctx context.Context, params ListFilesParams, opts ...Option,
) iter.Seq2[PostedMessage, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *FilesService) pager(params ListFilesParams, opts []Option) pager[PostedMessage] {
	return func(ctx context.Context, at flex.ID) (*Page[PostedMessage], error) {
		const id = wire.OperationSdkListFiles
		if err := checkRooms(id, params.RoomIDs, nil); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.SearchResponse](s.client.api.SdkListFiles(ctx, params))
		return foundPage(ctx, out, params.Page, err)
	}
}
