import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { dataUriToImage } from './media.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const base64 = png.toString('base64');
const image = (url: string) => dataUriToImage(url, 'p').image;

describe('the bytes say the format', () => {
  test.each([
    ['png', png],
    ['jpeg', Buffer.from('ffd8ffe000104a4649460001', 'hex')],
    ['gif', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00', 'latin1')],
    ['webp', Buffer.from('RIFF\x24\x00\x00\x00WEBPVP8 ', 'latin1')],
  ])('%s', (format, bytes) => {
    expect(image(`data:image/whatever;base64,${bytes.toString('base64')}`)).toEqual({
      format,
      source: { bytes: bytes.toString('base64') },
    });
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
  ])('%s', (_rule, url) => {
    expect(image(url)).toEqual({ format: 'png', source: { bytes: base64 } });
  });

  test('the URL alphabet of base64', () => {
    const bytes = Buffer.concat([png, Buffer.from([0xfb, 0xff, 0xbf])]);
    const url = `data:image/png;base64,${bytes.toString('base64url')}`;
    expect(image(url).source).toEqual({ bytes: bytes.toString('base64') });
  });
});

describe('refused', () => {
  test.each([
    ['an address', 'https://example.com/a.png'],
    ['an address of our own network', 'http://169.254.169.254/latest/'],
    ['an S3 address', 's3://bucket/a.png'],
    ['an address that holds one', `https://example.com/?data:image/png;base64,${base64}`],
    ['nothing', ''],
    ['no comma', 'data:image/png;base64'],
    ['no base64', 'data:image/svg+xml,<svg/>'],
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
  });
});
