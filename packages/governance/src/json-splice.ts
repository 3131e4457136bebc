/**
 * Changes one member of a JSON object in its bytes, so that all the others go on exactly as the caller wrote them.
 * `JSON.parse` must have accepted the bytes before, as an object; a RangeError says that it cannot have.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The object with a further member at its end, given as JSON text: `"name":value`. */
export function appendMember(object: Buffer, member: string): Buffer {
  const end = object.lastIndexOf(CLOSE);
  let before = end - 1;
  while (isBlank(object[before])) before -= 1;
  const comma = object[before] === OPEN ? '' : ',';
  return Buffer.concat([object.subarray(0, end), Buffer.from(comma + member), object.subarray(end)]);
}

/** The object with another value, given as JSON text, for every member of this name; a name may stand there twice. */
export function replaceMember(object: Buffer, name: string, value: string): Buffer {
  const parts: Buffer[] = [];
  const replacement = Buffer.from(value);
  let copied = 0;
  let at = skip(object, object.indexOf(OPEN) + 1);
  while (object[at] !== CLOSE) {
    const afterName = endOfString(object, at);
    const isMeant = JSON.parse(object.toString('utf8', at, afterName)) === name;
    const start = skip(object, afterName);
    const end = endOfValue(object, start);
    if (isMeant) {
      parts.push(object.subarray(copied, start), replacement);
      copied = end;
    }
    at = skip(object, end);
  }
  return Buffer.concat([...parts, object.subarray(copied)]);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The next byte that is neither blank nor between two things. */
function skip(json: Buffer, from: number): number {
  let at = from;
  while (isBlank(json[at]) || json[at] === COMMA || json[at] === COLON) at += 1;
  return at;
}

function endOfValue(json: Buffer, start: number): number {
  if (json[start] === QUOTE) return endOfString(json, start);
  let depth = 0;
  let at = start;
  for (; ; at += 1) {
    const byte = json[at];
    if (byte === undefined) throw cutShort();
    if (byte === QUOTE) at = endOfString(json, at) - 1;
    else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isBlank(byte))) return at;
  }
}

/** Behind the quote that ends the text which begins at `start`. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  if (json[start] !== QUOTE || end === -1) throw cutShort();
  return end + 1;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function cutShort(): RangeError {
  return new RangeError('the bytes are no JSON object');
}
