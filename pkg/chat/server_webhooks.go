package chat

// ServerWebhooksService tells what became of the webhooks.
type ServerWebhooksService struct{ client *client }
