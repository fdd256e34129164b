package contract_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

// A service that has drifted: tags have a colour, and ids are text.
func Example() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data": [{"id": "77", "name": "grosir", "colour": "#a0b1c2"}]}`)
	}))
	defer service.Close()

	reporter, err := contract.New(contract.Config{Sample: 1})
	if err != nil {
		log.Fatal(err)
	}
	client, err := qismo.New(qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "kunci"),
		qismo.WithBaseURL(service.URL), reporter.Option())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	tags, err := client.Tags.List(ctx, "98120734")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tags[0].ID, tags[0].Name)

	if err := reporter.Close(ctx); err != nil {
		log.Fatal(err)
	}
	for _, finding := range reporter.Report().Findings {
		fmt.Println(finding)
	}
	// Output:
	// 77 grosir
	// listRoomTags 200: unknown field at /data/*/colour: string
	// listRoomTags 200: wrong type at /data/*/id: integer expected, string found
}
