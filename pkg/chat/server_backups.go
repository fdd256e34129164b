package chat

// ServerBackupsService exports and imports users, rooms and messages.
type ServerBackupsService struct{ client *client }
