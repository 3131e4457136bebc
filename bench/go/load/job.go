package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"genai-gateway/bench/answer"
)

type job struct {
	url         string
	headers     map[string]string
	body        []byte
	kind        answer.Kind
	chunks      int
	connections int
	requests    int
	duration    time.Duration
	ramp        time.Duration
	limit       time.Duration
}

// report is what a run found. Times are milliseconds; those of failed requests are left out.
type report struct {
	Requests       int     `json:"requests"`
	Errors         int     `json:"errors"`
	FirstError     string  `json:"firstError,omitempty"`
	LatencyP50Ms   float64 `json:"latencyP50Ms"`
	LatencyP99Ms   float64 `json:"latencyP99Ms"`
	FirstByteP50Ms float64 `json:"firstByteP50Ms"`
	FirstByteP99Ms float64 `json:"firstByteP99Ms"`
	WallSeconds    float64 `json:"wallSeconds"`
	// PeakOpen is the most answers that had begun and not ended at one time.
	PeakOpen int `json:"peakOpen"`
}

type worker struct {
	latency   []time.Duration
	firstByte []time.Duration
	errors    int
	firstErr  error
}

func (j *job) run() report {
	ctx, cancel := context.WithTimeout(context.Background(), j.limit)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{
		MaxConnsPerHost:     j.connections,
		MaxIdleConnsPerHost: j.connections,
		DisableCompression:  true,
	}}
	defer client.CloseIdleConnections()

	var started, open, peak atomic.Int64
	workers := make([]worker, j.connections)
	begin := time.Now()
	var group sync.WaitGroup
	for i := range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(j.ramp * time.Duration(i) / time.Duration(j.connections))
			me := &workers[i]
			var buffer []byte
			for time.Since(begin) < j.duration && ctx.Err() == nil && started.Add(1) <= int64(j.requests) {
				var err error
				if buffer, err = j.once(ctx, client, buffer[:0], me, &open, &peak); err != nil {
					me.errors++
					if me.firstErr == nil {
						me.firstErr = err
					}
					time.Sleep(10 * time.Millisecond) // a refused port would otherwise spin
				}
			}
		}()
	}
	group.Wait()
	return summarise(workers, time.Since(begin), int(peak.Load()))
}

// once makes one request and checks all of its answer. It gives the buffer back for the next one.
func (j *job) once(
	ctx context.Context, client *http.Client, buffer []byte, me *worker, open, peak *atomic.Int64,
) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, bytes.NewReader(j.body))
	if err != nil {
		return buffer, err
	}
	for name, value := range j.headers {
		request.Header.Set(name, value)
	}
	start := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return buffer, err
	}
	defer response.Body.Close()
	var firstByte time.Duration
	for {
		if len(buffer) == cap(buffer) {
			buffer = slices.Grow(buffer, max(4096, cap(buffer)))
		}
		n, err := response.Body.Read(buffer[len(buffer):cap(buffer)])
		if n > 0 && firstByte == 0 {
			firstByte = time.Since(start)
			now := open.Add(1)
			defer open.Add(-1)
			for seen := peak.Load(); now > seen && !peak.CompareAndSwap(seen, now); seen = peak.Load() {
			}
		}
		buffer = buffer[:len(buffer)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return buffer, fmt.Errorf("after %d bytes: %w", len(buffer), err)
		}
	}
	latency := time.Since(start)
	if response.StatusCode != http.StatusOK {
		return buffer, fmt.Errorf("status %d: %.300s", response.StatusCode, buffer)
	}
	if err := answer.Check(j.kind, buffer, j.chunks); err != nil {
		return buffer, err
	}
	me.latency = append(me.latency, latency)
	me.firstByte = append(me.firstByte, firstByte)
	return buffer, nil
}

func summarise(workers []worker, wall time.Duration, peak int) report {
	out := report{WallSeconds: wall.Seconds(), PeakOpen: peak}
	var latency, firstByte []time.Duration
	for _, w := range workers {
		latency = append(latency, w.latency...)
		firstByte = append(firstByte, w.firstByte...)
		out.Errors += w.errors
		if w.firstErr != nil && out.FirstError == "" {
			out.FirstError = w.firstErr.Error()
		}
	}
	out.Requests = len(latency) + out.Errors
	out.LatencyP50Ms, out.LatencyP99Ms = percentile(latency, 50), percentile(latency, 99)
	out.FirstByteP50Ms, out.FirstByteP99Ms = percentile(firstByte, 50), percentile(firstByte, 99)
	return out
}

// percentile is the smallest time that `percent` of the samples do not exceed; 0 without samples.
func percentile(samples []time.Duration, percent int) float64 {
	if len(samples) == 0 {
		return 0
	}
	slices.Sort(samples)
	index := (len(samples)*percent + 99) / 100
	return float64(samples[max(index, 1)-1].Nanoseconds()) / 1e6
}
