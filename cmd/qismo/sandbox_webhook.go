package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// webhookFlag says where an event goes, or, without a name, all those that the app has
// one address for.
type webhookFlag struct{ target, url string }

// UnmarshalText reads a URL, or a target's name and a URL.
func (f *webhookFlag) UnmarshalText(text []byte) error {
	f.url = string(text)
	if isURL(f.url) {
		return nil
	}
	target, address, _ := strings.Cut(f.url, "=")
	if !isURL(address) || target == "" {
		return errors.New("it must be an address such as http://127.0.0.1:8080/the-secret, " +
			"or an event and an address such as botMessage=http://127.0.0.1:8080/the-secret")
	}
	f.target, f.url = target, address
	return nil
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

// set lets a sandbox send to the address. What is wrong is told without it, as it may
// hold a secret.
func (f webhookFlag) set(platform *sandbox.Sandbox) error {
	isSet := false
	var names []string
	for _, target := range platform.WebhookTargets() {
		names = append(names, target.Name)
		if target.Name != f.target && (f.target != "" || target.Of != "") {
			continue
		}
		if platform.SetWebhook(target.Name, f.url, true) != nil {
			return errors.New("it is no address that webhooks can be sent to")
		}
		isSet = true
	}
	if !isSet {
		return fmt.Errorf("there is no %s; there is %s", f.target, strings.Join(names, ", "))
	}
	return nil
}

// shapeFlag is the form of an event, or of all.
type shapeFlag struct {
	event string
	shape sandbox.Shape
}

// UnmarshalText reads a shape, or an event's name and a shape.
func (f *shapeFlag) UnmarshalText(text []byte) error {
	event, shape, isNamed := strings.Cut(string(text), "=")
	if !isNamed {
		event, shape = "", event
	}
	if shape == "" || isNamed && event == "" {
		return errors.New("it must be a shape such as old, or an event and a shape such as botMessage=2021")
	}
	f.event, f.shape = event, sandbox.Shape(shape)
	return nil
}
