package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// PostTo delivers messages to a messenger that takes them by POST, and answers 2xx when it
// has them.
func PostTo(address string) func(context.Context, Message) error {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(ctx context.Context, message Message) error {
		written, err := json.Marshal(message)
		if err != nil {
			return fmt.Errorf("write the message: %w", err)
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(written))
		if err != nil {
			return fmt.Errorf("deliver to the messenger: %w", err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("deliver to the messenger: %w", err)
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection is used again
		if response.StatusCode >= http.StatusMultipleChoices {
			return fmt.Errorf("deliver to the messenger: status %d", response.StatusCode)
		}
		return nil
	}
}
