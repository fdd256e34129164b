package qismo

// ContactsService knows customers across their rooms.
type ContactsService struct{ client *Client }
