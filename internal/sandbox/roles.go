package sandbox

import "net/http"

// roleOfAgents is the word for agents where a path names a role.
const roleOfAgents = "agent"

// checkRole refuses an agent's token on a path that names another role. Supervisors
// were seen with every word, each on other routes; that the platform refuses any of
// them is not known, nor are the admin and the secret key refused here. A profile is
// the caller's own on either path, and nearly all clients ask for the admin's.
func (c caller) checkRole(request *request) error {
	role, isNamed := request.parameters["role"]
	isAgent := c.user != nil && c.user.Type == TypeAgent
	if !isNamed || !isAgent || role == roleOfAgents || request.operation.ID == "getProfile" {
		return nil
	}
	return refuse(http.StatusForbidden, "an agent's token opens no path of another role")
}

// adminOnly refuses whoever is not the admin. How the platform words it was
// never recorded.
func adminOnly(handle handler) handler {
	return func(r *request) (any, error) {
		if r.caller.user == nil || r.caller.user.Type != TypeAdmin {
			return nil, refuse(http.StatusForbidden, "only the admin may do this")
		}
		return handle(r)
	}
}
