package qismo

// WhatsAppService is WhatsApp as it is behind the inbox.
type WhatsAppService struct{ client *Client }
