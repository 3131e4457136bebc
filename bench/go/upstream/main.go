// Command upstream is a fake Bedrock runtime that costs next to nothing: everything it says is prepared
// at start. It checks no signature.
//
//	POST /model/{id}/converse          a Converse reply of about 1 kB
//	POST /model/{id}/converse-stream   an event stream, each frame written and flushed on its own
//	PUT  /bench/settings?chunks=50&pace=0s   how many text deltas, and the wait before each frame
//
// It listens on 127.0.0.1, prints its address and leaves when its standard input closes.
package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"genai-gateway/bench/answer"
	"genai-gateway/bench/serve"
)

const maxChunks = 10_000

type settings struct {
	frames [][]byte
	pace   time.Duration
}

func main() {
	plain := answer.Plain()
	var current atomic.Pointer[settings]
	current.Store(&settings{frames: answer.Frames(50)})

	serve.Until(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		path := r.URL.EscapedPath()
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(path, "/converse"):
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(plain)))
			w.Header().Set("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
			w.Write(plain)
		case r.Method == http.MethodPost && strings.HasSuffix(path, "/converse-stream"):
			stream(w, r, current.Load())
		case r.Method == http.MethodPut && path == "/bench/settings":
			next, err := parse(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			current.Store(next)
		default:
			http.NotFound(w, r)
		}
	})
}

func stream(w http.ResponseWriter, r *http.Request, s *settings) {
	w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	w.Header().Set("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
	out := http.NewResponseController(w)
	for _, frame := range s.frames {
		if s.pace > 0 {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(s.pace):
			}
		}
		if _, err := w.Write(frame); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
	}
}

func parse(r *http.Request) (*settings, error) {
	chunks, err := strconv.Atoi(r.URL.Query().Get("chunks"))
	if err != nil || chunks < 1 || chunks > maxChunks {
		return nil, fmt.Errorf("chunks has to be 1 to %d", maxChunks)
	}
	pace, err := time.ParseDuration(r.URL.Query().Get("pace"))
	if err != nil || pace < 0 || pace > 10*time.Second {
		return nil, fmt.Errorf("pace has to be 0s to 10s")
	}
	return &settings{frames: answer.Frames(chunks), pace: pace}, nil
}
