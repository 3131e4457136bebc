// Package answer holds what the fake upstream says, so that the load generator can check that it arrived.
package answer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
)

// Text is the whole reply of a plain call: 800 bytes that JSON does not need to escape.
var Text = repeat("A plain answer of the benchmark upstream, long enough to matter. ", 800)

// ChunkText is the text of each streamed delta: 200 bytes, no character that JSON escapes.
var ChunkText = repeat("One streamed piece of text from the benchmark upstream. ", 200)

func repeat(phrase string, length int) string {
	return strings.Repeat(phrase, length/len(phrase)+1)[:length-1] + "."
}

func mustJSON(value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return encoded
}

type object = map[string]any

// Plain is the body of a Converse reply, about 1 kB.
func Plain() []byte {
	return mustJSON(object{
		"output":     object{"message": object{"role": "assistant", "content": []any{object{"text": Text}}}},
		"stopReason": "end_turn",
		"usage":      object{"inputTokens": 120, "outputTokens": 180, "totalTokens": 300},
		"metrics":    object{"latencyMs": 410},
	})
}

// Frames are the event-stream frames of a ConverseStream reply with that many text deltas.
func Frames(chunks int) [][]byte {
	delta := frame("contentBlockDelta", mustJSON(object{
		"contentBlockIndex": 0,
		"delta":             object{"text": ChunkText},
		"p":                 "abcdefghijkl",
	}))
	frames := [][]byte{frame("messageStart", mustJSON(object{"role": "assistant", "p": "abcdefgh"}))}
	for i := 0; i < chunks; i++ {
		frames = append(frames, delta)
	}
	return append(frames,
		frame("contentBlockStop", mustJSON(object{"contentBlockIndex": 0, "p": "abcd"})),
		frame("messageStop", mustJSON(object{"stopReason": "end_turn", "p": "abcdef"})),
		frame("metadata", mustJSON(object{
			"usage":   object{"inputTokens": 120, "outputTokens": chunks * 50, "totalTokens": 120 + chunks*50},
			"metrics": object{"latencyMs": 410},
			"p":       "abc",
		})),
	)
}

const stringHeader = 7

// frame lays out one message: prelude, its CRC, headers, payload, CRC of everything before.
// Source: https://smithy.io/2.0/aws/amazon-eventstream.html (read 2026-11-22).
func frame(eventType string, payload []byte) []byte {
	var headers bytes.Buffer
	for _, header := range [][2]string{
		{":event-type", eventType}, {":content-type", "application/json"}, {":message-type", "event"},
	} {
		headers.WriteByte(byte(len(header[0])))
		headers.WriteString(header[0])
		headers.WriteByte(stringHeader)
		headers.Write(binary.BigEndian.AppendUint16(nil, uint16(len(header[1]))))
		headers.WriteString(header[1])
	}
	total := 12 + headers.Len() + len(payload) + 4
	out := make([]byte, 0, total)
	out = binary.BigEndian.AppendUint32(out, uint32(total))
	out = binary.BigEndian.AppendUint32(out, uint32(headers.Len()))
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
	out = append(out, headers.Bytes()...)
	out = append(out, payload...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// Kind is a form of reply that can be checked.
type Kind string

// The four replies a client of the gateway or of Bedrock can get here.
const (
	Converse       Kind = "converse"
	ConverseStream Kind = "converse-stream"
	Chat           Kind = "chat"
	ChatStream     Kind = "chat-stream"
)

// Check says what is wrong with a whole reply body, or nil. Text is compared, not only counted in bytes,
// so an error object with status 200 does not pass for an answer.
func Check(kind Kind, body []byte, chunks int) error {
	switch kind {
	case Converse, Chat:
		field := `"stopReason"`
		if kind == Chat {
			field = `"finish_reason"`
		}
		if !bytes.Contains(body, []byte(Text)) || !bytes.Contains(body, []byte(field)) {
			return fmt.Errorf("not the whole answer: %d bytes, starting %.200q", len(body), body)
		}
		if end := bytes.TrimSpace(body); len(end) == 0 || end[len(end)-1] != '}' {
			return fmt.Errorf("the answer does not end as JSON: %d bytes", len(body))
		}
		return nil
	case ConverseStream, ChatStream:
		if got := bytes.Count(body, []byte(ChunkText)); got != chunks {
			return fmt.Errorf("%d of %d chunks in %d bytes, starting %.200q", got, chunks, len(body), body)
		}
		if kind == ChatStream {
			if !bytes.HasSuffix(body, []byte("data: [DONE]\n\n")) {
				return fmt.Errorf("the stream does not end with [DONE]: %d bytes", len(body))
			}
			return nil
		}
		return checkFrames(body)
	}
	return fmt.Errorf("unknown kind of reply %q", kind)
}

// checkFrames walks from frame to frame by their lengths; the last one has to be metadata and end the body.
func checkFrames(body []byte) error {
	var last []byte
	for at := 0; at < len(body); {
		if len(body)-at < 16 {
			return fmt.Errorf("the stream ends inside a frame, at %d of %d bytes", at, len(body))
		}
		length := int(binary.BigEndian.Uint32(body[at:]))
		if length < 16 || at+length > len(body) {
			return fmt.Errorf("a frame of %d bytes at %d of %d", length, at, len(body))
		}
		last = body[at : at+length]
		at += length
	}
	if !bytes.Contains(last, []byte("metadata")) {
		return fmt.Errorf("the stream does not end with metadata: %d bytes", len(body))
	}
	return nil
}
