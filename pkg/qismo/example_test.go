package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// exampleApp is an app on the sandbox, with a few rooms that wait for an agent.
func exampleApp() (client *qismo.Client, room flex.ID, end func()) {
	platform, err := sandbox.New(sandbox.Config{Rooms: 3})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(platform)
	config := platform.Config()
	client, err = qismo.New(qismo.WithSecretKey(config.AppCode, config.SecretKey), qismo.WithBaseURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	roomID, err := platform.CustomerWrites(context.Background(), sandbox.CustomerMessage{
		Source: "wa", UserID: "628115550123", Name: "Dewi Lestari", Text: "Halo, apakah masih buka?",
	})
	if err != nil {
		log.Fatal(err)
	}
	return client, flex.ID(roomID), func() {
		server.Close()
		if err := platform.Shutdown(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}

func Example() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	room, err := client.Rooms.Get(ctx, roomID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.Name, "wrote:", room.LastCommentText)
	// Output: Dewi Lestari wrote: Halo, apakah masih buka?
}

func ExampleNew() {
	client, err := qismo.New(
		qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "the secret key of the dashboard"),
		qismo.WithBaseURL("https://multichannel.qiscus.com"),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.AppID())
	// Output: wangi-qjxw1k2m3n4o
}

func ExampleRoomsService_All() {
	client, _, end := exampleApp()
	defer end()

	count := 0
	for room, err := range client.Rooms.All(context.Background(), qismo.ListRoomsParams{Status: qismo.RoomUnresolved}) {
		if err != nil {
			log.Fatal(err)
		}
		if !room.IsResolved {
			count++
		}
	}
	fmt.Println(count, "rooms are open")
	// Output: 4 rooms are open
}

func ExampleRoomsService_List() {
	client, _, end := exampleApp()
	defer end()
	ctx := context.Background()

	page, err := client.Rooms.List(ctx, qismo.ListRoomsParams{Limit: 3})
	for err == nil {
		fmt.Println(len(page.Items), "rooms")
		if !page.HasNext() {
			break
		}
		page, err = page.NextPage(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 3 rooms
	// 1 rooms
}

func ExampleRoomsService_SetInfo() {
	client, roomID, end := exampleApp()
	defer end()

	info, err := client.Rooms.SetInfo(context.Background(), roomID, []qismo.UserProperty{
		{Key: "nomor pesanan", Value: "KW-2093"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, property := range info.Extras.UserProperties {
		fmt.Println(property.Key, "=", property.Value)
	}
	// Output: nomor pesanan = KW-2093
}

// The least busy agent who is online gets the room; whoever comes second is told
// that it is taken.
func ExampleAllocationService_Assign() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	var best *qismo.Agent
	for agent, err := range client.Agents.AllAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: roomID}) {
		if err != nil {
			log.Fatal(err)
		}
		if best == nil || agent.CurrentCustomerCount < best.CurrentCustomerCount {
			best = &agent
		}
	}
	if best == nil {
		log.Fatal("nobody is online")
	}
	params := qismo.AssignAgentParams{RoomID: roomID, AgentID: best.ID, MaxAgent: 1}
	assignment, err := client.Allocation.Assign(ctx, params)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(assignment.AddedAgent.Name, "serves the room")

	_, err = client.Allocation.Assign(ctx, params)
	fmt.Println(errors.Is(err, qismo.ErrMaxAgents))
	// Output:
	// Rini Astuti serves the room
	// true
}

func ExampleAgentsService_All() {
	client, _, end := exampleApp()
	defer end()

	for agent, err := range client.Agents.All(context.Background(), qismo.ListAgentsParams{Search: "rini"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(agent.Name, agent.TypeAsString, agent.IsAvailable)
	}
	// Output: Rini Astuti agent true
}

func ExampleTagsService_Create() {
	client, roomID, end := exampleApp()
	defer end()

	_, err := client.Tags.Create(context.Background(), roomID, "langganan")
	if err != nil && !errors.Is(err, qismo.ErrTagExists) {
		log.Fatal(err)
	}
	tags, err := client.Tags.ListV1(context.Background(), roomID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tags[0].Name)
	// Output: langganan
}

func ExampleBotService_SendText() {
	client, roomID, end := exampleApp()
	defer end()

	if err := client.Bot.SendText(context.Background(), roomID, "Kami buka sampai pukul sembilan malam."); err != nil {
		log.Fatal(err)
	}
	room, err := client.Rooms.Get(context.Background(), roomID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.LastCommentText)
	// Output: Kami buka sampai pukul sembilan malam.
}

func ExampleBotService_SendMessage() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	err := client.Bot.SendMessage(ctx, roomID, qismo.NewButtons("Ukuran yang mana?",
		qismo.PostbackButton("satu liter", "saya pesan satu liter"),
		qismo.LinkButton("lihat menu", "https://example.id/menu"),
	))
	fmt.Println(err)

	err = client.Bot.SendMessage(ctx, roomID, qismo.NewFile(qismo.FilePayload{
		URL: "https://cdn.example.id/harga.pdf", Caption: "daftar harga",
	}))
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil>
}

// What is wrong with a message is told before anything goes out.
func ExampleNewCarousel() {
	client, roomID, end := exampleApp()
	defer end()

	menu := qismo.NewCarousel(
		qismo.CarouselCard{
			Title: "Gayo", Image: "https://cdn.example.id/gayo.jpg",
			Buttons: []qismo.BotButton{qismo.PostbackButton("pesan", "pesan gayo")},
		},
		qismo.CarouselCard{
			Title:   "Toraja",
			Buttons: []qismo.BotButton{qismo.LinkButton("lihat", "example.id/toraja")},
		},
	)
	fmt.Println(client.Bot.SendMessage(context.Background(), roomID, menu))
	// Output: qismo: sendBotMessage: carousel: card 2: button 1: the link is not an absolute address
}

// A message that the bot sends can also come from a custom channel's customer.
func ExampleCustomerService_SendMessage() {
	client, _, end := exampleApp()
	defer end()

	delivery, err := client.Customer.SendMessage(context.Background(), qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso",
	}, qismo.NewText("Halo, apakah masih buka?"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.RoomLog.Name)
	// Output: Budi Santoso
}

func ExampleSessionService_Profile() {
	client, _, end := exampleApp()
	defer end()

	profile, err := client.Session.Profile(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(profile.Name)
	// Output: Sari Wulandari
}

func ExampleAppService_Configs() {
	client, _, end := exampleApp()
	defer end()

	configs, err := client.App.Configs(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(configs.Timezone, configs.IsActive)
	// Output: +07:00 true
}

func ExampleWebhookSettingsService_SetNewSession() {
	client, _, end := exampleApp()
	defer end()

	setting, err := client.WebhookSettings.SetNewSession(context.Background(), "https://hooks.example.id/qiscus/session", true)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(setting.NewSessionWebhookURL, setting.IsNewSessionWebhookEnabled)
	// Output: https://hooks.example.id/qiscus/session true
}

func ExampleCustomerService_SendCustomChannelMessage() {
	client, _, end := exampleApp()
	defer end()

	delivery, err := client.Customer.SendCustomChannelMessage(context.Background(), qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso", Message: "sudah saya bayar",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.RoomLog.Name)
	// Output: Budi Santoso
}

func ExampleError() {
	client, _, end := exampleApp()
	defer end()

	_, err := client.Rooms.Get(context.Background(), "404404404")
	var failure *qismo.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Operation, failure.Status, errors.Is(err, qismo.ErrNotFound))
	}
	// Output: getRoom 404 true
}

func ExampleClient_Do() {
	client, roomID, end := exampleApp()
	defer end()

	var out struct {
		Data struct {
			Room qismo.Room `json:"customer_room"`
		} `json:"data"`
	}
	if err := client.Do(context.Background(), "GET", "/api/v2/customer_rooms/"+roomID.String(), nil, &out); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Data.Room.Name)
	// Output: Dewi Lestari
}

func ExampleWebhookSettingsService_SetAll() {
	client, _, end := exampleApp()
	defer end()

	ctx := context.Background()
	login, err := client.Session.Login(ctx, qismo.LoginParams{Email: "sari@example.id", Password: "rahasia-sari"})
	if err != nil {
		log.Fatal(err)
	}
	token := qismo.WithToken(client.AppID(), login.User.AuthenticationToken.Reveal())
	report, err := client.WebhookSettings.SetAll(ctx, qismo.SetAllWebhooksParams{
		Bot:        "https://bot.example.id/qiscus?key=a-secret",
		NewSession: "https://bot.example.id/qiscus?key=a-secret",
		Auth:       qismo.WebhookOff,
		Fallback:   []qismo.Option{token}, // for the bot's webhook, which is not the secret key's to set
	})
	if err != nil {
		log.Println(err) // one line for each webhook that failed; the others are set
	}
	for _, result := range report {
		if result.Outcome != qismo.WebhookElsewhere {
			fmt.Println(result)
		}
	}
	// Output:
	// botMessage: set, https://bot.example.id
	// newSession: set, https://bot.example.id
	// customAgentAllocation: left alone
	// markAsResolved: left alone
	// userLogout: switched off
}
