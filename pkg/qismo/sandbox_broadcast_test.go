package qismo_test

import (
	"context"
	"fmt"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// whatsAppChannel is the sandbox's.
const whatsAppChannel = flex.ID("5120")

func checkWhatsApp(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	const customer = "628115550241"
	roomID := write(t, p, customer)
	for _, message := range []qismo.WhatsAppMessage{
		qismo.NewWhatsAppText(customer, "pesanan sudah dikirim"),
		qismo.NewWhatsAppImage(customer, "https://cdn.example.id/gayo.jpg"),
		qismo.NewWhatsAppVideo(customer, "https://cdn.example.id/seduh.mp4"),
		qismo.NewWhatsAppDocument(customer, "https://cdn.example.id/harga.pdf", "harga.pdf"),
		qismo.NewWhatsAppTemplate(customer, "promo_kopi", "id", "Dewi"),
		{To: customer, Type: "interactive", Interactive: qismo.WhatsAppInteractive{
			Type: "button", Body: qismo.WhatsAppInteractiveBody{Text: "pilih"}, Action: qismo.WhatsAppInteractiveAction{
				Buttons: []qismo.WhatsAppButton{{Type: "reply", Reply: qismo.WhatsAppReply{ID: "kecil", Title: "250 gram"}}},
			},
		}},
	} {
		id, err := client.WhatsApp.Send(t.Context(), whatsAppChannel, message)
		require.NoError(t, err, message.Type)
		assert.NotEmpty(t, id, message.Type)
	}
	var answer struct{ Messages []struct{ ID string } }
	path := "/whatsapp/v1/" + client.AppID() + "/5120/messages"
	sticker := map[string]any{"to": customer, "type": "sticker", "sticker": map[string]any{"link": "https://cdn.example.id/a.webp"}}
	require.NoError(t, client.Do(t.Context(), "POST", path, sticker, &answer), "what WhatsAppMessage lacks")
	assert.NotEmpty(t, answer.Messages[0].ID)
	said := p.Messages(string(roomID))
	assert.Len(t, said, 8)

	media, err := client.WhatsApp.Media(t.Context(), whatsAppChannel, fmt.Sprint(said[0].ID))
	require.NoError(t, err)
	assert.Equal(t, "image/png", media.ContentType)
	picture, err := png.Decode(media.Body)
	require.NoError(t, err)
	assert.Equal(t, 1, picture.Bounds().Dx())
	require.NoError(t, media.Body.Close())
	_, err = client.WhatsApp.Media(t.Context(), whatsAppChannel, "77")
	require.ErrorIs(t, err, qismo.ErrNotFound)

	const address = "https://hooks.example.id/whatsapp"
	require.NoError(t, client.WhatsApp.SetSettings(t.Context(), whatsAppChannel, address))
	settings, err := client.WhatsApp.Settings(t.Context(), whatsAppChannel)
	require.NoError(t, err)
	assert.Equal(t, address, settings.Webhooks.URL)
	credit, err := client.WhatsApp.Credit(t.Context())
	require.NoError(t, err)
	require.Len(t, credit.Channels, 1)
	assert.Equal(t, whatsAppChannel, credit.Channels[0].ID)
	require.NotNil(t, credit.Channels[0].LastPayment)

	_, err = client.WhatsApp.Send(t.Context(), whatsAppChannel, qismo.NewWhatsAppText("628115550242", "halo"))
	require.ErrorIs(t, err, qismo.ErrOutsideWindow, "who never wrote")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.EqualValues(t, 131047, failure.Code)
	assert.Contains(t, err.Error(), "(code 131047)")
}

func checkBroadcasts(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	const customer = "628115550251"
	before := balance(t, client)
	templates := templatesByName(t, client)
	orders, promo, code := templates["pesanan_dikirim"], templates["promo_akhir_pekan"], templates["kode_masuk"]
	sent, err := client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: customer, TemplateDetailID: flex.NumberID(orders.HsmDetails[0].ID), ChannelID: flex.NumberID(whatsAppChannel), Variables: []string{"Dewi", "KW-2093"},
		HeaderValue:  qismo.BroadcastHeader{Type: "text", Text: "Promo"},
		ButtonParams: []qismo.BroadcastButton{{Type: "url", Values: "gayo"}},
	})
	require.NoError(t, err)
	require.Len(t, sent.BroadcastLogs, 1)
	assert.Equal(t, flex.Text("sent"), sent.BroadcastLogs[0].Status)
	assert.JSONEq(t, `["Dewi","KW-2093"]`, string(sent.BroadcastLogs[0].Variables.Raw()))
	assert.Less(t, balance(t, client), before)

	sent, err = client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: "628115500000", TemplateName: promo.Name, Namespace: promo.Namespace, Language: "id",
	})
	require.ErrorIs(t, err, qismo.ErrNotSent)
	require.NotNil(t, sent, "the answer comes with the error")
	assert.Contains(t, err.Error(), "not sent to 1 of 1: ***000 (the number is not on WhatsApp)")

	sent, err = client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: customer, TemplateDetailID: flex.NumberID(promo.HsmDetails[0].ID), StartedAt: flex.NewTime(time.Now().Add(time.Hour)),
	})
	require.NoError(t, err)
	assert.Empty(t, sent.BroadcastLogs, "it is not due")

	many, err := client.Broadcasts.SendToMany(t.Context(), qismo.SendToManyParams{
		ChannelID: flex.NumberID(whatsAppChannel), TemplateName: code.Name, Namespace: code.Namespace, Language: "id",
		PhoneNumbers: []string{customer, "628115550252"}, Variables: []string{"4471"}, HideVariables: true,
	})
	require.NoError(t, err)
	assert.Empty(t, many.BroadcastLogs, "the answer is empty")

	history := checkHistory(t, p, customer)
	assert.Len(t, history, 2)
	checkHSM24(t, p, write(t, p, customer))
	checkBroadcastJob(t, p, client, code.HsmDetails[0].ID)
	_, err = client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{PhoneNumber: customer, TemplateDetailID: "1"})
	require.ErrorIs(t, err, qismo.ErrNotFound, "an unknown template")
	_, err = client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: customer, TemplateDetailID: flex.NumberID(code.HsmDetails[0].ID),
	})
	require.ErrorIs(t, err, qismo.ErrBadRequest)
	require.ErrorContains(t, err, "takes 1, and 0 were given")
}

// templatesByName are the templates that can be sent.
func templatesByName(t *testing.T, client *qismo.Client) map[string]qismo.Template {
	t.Helper()
	named := map[string]qismo.Template{}
	for template, err := range client.Templates.All(t.Context(), qismo.ListTemplatesParams{}) {
		require.NoError(t, err)
		named[template.Name] = template
	}
	return named
}

// checkHSM24 reopens a room as the agents' app does.
func checkHSM24(t *testing.T, p *platform, roomID flex.ID) {
	t.Helper()
	byToken := p.client(t, qismo.WithLogin(p.Config().AppCode, p.Config().AdminEmail, p.Config().AdminPassword))
	resuming, err := byToken.Templates.HSM24(t.Context(), whatsAppChannel)
	require.NoError(t, err)
	detail := resuming.HsmTemplate.HsmDetails[0]
	require.NoError(t, byToken.Broadcasts.SendHSM24(t.Context(), roomID, detail.ID))
	said := p.Messages(string(roomID))
	assert.Equal(t, detail.Content, said[len(said)-1].Text)
}

// checkHistory reads what was sent to a customer, one row a page.
func checkHistory(t *testing.T, p *platform, customer string) []qismo.BroadcastLog {
	t.Helper()
	roomID := write(t, p, customer)
	byToken := p.client(t, qismo.WithLogin(p.Config().AppCode, p.Config().AdminEmail, p.Config().AdminPassword))
	page, err := byToken.Rooms.ListBroadcasts(t.Context(), roomID, qismo.ListRoomBroadcastsParams{Limit: 1})
	require.NoError(t, err)
	assert.True(t, page.HasNext())
	var history []qismo.BroadcastLog
	for log, err := range byToken.Rooms.AllBroadcasts(t.Context(), roomID, qismo.ListRoomBroadcastsParams{Limit: 1}) {
		require.NoError(t, err)
		history = append(history, log)
	}
	require.NotEmpty(t, history)
	assert.Equal(t, flex.Text("4"), history[0].Status, "a number here")
	assert.Equal(t, "kode_masuk", history[0].TemplateName)
	return history
}

func checkBroadcastJob(t *testing.T, p *platform, client *qismo.Client, template flex.ID) {
	t.Helper()
	file, err := client.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{
		TemplateDetailID: template, FileName: "november.csv",
		File: strings.NewReader("nomor,kode\n628115550261,4471\n628115550262,4472\n628115500000,4473\n628115550264,4474\n"),
	})
	require.NoError(t, err)
	require.NotEmpty(t, file.ID)
	begun, err := client.Broadcasts.SendFile(t.Context(), qismo.SendBroadcastFileParams{
		TemplateDetailID: template, BroadcastFileID: file.ID, Name: "promo kopi",
	})
	require.NoError(t, err)
	assert.Equal(t, "promo kopi", begun.Name)
	var left []int
	over, err := client.Broadcasts.JobProgress(begun.BroadcastJobID).Wait(t.Context(), qismo.WaitParams[qismo.BroadcastJob]{
		First: time.Nanosecond, Longest: time.Nanosecond, Progress: func(job qismo.BroadcastJob) {
			pending := 0
			for _, log := range job.BroadcastLogs {
				if log.Status == "pending" {
					pending++
				}
			}
			left = append(left, pending)
			assert.NoError(t, p.Clock().Move(time.Hour))
		},
	})
	require.NoError(t, err)
	assert.Equal(t, []int{3, 2, 1, 0}, left)
	assert.Equal(t, flex.Text("failed"), over.BroadcastLogs[2].Status)

	job, err := client.Broadcasts.Job(t.Context(), begun.BroadcastJobID)
	require.NoError(t, err)
	assert.Len(t, job.BroadcastLogs, 4)
	logs := 0
	for log, err := range client.Broadcasts.AllLogs(t.Context(), begun.BroadcastJobID, qismo.ListBroadcastLogsParams{Limit: 3}) {
		require.NoError(t, err)
		assert.NotEmpty(t, log.PhoneNumber)
		logs++
	}
	assert.Equal(t, 4, logs)
	some, err := client.Broadcasts.ListLogs(t.Context(), begun.BroadcastJobID, qismo.ListBroadcastLogsParams{Limit: 3})
	require.NoError(t, err)
	assert.Len(t, some.Items, 3)
	page, err := client.Broadcasts.ListJobs(t.Context(), qismo.ListBroadcastJobsParams{Limit: 1})
	require.NoError(t, err)
	assert.Equal(t, begun.BroadcastJobID, page.Items[0].BroadcastJobID, "the newest first")
	jobs := 0
	for _, err := range client.Broadcasts.AllJobs(t.Context(), qismo.ListBroadcastJobsParams{Limit: 2}) {
		require.NoError(t, err)
		jobs++
	}
	assert.Equal(t, 5, jobs)
	_, err = client.Broadcasts.Job(t.Context(), "1")
	require.ErrorIs(t, err, qismo.ErrNotFound)
	_, _, err = client.Broadcasts.JobProgress("1").State(t.Context())
	require.ErrorIs(t, err, qismo.ErrNotFound)
	_, err = client.Broadcasts.SendFile(t.Context(), qismo.SendBroadcastFileParams{TemplateDetailID: template, BroadcastFileID: "1", Name: "a"})
	require.ErrorIs(t, err, qismo.ErrNotFound)
}

func balance(t *testing.T, client *qismo.Client) int64 {
	t.Helper()
	credit, err := client.WhatsApp.Credit(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	return credit.Channels[0].Balance.Int64()
}
