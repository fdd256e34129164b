package chat

// SyncService tells what the user has missed.
type SyncService struct{ client *client }
