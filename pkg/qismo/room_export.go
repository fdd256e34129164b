package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Export returns the link to a room's transcript, a plain text file. Whoever has
// the link can fetch it, without any credential: so it prints as ***, and Reveal
// gives it out. It is empty, and that is no error, when the room has no history.
// How long a link works is not known. It was seen with the secret key only.
//
// Operation exportConversations, GET /api/v1/export/conversations; seen in a
// single public client.
func (s *RoomsService) Export(ctx context.Context, roomID flex.ID, opts ...Option) (flex.Secret, error) {
	if roomID.IsNone() { // which would be left out of the query
		return "", errors.New("qismo: exportConversations: the room id is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationExportConversations, opts)
	params := &omnichannel.ExportConversationsParams{RoomID: roomID}
	out, err := receive[omnichannel.ExportConversationsResponse](s.client.api.ExportConversations(ctx, params))
	if err != nil {
		return "", err
	}
	return out.Data.DownloadURL, nil
}

// ExportJob waits for the link to a room's transcript; it makes no request by
// itself. The job is done when there is a link. A room without a history gets none
// as long as nobody writes in it, and whether the service takes its time with other
// rooms is not known: bound the context that it is waited for with. See
// [RoomsService.Export].
//
// Operation exportConversations, GET /api/v1/export/conversations; seen in a
// single public client.
func (s *RoomsService) ExportJob(roomID flex.ID, opts ...Option) *Job[flex.Secret] {
	return newJob(func(ctx context.Context) (flex.Secret, bool, error) {
		link, err := s.Export(ctx, roomID, opts...)
		return link, link != "", err
	})
}
