package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// object is a JSON object.
type object = map[string]any

// caller calls the API of a sandbox as its admin, without a network.
type caller struct {
	platform *sandbox.Sandbox
	token    string // "" until it was needed
}

func newCaller(platform *sandbox.Sandbox) *caller { return &caller{platform: platform} }

// answer is what a call was answered with.
type answer struct{ body any }

// at is the text or the number at a place; "" where there is none.
func (a answer) at(place ...string) string {
	value := a.body
	for _, name := range place {
		switch node := value.(type) {
		case object:
			value = node[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(node) {
				return ""
			}
			value = node[i]
		}
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	default:
		return ""
	}
}

func (c *caller) get(ctx context.Context, path string) (answer, error) {
	return c.call(ctx, http.MethodGet, path, "", nil)
}

// ask posts JSON and returns the answer.
func (c *caller) ask(ctx context.Context, path string, body object) (answer, error) {
	written, err := json.Marshal(body)
	if err != nil {
		return answer{}, errors.New("the payload is no JSON value")
	}
	return c.call(ctx, http.MethodPost, path, "application/json", written)
}

// post posts JSON.
func (c *caller) post(ctx context.Context, path string, body object) error {
	_, err := c.ask(ctx, path, body)
	return err
}

// postForm posts a form as the admin who is logged in.
func (c *caller) postForm(ctx context.Context, path string, members url.Values) error {
	if err := c.logIn(ctx); err != nil {
		return err
	}
	_, err := c.call(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", []byte(members.Encode()))
	return err
}

// postParts posts a form in the encoding of those that can hold files.
func (c *caller) postParts(ctx context.Context, path string, members url.Values) error {
	if err := c.logIn(ctx); err != nil {
		return err
	}
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name := range members {
		if err := writer.WriteField(name, members.Get(name)); err != nil {
			return fmt.Errorf("write a form: %w", err)
		}
	}
	if err := writer.Close(); err != nil {
		return fmt.Errorf("write a form: %w", err)
	}
	_, err := c.call(ctx, http.MethodPost, path, writer.FormDataContentType(), body.Bytes())
	return err
}

// logIn gets the admin a token, which some operations want in place of the key.
func (c *caller) logIn(ctx context.Context) error {
	if c.token != "" {
		return nil
	}
	config := c.platform.Config()
	user, err := c.ask(ctx, "/api/v1/auth", object{"email": config.AdminEmail, "password": config.AdminPassword})
	c.token = user.at("data", "user", "authentication_token")
	return err
}

// call calls the API. The error tells what the platform said.
func (c *caller) call(ctx context.Context, method, path, contentType string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("make a call: %w", err)
	}
	config := c.platform.Config()
	request.Header.Set("Qiscus-App-Id", config.AppCode)
	request.Header.Set("Qiscus-Secret-Key", config.SecretKey)
	if c.token != "" {
		request.Header.Set("Authorization", c.token)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	page := &page{status: http.StatusOK, header: http.Header{}}
	c.platform.ServeHTTP(page, request)
	if page.status != http.StatusOK {
		return answer{}, fmt.Errorf("the platform answers %d: %s", page.status, bytes.TrimSpace(page.body.Bytes()))
	}
	var got answer
	decoder := json.NewDecoder(&page.body)
	decoder.UseNumber()
	if err := decoder.Decode(&got.body); err != nil && !errors.Is(err, io.EOF) {
		return answer{}, fmt.Errorf("read an answer: %w", err)
	}
	return got, nil
}

// page takes an answer.
type page struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// Header returns the answer's header.
func (p *page) Header() http.Header { return p.header }

// WriteHeader notes the status.
func (p *page) WriteHeader(status int) { p.status = status }

// Write adds to the body.
func (p *page) Write(chunk []byte) (int, error) { return p.body.Write(chunk) }
