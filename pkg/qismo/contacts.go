package qismo

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ContactsService knows customers across their rooms. A contact's id is the
// ContactID of the customer's rooms; no operation lists contacts.
//
// All but [ContactsService.SetProperty] have been seen with a user's token only.
// Whether they take the secret key is not known: a client that has one sends it,
// and the service decides.
type ContactsService struct{ client *Client }

type (
	// Contact is a customer beyond the single room.
	Contact = omnichannel.Contact
	// ContactProperty is a custom property of a contact. What a room calls the key
	// of a pair is the label here.
	ContactProperty = omnichannel.ContactProperty
	// ListContactConversationsParams filter a contact's rooms; what is not set does
	// not filter.
	ListContactConversationsParams = omnichannel.ListContactConversationsParams
	// ListContactMessagesParams say where in a room's history to begin: before
	// LastCommentID or, without one, at the newest message.
	ListContactMessagesParams = omnichannel.ListContactConversationMessagesParams
	// ChatComment is a message as the Chat SDK has it.
	ChatComment = omnichannel.ChatComment
	// BlockCustomerParams say whom to block or unblock: RoomID, Source and UserID of
	// one of the customer's rooms, all three.
	BlockCustomerParams = omnichannel.BlockCustomerRequest
)

// Get returns a contact. How an unknown one is refused is not known; presumably
// it is [ErrNotFound].
//
// Operation getContact, GET /api/v2/contacts/{contact_id}; seen in a single public
// client.
func (s *ContactsService) Get(ctx context.Context, contactID flex.ID, opts ...Option) (*Contact, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetContact, opts)
	out, err := receive[omnichannel.GetContactResponse](s.client.api.GetContact(ctx, contactID))
	if err != nil {
		return nil, err
	}
	if out.Data.Contact == nil {
		return nil, missing(ctx, "contact")
	}
	return out.Data.Contact, nil
}

// ListConversations returns one page of a contact's rooms: the resolved ones, the
// unresolved ones or, without a status, both. How many stand on a page is the
// service's to say.
//
// Operation listContactConversations, GET
// /api/v2/contacts/{contact_id}/conversations; seen in a single public client.
func (s *ContactsService) ListConversations(
	ctx context.Context, contactID flex.ID, params ListContactConversationsParams, opts ...Option,
) (*Page[Room], error) {
	return s.conversations(contactID, params, opts).page(ctx, params.CursorAfter)
}

// AllConversations walks every room of a contact, page by page, and ends with the
// first error. See [ContactsService.ListConversations].
//
// Operation listContactConversations, GET
// /api/v2/contacts/{contact_id}/conversations; seen in a single public client.
func (s *ContactsService) AllConversations(
	ctx context.Context, contactID flex.ID, params ListContactConversationsParams, opts ...Option,
) iter.Seq2[Room, error] {
	return s.conversations(contactID, params, opts).all(ctx, params.CursorAfter)
}

func (s *ContactsService) conversations(
	contactID flex.ID, params ListContactConversationsParams, opts []Option,
) pager[Room] {
	return func(ctx context.Context, at flex.ID) (*Page[Room], error) {
		params := params
		params.CursorAfter = at
		switch params.Status {
		case "", RoomResolved, RoomUnresolved:
		default:
			return nil, errors.New("qismo: listContactConversations: the status is neither resolved nor unresolved")
		}
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListContactConversations, opts)
		out, err := receive[omnichannel.ListContactConversationsResponse](
			s.client.api.ListContactConversations(ctx, contactID, &params),
		)
		if err != nil {
			return nil, err
		}
		if out.Data.CustomerRooms == nil {
			return nil, missing(ctx, "list of rooms")
		}
		return &Page[Room]{Items: out.Data.CustomerRooms, Next: out.Meta.CursorAfter}, nil
	}
}

// ListMessages returns one page of what was said in one of a contact's rooms, the
// newest first, about 20 messages. The page after it holds older ones; the last
// page is empty.
//
// It is the only operation known to return what was said, and the only one that
// wants the user's token in the URL too, where the logs of the service and of
// proxies on the way can see it. Errors of this package mask it. A secret key is
// never put there: it goes into its header alone.
//
// Operation listContactConversationMessages, GET
// /api/v2/contacts/{contact_id}/conversations/{room_id}; seen in a single public
// client.
func (s *ContactsService) ListMessages(
	ctx context.Context, contactID, roomID flex.ID, params ListContactMessagesParams, opts ...Option,
) (*Page[ChatComment], error) {
	return s.messages(contactID, roomID, opts).page(ctx, params.LastCommentID)
}

// AllMessages walks what was said in one of a contact's rooms, from the newest
// message to the oldest, page by page, and ends with the first error. See
// [ContactsService.ListMessages].
//
// Operation listContactConversationMessages, GET
// /api/v2/contacts/{contact_id}/conversations/{room_id}; seen in a single public
// client.
func (s *ContactsService) AllMessages(
	ctx context.Context, contactID, roomID flex.ID, params ListContactMessagesParams, opts ...Option,
) iter.Seq2[ChatComment, error] {
	return s.messages(contactID, roomID, opts).all(ctx, params.LastCommentID)
}

func (s *ContactsService) messages(contactID, roomID flex.ID, opts []Option) pager[ChatComment] {
	return func(ctx context.Context, at flex.ID) (*Page[ChatComment], error) {
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListContactConversationMessages, opts)
		out, err := receive[omnichannel.ListContactConversationMessagesResponse](
			s.client.api.ListContactConversationMessages(ctx, contactID, roomID,
				&ListContactMessagesParams{LastCommentID: at}),
		)
		if err != nil {
			return nil, err
		}
		comments := out.Results.Comments
		if comments == nil {
			return nil, missing(ctx, "list of messages")
		}
		page := &Page[ChatComment]{Items: comments}
		if len(comments) > 0 {
			// Nothing tells of the end but an empty page: the oldest message leads on.
			if page.Next = comments[len(comments)-1].ID; page.Next == "" {
				return nil, missing(ctx, "message id")
			}
		}
		return page, nil
	}
}

// Properties returns all custom properties of a contact; the service does not
// page them. A value can be empty.
//
// Operation listContactProperties, GET /api/v2/contacts/properties/{contact_id};
// seen in a single public client.
func (s *ContactsService) Properties(
	ctx context.Context, contactID flex.ID, opts ...Option,
) ([]ContactProperty, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListContactProperties, opts)
	out, err := receive[omnichannel.ListContactPropertiesResponse](s.client.api.ListContactProperties(ctx, contactID))
	if err != nil {
		return nil, err
	}
	return out.Data.CustomerProperties, nil
}

// SetProperty sets a single custom property of a contact; an empty value empties it.
// What becomes of a label that is new to the app is not known, nor is what the
// service answers. An empty label is an error before anything is sent. A repeat does
// no harm.
//
// Operation setContactProperty, POST /api/v2/contacts/properties/{contact_id}; seen
// in public clients.
func (s *ContactsService) SetProperty(
	ctx context.Context, contactID flex.ID, label, value string, opts ...Option,
) error {
	if label == "" {
		return errors.New("qismo: setContactProperty: the label is empty")
	}
	contentType, form, err := multipartForm("label", label, "value", value)
	if err != nil {
		return fmt.Errorf("qismo: setContactProperty: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetContactProperty, opts)
	return discard(s.client.api.SetContactPropertyWithBody(ctx, contactID, contentType, form))
}

// Block blocks a customer, whose room then says so: see IsBlocked of
// [RoomsService.Info]. It has been seen for WhatsApp only, where Source is "wa" and
// UserID the customer's phone number. An empty id or source is an error before anything
// is sent. What the service answers is not known. A repeat does no harm.
//
// Operation blockCustomer, POST /api/v2/{role}/customer/block; seen in a single
// public client.
func (s *ContactsService) Block(ctx context.Context, params BlockCustomerParams, opts ...Option) error {
	if err := checkBlock(omnichannel.OperationBlockCustomer, params); err != nil {
		return err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationBlockCustomer, opts)
	role := call.roleFor(omnichannel.OperationBlockCustomer)
	return discard(s.client.api.BlockCustomer(ctx, role, params))
}

// Unblock takes [ContactsService.Block] back, with the same parameters and limits.
//
// Operation unblockCustomer, POST /api/v2/{role}/customer/unblock; seen in a single
// public client.
func (s *ContactsService) Unblock(ctx context.Context, params BlockCustomerParams, opts ...Option) error {
	if err := checkBlock(omnichannel.OperationUnblockCustomer, params); err != nil {
		return err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationUnblockCustomer, opts)
	role := call.roleFor(omnichannel.OperationUnblockCustomer)
	return discard(s.client.api.UnblockCustomer(ctx, role, params))
}

func checkBlock(id omnichannel.OperationID, params BlockCustomerParams) error {
	switch {
	case params.RoomID.IsNone():
		return fmt.Errorf("qismo: %s: the room id is empty", id)
	case params.Source == "":
		return fmt.Errorf("qismo: %s: the source is empty", id)
	case params.UserID == "":
		return fmt.Errorf("qismo: %s: the user id is empty", id)
	}
	return nil
}
