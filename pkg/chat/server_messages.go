package chat

// ServerMessagesService writes into rooms, as anybody, and reads what was written.
type ServerMessagesService struct{ client *client }
