package qismo

// ChannelsService finds the app's channels and changes how they look and answer.
type ChannelsService struct{ client *Client }
