import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readForm } from './form.ts';
import { pngOf } from './png.ts';
import { mp3Silence, pcmTone, secondsOfSound, speechSeconds, wavTone } from './sound.ts';

describe('pngOf', () => {
  it('makes chunks with right lengths and checksums, and a row of pixels for each line', () => {
    const png = pngOf('a cat', 5, 3);
    const chunks: [type: string, data: Buffer][] = [];
    for (let at = 8; at < png.length; ) {
      const length = png.readUInt32BE(at);
      const body = png.subarray(at + 4, at + 8 + length);
      expect(crc32(body)).toBe(png.readUInt32BE(at + 8 + length));
      chunks.push([body.toString('latin1', 0, 4), body.subarray(4)]);
      at += 12 + length;
    }
    expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(chunks[0]?.[1].readUInt32BE(0)).toBe(5);
    expect(chunks[0]?.[1].readUInt32BE(4)).toBe(3);
    const rows = inflateSync(chunks[1]?.[1] ?? Buffer.alloc(0));
    expect(rows).toHaveLength(3 * (1 + 5 * 3));
    expect([rows[0], rows[16], rows[32]]).toEqual([0, 0, 0]);
  });

  it('has one colour for a text and another for another', () => {
    expect(pngOf('a', 4, 4).equals(pngOf('a', 4, 4))).toBe(true);
    expect(pngOf('a', 4, 4).equals(pngOf('b', 4, 4))).toBe(false);
  });
});

describe('sound', () => {
  it('a WAV file says what it holds', () => {
    const wav = wavTone(0.5);
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
    expect(wav.subarray(44).equals(pcmTone(0.5))).toBe(true);
    expect(secondsOfSound(wav)).toBeCloseTo(0.5, 2);
  });

  it('an MP3 is whole frames', () => {
    const mp3 = mp3Silence(1);
    // 144 × bit rate / sampling rate: how long a frame of layer III is, without padding.
    const frameBytes = Math.floor((144 * 128_000) / 44_100);
    expect(mp3.length % frameBytes).toBe(0);
    expect((mp3.length / frameBytes) * (1152 / 44_100)).toBeCloseTo(1, 1);
    for (let at = 0; at < mp3.length; at += frameBytes) expect(mp3.readUInt16BE(at)).toBe(0xfffb);
  });

  it('a longer text takes longer, up to a limit', () => {
    expect(speechSeconds('')).toBe(0.25);
    expect(speechSeconds('eight by')).toBe(0.5);
    expect(speechSeconds('x'.repeat(100_000))).toBe(30);
  });
});

describe('readForm', () => {
  it('reads fields, lists and files', async () => {
    const sent = new FormData();
    sent.append('model', 'whisper-1');
    sent.append('include[]', 'a');
    sent.append('include[]', 'b');
    sent.append('file', new File([Buffer.from([0, 255, 13, 10])], 'a b.wav', { type: 'audio/wav' }));
    const encoded = new Response(sent);
    const type = encoded.headers.get('content-type') ?? '';
    const { fields, files } = await readForm(Buffer.from(await encoded.arrayBuffer()), type);
    expect(fields).toEqual({
      model: 'whisper-1',
      'include[]': ['a', 'b'],
      file: { filename: 'a b.wav', type: 'audio/wav', bytes: 4 },
    });
    expect(files.get('file')?.bytes).toEqual(Buffer.from([0, 255, 13, 10]));
  });

  it('refuses what is no form', async () => {
    await expect(readForm(Buffer.from('{}'), 'application/json')).rejects.toThrow(/multipart/);
    await expect(readForm(Buffer.from('x'), 'multipart/form-data; boundary=b')).rejects.toThrow(/multipart/);
  });
});
