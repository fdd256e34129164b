package redisstore_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/redisstore"
)

// An event comes to two processes. One handles it; the other sees that it need not.
func Example() {
	server, err := miniredis.Run() // stands for a server that is there
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
	defer func() { _ = client.Close() }()
	store, err := redisstore.New(client, redisstore.Prefix("support-bot:"))
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	for _, process := range []string{"one", "another"} {
		claim, err := store.Claim(ctx, "event", process, time.Minute)
		switch {
		case err != nil:
			log.Fatal(err)
		case claim != webhook.Claimed:
			fmt.Println(process, "leaves it alone")
			continue
		}
		fmt.Println(process, "handles it")
		if err := store.Commit(ctx, "event", process, 24*time.Hour); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// one handles it
	// another leaves it alone
}
