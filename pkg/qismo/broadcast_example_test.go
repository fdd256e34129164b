package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
)

func ExampleWhatsAppService_Send() {
	client, _, end := exampleApp()
	defer end()

	const channel = "5120"
	message := qismo.NewWhatsAppText("628115550124", "pesanan sudah dikirim")
	_, err := client.WhatsApp.Send(context.Background(), channel, message)
	if errors.Is(err, qismo.ErrOutsideWindow) {
		// The customer has not written for a day: only a template reaches them.
		message = qismo.NewWhatsAppTemplate("628115550124", "pesanan_dikirim", "id", "KW-2093")
		_, err = client.WhatsApp.Send(context.Background(), channel, message)
	}
	fmt.Println(message.Type, err)
	// Output: template <nil>
}

// What Templates.List tells as the id of the template's Indonesian text. The first
// takes a name and an order's number, the second nothing.
const (
	orderTemplate = "61021"
	promoTemplate = "61023"
)

// A broadcast can fail although the service took it.
func ExampleBroadcastsService_Send() {
	client, _, end := exampleApp()
	defer end()

	_, err := client.Broadcasts.Send(context.Background(), qismo.SendBroadcastParams{
		PhoneNumber: "628115500000", TemplateDetailID: orderTemplate, Variables: []string{"Dewi", "KW-2093"},
	})
	fmt.Println(err)
	var failure *qismo.NotSentError
	if errors.As(err, &failure) {
		for _, send := range failure.Failed() {
			fmt.Println("try another way:", send.PhoneNumber)
		}
	}
	// Output:
	// qismo: sendBroadcast: status 200 OK: not sent to 1 of 1: ***000 (the number is not on WhatsApp)
	// try another way: +628115500000
}

func ExampleBroadcastsService_JobProgress() {
	client, _, end := exampleApp()
	defer end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	file, err := client.Broadcasts.UploadCSV(ctx, qismo.UploadBroadcastCSVParams{
		TemplateDetailID: promoTemplate,
		File:             strings.NewReader("628115550123,Dewi\n628115500000,Budi\n"),
	})
	if err != nil {
		log.Fatal(err)
	}
	begun, err := client.Broadcasts.SendFile(ctx, qismo.SendBroadcastFileParams{
		TemplateDetailID: promoTemplate, BroadcastFileID: file.ID, Name: "promo kopi",
	})
	if err != nil {
		log.Fatal(err)
	}
	over, err := client.Broadcasts.JobProgress(begun.BroadcastJobID).Wait(ctx, qismo.WaitParams[qismo.BroadcastJob]{
		First: time.Millisecond,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(over.BroadcastLogs), "sends")
	for _, send := range qismo.NotReached(over.BroadcastLogs) {
		fmt.Println(send.PhoneNumber, "was not reached:", send.Notes)
	}
	// Output:
	// 2 sends
	// +628115500000 was not reached: the number is not on WhatsApp
}
