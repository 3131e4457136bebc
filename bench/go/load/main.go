// Command load keeps a fixed number of connections busy against one URL on 127.0.0.1, checks every
// answer, and prints one JSON object. It is bounded by count and by time, always.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"strings"
	"time"

	"genai-gateway/bench/answer"
)

type headerFlags map[string]string

func (h headerFlags) String() string { return "" }
func (h headerFlags) Set(text string) error {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("a header is written name: value")
	}
	h[strings.TrimSpace(name)] = strings.TrimSpace(value)
	return nil
}

func main() {
	log.SetFlags(0)
	headers := headerFlags{}
	bodyFile := flag.String("body", "", "file with the request body")
	expect := flag.String("expect", "converse", "converse, converse-stream, chat or chat-stream")
	job := job{headers: headers}
	flag.StringVar(&job.url, "url", "", "http://127.0.0.1:<port>/…")
	flag.IntVar(&job.chunks, "chunks", 50, "text deltas a stream has to bring")
	flag.IntVar(&job.connections, "c", 1, "connections, each with one request under way")
	flag.IntVar(&job.requests, "n", 1_000_000, "end after this many requests")
	flag.DurationVar(&job.duration, "duration", 10*time.Second, "begin no request after this time")
	flag.DurationVar(&job.ramp, "ramp", 0, "spread the start of the connections over this time")
	flag.DurationVar(&job.limit, "limit", 2*time.Minute, "give up what is under way after this time")
	flag.Var(headers, "H", "request header, may be repeated")
	flag.Parse()
	job.kind = answer.Kind(*expect)

	target, err := url.Parse(job.url)
	if err != nil || target.Scheme != "http" || target.Hostname() != "127.0.0.1" {
		log.Fatal("-url has to begin with http://127.0.0.1:<port>/")
	}
	if job.connections < 1 || job.connections > 20_000 || job.requests < 1 || job.requests > 5_000_000 ||
		job.duration > 10*time.Minute || job.limit > 10*time.Minute {
		log.Fatal("at most 20,000 connections, 5,000,000 requests and 10 minutes")
	}
	if *bodyFile != "" {
		if job.body, err = os.ReadFile(*bodyFile); err != nil {
			log.Fatal(err)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(job.run()); err != nil {
		log.Fatal(err)
	}
}
