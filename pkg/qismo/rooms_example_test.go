package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// From a phone number to the room, which is where all else begins.
func ExampleRoomsService_FindByCustomer() {
	client, _, end := exampleApp()
	defer end()

	for _, number := range []string{"628115550123", "628115550999"} {
		room, err := client.Rooms.FindByCustomer(context.Background(), qismo.FindRoomParams{
			Source: "wa", ChannelID: "5120", CustomerID: number,
		})
		switch {
		case errors.Is(err, qismo.ErrNotFound):
			fmt.Println(number, "has not written yet")
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(number, "is", room.Name)
		}
	}
	// Output:
	// 628115550123 is Dewi Lestari
	// 628115550999 has not written yet
}

func ExampleRoomsService_MergeInfo() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	info, err := client.Rooms.MergeInfo(ctx, roomID, []qismo.UserProperty{{Key: "kota", Value: "Bandung"}})
	if err == nil {
		info, err = client.Rooms.MergeInfo(ctx, roomID, []qismo.UserProperty{
			{Key: "nomor pesanan", Value: "KW-2093"}, {Key: "kota", Value: "Semarang"},
		})
	}
	if err != nil {
		log.Fatal(err)
	}
	for _, property := range info.Extras.UserProperties {
		fmt.Println(property.Key, "=", property.Value)
	}
	// Output:
	// kota = Semarang
	// nomor pesanan = KW-2093
}

// A room without a history never gets a link, so the wait is bounded.
func ExampleRoomsService_ExportJob() {
	client, roomID, end := exampleApp()
	defer end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	link, err := client.Rooms.ExportJob(roomID).Wait(ctx, qismo.WaitParams[flex.Secret]{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(link, "is the link; Reveal gives it out:", link.Reveal() != "")
	// Output: *** is the link; Reveal gives it out: true
}

func ExampleTagsService_Ensure() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	for range 2 { // the second time there is nothing to do
		tags, err := client.Tags.Ensure(ctx, roomID, []string{"langganan", "grosir"})
		if err != nil {
			log.Fatal(err)
		}
		for _, tag := range tags {
			fmt.Println(tag.Name)
		}
	}
	// Output:
	// langganan
	// grosir
	// langganan
	// grosir
}
