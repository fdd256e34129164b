package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// Whatever is sent to whichever operation, it is answered, by a status below
// 500 and as the document says.
func FuzzRequests(f *testing.F) {
	operations := everyOperation(f)
	contentTypes := []string{
		"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain",
	}
	sendable := encode(object{ // what broadcasts take here; the examples name templates that there are not
		"phone_number": "628115550123", "template_detail_id": codeTemplate, "variables": []string{"4471"},
		"header_value": object{"text": "x"}, "room_id": "98120701",
	})
	for i, operation := range operations {
		if operation.Group == "broadcast" {
			f.Add(uint8(i), uint8(0), "", sendable)
		}
		f.Add(uint8(i), uint8(0), "limit=2&page=1&ids[]=73011&division_ids[]=811&room_id=98120701", []byte("{}"))
		for _, body := range operation.Request {
			for _, example := range body.Examples {
				f.Add(uint8(i), uint8(0), "", encode(example))
			}
		}
	}
	f.Add(uint8(0), uint8(1), "cursor_after=eyJwb3NpdGlvbiI6LTF9", []byte("room_id=98120701&agent_id=73011&max_agent=1"))
	f.Add(uint8(0), uint8(2), "", []byte("--b\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nx\r\n--b--\r\n"))
	listRooms := slices.IndexFunc(operations, func(o *document.Operation) bool { return o.ID == "listRooms" })
	f.Add(uint8(listRooms), uint8(0), "", []byte(`{"latitude":1e400,"limit":-1,"channels":[1],"user_properties":"[1,{}]"}`))

	sandbox, err := New(Config{Rooms: 4})
	require.NoError(f, err)
	f.Cleanup(func() { assert.NoError(f, sandbox.Shutdown(context.Background())) })
	config := sandbox.Config()
	roles := []string{"admin", "agent", "spv"} // the admin may go a supervisor's way, too

	// How it is sent is the content type and, of what is left, by whom.
	f.Fuzz(func(t *testing.T, which, how uint8, query string, body []byte) {
		operation := operations[int(which)%len(operations)]
		role := roles[int(how)/len(contentTypes)%len(roles)]
		target := strings.NewReplacer("{role}", role, "{room_id}", "98120701", "{agent_id}", "73011",
			"{tag_id}", "4401", "{template_id}", "30511", "{contact_id}", "880001",
			"{channel_id}", "5120", "{media_id}", "3120045601", "{broadcast_job_id}", "10301",
			"{channel_type}", "qiscus", "{unique_id}", "7a0e9c35", "{app_code}", config.AppCode).Replace(operation.Path)
		require.NotContains(t, target, "{", "nothing stands for a parameter of the path")
		request := httptest.NewRequestWithContext(t.Context(), operation.Method, target, bytes.NewReader(body))
		request.URL.RawQuery = query
		request.Header = http.Header{
			"Qiscus-App-Id": {config.AppCode}, "Qiscus-Secret-Key": {config.SecretKey},
			"Content-Type": {contentTypes[int(how)%len(contentTypes)]},
		}
		if isChatOperation(operation) {
			request.Header.Set("QISCUS-SDK-APP-ID", config.AppCode)
			request.Header.Set("QISCUS-SDK-SECRET", config.SecretKey)
			admin := sandbox.state.admin()
			request.Header.Set("QISCUS-SDK-USER-ID", sandbox.state.staffChatID(admin))
			request.Header.Set("QISCUS-SDK-TOKEN", chatSignedIn(sandbox, admin))
		}
		if role == "agent" { // the secret key would make an admin of them
			request.Header.Del("Qiscus-Secret-Key")
		}
		request.Header.Set("Authorization", signedIn(sandbox, role))
		recorder := httptest.NewRecorder()
		conforming(t, sandbox).ServeHTTP(recorder, request)
		assert.Less(t, recorder.Code, http.StatusInternalServerError, "%s %s", operation.ID, recorder.Body)
	})
}

// chatSignedIn is a token for the chat server, a new one where a request before ended it.
func chatSignedIn(sandbox *Sandbox, member *staff) string {
	sandbox.mu.Lock()
	defer sandbox.mu.Unlock()
	user := sandbox.state.staffUser(member)
	user.active = true
	return sandbox.state.chatTokenOf(user, sandbox.config.Now()).text
}

// signedIn is the token of one of the staff, a new one where a request before ended it.
func signedIn(sandbox *Sandbox, role string) string {
	sandbox.mu.Lock()
	defer sandbox.mu.Unlock()
	member := sandbox.state.admin()
	if role == "agent" {
		member = sandbox.state.staff[1]
	}
	if _, works := sandbox.state.tokens[member.token]; !works {
		sandbox.state.issueToken(member, sandbox.config.Now())
	}
	return member.token
}

// Cursors come back from outside: any text is refused or read.
func FuzzCursor(f *testing.F) {
	f.Add(writeCursor(7))
	f.Add("e30")
	f.Fuzz(func(t *testing.T, cursor string) {
		rows := []int64{-2, 3, 5}
		position := func(row int64) int64 { return row }
		page, err := cutWindow(sortedRows[int64]{rows, position}, windowRequest{limit: 2, after: cursor, before: url.QueryEscape(cursor)})
		if err == nil {
			assert.LessOrEqual(t, len(page.rows), 2)
		}
	})
}
