// Command export writes the rooms whose last message fell into a period to a CSV file, the
// newest first, one page in memory at a time. In the end there is the whole file, or none.
//
// Without QISCUS_APP_ID in the environment it reads from "qismo sandbox" on this machine.
package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func main() {
	week := time.Now().AddDate(0, 0, -6)
	from := flag.String("from", week.Format(time.DateOnly), "first `day` of the period")
	to := flag.String("to", time.Now().Format(time.DateOnly), "last `day` of the period")
	file := flag.String("o", "rooms.csv", "`file` to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *from, *to, *file)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, from, to, file string) error {
	begin, beginErr := time.ParseInLocation(time.DateOnly, from, time.Local)
	last, lastErr := time.ParseInLocation(time.DateOnly, to, time.Local)
	client, clientErr := connect()
	if err := errors.Join(beginErr, lastErr, clientErr); err != nil {
		return err
	}
	if last.Before(begin) {
		return errors.New("the last day is before the first")
	}
	err := create(file, func(w io.Writer) error { return export(ctx, client, begin, last.AddDate(0, 0, 1), w) })
	if err == nil {
		log.Println("written to", file)
	}
	return err
}

// connect makes a client of the environment's app or, without one, of the sandbox's, whose
// invented credentials go nowhere but to this machine. An export is long and can wait.
func connect() (*qismo.Client, error) {
	patient := []qismo.Option{qismo.WithTimeout(10 * time.Minute), qismo.WithRetries(qismo.Backoff{Attempts: 20})}
	if os.Getenv("QISCUS_APP_ID") != "" {
		return qismo.New(patient...)
	}
	log.Println("QISCUS_APP_ID is not set: reading from the sandbox at http://127.0.0.1:7080")
	return qismo.New(append(patient, qismo.WithBaseURL("http://127.0.0.1:7080"),
		qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "3f1d0a9b7c5e"))...)
}

// create makes a file of what is written, and leaves what was there before if that fails.
func create(name string, write func(io.Writer) error) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary.Name()))
		}
	}()
	if err := errors.Join(write(temporary), temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// export writes a row for each room whose last message was at begin or later, and before
// end. Rooms are listed from the newest message on, so that one in which somebody writes
// meanwhile jumps over the page that is read: therefore the newest are listed again until
// no other turns up.
func export(ctx context.Context, client *qismo.Client, begin, end time.Time, w io.Writer) error {
	bar := progressbar.NewOptions64(int64(end.Sub(begin)/time.Second), progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetVisibility(term.IsTerminal(int(os.Stderr.Fd()))), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond))
	rows := csv.NewWriter(w)
	err := rows.Write([]string{
		"room", "customer", "customer id", "source", "channel id", "resolved", "last message at", "last message",
	})
	written, since := map[flex.ID]bool{}, begin
	for before := -1; err == nil && before < len(written); {
		before = len(written)
		var newest time.Time
		for room, listErr := range client.Rooms.All(ctx, qismo.ListRoomsParams{Limit: 100}) {
			at := room.LastCommentTimestamp.Time()
			newest = cmp.Or(newest, at)
			if err = errors.Join(err, listErr); err != nil || !at.IsZero() && at.Before(since) {
				break
			}
			if at.IsZero() || at.Before(begin) || !at.Before(end) || written[room.RoomID] {
				continue
			}
			err = rows.Write([]string{
				text(room.RoomID.String()), text(room.Name), text(room.UserID), text(room.Source), text(room.ChannelID.String()),
				strconv.FormatBool(room.IsResolved), at.Format(time.RFC3339), text(room.LastCommentText),
			})
			written[room.RoomID] = true
			_ = bar.Set64(int64(end.Sub(at) / time.Second)) // a bar that cannot be drawn is no reason to stop
		}
		since = newest
	}
	rows.Flush()
	if err = errors.Join(err, rows.Error(), bar.Exit()); err != nil {
		return fmt.Errorf("export after %d rooms: %w", len(written), err)
	}
	log.Printf("%d rooms", len(written))
	return nil
}

// text is a cell that no spreadsheet takes for a formula, whatever a customer calls
// themselves or writes.
func text(cell string) string {
	if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
		return "'" + cell
	}
	return cell
}
