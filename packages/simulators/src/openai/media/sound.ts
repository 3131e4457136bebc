import { tokensOfText } from '../../reply/tokens.ts';

/** In samples per second: what OpenAI's raw speech has. */
const SAMPLE_RATE = 24_000;
const BYTES_PER_SAMPLE = 2;
const TONE_HERTZ = 440;
const AMPLITUDE = 8_000;

/** How long one token takes to say, about as long as it does a human. */
const SECONDS_PER_TOKEN = 0.25;
const MOST_SECONDS = 30;

/** One frame of MPEG-1 layer III: 128 kbit/s, 44.1 kHz, mono, so 417 bytes and 1152 samples. Source: ISO 11172-3. */
const MP3_FRAME_BYTES = 417;
const MP3_FRAME_SECONDS = 1152 / 44_100;
const MP3_HEADER = [0xff, 0xfb, 0x90, 0xc4];

/** How long the speech of a text is, in seconds. */
export function speechSeconds(text: string): number {
  return Math.min(MOST_SECONDS, Math.max(1, tokensOfText(text)) * SECONDS_PER_TOKEN);
}

/** A tone of so many seconds: 16-bit little-endian samples, mono. */
export function pcmTone(seconds: number): Buffer {
  const samples = Math.round(seconds * SAMPLE_RATE);
  const bytes = Buffer.alloc(samples * BYTES_PER_SAMPLE);
  for (let at = 0; at < samples; at += 1) {
    const level = Math.sin((2 * Math.PI * TONE_HERTZ * at) / SAMPLE_RATE);
    bytes.writeInt16LE(Math.round(level * AMPLITUDE), at * BYTES_PER_SAMPLE);
  }
  return bytes;
}

/** The same with the header of a WAV file. Source: RIFF's WAVE, format 1 (PCM). */
export function wavTone(seconds: number): Buffer {
  const samples = pcmTone(seconds);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** Silence of about so many seconds as an MP3: whole frames that hold no sound data. */
export function mp3Silence(seconds: number): Buffer {
  const frame = Buffer.alloc(MP3_FRAME_BYTES);
  frame.set(MP3_HEADER);
  return Buffer.alloc(Math.ceil(seconds / MP3_FRAME_SECONDS) * MP3_FRAME_BYTES, frame);
}

/** How long a WAV file is, by its own header; any other file as if it had 32 kbit/s. In seconds. */
export function secondsOfSound(bytes: Buffer): number {
  const isWav = bytes.length >= 44 && bytes.toString('latin1', 0, 4) === 'RIFF';
  const bytesPerSecond = isWav ? bytes.readUInt32LE(28) : 4_000;
  return Math.max(1, bytes.length) / Math.max(1, bytesPerSecond);
}
