package qismo

// TemplatesService manages WhatsApp's message templates.
type TemplatesService struct{ client *Client }
