package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// A service that has asked to be left alone for half a minute: whoever cannot wait
// so long is told at once, and the service is not asked.
func Example() {
	limiter, err := ratelimit.New(ratelimit.Config{PerSecond: 20, Burst: 5, LongestPause: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	fmt.Println("first attempt:", limiter.Wait(ctx))
	limiter.Answered(http.StatusTooManyRequests, 30*time.Second)

	err = limiter.Wait(ctx)
	fmt.Println("second attempt is too late:", errors.Is(err, ratelimit.ErrTooLate))
	// Output:
	// first attempt: <nil>
	// second attempt is too late: true
}
