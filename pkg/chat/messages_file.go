package chat

import (
	"cmp"
	"context"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SendFile uploads a file and sends it into a room, with a caption or without one, and
// returns the message. Where the upload fails, nothing is sent; where only sending it
// fails, the file stays uploaded. The options are for both calls. An empty room id is an
// error before anything is sent. See [FilesService.Upload] and [MessagesService.Send].
//
// Operation sdkUpload, POST /api/v2/sdk/upload; seen in public clients. Operation
// sdkPostComment, POST /api/v2/sdk/post_comment; seen in public clients.
func (s *MessagesService) SendFile(
	ctx context.Context, roomID flex.ID, params UploadParams, caption string, opts ...Option,
) (*PostedMessage, error) {
	if err := checkID(wire.OperationSdkPostComment, "room id", roomID); err != nil {
		return nil, err
	}
	file, err := s.client.upload(ctx, wire.OperationSdkUpload, params, opts)
	if err != nil {
		return nil, err
	}
	return s.Send(ctx, roomID, NewFile(FilePayload{
		URL: file.URL, Caption: caption, Size: file.Size, Pages: file.Pages,
		FileName: cmp.Or(file.Name, params.FileName),
	}), opts...)
}
