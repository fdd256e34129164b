package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// platform is one whose time begins at noon of a day, and the program's environment.
func platform(t *testing.T, day string) *qismotest.Server {
	t.Helper()
	noon, err := time.ParseInLocation(time.DateTime, day+" 12:00:00", time.Local)
	require.NoError(t, err)
	srv := qismotest.New(t, qismotest.WithTime(noon), qismotest.WithPatience(time.Minute))
	t.Setenv("QISCUS_APP_ID", srv.AppID)
	t.Setenv("QISCUS_SECRET_KEY", srv.SecretKey)
	t.Setenv("QISCUS_OMNICHANNEL_URL", srv.URL)
	return srv
}

func read(t *testing.T, file string) [][]string {
	t.Helper()
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(written)).ReadAll()
	require.NoError(t, err)
	return rows
}

// Rooms of the days that are asked for are in the file, those of the days before and after
// are not, however many pages there are and whatever fails in passing.
func TestExport(t *testing.T) {
	srv := platform(t, "2026-03-01")
	srv.Customer("Too early").Says("halo")
	srv.Clock().Advance(24 * time.Hour)
	const rooms = 230 // three pages
	for i := range rooms {
		srv.Customer(fmt.Sprintf("Customer %d", i)).Says("halo")
	}
	srv.Clock().Advance(48 * time.Hour)
	srv.Customer("Too late").Says("halo")
	srv.Fail(qismotest.Trouble{Kind: qismotest.BrokenAnswer, Only: "listRooms", Rate: 0.5, Times: 3})

	file := filepath.Join(t.TempDir(), "rooms.csv")
	require.NoError(t, run(t.Context(), "2026-03-02", "2026-03-03", file))
	rows := read(t, file)
	require.Len(t, rows, 1+rooms)
	assert.Equal(t, "customer", rows[0][1])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[1]] = true
		assert.Equal(t, "halo", row[7])
	}
	assert.Len(t, seen, rooms, "each once")
	assert.Equal(t, "Customer 229", rows[1][1], "the newest first")

	require.ErrorContains(t, run(t.Context(), "2026-03-03", "2026-03-02", file), "before the first")
	require.Error(t, run(t.Context(), "3 March", "2026-03-02", file))
}

// onWrite does something when the first rows are written.
type onWrite struct {
	io.Writer
	once func()
}

func (w *onWrite) Write(chunk []byte) (int, error) {
	if w.once != nil {
		w.once()
		w.once = nil
	}
	return w.Writer.Write(chunk)
}

// Whoever writes while the export runs jumps to the front of the list, which has been read.
func TestExportLosesNobodyWhoWrites(t *testing.T) {
	srv := platform(t, "2026-03-01")
	const rooms = 250
	for i := range rooms {
		srv.Customer(fmt.Sprintf("Customer %d", i)).Says("halo")
	}
	srv.Clock().Advance(time.Minute)
	var written bytes.Buffer
	begin := srv.Clock().Now().AddDate(0, 0, -1)
	require.NoError(t, export(t.Context(), srv.Client(), begin, begin.AddDate(0, 0, 2), &onWrite{&written, func() {
		srv.Customer("Customer 0").Says("once more")
	}}))
	rows, err := csv.NewReader(&written).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+rooms)
	assert.Equal(t, []string{"Customer 0", "once more"}, []string{rows[rooms][1], rows[rooms][7]})
}

// No spreadsheet takes what customers write for a formula.
func TestExportWritesNoFormula(t *testing.T) {
	srv := platform(t, "2026-03-01")
	for i, text := range []string{`=HYPERLINK("http://evil.example","halo")`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "", "1=1", `"quoted", and more`} {
		srv.Customer(fmt.Sprintf("=%d", i)).On("qiscus").Says(text)
	}
	file := filepath.Join(t.TempDir(), "rooms.csv")
	require.NoError(t, run(t.Context(), "2026-03-01", "2026-03-01", file))
	rows := read(t, file)
	require.Len(t, rows, 11)
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" {
				assert.NotContains(t, "=+-@\t\r\n", cell[:1])
			}
		}
	}
	assert.Equal(t, `"quoted", and more`, rows[1][7])
	assert.Equal(t, `'=HYPERLINK("http://evil.example","halo")`, rows[10][7])
}

// An export that is interrupted, and one that fails on its way, leave the file of the one
// before, and nothing else.
func TestExportIsWholeOrNothing(t *testing.T) {
	srv := platform(t, "2026-03-01")
	srv.Customer("Siti").Says("halo")
	folder := t.TempDir()
	file := filepath.Join(folder, "rooms.csv")
	require.NoError(t, os.WriteFile(file, []byte("of yesterday"), 0o600))

	srv.Fail(qismotest.Trouble{Kind: qismotest.RateLimit, Only: "listRooms", Delay: 20 * time.Second})
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "2026-03-01", "2026-03-01", file) }()
	srv.WaitForCalls("listRooms", 1)
	interrupt()
	require.Error(t, <-ended)

	broken := errors.New("broken")
	require.ErrorIs(t, create(file, func(w io.Writer) error {
		_, err := io.WriteString(w, "half of today's")
		return errors.Join(err, broken)
	}), broken)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 1)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "of yesterday", string(content))
	require.ErrorIs(t, create(filepath.Join(folder, "nowhere", "rooms.csv"), func(io.Writer) error { return nil }), os.ErrNotExist)
}
