package chat

// ServerUsersService makes, finds and deactivates users, and gives out their tokens.
type ServerUsersService struct{ client *client }
