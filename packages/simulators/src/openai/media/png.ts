import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Bits per channel, and the code of a pixel made of red, green and blue. */
const BIT_DEPTH = 8;
const TRUECOLOUR = 2;

/** A PNG of this size in pixels, in one colour that depends on the text alone. Source: RFC 2083. */
export function pngOf(text: string, width: number, height: number): Buffer {
  const colour = createHash('sha256').update(text).digest().subarray(0, 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = BIT_DEPTH;
  header[9] = TRUECOLOUR;
  // A row is its filter, which is none, and its pixels.
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * colour.length, colour)]);
  const rows = Buffer.alloc(row.length * height, row);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
