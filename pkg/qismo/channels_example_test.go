package qismo_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/qismo-go/qismo/pkg/qismo"
)

func ExampleChannelsService_List() {
	client, roomID, end := exampleApp()
	defer end()
	ctx := context.Background()

	channels, err := client.Channels.List(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, channel := range channels {
		switch row := channel.Row.(type) {
		case *qismo.WhatsAppChannel:
			fmt.Println(channel.Name, "has the number", row.PhoneNumber)
		case *qismo.CustomChannel:
			fmt.Println(channel.Name, "has the key", row.IdentifierKey)
		}
	}

	room, err := client.Rooms.Get(ctx, roomID)
	if err != nil {
		log.Fatal(err)
	}
	i := slices.IndexFunc(channels, func(c qismo.Channel) bool { return c.Is(room.Source, room.ChannelID) })
	fmt.Println(room.Name, "writes on", channels[i].Name)
	// Output:
	// Portal Mitra has the key ***
	// WhatsApp Kopi Wangi has the number 628115550100
	// Dewi Lestari writes on WhatsApp Kopi Wangi
}
