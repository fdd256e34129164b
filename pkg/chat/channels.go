package chat

// ChannelsService finds, joins and leaves channels, which users join by themselves.
type ChannelsService struct{ client *client }
