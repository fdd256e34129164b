package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func ExampleNewHandler() {
	handler, err := webhook.NewHandler(
		webhook.PathSecret("a-long-random-secret"), // from the program's configuration
		webhook.Callbacks{
			BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
				if event.FromPlatform() {
					return nil // or the bot would talk to itself
				}
				fmt.Printf("room %s: %s\n", event.RoomID(), event.Text())
				return nil
			},
		},
		webhook.Only(webhook.BotMessage), // the bot has a URL of its own
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	http.Handle("/hooks/bot/", handler)

	// What the platform sends.
	const body = `{
		"type": "post_comment_mobile",
		"payload": {
			"from": {"email": "628115550101", "name": "Ratna"},
			"room": {"id": "91840277", "name": "Ratna"},
			"message": {"type": "text", "text": "Selamat pagi"}
		}
	}`
	for _, secret := range []string{"a-guess", "a-long-random-secret"} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/hooks/bot/"+secret, strings.NewReader(body))
		http.DefaultServeMux.ServeHTTP(recorder, request)
		fmt.Println(recorder.Code, recorder.Body)
	}
	// Output:
	// 401 {"error":"unauthorized"}
	// room 91840277: Selamat pagi
	// 200 {"status":"ok"}
}

func ExampleParse() {
	events, err := webhook.Parse([]byte(`{
		"service": {"id": 48810932, "room_id": "91840277", "is_resolved": true},
		"resolved_by": {"id": 30477, "email": "bagas@example.id", "type": "agent"},
		"customer": {"user_id": "628115550101"},
		"a_new_key": "does no harm"
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, event := range events {
		switch event := event.(type) {
		case *webhook.MarkAsResolvedEvent:
			fmt.Printf("%s: service %s by %s\n", event.Name(), event.Service.ID, event.ResolvedBy.Email)
		case *webhook.UnknownEvent:
			fmt.Printf("unknown: %s (%d bytes)\n", event.Reason, len(event.Raw()))
		}
	}
	// Output: markAsResolved: service 48810932 by bagas@example.id
}

func ExampleValidate() {
	names, problems, err := webhook.Validate([]byte(`{
		"service": {"id": "48810932", "room_id": "91840277", "is_resolved": true},
		"resolved_by": {"id": 30477, "email": "bagas@example.id"},
		"customer": {"name": "Ratna"}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(names)
	for _, problem := range problems {
		fmt.Println(problem)
	}
	// Output:
	// [markAsResolved]
	// /customer: the required member "user_id" is missing
	// /service/id: must be integer, is string
}

// Whoever depends on every member of one event is strict about it, without losing
// others because of it.
func ExampleValidation() {
	handler, err := webhook.NewHandler(
		webhook.PathSecret("a-long-random-secret"),
		webhook.Callbacks{
			MarkAsResolved: func(context.Context, *webhook.MarkAsResolvedEvent) error { return nil },
			CustomButton:   func(context.Context, *webhook.CustomButtonEvent) error { return nil },
		},
		webhook.Validation(webhook.Strict, webhook.MarkAsResolved),
		webhook.MaxProblems(1),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []string{
		`{"room_id": 91840277, "agent": {}, "customer": {"user_id": "628115550101", "name": 5}}`,
		`{"service": {"id": 48810932, "room_id": "91840277"}, "resolved_by": {}, "customer": {"user_id": "628115550101"}}`,
	} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/hooks/a-long-random-secret", strings.NewReader(body))
		handler.ServeHTTP(recorder, request)
		fmt.Println(recorder.Code, recorder.Body)
	}
	// Output:
	// 200 {"status":"ok"}
	// 400 {"error":"the body does not fit the document","problems":[{"pointer":"/resolved_by","reason":"the required member \"id\" is missing"}],"more_problems":2}
}
