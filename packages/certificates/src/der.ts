// The few pieces of ASN.1 DER that an X.509 certificate needs.
// https://www.itu.int/rec/T-REC-X.690 (as of 2026-11-22)

/** One tag, its length, its content. */
function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

export function derSequence(...items: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(items));
}

export function derSet(...items: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(items));
}

/** A non-negative integer from its big-endian bytes, written in as few bytes as DER allows. */
export function derInteger(value: Uint8Array): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start += 1;
  const significant = value.subarray(start);
  const negative = ((significant[0] ?? 0) & 0x80) !== 0;
  return element(0x02, negative ? Buffer.concat([Buffer.from([0]), significant]) : significant);
}

export function derBoolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

/** An object identifier from its dotted form (`2.5.29.17`). */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(bytes));
}

export function derOctetString(content: Uint8Array): Buffer {
  return element(0x04, content);
}

/** A bit string; `unusedBits` at its end do not count. */
export function derBitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([unusedBits]), content]));
}

export function derUtf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** A moment, to the second: UTCTime until 2049, GeneralizedTime from then on, as RFC 5280 4.1.2.5 asks. */
export function derTime(moment: Date): Buffer {
  const digits = `${moment.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return moment.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : element(0x18, Buffer.from(digits, 'ascii'));
}

/** A context-specific tag around other elements (`[n] EXPLICIT`). */
export function derExplicit(tag: number, ...items: readonly Uint8Array[]): Buffer {
  return element(0xa0 | tag, Buffer.concat(items));
}

/** A context-specific tag in place of a primitive's own (`[n] IMPLICIT`). */
export function derImplicit(tag: number, content: Uint8Array): Buffer {
  return element(0x80 | tag, content);
}
