package sandbox

import "net/http"

// account is what the app's owner tells of themselves, and who signed up for an
// app of their own.
type account struct {
	company, address, phone string
	billingEmails           []any
	signedUp                map[string]bool // by e-mail address
}

func newAccount() account {
	return account{
		company: companyName, address: "Jalan Melati 8, Bandung", phone: "628115550100",
		billingEmails: []any{"keuangan@example.id"}, signedUp: map[string]bool{},
	}
}

// emailTaken reports whether somebody else has an address: who logs in with it
// must be one person.
func (s *state) emailTaken(email string, except *staff) bool {
	for _, member := range s.staff {
		if member != except && member.Email == email {
			return true
		}
	}
	return s.account.signedUp[email]
}

// signUp remembers the address, and nothing else: the new account's app is another
// one, which is not played. The shape of the refusal is known, its words are not.
func (s *Sandbox) signUp(r *request) (any, error) {
	email := text(r.body["email"])
	if s.state.emailTaken(email, nil) {
		return nil, &refusedError{status: http.StatusBadRequest, body: object{"errors": "email has already been taken"}}
	}
	s.state.account.signedUp[email] = true
	return nil, nil // an empty body
}

// updateProfile changes the token's user, and the company if that is the admin.
// What was not sent stays.
func (s *Sandbox) updateProfile(r *request) (any, error) {
	user := r.caller.user
	email := text(r.body["email"])
	if s.state.emailTaken(email, user) {
		return nil, badRequest("email has already been taken")
	}
	user.Name, user.Email, user.avatar = text(r.body["name"]), email, text(r.body["avatar_url"])
	if user.Type != TypeAdmin {
		return nil, nil // an empty body
	}
	account := &s.state.account
	account.company = orDefault(text(r.body["company_name"]), account.company)
	account.address = orDefault(text(r.body["address"]), account.address)
	account.phone = orDefault(text(r.body["phone_number"]), account.phone)
	if emails, sent := r.body["billing_emails"].([]any); sent {
		account.billingEmails = emails
	}
	return nil, nil // an empty body
}

// changePassword leaves the tokens that were given out as they are: no source says
// that it voids them.
func (s *Sandbox) changePassword(r *request) (any, error) {
	user := r.caller.user
	if text(r.body["old_password"]) != user.Password {
		return nil, badRequest("old password is wrong")
	}
	user.Password, user.passwordSet = text(r.body["new_password"]), s.now()
	return nil, nil // an empty body
}

func (s *Sandbox) setAvailability(r *request) (any, error) {
	s.setAvailable(r.caller.user, flag(r.body["is_available"]))
	return nil, nil // an empty body
}

// setAvailable lets a member of the staff come online or go offline. Those who go
// keep their customers.
func (s *Sandbox) setAvailable(member *staff, available bool) {
	member.available = available
	if available {
		s.allocateAll()
	}
}
