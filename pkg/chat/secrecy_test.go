package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// What nobody who reads errors and logs may see: words of customers, ids, and secrets.
const (
	secretUser  = "dewi-rempeyek@toko.example.id"
	secretRoom  = flex.ID("60418822771")
	secretText  = "rempeyek bayam untuk Bu Dewi"
	secretID    = "go-rahasia-5f1d0b7c2a9e"
	secretNonce = "n0nceRahasia5f1d0b7c2a9e"
	secretFile  = "nota-rahasia-dewi.pdf"
)

// callsWithSecrets are calls of a user, one for each operation, with a secret in every
// place that takes one.
func callsWithSecrets(t *testing.T) map[string]func(ctx context.Context, user *chat.User) error {
	t.Helper()
	extras := jsonOf(t, map[string]string{"catatan": secretText})
	message := chat.NewText(secretText).WithUniqueID(secretID).WithExtras(extras)
	ids, users := []string{secretID}, []string{secretUser}
	yes := true
	return map[string]func(context.Context, *chat.User) error{
		"config": func(ctx context.Context, u *chat.User) error { return second(u.Session.Config(ctx)) },
		"nonce":  func(ctx context.Context, u *chat.User) error { return second(u.Session.Nonce(ctx)) },
		"verify": func(ctx context.Context, u *chat.User) error {
			return second(u.Session.VerifyIdentity(ctx, flex.Secret(secretNonce)))
		},
		"log in": func(ctx context.Context, u *chat.User) error {
			return second(u.Session.LoginOrRegister(ctx, chat.LoginOrRegisterParams{Email: secretUser, Password: testKey, Username: secretText, Extras: extras}))
		},
		"profile": func(ctx context.Context, u *chat.User) error { return second(u.Session.Profile(ctx)) },
		"update profile": func(ctx context.Context, u *chat.User) error {
			return second(u.Session.UpdateProfile(ctx, chat.UpdateProfileParams{Name: secretText, Extras: extras}))
		},
		"refresh": func(ctx context.Context, u *chat.User) error {
			return second(u.Session.RefreshToken(ctx, chat.RefreshTokenParams{UserID: secretUser, Token: secretNonce, RefreshToken: testKey}))
		},
		"expire":   func(ctx context.Context, u *chat.User) error { return u.Session.Expire(ctx) },
		"realtime": func(ctx context.Context, u *chat.User) error { return second(u.Session.RealtimeCredentials(ctx)) },
		"users": func(ctx context.Context, u *chat.User) error {
			return second(u.Users.List(ctx, chat.ListUsersParams{Query: secretText}))
		},
		"block":   func(ctx context.Context, u *chat.User) error { return second(u.Users.Block(ctx, secretUser)) },
		"unblock": func(ctx context.Context, u *chat.User) error { return second(u.Users.Unblock(ctx, secretUser)) },
		"status":  func(ctx context.Context, u *chat.User) error { return second(u.Users.Status(ctx, users)) },
		"with a user": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: secretUser, Options: extras}))
		},
		"group": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.CreateGroup(ctx, chat.CreateGroupParams{Name: secretText, Participants: users, Options: extras}))
		},
		"room": func(ctx context.Context, u *chat.User) error { return second(u.Rooms.Get(ctx, secretRoom)) },
		"rooms": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.Info(ctx, chat.RoomsInfoParams{RoomIDs: []flex.ID{secretRoom}, RoomUniqueIDs: ids}))
		},
		"update room": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.Update(ctx, chat.UpdateRoomParams{ID: secretRoom, RoomName: secretText, Options: extras}))
		},
		"participants": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.ListParticipants(ctx, chat.ListParticipantsParams{RoomUniqueID: secretID}))
		},
		"add": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.AddParticipants(ctx, secretRoom, users))
		},
		"remove": func(ctx context.Context, u *chat.User) error {
			return second(u.Rooms.RemoveParticipants(ctx, secretRoom, users))
		},
		"channel": func(ctx context.Context, u *chat.User) error {
			return second(u.Channels.GetOrCreate(ctx, chat.ChannelParams{UniqueID: secretID, Name: secretText}))
		},
		"info":  func(ctx context.Context, u *chat.User) error { return second(u.Channels.Info(ctx, ids)) },
		"join":  func(ctx context.Context, u *chat.User) error { return second(u.Channels.Join(ctx, ids)) },
		"leave": func(ctx context.Context, u *chat.User) error { return second(u.Channels.Leave(ctx, ids)) },
		"send": func(ctx context.Context, u *chat.User) error {
			return second(u.Messages.Send(ctx, secretRoom, message))
		},
		"edit": func(ctx context.Context, u *chat.User) error { return second(u.Messages.Edit(ctx, secretID, message)) },
		"list": func(ctx context.Context, u *chat.User) error {
			return second(u.Messages.List(ctx, chat.ListMessagesParams{RoomID: secretRoom, Before: secretRoom}))
		},
		"read": func(ctx context.Context, u *chat.User) error {
			return second(u.Messages.MarkRead(ctx, secretRoom, secretRoom))
		},
		"delete": func(ctx context.Context, u *chat.User) error { return second(u.Messages.Delete(ctx, ids)) },
		"clear":  func(ctx context.Context, u *chat.User) error { return second(u.Messages.ClearRooms(ctx, ids)) },
		"receipts": func(ctx context.Context, u *chat.User) error {
			return second(u.Messages.Receipts(ctx, secretRoom))
		},
		"search": func(ctx context.Context, u *chat.User) error {
			return second(u.Messages.Search(ctx, chat.SearchParams{Query: secretText, SenderID: secretUser, RoomIDs: []flex.ID{secretRoom}, IsPublic: &yes}))
		},
		"files": func(ctx context.Context, u *chat.User) error {
			return second(u.Files.List(ctx, chat.ListFilesParams{Sender: secretUser, RoomIDs: []flex.ID{secretRoom}, Query: secretText}))
		},
		"upload": func(ctx context.Context, u *chat.User) error {
			return second(u.Files.Upload(ctx, chat.UploadParams{File: strings.NewReader(secretText), FileName: secretFile}))
		},
		"device": func(ctx context.Context, u *chat.User) error {
			return second(u.Push.Register(ctx, chat.DeviceParams{DeviceToken: secretNonce, DevicePlatform: chat.DeviceAndroid, DeviceID: secretID}))
		},
		"sync":  func(ctx context.Context, u *chat.User) error { return second(u.Sync.Messages(ctx, secretRoom, 0)) },
		"event": func(ctx context.Context, u *chat.User) error { return second(u.Sync.Events(ctx, secretRoom)) },
		"topic": func(ctx context.Context, u *chat.User) error { return second(u.Sync.CheckTopic(ctx, testToken+"/c")) },
		"report": func(ctx context.Context, u *chat.User) error {
			return u.Sync.ReportEvent(ctx, chat.ReportEventParams{ModuleName: "REALTIME", Message: secretText})
		},
		"own route": func(ctx context.Context, u *chat.User) error {
			return u.Do(ctx, http.MethodPost, "/api/v2/sdk/"+secretID+"?q="+url.QueryEscape(secretText), map[string]string{"x": secretUser}, nil)
		},
	}
}

// secretParts give a secret away.
func secretParts() []string {
	return []string{
		"rempeyek", "Dewi", "dewi", string(secretRoom), "rahasia", "5f1d0b7c2a9e", testUserID, testToken, testKey, testSecret,
	}
}

func assertTellsNothing(t *testing.T, text, name string) {
	t.Helper()
	for _, part := range secretParts() {
		assert.NotContains(t, text, part, name)
		assert.NotContains(t, text, fmt.Sprintf("%x", part), name)
	}
}

// echoes is a service that refuses everything, in words that say all it was asked with.
func echoes(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	var said []string
	for _, values := range request.Header {
		said = append(said, values...)
	}
	address, _ := url.QueryUnescape(request.URL.String())
	slices.Sort(said)
	written, _ := json.Marshal(map[string]any{"error": map[string]any{
		"message": "invalid " + strings.Join(said, " "), "detailed_messages": []string{address, string(body)},
	}})
	w.Header().Set("X-Request-Id", request.Header.Get("QISCUS-SDK-TOKEN"))
	answerJSON(http.StatusBadRequest, string(written))(w, request)
}

// Whatever is called and however it fails, errors and logs tell none of it.
func TestErrorsAndLogsTellNothing(t *testing.T) {
	t.Parallel()
	services := map[string]*recorder{
		"a service that quotes":       newRecorder(t, echoes),
		"a success that is none":      newRecorder(t, answerJSON(200, `{"results":null,"error":{"message":"`+secretText+`"}}`)),
		"a success of another shape":  newRecorder(t, answerJSON(200, `{"results":["`+secretText+`",`+secretRoom.String()+`],"events":"`+secretText+`"}`)),
		"an answer of no known shape": newRecorder(t, answer(500, "text/plain", secretText+" "+secretUser)),
	}
	for name, service := range services {
		var log bytes.Buffer
		user := service.user(t, chat.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		for what, call := range callsWithSecrets(t) {
			err := call(t.Context(), user)
			if name != "a success of another shape" { // which some calls do not read
				require.Error(t, err, what)
			}
			if err == nil {
				continue
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%x", "%d"} {
				assertTellsNothing(t, fmt.Sprintf(verb, err), name+": "+what)
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				assertTellsNothing(t, fmt.Sprintf("%v %#v", cause, cause), name+": "+what)
			}
			var failure *chat.Error
			if errors.As(err, &failure) {
				written, err := json.Marshal(failure)
				require.NoError(t, err)
				assertTellsNothing(t, string(written)+failure.LogValue().String(), name+": "+what)
			}
		}
		assert.Contains(t, log.String(), "chat call")
		assertTellsNothing(t, log.String(), "the log")
	}
}

// What a log-in fails with tells as little, also inside of the call that needed it.
func TestFailedLoginsTellNothing(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, echoes)
	for name, who := range map[string]chat.Identity{
		"password":       chat.LoginOrRegister(chat.LoginOrRegisterParams{Email: secretUser, Password: testKey, Username: secretText}),
		"identity token": chat.IdentityToken(func(context.Context, string) (string, error) { return secretNonce, nil }),
		"server":         chat.TokenOf(service.server(t), secretUser),
	} {
		user := service.userAs(t, who)
		for _, err := range []error{
			second(user.Session.Profile(t.Context())), second(user.Token(t.Context())), second(user.ID(t.Context())),
		} {
			require.ErrorIs(t, err, chat.ErrBadRequest, name)
			assertTellsNothing(t, fmt.Sprintf("%v %#v", err, err), name)
		}
	}
}

// The context of a call, which hooks and transports get, can be printed.
func TestContextsOfCallsShowNothing(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, echoes)
	printed := 0
	user := service.user(t, chat.WithHooks(chat.Hooks{Attempt: func(ctx context.Context, _ chat.AttemptStart) (context.Context, func(chat.AttemptEnd)) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			assertTellsNothing(t, fmt.Sprintf(verb, ctx), verb)
			printed++
		}
		return ctx, nil
	}}))
	for _, call := range callsWithSecrets(t) {
		require.Error(t, call(t.Context(), user))
	}
	assert.Positive(t, printed)
}

// Secrets inside of answers print as ***.
func TestAnswersHideTheirSecrets(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{"user":{"email":"rina","username":"Rina","token":"token-rahasia","refresh_token":"penyegar-rahasia","rtKey":"kunci-rahasia"},
		"nonce":"nonce-rahasia","token":"token-rahasia","refresh_token":"penyegar-rahasia","username":"wangi","password":"sandi-rahasia"}}`))
	user := service.user(t)
	account, err := user.Session.Profile(t.Context())
	require.NoError(t, err)
	nonce, err := user.Session.Nonce(t.Context())
	require.NoError(t, err)
	broker, err := user.Session.RealtimeCredentials(t.Context())
	require.NoError(t, err)
	renewed, err := user.Session.RefreshToken(t.Context(), chat.RefreshTokenParams{UserID: "rina", Token: "a", RefreshToken: "b"})
	require.NoError(t, err)
	token, err := user.Token(t.Context())
	require.NoError(t, err)
	for _, value := range []any{account, *account, nonce, broker, *renewed, token, chat.RefreshTokenParams{Token: "token-rahasia", RefreshToken: "penyegar-rahasia"}} {
		written, err := json.Marshal(value)
		require.NoError(t, err)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", value, value, value, written), "rahasia")
	}
}
