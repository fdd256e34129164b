package canary

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// chatFront is the façade of the chat server.
func chatFront() *front {
	return &front{
		folder: "chat", document: document.Chat, wrapper: "results",
		known: knownOfChat,
		typed: typedOfChat, inTyped: inTypedOfChat,
		credentials: func() []Canary {
			return []Canary{secretKey(), userToken(), email(), password(), identityToken()}
		},
		doors:    userBy(func(...qismo.Option) (chat.Identity, error) { return chat.Token(email().Text, userToken().Text), nil }),
		failures: chatLogins,
	}
}

func identityToken() Canary { return New(Token, "the identity token") }

// userBy are the clients of both doors, of which the user proves who they are in a way.
func userBy(who func(options ...qismo.Option) (chat.Identity, error)) func() doors {
	return func() doors {
		return doors{
			byKey: func(options ...qismo.Option) (caller, error) {
				return chat.NewServer(appID, secretKey().Text, options...)
			},
			byToken: func(options ...qismo.Option) (caller, error) {
				identity, err := who(options...)
				if err != nil {
					return nil, err
				}
				return chat.NewUser(appID, identity, options...)
			},
		}
	}
}

// chatIdentities are the ways in which a user logs in.
func chatIdentities() map[string]func(...qismo.Option) (chat.Identity, error) {
	return map[string]func(...qismo.Option) (chat.Identity, error){
		"a password": func(...qismo.Option) (chat.Identity, error) {
			return chat.Password(email().Text, password().Text), nil
		},
		"an identity token": func(...qismo.Option) (chat.Identity, error) {
			return chat.IdentityToken(func(context.Context, string) (string, error) { return identityToken().Text, nil }), nil
		},
		"a server": func(options ...qismo.Option) (chat.Identity, error) {
			server, err := chat.NewServer(appID, secretKey().Text, options...)
			if err != nil {
				return chat.Identity{}, err
			}
			return chat.TokenOf(server, email().Text), nil
		},
	}
}

// chatLogins are log-ins that fail, and tokens that are refused after them.
func chatLogins() []failure {
	var all []failure
	identities := chatIdentities()
	for _, name := range slices.Sorted(maps.Keys(identities)) {
		who := identities[name]
		for _, shape := range shapes() {
			all = append(all, failure{
				name: "a log-in by " + name + " that is refused, " + shape.name, doors: userBy(who), direct: true, oneOf: 3,
				answer: func(e *exchange) {
					if e.operation != nil && e.operation.ID == "sdkGetNonce" {
						e.write(200, typeJSON, textOf(planted(exampleOf(e))))
						return
					}
					e.write(401, shape.contentType, shape.write(message()+fmt.Sprint(e.says())))
				},
			})
		}
		all = append(all, failure{
			name: "an unusable log-in by " + name, doors: userBy(who), direct: true, oneOf: 3,
			answer: func(e *exchange) { e.write(200, typeJSON, textOf(planted(exampleOf(e)))) },
		}, failure{
			name: "a log-in by " + name + ", then a token that has expired", doors: userBy(who), direct: true,
			answer: func(e *exchange) { e.logInThenRefuse() },
		})
	}
	panics := func(context.Context, string) (string, error) { panic(panicked) }
	return append(all, failure{
		name: "a signer of identity tokens that panics",
		doors: userBy(func(...qismo.Option) (chat.Identity, error) {
			return chat.IdentityToken(panics), nil
		}),
		answer: func(e *exchange) { e.write(200, typeJSON, textOf(planted(exampleOf(e)))) },
	})
}

// logInThenRefuse gives a log-in what it asks for, with canaries that a header can hold,
// and refuses all else as if the token had expired.
func (e *exchange) logInThenRefuse() {
	of := func(kind Kind) string { return inAnswer(kind, "member").Text }
	user := object{
		"email": of(Email), "username": of(Name), "token": of(Token), "refresh_token": of(UUID),
		"token_expires_at": time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z"),
	}
	id := ""
	if e.operation != nil {
		id = e.operation.ID
	}
	switch id {
	case "sdkLoginOrRegister", "sdkVerifyIdentityToken":
		e.write(200, typeJSON, object{"results": object{"user": user}, "status": 200}.String())
	case "sdkGetNonce":
		e.write(200, typeJSON, object{"results": object{"nonce": of(UUID), "expired_at": 1}, "status": 200}.String())
	case "restGetUserToken", "sdkRefreshUserToken":
		e.write(200, typeJSON, object{"results": user, "status": 200}.String())
	default:
		said := object{"message": "Unauthorized. Token is expired " + message() + e.echo()}
		e.write(403, typeJSON, object{"error": said, "status": 403}.String())
	}
}

func knownOfChat() map[string]any {
	span := map[string]any{"From": "2026-03-01T00:00:00Z", "Until": "2026-03-08T00:00:00Z"}
	spanOf := func(name string, value any) map[string]any {
		all := maps.Clone(span)
		all[name] = value
		return all
	}
	return map[string]any{
		"Server.Backups.Export.params":         spanOf("Type", string(chat.BackupMessages)),
		"Server.Backups.ListExports.page":      float64(2),
		"Server.Backups.ListImports.page":      float64(2),
		"Server.Users.AllUnread.params":        span,
		"Server.Users.AverageReplyTime.params": spanOf("UserID", "rina@toko.example.id"),
		"Server.Users.CountUnread.params":      spanOf("UserIDs", []any{"rina@toko.example.id", "bagus_17"}),
		"Server.Users.ListUnread.params":       span,
		"User.Messages.After.limit":            float64(20),
		"User.Messages.After.messageID":        "5520118843",
		"User.Messages.SendFile.caption":       "Nota Anda",
		"User.Messages.SendFile.roomID":        "60418822",
		"User.Rooms.Get.roomID":                "60418822",
		"User.Rooms.GetOrCreateWithUser.params": map[string]any{
			"UserID": "bagas@toko.example.id", "Options": map[string]any{"topik": "pesanan"},
		},
		"User.Session.RefreshToken.params": map[string]any{
			"UserID": "rina@toko.example.id", "Token": "ut-5f", "RefreshToken": "rt-5f",
		},
	}
}

// typedOfChat adds arguments of a method that JSON cannot make.
func typedOfChat(method string, all map[string]any) {
	in := func(kind Kind, name string) string { return inRequest(kind, name).Text }
	text := func() chat.Message { return chat.NewText(in(Sentence, "text")) }
	file := func() chat.UploadParams {
		return chat.UploadParams{File: strings.NewReader(in(Sentence, "file")), FileName: in(Token, "file name") + ".pdf"}
	}
	switch method {
	case "Server.Messages.Send":
		all[method+".params"] = chat.ServerSendParams{
			RoomID: flex.ID(in(Phone, "room id")), UserID: in(Email, "user id"), Message: text(),
		}
	case "Server.Messages.SendSystemEvent":
		event := chat.NewSystemEventCustom(in(Sentence, "text"), map[string]any{"nama": in(Name, "customer")})
		all[method+".event"] = event.WithUser(in(Email, "user id")).WithExtras(map[string]any{"kunci": in(Token, "extras")})
	case "Server.Backups.Import":
		all[method+".params"] = chat.ImportParams{
			Type: chat.BackupUsers, FileName: in(Token, "file name") + ".json",
			File: strings.NewReader(`[{"Email":"` + in(Email, "user id") + `","Password":"` + in(Token, "password") + `"}]`),
		}
	case "User.Messages.Send":
		all[method+".message"] = text().WithExtras(map[string]any{"kunci": in(Token, "extras")})
	case "User.Messages.Edit":
		all[method+".message"] = text()
	case "User.Messages.SendFile", "User.Files.Upload":
		all[method+".params"] = file()
	}
}

// inTypedOfChat are the canaries in those.
func inTypedOfChat() []Canary {
	return []Canary{
		inRequest(Sentence, "text"), inRequest(Sentence, "file"), inRequest(Token, "file name"),
		inRequest(Phone, "room id"), inRequest(Email, "user id"), inRequest(Token, "other user"),
		inRequest(Name, "customer"), inRequest(Token, "extras"), inRequest(Token, "password"),
	}
}
