package chat

// PushService registers the devices that get notifications.
type PushService struct{ client *client }
