package qismotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// A bot, tested without a network.
func ExampleDeliver() {
	said := make(chan string, 10)
	bot, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
			said <- "in room " + event.RoomID().String() + ": " + event.Text() + "?"
			return nil
		},
	})
	if err != nil {
		panic(err)
	}

	t := &exampleT{} // in a test it is the *testing.T
	events := qismotest.NewEvents()
	event := events.BotMessage().Room("91840277").Customer("628115550101", "Ratna").Text("kopi")
	answer := qismotest.Deliver(t, bot, event, qismotest.ToPath("/hooks/bot/rahasia"))
	fmt.Println(answer.Status, <-said)

	answer = qismotest.Deliver(t, bot, event, qismotest.ToPath("/hooks/bot/a-guess"))
	fmt.Println(answer.Status)
	// Output:
	// 200 in room 91840277: kopi?
	// 401
}

// A receiver should take every form that an event has had.
func ExampleShapes() {
	allocator, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		CustomAgentAllocation: func(context.Context, *webhook.CustomAgentAllocationEvent) error { return nil },
	}, webhook.Validation(webhook.Strict))
	if err != nil {
		panic(err)
	}

	t := &exampleT{} // in a test it is the *testing.T
	events := qismotest.NewEvents()
	for _, shape := range qismotest.Shapes(webhook.CustomAgentAllocation) {
		answer := qismotest.Deliver(t, allocator, events.CustomAgentAllocation().Shape(shape))
		fmt.Println(shape, answer.Status)
	}
	// Output:
	// 2025 200
	// returning 200
	// 2024 200
	// 2021 200
	// 2019 200
}

// The signature is of the bytes that are sent, whatever was changed before.
func ExampleSignHex() {
	receiver := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		fmt.Println(request.Header.Get(webhook.ChatSDKSignatureHeader)[:8])
	})

	t := &exampleT{} // in a test it is the *testing.T
	noon := func() time.Time { return time.Date(2025, 9, 2, 12, 0, 0, 0, time.UTC) }
	event := qismotest.NewEvents(qismotest.Clock(noon)).PostComment()
	qismotest.Deliver(t, receiver, event, qismotest.SignHex(webhook.ChatSDKSignatureHeader, "a-token"))
	event.Text("Rapat jam berapa?")
	qismotest.Deliver(t, receiver, event, qismotest.SignHex(webhook.ChatSDKSignatureHeader, "a-token"))
	// Output:
	// f6f10e41
	// 474a9f1c
}

// The platform delivers at least once: the same event is the same body again.
func ExampleDeliver_duplicates() {
	seen := map[string]int{}
	receiver := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			panic(err)
		}
		seen[string(body)]++
	})

	t := &exampleT{} // in a test it is the *testing.T
	events := qismotest.NewEvents()
	first, second := events.BotMessage(), events.BotMessage()
	for _, event := range []*qismotest.Event{first, second, first, first} {
		qismotest.Deliver(t, receiver, event)
	}
	for _, times := range seen {
		fmt.Println("a message, delivered", times, "times")
	}
	// Unordered output:
	// a message, delivered 3 times
	// a message, delivered 1 times
}
