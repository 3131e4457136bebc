package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"genai-gateway/bench/answer"
)

func against(t *testing.T, kind answer.Kind, handler http.HandlerFunc) report {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	job := job{
		url: server.URL, kind: kind, chunks: 3, connections: 2, requests: 6,
		duration: 10 * time.Second, limit: 10 * time.Second,
	}
	return job.run()
}

func TestCountsWholeAnswers(t *testing.T) {
	got := against(t, answer.ConverseStream, func(w http.ResponseWriter, _ *http.Request) {
		for _, frame := range answer.Frames(3) {
			w.Write(frame)
			w.(http.Flusher).Flush()
		}
	})
	if got.Requests != 6 || got.Errors != 0 || got.PeakOpen < 1 || got.LatencyP50Ms < got.FirstByteP50Ms {
		t.Errorf("%+v", got)
	}
}

func TestRefusesWhatIsNotAnAnswer(t *testing.T) {
	rows := map[string]http.HandlerFunc{
		"status 429": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTooManyRequests)
			w.Write(answer.Plain())
		},
		"not the whole answer": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"message":"no"}`)) },
		"unexpected EOF": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			w.Write(answer.Plain())
		},
	}
	for want, handler := range rows {
		got := against(t, answer.Converse, handler)
		if got.Requests != 6 || got.Errors != 6 || !strings.Contains(got.FirstError, want) {
			t.Errorf("%s: %+v", want, got)
		}
	}
}

func TestPercentile(t *testing.T) {
	var samples []time.Duration
	for i := 100; i >= 1; i-- {
		samples = append(samples, time.Duration(i)*time.Millisecond)
	}
	if p50, p99 := percentile(samples, 50), percentile(samples, 99); p50 != 50 || p99 != 99 {
		t.Errorf("p50 %v, p99 %v", p50, p99)
	}
	if percentile(samples[:1], 99) != 1 || percentile(nil, 50) != 0 {
		t.Error("one sample, or none")
	}
}
