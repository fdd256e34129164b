package chat

// FilesService uploads files and finds those of rooms.
type FilesService struct{ client *client }
