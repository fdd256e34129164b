package sandbox

import (
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// Where the chat server's paths begin: those for servers, and those for users, which have
// a second name.
const (
	serversPath = "/api/v2.1/rest/"
	usersPath   = "/api/v2/sdk/"
	mobilePath  = "/api/v2/mobile/"
)

// chatPath is a path as the document of the chat server has it, and whether it is one of
// that server's.
func chatPath(path string) (documented string, isChat bool) {
	if rest, isMobile := strings.CutPrefix(path, mobilePath); isMobile {
		return usersPath + rest, true
	}
	switch path {
	case "/api/v2/auth/nonce", "/api/v2/auth/verify_identity_token": // as old clients call them
		return usersPath + strings.TrimPrefix(path, "/api/v2/"), true
	}
	return path, strings.HasPrefix(path, serversPath) || strings.HasPrefix(path, usersPath)
}

// inChatShape is a refusal as the chat server words it.
func (e *refusedError) inChatShape() *refusedError {
	if e.body == nil {
		return e
	}
	message := e.message()
	if written, isText := e.body["errors"].(string); isText {
		message = written
	}
	members := object{"message": message}
	if e.problems != nil {
		members["detailed_messages"] = e.problems
	}
	return &refusedError{
		status: e.status, body: object{"error": members, "status": e.status}, header: e.header, problems: e.problems,
	}
}

// chatTokenExpired lets a client renew its token. Clients know it by these words.
func chatTokenExpired() *refusedError {
	return refuse(http.StatusForbidden, "Unauthorized. Token is expired")
}

// satisfyChat checks one combination of schemes of the chat server, all of which must
// hold. Clients write its headers with hyphens or, some of them, with underscores.
func (s *Sandbox) satisfyChat(operation *document.Operation, schemes []string, header http.Header) (caller, error) {
	var who caller
	userID := ""
	sent := func(name string) string {
		name = "QISCUS-SDK-" + name
		return orDefault(header.Get(name), header.Get(strings.ReplaceAll(name, "-", "_")))
	}
	for _, scheme := range schemes {
		switch scheme {
		case "appID":
			if sent("APP-ID") != s.config.AppCode {
				return caller{}, errNotSent
			}
		case "sdkSecret":
			if sent("SECRET") != s.config.SecretKey {
				return caller{}, errNotSent
			}
		case "userToken":
			user, isLive := s.state.userOfToken(sent("TOKEN"), s.config.Now())
			isOld := operation.ID == "sdkRefreshUserToken" // which is what it is for
			switch {
			case user == nil || !user.active:
				return caller{}, errNotSent
			case !isLive && !isOld:
				return caller{}, chatTokenExpired()
			}
			who.chatUser, who.token = user, sent("TOKEN")
		case "userID":
			userID = orDefault(sent("USER-ID"), sent("USER-EMAIL"))
		default:
			return caller{}, errNotSent
		}
	}
	if who.chatUser != nil && who.chatUser.userID != userID {
		return caller{}, errNotSent
	}
	return who, nil
}

// results wraps an answer as the chat server does.
func results(value any) object { return object{"results": value, "status": http.StatusOK} }
