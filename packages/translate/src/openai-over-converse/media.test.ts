import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { audioBlock, documentBlock, fileBlock, imageBlock, videoBlock } from './media.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const base64 = png.toString('base64');
const image = (url: string) => imageBlock(url, 'p');
const pngBlock = { image: { format: 'png', source: { bytes: base64 } } };
const pdf = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1').toString('base64');
const word = Buffer.from('Hello').toString('base64');

describe('the bytes say the format', () => {
  test.each([
    ['png', png],
    ['jpeg', Buffer.from('ffd8ffe000104a4649460001', 'hex')],
    ['gif', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00', 'latin1')],
    ['webp', Buffer.from('RIFF\x24\x00\x00\x00WEBPVP8 ', 'latin1')],
  ])('%s', (format, bytes) => {
    expect(image(`data:image/whatever;base64,${bytes.toString('base64')}`)).toEqual({
      image: { format, source: { bytes: bytes.toString('base64') } },
    });
  });

  test('a document and a video in the place of an image', () => {
    expect(image(`data:application/pdf;base64,${pdf}`)).toMatchObject({ document: { format: 'pdf' } });
    expect(image('data:video/mp4;base64,AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t')).toMatchObject({ video: { format: 'mp4' } });
  });
});

describe('forms of data: URIs', () => {
  test.each([
    ['parameters', `data:image/png;name=a.png;charset=utf-8;base64,${base64}`],
    ['long parameters', `data:image/png;name=${'n'.repeat(200)};base64,${base64}`],
    ['no media type', `data:;base64,${base64}`],
    ['capital letters', `DATA:image/png;BASE64,${base64}`],
    ['line breaks', `data:image/png;base64,${base64.slice(0, 8)}\r\n${base64.slice(8)}\n`],
    ['no padding', `data:image/png;base64,${base64.replace(/=/g, '')}`],
    ['percent-encoded padding', `data:image/png;base64,${base64.replace(/=/g, '%3D')}`],
    ['base64 alone', base64],
  ])('%s', (_rule, url) => {
    expect(image(url)).toEqual(pngBlock);
  });

  test('the URL alphabet of base64', () => {
    const bytes = Buffer.concat([png, Buffer.from([0xfb, 0xff, 0xbf])]);
    const url = `data:image/png;base64,${bytes.toString('base64url')}`;
    expect(image(url)).toMatchObject({ image: { source: { bytes: bytes.toString('base64') } } });
  });
});

describe('refused images', () => {
  test.each([
    ['an address', 'https://example.com/a.png'],
    ['an address of our own network', 'http://169.254.169.254/latest/'],
    ['an S3 address', 's3://bucket/a.png'],
    ['an address that holds one', `https://example.com/?data:image/png;base64,${base64}`],
    ['nothing', ''],
    ['no comma', 'data:image/png;base64'],
    ['a picture that no model takes', 'data:image/svg+xml,<svg/>'],
    ['base64 only in the name', 'data:image/png;name=base64,AAAA'],
    ['no data', 'data:image/png;base64,'],
    ['wrong letters', `data:image/png;base64,${base64.slice(0, 8)}!!${base64.slice(8)}`],
    ['a length that base64 cannot have', 'data:image/png;base64,iVBORw0KG'],
    [
      'a format that Bedrock does not take',
      `data:image/png;base64,${Buffer.from('BM6 bitmap here').toString('base64')}`,
    ],
    ['a RIFF that is a sound', `data:image/webp;base64,${Buffer.from('RIFF\x24\0\0\0WAVEfmt ').toString('base64')}`],
  ])('%s', (_rule, url) => {
    expect(refusal(() => image(url))).toBe('invalid-request p');
  });

  test('an address says what to do', () => {
    expect(() => image('https://example.com/a.png')).toThrow(/data:image/);
    expect(() => image('s3://bucket/a.png')).toThrow(/no bucket/);
  });
});

describe('files', () => {
  const file = (fields: object) => fileBlock({ type: 'file', file: fields }, 'p');
  test.each<[rule: string, fields: object, expected: object]>([
    [
      'a PDF and its name',
      { file_data: `data:application/pdf;base64,${pdf}`, filename: 'a report.pdf' },
      { document: { format: 'pdf', name: 'a report-pdf', source: { bytes: pdf } } },
    ],
    [
      'a PDF under a wrong type',
      { file_data: `data:application/octet-stream;base64,${pdf}` },
      { document: { format: 'pdf', name: 'document', source: { bytes: pdf } } },
    ],
    [
      'the type of a text',
      { file_data: `data:text/csv;charset=utf-8;base64,${word}` },
      { document: { format: 'csv', name: 'document', source: { bytes: word } } },
    ],
    [
      'the end of the name where there is no type',
      { file_data: word, filename: 'notes.MD' },
      { document: { format: 'md', name: 'notes-MD', source: { bytes: word } } },
    ],
    [
      'a text that is not in base64',
      { file_data: 'data:text/plain,Hello' },
      { document: { format: 'txt', name: 'document', source: { bytes: word } } },
    ],
    [
      'a data: URI where an id should be',
      { file_id: `data:application/pdf;base64,${pdf}` },
      { document: { format: 'pdf' } },
    ],
    [
      'its type beside it, as LiteLLM has it',
      { file_data: word, format: 'text/markdown' },
      { document: { format: 'md', name: 'document', source: { bytes: word } } },
    ],
    ['an image', { file_data: `data:image/png;base64,${base64}` }, pngBlock],
  ])('%s', (_rule, fields, expected) => {
    expect(file(fields)).toMatchObject(expected);
  });

  test.each<[rule: string, fields: object, expected: string]>([
    ['an id', { file_id: 'file-abc' }, 'invalid-request p.file.file_id'],
    ['nothing', {}, 'invalid-request p.file.file_data'],
    ['an address', { file_data: 'https://x.test/a.pdf' }, 'invalid-request p.file.file_data'],
    ['what nobody knows', { file_data: 'data:application/x-tar;base64,AAECAwQF' }, 'invalid-request p.file.file_data'],
  ])('refused: %s', (_rule, fields, expected) => {
    expect(refusal(() => file(fields))).toBe(expected);
  });
});

describe("Anthropic's documents", () => {
  const document = (fields: object) => documentBlock({ type: 'document', source: {}, ...fields }, 'p');
  test.each<[rule: string, fields: object, expected: object]>([
    [
      'base64, with all there is',
      {
        source: { type: 'base64', media_type: 'application/pdf', data: pdf },
        title: 'T',
        context: 'c',
        citations: { enabled: true },
      },
      { document: { format: 'pdf', name: 'T', source: { bytes: pdf }, context: 'c', citations: { enabled: true } } },
    ],
    [
      'a text',
      { source: { type: 'text', media_type: 'text/plain', data: 'Hello' } },
      { document: { format: 'txt', name: 'document', source: { bytes: word } } },
    ],
    [
      'pieces',
      {
        source: {
          type: 'content',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: ' ' },
          ],
        },
        title: 'T',
      },
      { document: { name: 'T', source: { content: [{ text: 'a' }] } } },
    ],
  ])('%s', (_rule, fields, expected) => {
    expect(document(fields)).toEqual(expected);
  });

  test.each<[rule: string, fields: object, expected: string]>([
    ['an address', { source: { type: 'url', url: 'https://x.test' } }, 'invalid-request p.source'],
    ['a blank text', { source: { type: 'text', data: ' ' } }, 'invalid-request p.source'],
    [
      'no base64',
      { source: { type: 'base64', media_type: 'application/pdf', data: '!' } },
      'invalid-request p.source.data',
    ],
  ])('refused: %s', (_rule, fields, expected) => {
    expect(refusal(() => document(fields))).toBe(expected);
  });
});

describe('recordings and videos', () => {
  const wav = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1').toString('base64');
  const audio = (fields: object) => audioBlock({ type: 'input_audio', input_audio: fields as { data: string } }, 'p');
  test.each<[rule: string, fields: object, format: string]>([
    ['what the caller says', { data: wav, format: 'wav' }, 'wav'],
    ['raw sound, which has no mark', { data: 'AAECAwQF', format: 'PCM' }, 'pcm'],
    ['the bytes, where nothing is said', { data: wav }, 'wav'],
    ['a data: URI', { data: `data:audio/mpeg;base64,${Buffer.from('ID3\x04\0').toString('base64')}` }, 'mp3'],
  ])('audio: %s', (_rule, fields, format) => {
    expect(audio(fields)).toMatchObject({ audio: { format } });
  });

  test.each<[rule: string, fields: object, expected: string]>([
    ['no base64', { data: '!', format: 'wav' }, 'invalid-request p.input_audio.data'],
    ['no format', { data: 'AAECAwQF' }, 'invalid-request p.input_audio.format'],
    ['an unknown one', { data: 'AAECAwQF', format: 'midi' }, 'invalid-request p.input_audio.format'],
  ])('refused audio: %s', (_rule, fields, expected) => {
    expect(refusal(() => audio(fields))).toBe(expected);
  });

  const mp4 = 'AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t';
  test.each<[rule: string, part: object, format: string]>([
    ['video_url', { type: 'video_url', video_url: { url: `data:video/mp4;base64,${mp4}` } }, 'mp4'],
    ['input_video with its format', { type: 'input_video', input_video: { data: 'AAECAwQF', format: 'mov' } }, 'mov'],
  ])('video: %s', (_rule, part, format) => {
    expect(videoBlock(part as { type: 'video_url' }, 'p')).toMatchObject({ video: { format } });
  });

  test.each<[rule: string, url: string]>([
    ['an address', 'https://x.test/a.mp4'],
    ['an image', `data:image/png;base64,${base64}`],
  ])('refused video: %s', (_rule, url) => {
    expect(refusal(() => videoBlock({ type: 'video_url', video_url: { url } }, 'p'))).toBe(
      'invalid-request p.video_url',
    );
  });
});
