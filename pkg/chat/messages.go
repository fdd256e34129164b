package chat

// MessagesService writes, reads, changes and deletes messages.
type MessagesService struct{ client *client }
