package answer

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

func sse(chunks int, end string) []byte {
	return []byte(strings.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\""+ChunkText+"\"}}]}\n\n", chunks) + end)
}

func TestFramesCarryTheirChecksums(t *testing.T) {
	for i, f := range Frames(2) {
		if int(binary.BigEndian.Uint32(f)) != len(f) {
			t.Errorf("frame %d: length field is not its length", i)
		}
		if binary.BigEndian.Uint32(f[8:]) != crc32.ChecksumIEEE(f[:8]) {
			t.Errorf("frame %d: prelude CRC", i)
		}
		if binary.BigEndian.Uint32(f[len(f)-4:]) != crc32.ChecksumIEEE(f[:len(f)-4]) {
			t.Errorf("frame %d: message CRC", i)
		}
	}
}

func TestSizes(t *testing.T) {
	if len(Text) != 800 || len(ChunkText) != 200 {
		t.Errorf("text of %d and chunks of %d bytes", len(Text), len(ChunkText))
	}
	if n := len(Plain()); n < 900 || n > 1200 {
		t.Errorf("the plain answer has %d bytes", n)
	}
}

func TestCheck(t *testing.T) {
	whole := bytes.Join(Frames(3), nil)
	noMetadata := bytes.Join(Frames(3)[:6], nil)
	rows := []struct {
		name string
		kind Kind
		body []byte
		ok   bool
	}{
		{"a Converse reply", Converse, Plain(), true},
		{"a Converse reply cut short", Converse, Plain()[:len(Plain())-2], false},
		{"an error object with status 200", Converse, []byte(`{"message":"no"}`), false},
		{"a Converse reply where a chat completion is due", Chat, Plain(), false},
		{"a whole native stream", ConverseStream, whole, true},
		{"a native stream cut inside its last frame", ConverseStream, whole[:len(whole)-1], false},
		{"a native stream without metadata", ConverseStream, noMetadata, false},
		{"a native stream one chunk short", ConverseStream, bytes.Join(Frames(2), nil), false},
		{"a chat stream", ChatStream, sse(3, "data: [DONE]\n\n"), true},
		{"a chat stream without its end", ChatStream, sse(3, ""), false},
		{"a chat stream one chunk short", ChatStream, sse(2, "data: [DONE]\n\n"), false},
		{"an unknown kind", Kind("other"), whole, false},
	}
	for _, row := range rows {
		if err := Check(row.kind, row.body, 3); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
