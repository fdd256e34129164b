package chat

// UsersService finds other users, blocks them, and tells who is online.
type UsersService struct{ client *client }
