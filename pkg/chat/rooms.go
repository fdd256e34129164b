package chat

// RoomsService makes and finds the user's rooms, and knows who is in them.
type RoomsService struct{ client *client }
