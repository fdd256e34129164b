package qismo

// BroadcastsService sends messages that begin a conversation, to one customer or
// to many.
type BroadcastsService struct{ client *Client }
