package chat

// ServerRoomsService makes rooms and knows who is in them.
type ServerRoomsService struct{ client *client }
