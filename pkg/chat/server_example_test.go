package chat_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// exampleServer is the door for servers of an app on the sandbox.
func exampleServer() (server *chat.Server, end func()) {
	platform, err := sandbox.New(sandbox.Config{})
	if err != nil {
		log.Fatal(err)
	}
	service := httptest.NewServer(platform)
	config := platform.Config()
	server, err = chat.NewServer(config.AppCode, config.SecretKey, chat.WithBaseURL(service.URL))
	if err != nil {
		log.Fatal(err)
	}
	return server, func() {
		service.Close()
		if err := platform.Shutdown(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}

// A shop's back end opens a room for an order, and writes into it.
func ExampleServer() {
	server, end := exampleServer()
	defer end()
	ctx := context.Background()

	for id, name := range map[string]string{"rina": "Rina Hartati", "budi-07": "Budi Santoso"} {
		if _, err := server.Users.CreateOrUpdate(ctx, chat.CreateOrUpdateUserParams{UserID: id, Username: name}); err != nil {
			log.Fatal(err)
		}
	}
	room, err := server.Rooms.CreateGroup(ctx, chat.ServerCreateGroupParams{
		RoomName: "Pesanan 118", Creator: "rina", Participants: []string{"rina", "budi-07"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []chat.Message{
		chat.NewText("Pesanan sudah kami terima."),
		chat.NewButtons("Mau dikirim ke mana?", chat.PostbackButton("Ke rumah", ""), chat.PostbackButton("Ke toko", "")),
	} {
		_, err := server.Messages.Send(ctx, chat.ServerSendParams{RoomID: room.RoomID, UserID: "rina", Message: message})
		if err != nil {
			log.Fatal(err)
		}
	}
	for message, err := range server.Messages.All(ctx, chat.ServerListMessagesParams{RoomID: room.RoomID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s (%s): %s\n", message.User.Username, message.Type, message.Message)
	}
	// Output:
	// Rina Hartati (buttons): Mau dikirim ke mana?
	// Rina Hartati (text): Pesanan sudah kami terima.
}

// What happened in a room is told as a message, too.
func ExampleServerMessagesService_SendSystemEvent() {
	server, end := exampleServer()
	defer end()
	ctx := context.Background()
	for id, name := range map[string]string{"rina": "Rina", "budi-07": "Budi"} {
		if _, err := server.Users.CreateOrUpdate(ctx, chat.CreateOrUpdateUserParams{UserID: id, Username: name}); err != nil {
			log.Fatal(err)
		}
	}
	room, err := server.Rooms.GetOrCreateWithTarget(ctx, chat.ServerRoomWithTargetParams{UserIDs: []string{"rina", "budi-07"}})
	if err != nil {
		log.Fatal(err)
	}
	paid := chat.NewSystemEventCustom("Pesanan 118 lunas", map[string]string{"kind": "lunas", "nomor": "118"})
	told, err := server.Messages.SendSystemEvent(ctx, room.RoomID, paid.WithUser("rina"))
	if err != nil {
		log.Fatal(err)
	}
	var event chat.SystemEventPayload
	if err := told.Payload.Decode(&event); err != nil {
		log.Fatal(err)
	}
	fmt.Println(told.Message, event.Payload)
	// Output:
	// Pesanan 118 lunas {"kind":"lunas","nomor":"118"}
}

// Users of an older system are written row by row, and imported.
func ExampleImportFile() {
	server, end := exampleServer()
	defer end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	var file bytes.Buffer
	users := chat.NewImportFile[chat.ImportUser](&file)
	for _, id := range []string{"rina", "budi-07"} {
		err := users.Write(chat.ImportUser{
			Email: id, Name: "Nama " + id, CreateAt: flex.NewTime(time.Date(2025, time.June, 2, 9, 0, 0, 0, time.UTC)),
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(users.Write(chat.ImportUser{Email: "rina", Name: "Rina lagi"}))
	if err := users.Close(); err != nil {
		log.Fatal(err)
	}
	job, err := server.Backups.Import(ctx, chat.ImportParams{Type: chat.BackupUsers, File: &file})
	if err != nil {
		log.Fatal(err)
	}
	done, err := job.Wait(ctx, chat.WaitParams[chat.Backup]{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done.Status, done.TotalRows)
	// Output:
	// chat: import file: row 3: row 1 has the same user id
	// finished 2
}
