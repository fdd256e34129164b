package qismo

import (
	"errors"
	"strings"
)

// What is left of a phone number in errors.
const (
	digitsShown  = 3
	fewestDigits = 7 // of a number of which some may be shown
)

// phoneNumber writes a phone number as requests want it: without the plus that the
// answers of broadcasts have. What cannot be one is refused; the number itself, a
// customer's, is not told.
func phoneNumber(number string) (string, error) {
	number = strings.TrimPrefix(number, "+")
	switch {
	case number == "":
		return "", errors.New("the phone number is empty")
	case strings.Trim(number, "0123456789") != "":
		return "", errors.New("the phone number must be digits only, its country's code first")
	}
	return number, nil
}

// maskNumber leaves the last digits of a phone number, by which its owner can be
// found in one's own list and not by a reader of logs.
func maskNumber(number string) string {
	number = strings.TrimPrefix(number, "+")
	if len(number) < fewestDigits || strings.Trim(number, "0123456789") != "" {
		return "***"
	}
	return "***" + number[len(number)-digitsShown:]
}
