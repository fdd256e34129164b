package sandbox

import "github.com/stretchr/testify/require"

// showContacts lets the customer write whom the examples of blocking speak of.
func (w *shownWorld) showContacts(operationID string) {
	if operationID != "blockCustomer" && operationID != "unblockCustomer" {
		return
	}
	var err error
	w.roomID, err = w.CustomerWrites(w.t.Context(), CustomerMessage{Source: "wa", UserID: "628115550123", Text: "Halo"})
	require.NoError(w.t, err)
}

// addContactValues adds the contact of the world's room.
func (w *shownWorld) addContactValues(values map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	values["contact_id"] = text(w.state.rooms[w.roomID].contact)
}
