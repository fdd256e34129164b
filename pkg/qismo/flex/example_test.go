package flex_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// One id arrives as a number and as text, and is the same id.
func ExampleID() {
	var message struct {
		RoomID flex.ID `json:"room_id"`
	}
	unread := map[flex.ID]int{}
	for _, body := range []string{`{"room_id": 9007199254740993}`, `{"room_id": "9007199254740993"}`} {
		if err := json.Unmarshal([]byte(body), &message); err != nil {
			fmt.Println(err)
			return
		}
		unread[message.RoomID]++
	}
	fmt.Println(unread["9007199254740993"])
	// Output: 2
}

// A time without a zone is read as UTC, until the program knows better.
func ExampleTime_AssumeZone() {
	created, err := flex.ParseTime("2025-03-04 19:00:00")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(created, created.Zoneless())

	jakarta := time.FixedZone("WIB", 7*60*60)
	fmt.Println(created.AssumeZone(jakarta))
	// Output:
	// 2025-03-04T19:00:00Z true
	// 2025-03-04T19:00:00+07:00
}

// The options of a room come as an object or as text that holds one.
func ExampleJSON_Decode() {
	for _, body := range []string{
		`{"options": {"source": "wa"}}`,
		`{"options": "{\"source\": \"wa\"}"}`,
		`{"options": "not JSON at all"}`,
	} {
		var room struct {
			Options flex.JSON `json:"options"`
		}
		if err := json.Unmarshal([]byte(body), &room); err != nil {
			fmt.Println(err)
			return
		}
		var options struct {
			Source string `json:"source"`
		}
		if err := room.Options.Decode(&options); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(options.Source)
	}
	// Output:
	// wa
	// wa
	// flex: text is not JSON
}

// A secret shows only when it is asked for.
func ExampleSecret() {
	var agent struct {
		Name  string      `json:"name"`
		Token flex.Secret `json:"token"`
	}
	if err := json.Unmarshal([]byte(`{"name": "Dewi", "token": "s3cr3t"}`), &agent); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+v\n", agent)
	fmt.Println(agent.Token.Reveal())
	// Output:
	// {Name:Dewi Token:***}
	// s3cr3t
}
