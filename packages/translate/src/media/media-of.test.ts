import { describe, expect, test } from 'vitest';
import { byteLength, bytesAt, cleanBase64 } from './base64.ts';
import { documentName } from './document-name.ts';
import { type Declared, mediaOfBase64, mediaOfUri } from './media-of.ts';

const latin = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
/** A ZIP as Office writes it: names of its files in front of them and, all of them, in the end. */
const office = (name: string, between = 0): string =>
  latin(`PK\x03\x04\x14\x00${'\x00'.repeat(between)}PK\x01\x02${name}`);
/** An Office file before 2007: 512 bytes of header, which say where the directory is, and the directory. */
function ole(stream: string): string {
  const header = Buffer.alloc(512);
  header.write('d0cf11e0a1b11ae1', 'hex');
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 48);
  return Buffer.concat([header, Buffer.alloc(512), Buffer.from(stream, 'utf16le')]).toString('base64');
}
const found = (base64: string, declared: Declared = {}): string => {
  const media = mediaOfBase64(base64, declared);
  return typeof media === 'string' ? media : `${media.kind} ${media.format}`;
};

describe('what the bytes are', () => {
  test.each([
    ['pdf', latin('%PDF-1.4'), 'document pdf'],
    ['pdf behind a mark of byte order', latin('\xef\xbb\xbf%PDF-1.4'), 'document pdf'],
    ['docx', office('word/document.xml'), 'document docx'],
    ['docx whose names are far from its beginning', office('word/document.xml', 90_000), 'document docx'],
    ['xlsx', office('xl/workbook.xml'), 'document xlsx'],
    ['doc', ole('WordDocument'), 'document doc'],
    ['xls', ole('Workbook'), 'document xls'],
    ['html', latin('\n<!DOCTYPE html><html>'), 'document html'],
    ['text', latin('a,b\n1,2'), 'document txt'],
    ['mov', latin('\0\0\0\x14ftypqt  '), 'video mov'],
    ['3gp', latin('\0\0\0\x14ftyp3gp5'), 'video three_gp'],
    ['m4a', latin('\0\0\0\x14ftypM4A '), 'audio m4a'],
    ['webm', latin('\x1aE\xdf\xa3\x01\0\0webm'), 'video webm'],
    ['mkv', latin('\x1aE\xdf\xa3\x01\0\0matroska'), 'video mkv'],
    ['flv', latin('FLV\x01\x05\0'), 'video flv'],
    ['mpeg', latin('\0\0\x01\xba\0'), 'video mpeg'],
    ['wmv', latin('\x30\x26\xb2\x75\x8e\x66\xcf\x11\0'), 'video wmv'],
    ['flac', latin('fLaC\0'), 'audio flac'],
    ['ogg', latin('OggS\0\x02vorbis'), 'audio ogg'],
    ['opus', latin('OggS\0\x02OpusHead'), 'audio opus'],
    ['mp3', latin('\xff\xfb\x90\0'), 'audio mp3'],
    ['aac', latin('\xff\xf1\x50\0'), 'audio aac'],
    ['words that begin like a song', latin('ID3 is a format of tags'), 'document txt'],
    ['bytes that say nothing', latin('\0\x01\x02'), 'unknown-format'],
    ['a ZIP that is no document', office('a.txt'), 'unknown-format'],
  ])('%s', (_what, base64, expected) => {
    expect(found(base64)).toBe(expected);
  });
});

describe('what a caller says counts', () => {
  test.each<[rule: string, base64: string, declared: Declared, expected: string]>([
    ['for texts', latin('a'), { mediaType: 'text/markdown; charset=utf-8' }, 'document md'],
    ['for texts by their name', latin('a'), { filename: 'A.CSV' }, 'document csv'],
    ['the type before the name', latin('a'), { mediaType: 'text/html', filename: 'a.txt' }, 'document html'],
    ['for kinds of text without a format', latin('{}'), { mediaType: 'application/json' }, 'document txt'],
    ['for any text/…', latin('a'), { mediaType: 'text/x-python' }, 'document txt'],
    ['for a source file', latin('a'), { mediaType: 'application/octet-stream', filename: 'a.py' }, 'document txt'],
    ['for a page that is shown as text', latin('<html>'), { mediaType: 'text/plain' }, 'document txt'],
    ['for an archive without names', office('?'), { filename: 'a.docx' }, 'document docx'],
    ['for a document that we cannot see', latin('Hello'), { mediaType: 'application/pdf' }, 'document pdf'],
    ['for a container of sound', latin('\x1aE\xdf\xa3webm\0'), { mediaType: 'audio/webm' }, 'audio webm'],
    ['for an image with bytes that say nothing', latin('\0\x01'), { mediaType: 'image/png' }, 'image png'],
    ['not against the bytes', latin('\x89PNG'), { mediaType: 'application/pdf' }, 'image png'],
    ['not for an image of letters', latin('Hello'), { mediaType: 'image/png' }, 'unknown-format'],
    ['not for pictures that are texts', latin('<svg/>'), { mediaType: 'image/svg+xml' }, 'unknown-format'],
    [
      'nothing of a name like a method',
      latin('\0\x01'),
      { mediaType: 'constructor', filename: 'a.valueOf' },
      'unknown-format',
    ],
  ])('%s', (_rule, base64, declared, expected) => {
    expect(found(base64, declared)).toBe(expected);
  });
});

test.each([
  ['an address', 'https://x.test/a.png', 'address'],
  ['a path', '/etc/passwd.txt', 'address'],
  ['a URI that cannot be read', 'data:text/plain,%E0%A4', 'no-bytes'],
])('no media: %s', (_what, uri, expected) => {
  expect(mediaOfUri(uri)).toBe(expected);
});

describe('names of documents', () => {
  test.each([
    ['report.pdf', 'report-pdf'],
    ['a  b\tc', 'a b c'],
    ['Größe (1) [x].md', 'Große (1) [x]-md'.replace('ß', '-')],
    ['日本語.pdf', '-pdf'],
    ['日本語', 'document'],
    ['', 'document'],
    [undefined, 'document'],
    ['x'.repeat(500), 'x'.repeat(200)],
  ])('%s', (name, expected) => {
    expect(documentName(name)).toBe(expected);
  });
});

test('bytes from the middle of base64', () => {
  const bytes = Buffer.from('0123456789abcdef');
  const base64 = bytes.toString('base64');
  expect(byteLength(base64)).toBe(16);
  for (let from = 0; from < 18; from++) {
    for (let length = 0; length < 6; length++) {
      expect(bytesAt(base64, from, length).toString()).toBe(bytes.subarray(from, from + length).toString());
    }
  }
});

test('40 MB are looked at in one go', () => {
  const base64 = 'A'.repeat(40 * 1024 * 1024);
  expect(cleanBase64(base64)).toBe(base64);
  expect(found(base64)).toBe('unknown-format');
});

test('a long run of padding is looked at in one go', { timeout: 3_000 }, () => {
  expect(cleanBase64(`${'='.repeat(1024 * 1024)}a`)).toBeUndefined();
});
