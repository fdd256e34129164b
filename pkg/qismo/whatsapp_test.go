package qismo_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

const testCustomer = "628115550123"

func TestWhatsAppMessagesOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"contacts":[{"wa_id":"628115550123"}],"messages":[{"id":"wamid-1"}]}`))
	client := service.client(t)
	template := qismo.NewWhatsAppTemplate(testCustomer, "promo_kopi", "id", "Dewi", "20%")
	template.Template.Components = append(template.Template.Components, qismo.WhatsAppComponent{
		Type: "button", SubType: "url", Index: "0", Parameters: []qismo.WhatsAppParameter{{Type: "text", Text: "gayo"}},
	})
	for _, test := range []struct {
		message qismo.WhatsAppMessage
		want    string
	}{
		{qismo.NewWhatsAppText(testCustomer, "halo"), `{"to":"628115550123","type":"text","text":{"body":"halo"}}`},
		{qismo.NewWhatsAppImage(testCustomer, "https://x"), `{"to":"628115550123","type":"image","image":{"link":"https://x"}}`},
		{qismo.NewWhatsAppVideo(testCustomer, "https://x"), `{"to":"628115550123","type":"video","video":{"link":"https://x"}}`},
		{qismo.NewWhatsAppDocument(testCustomer, "https://x", "a.pdf"), `{"to":"628115550123","type":"document","document":{"link":"https://x","filename":"a.pdf"}}`},
		{qismo.NewWhatsAppTemplate(testCustomer, "salam", "id"), `{"to":"628115550123","type":"template","template":{"namespace":"","name":"salam","language":{"policy":"deterministic","code":"id"}}}`},
		{template, `{"to":"628115550123","type":"template","template":{"namespace":"","name":"promo_kopi","language":{"policy":"deterministic","code":"id"},"components":[
			{"type":"body","parameters":[{"type":"text","text":"Dewi"},{"type":"text","text":"20%"}]},
			{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"gayo"}]}]}}`},
		{qismo.NewWhatsAppText("+"+testCustomer, "halo"), `{"to":"628115550123","type":"text","text":{"body":"halo"}}`},
	} {
		id, err := client.WhatsApp.Send(t.Context(), "5120", test.message)
		require.NoError(t, err)
		assert.Equal(t, "wamid-1", id)
		request := service.seen()[len(service.seen())-1]
		assert.Equal(t, "/whatsapp/v1/"+testAppID+"/5120/messages", request.URI)
		assert.JSONEq(t, test.want, request.Body)
	}
	require.NoError(t, client.WhatsApp.SetSettings(t.Context(), "5120", "https://hooks.example.id"))
	request := service.seen()[len(service.seen())-1]
	assert.Equal(t, "/whatsapp/"+testAppID+"/5120/settings", request.URI)
	assert.JSONEq(t, `{"webhooks":{"url":"https://hooks.example.id"}}`, request.Body)
}

// What cannot be sent is refused before it is, in words that tell no customer.
func TestWhatsAppMessagesThatAreRefused(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{}`))
	client := service.client(t)
	for name, message := range map[string]qismo.WhatsAppMessage{
		"nobody":           qismo.NewWhatsAppText("", "halo"),
		"nothing but plus": qismo.NewWhatsAppText("+", "halo"),
		"spaces":           qismo.NewWhatsAppText("+628115550123 ", "halo"),
		"another type":     {To: testCustomer, Type: "sticker"},
		"no type":          {To: testCustomer},
		"empty text":       qismo.NewWhatsAppText(testCustomer, ""),
		"no picture":       qismo.NewWhatsAppImage(testCustomer, ""),
		"no film":          qismo.NewWhatsAppVideo(testCustomer, ""),
		"no file":          qismo.NewWhatsAppDocument(testCustomer, "", "a.pdf"),
		"no template":      qismo.NewWhatsAppTemplate(testCustomer, "", "id"),
		"no language":      qismo.NewWhatsAppTemplate(testCustomer, "salam", ""),
		"no buttons":       {To: testCustomer, Type: "interactive", Interactive: qismo.WhatsAppInteractive{Body: qismo.WhatsAppInteractiveBody{Text: "pilih"}}},
		"another's member": {To: testCustomer, Type: "image", Text: qismo.WhatsAppText{Body: "halo"}},
	} {
		_, err := client.WhatsApp.Send(t.Context(), "5120", message)
		require.ErrorContains(t, err, "qismo: sendWaMessage: the ", name)
		assert.NotContains(t, err.Error(), "628115550123", name)
	}
	require.ErrorContains(t, client.WhatsApp.SetSettings(t.Context(), "5120", ""), "qismo: setWaSettings: ")
	_, err := client.WhatsApp.Send(t.Context(), "", qismo.NewWhatsAppText(testCustomer, "halo"))
	require.ErrorContains(t, err, "channel id")
	_, err = client.WhatsApp.Media(t.Context(), "5120", "")
	require.ErrorContains(t, err, "qismo: getWaMedia: the media id")
	assert.Empty(t, service.seen())
}

func TestWhatsAppAnswersWithoutTheirContent(t *testing.T) {
	for _, body := range []string{`{}`, `{"messages":[]}`, `{"messages":[{}]}`, `{"messages":null}`, `{"data":{"id":"wamid-1"}}`} {
		service := newRecorder(t, answerJSON(200, body))
		_, err := service.client(t).WhatsApp.Send(t.Context(), "5120", qismo.NewWhatsAppText(testCustomer, "halo"))
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, body)
		assert.Len(t, service.seen(), 1, "nothing is repeated")
	}
	_, err := newRecorder(t, answerJSON(200, `{"data":{}}`)).client(t).WhatsApp.Credit(t.Context())
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	settings, err := newRecorder(t, answerJSON(200, `{}`)).client(t).WhatsApp.Settings(t.Context(), "5120")
	require.NoError(t, err, "its shape is assumed")
	assert.Empty(t, settings.Webhooks.URL)
	service := newRecorder(t, answerJSON(503, ``))
	_, err = service.client(t).WhatsApp.Credit(t.Context())
	require.ErrorIs(t, err, qismo.ErrServer)
}

func TestMetasCodeInErrors(t *testing.T) {
	for body, want := range map[string]int64{
		`{"error":{"message":"x","code":131026}}`:  131026,
		`{"error":{"code":"131026"}}`:              131026,
		`{"error":{"code":{}}}`:                    0,
		`{"error":"text","code":131026}`:           0,
		`{"errors":{"message":"x","code":131026}}`: 0,
		`<html>`: 0,
	} {
		_, err := newRecorder(t, answerJSON(400, body)).client(t).WhatsApp.Send(t.Context(), "5120", qismo.NewWhatsAppText(testCustomer, "halo"))
		var failure *qismo.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, want, failure.Code, body)
		encoded, err := failure.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, want != 0, strings.Contains(string(encoded), `"code":131026`), body)
	}
}

// A file is handed on as it arrives; a refusal is read and becomes an *Error.
func TestMediaIsStreamed(t *testing.T) {
	more := make(chan struct{})
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Length", "8")
		_, _ = io.WriteString(w, "awal")
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, "ahir")
	})
	media, err := service.client(t).WhatsApp.Media(t.Context(), "5120", "10293")
	require.NoError(t, err)
	assert.Equal(t, "application/pdf", media.ContentType)
	assert.EqualValues(t, 8, media.Length)
	begun := make([]byte, 4)
	_, err = io.ReadFull(media.Body, begun)
	require.NoError(t, err, "before the end is there")
	close(more)
	rest, err := io.ReadAll(media.Body)
	require.NoError(t, err)
	assert.Equal(t, "awalahir", string(begun)+string(rest))
	require.NoError(t, media.Body.Close())
	assert.Equal(t, "*/*", service.seen()[0].Header.Get("Accept"))
	assert.Equal(t, "/whatsapp/v1/"+testAppID+"/5120/media/10293", service.seen()[0].URI)

	_, err = newRecorder(t, answerJSON(404, `{"errors":{"message":"media not found"}}`)).client(t).WhatsApp.Media(t.Context(), "5120", "1")
	require.ErrorIs(t, err, qismo.ErrNotFound)
	assert.Contains(t, err.Error(), "media not found")
}

func TestMediaThatBreaksOff(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "80")
		_, _ = io.WriteString(w, "awal")
	})
	media, err := service.client(t).WhatsApp.Media(t.Context(), "5120", "10293", qismo.WithTimeout(0))
	require.NoError(t, err)
	defer media.Body.Close()
	got, err := io.ReadAll(media.Body)
	assert.Equal(t, "awal", string(got))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Contains(t, err.Error(), "qismo: getWaMedia: read the answer: ")
}

func TestMediaThatIsAskedForInVain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	service := newRecorder(t, func(_ http.ResponseWriter, request *http.Request) {
		cancel()
		<-request.Context().Done()
	})
	_, err := service.client(t).WhatsApp.Media(ctx, "5120", "10293")
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, context.DeadlineExceeded)
}

// slowService answers after a time, with a body that takes another.
type slowService struct{ header, body time.Duration }

func (s slowService) RoundTrip(request *http.Request) (*http.Response, error) {
	select {
	case <-time.After(s.header):
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1, Body: &slowBody{s.body, request.Context()}}, nil
}

type slowBody struct {
	wait time.Duration
	ctx  context.Context
}

func (b *slowBody) Read([]byte) (int, error) {
	select {
	case <-time.After(b.wait):
		return 0, io.EOF
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}

func (*slowBody) Close() error { return nil }

// The timeout bounds the time to the header; the file may take as long as it takes,
// or as the caller's context lives.
func TestTimeoutOfMedia(t *testing.T) {
	ask := func(t *testing.T, ctx context.Context, service slowService) (*qismo.WhatsAppMedia, error) {
		t.Helper()
		client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHTTPClient(&http.Client{Transport: service}))
		require.NoError(t, err)
		return client.WhatsApp.Media(ctx, "5120", "10293", qismo.WithTimeout(time.Minute))
	}
	synctest.Test(t, func(t *testing.T) {
		media, err := ask(t, t.Context(), slowService{header: 59 * time.Second, body: time.Hour})
		require.NoError(t, err)
		_, err = io.ReadAll(media.Body)
		require.NoError(t, err)
		require.NoError(t, media.Body.Close())
	})
	synctest.Test(t, func(t *testing.T) {
		_, err := ask(t, t.Context(), slowService{header: 61 * time.Second})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, context.Canceled)
		var failure *qismo.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, "getWaMedia", failure.Operation)
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		media, err := ask(t, ctx, slowService{body: time.Hour})
		require.NoError(t, err)
		_, err = io.ReadAll(media.Body)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	synctest.Test(t, func(t *testing.T) {
		media, err := ask(t, t.Context(), slowService{body: time.Hour})
		require.NoError(t, err)
		require.NoError(t, media.Body.Close())
		_, err = media.Body.Read(nil)
		require.ErrorIs(t, err, context.Canceled, "its context ended with it")
	})
}
