package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkServer has requests answered by `qismo sandbox` and by Prism, a mock server by
// others that reads the same document, each a process of its own with the same callers and
// answers of the same size.
// Prism takes part where QISMO_PRISM says where it lies; make bench sees to that.
func BenchmarkServer(b *testing.B) {
	sandbox, end := startServer(b, buildQismo(b), "sandbox", "--listen", "127.0.0.1:0")
	defer end()
	servers := []way{{"qismo-sandbox", sandbox.address}}
	if program := os.Getenv("QISMO_PRISM"); program != "" {
		prism, end := startServer(b, program, "mock", "--host", "127.0.0.1", "--port", "0", "../../api/openapi.yaml")
		defer end()
		servers = append(servers, way{"prism", prism.address})
	}
	room := sandbox.firstRoom(b)
	for _, request := range []struct{ name, method, path, body string }{
		{"GetRoom", http.MethodGet, "/api/v2/customer_rooms/" + room, ""},
		{"ListRooms", http.MethodPost, "/api/v2/customer_rooms", `{"limit":1}`},
		{"SendText", http.MethodPost, "/" + sandbox.appCode + "/bot",
			`{"sender_email":"sari@example.id","room_id":"` + room + `","type":"text","message":"Halo"}`},
	} {
		for _, server := range servers {
			b.Run(request.name+"/server="+server.name, func(b *testing.B) {
				client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
				defer client.CloseIdleConnections()
				b.SetParallelism(8)
				b.RunParallel(func(next *testing.PB) {
					for next.Next() {
						sandbox.ask(b, client, request.method, server.address+request.path, request.body)
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			})
		}
	}
}

// BenchmarkSandboxStart starts `qismo sandbox` and waits for its first answer.
func BenchmarkSandboxStart(b *testing.B) {
	program := buildQismo(b)
	for b.Loop() {
		sandbox, end := startServer(b, program, "sandbox", "--listen", "127.0.0.1:0")
		sandbox.firstRoom(b)
		b.StopTimer()
		end()
		b.StartTimer()
	}
}

// BenchmarkSandboxMemory tells what memory `qismo sandbox` takes with many rooms: all that
// the system gave to it, where the system tells.
func BenchmarkSandboxMemory(b *testing.B) {
	program := buildQismo(b)
	for _, rooms := range []int{12, 100_000} {
		b.Run(fmt.Sprintf("rooms=%d", rooms), func(b *testing.B) {
			for b.Loop() {
				sandbox, end := startServer(b, program, "sandbox", "--listen", "127.0.0.1:0", "--rooms", strconv.Itoa(rooms))
				sandbox.firstRoom(b)
				resident := regexp.MustCompile(`VmRSS:\s+(\d+) kB`)
				status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", sandbox.process.Pid)) // Linux tells
				if found := resident.FindSubmatch(status); found != nil {
					kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
					require.NoError(b, err)
					b.ReportMetric(kilobytes/1024, "MiB-resident")
				}
				end()
			}
		})
	}
}

// way is a server with the name of its variant.
type way struct{ name, address string }

// server is a process that answers the API.
type server struct {
	process                     *os.Process
	address, appCode, secretKey string
}

// announced is what servers say of themselves before they can be called.
var announced = regexp.MustCompile(`(?:(QISCUS_\w+)=|Prism is listening on )(\S+)`)

// startServer starts a program and waits until it says where it listens. The function
// that it returns ends it.
func startServer(b *testing.B, program string, arguments ...string) (started server, end func()) {
	b.Helper()
	command := exec.CommandContext(b.Context(), program, arguments...)
	output, err := command.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, command.Start())
	started.process = command.Process
	lines := bufio.NewScanner(output)
	for started.address == "" {
		require.True(b, lines.Scan(), "%s ended before it listened", program)
		for _, found := range announced.FindAllStringSubmatch(lines.Text(), -1) {
			switch found[1] {
			case "QISCUS_APP_ID":
				started.appCode = found[2]
			case "QISCUS_SECRET_KEY":
				started.secretKey = found[2]
			default:
				started.address = found[2]
			}
		}
	}
	drained := make(chan struct{})
	go func() { // ends with the process; without it the process would wait for a reader
		defer close(drained)
		_, _ = io.Copy(io.Discard, output)
	}()
	return started, func() {
		require.NoError(b, command.Process.Kill())
		<-drained
		require.Error(b, command.Wait(), "it was killed")
	}
}

// buildQismo builds this program, as people install it.
func buildQismo(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "qismo")
	output, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(b, err, string(output))
	return program
}

// ask sends one request with the credentials of the server and returns the answer.
func (s server) ask(b *testing.B, client *http.Client, method, url, body string) []byte {
	request, err := http.NewRequestWithContext(b.Context(), method, url, strings.NewReader(body))
	require.NoError(b, err)
	request.Header.Set("Qiscus-App-Id", s.appCode)
	request.Header.Set("Qiscus-Secret-Key", s.secretKey)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	require.NoError(b, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	require.Equal(b, http.StatusOK, response.StatusCode, string(answer))
	return answer
}

// firstRoom asks for a room.
func (s server) firstRoom(b *testing.B) string {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer := s.ask(b, client, http.MethodPost, s.address+"/api/v2/customer_rooms", `{"limit":1}`)
	var listed struct {
		Data struct {
			Rooms []struct {
				ID string `json:"room_id"`
			} `json:"customer_rooms"`
		} `json:"data"`
	}
	require.NoError(b, json.Unmarshal(answer, &listed))
	require.Len(b, listed.Data.Rooms, 1)
	return listed.Data.Rooms[0].ID
}
