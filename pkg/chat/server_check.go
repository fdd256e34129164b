package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/payload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// What follows refuses what servers cannot ask, by what is wrong with it and never by
// its value.

// refuse says of a problem which operation it keeps from being called.
func refuse(id wire.OperationID, problem error) error {
	return fmt.Errorf("%s: %s: %w", owner, id, problem)
}

// checkNewUserID refuses an id that no user can be made with: letters, digits and a few
// signs are allowed.
func checkNewUserID(id string) error {
	isForeign := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_@", r)
	}
	switch {
	case id == "":
		return errors.New("the user id is empty")
	case strings.ContainsFunc(id, isForeign):
		return errors.New("the user id has other signs than letters, digits and .-_@")
	}
	return nil
}

// checkChannelID refuses a unique id that would stand for many where messages are
// passed on.
func checkChannelID(id string) error {
	switch {
	case id == "":
		return errors.New("the unique id is empty")
	case strings.ContainsAny(id, "#+"):
		return errors.New("the unique id has a # or a +")
	}
	return nil
}

// checkRooms refuses rooms that are named by nothing. That there is none is for the
// operation to judge.
func checkRooms(id wire.OperationID, roomIDs []flex.ID, channelIDs []string) error {
	if slices.ContainsFunc(roomIDs, flex.ID.IsNone) || slices.Contains(channelIDs, "") {
		return refuse(id, errors.New("a room id is empty"))
	}
	return nil
}

func checkParticipants(id wire.OperationID, roomID flex.ID, userIDs []string) error {
	if err := checkID(id, "room id", roomID); err != nil {
		return err
	}
	return checkList(id, "user id", userIDs)
}

// checkMost refuses a number above the most that the service is documented to take.
func checkMost(id wire.OperationID, of string, given, most int64) error {
	if given > most {
		return refuse(id, fmt.Errorf("the %s is above %d, the most there can be", of, most))
	}
	return nil
}

// inText packs an app's own options into text, which is how rooms keep them.
func inText(options flex.JSON) flex.JSON {
	if options.IsZero() || options.FromText() {
		return options
	}
	packed, err := flex.NewJSON(string(options.Raw()))
	if err != nil {
		return options // text can always be written
	}
	return packed
}

// checkText refuses a text that is longer than the service takes.
func checkText(id wire.OperationID, text string) error {
	if err := payload.CheckText("the message", text); err != nil {
		return refuse(id, err)
	}
	return nil
}
