package realtime

import "context"

// Handlers are called for the events of their type; those that are nil are not missed.
// An error ends [Connection.Handle].
type Handlers struct {
	NewMessage      func(context.Context, *NewMessage) error
	MessageEdited   func(context.Context, *MessageEdited) error
	MessagesDeleted func(context.Context, *MessagesDeleted) error
	RoomCleared     func(context.Context, *RoomCleared) error
	Delivered       func(context.Context, *Delivered) error
	Read            func(context.Context, *Read) error
	Typing          func(context.Context, *Typing) error
	Presence        func(context.Context, *Presence) error
	Custom          func(context.Context, *Custom) error
	Connected       func(context.Context, *Connected) error
	Disconnected    func(context.Context, *Disconnected) error
	// Else is called for events of all other types, and of those without a handler.
	Else func(context.Context, Event) error
}

// call calls the handler of an event.
func (h Handlers) call(ctx context.Context, event Event) error {
	handled, err := h.callTyped(ctx, event)
	if !handled && h.Else != nil {
		return h.Else(ctx, event)
	}
	return err
}

func (h Handlers) callTyped(ctx context.Context, event Event) (handled bool, err error) {
	switch event := event.(type) {
	case *NewMessage:
		return callIf(ctx, h.NewMessage, event)
	case *MessageEdited:
		return callIf(ctx, h.MessageEdited, event)
	case *MessagesDeleted:
		return callIf(ctx, h.MessagesDeleted, event)
	case *RoomCleared:
		return callIf(ctx, h.RoomCleared, event)
	case *Delivered:
		return callIf(ctx, h.Delivered, event)
	case *Read:
		return callIf(ctx, h.Read, event)
	case *Typing:
		return callIf(ctx, h.Typing, event)
	case *Presence:
		return callIf(ctx, h.Presence, event)
	case *Custom:
		return callIf(ctx, h.Custom, event)
	case *Connected:
		return callIf(ctx, h.Connected, event)
	case *Disconnected:
		return callIf(ctx, h.Disconnected, event)
	}
	return false, nil
}

func callIf[E Event](ctx context.Context, handler func(context.Context, E) error, event E) (handled bool, err error) {
	if handler == nil {
		return false, nil
	}
	return true, handler(ctx, event)
}
