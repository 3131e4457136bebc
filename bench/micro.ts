import { createHash, createHmac, type Hmac } from 'node:crypto';
import { SigV4Signer } from '@genai-gateway/aws';
import { type CallRecord, OpenaiStreamCodec } from '@genai-gateway/pipeline';
import {
  decodeFrame,
  encodeEventFrame,
  FrameSplitter,
  forEachFrame,
  frameEncoder,
  peekEventType,
} from '@genai-gateway/protocol';
import { ConverseToOpenaiStream } from '@genai-gateway/translate';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { least, median } from './src/stats.ts';

const rounds = 7;
const roundMs = 200;

interface Row {
  readonly name: string;
  readonly medianMicros: number;
  readonly leastMicros: number;
}

/** CPU in µs per unit, all threads (so the collector's too), after a warm-up; `units` is how many one `work` does. */
async function measure(name: string, units: number, work: () => unknown): Promise<Row> {
  const runFor = async (ms: number) => {
    let calls = 0;
    const before = process.cpuUsage();
    for (const end = performance.now() + ms; performance.now() < end; calls++) {
      const result = work();
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls / units;
  };
  await runFor(500);
  const micros: number[] = [];
  for (let round = 0; round < rounds; round++) micros.push(await runFor(roundMs));
  return { name, medianMicros: median(micros), leastMicros: least(micros) };
}

const chunks = 50;
const delta = {
  contentBlockIndex: 0,
  delta: { text: 'One streamed piece of text. '.repeat(8).slice(0, 200) },
  p: 'abc',
};
const deltaJson = JSON.stringify(delta);
const frames = [
  encodeEventFrame('messageStart', { role: 'assistant' }),
  ...Array.from({ length: chunks }, () => encodeEventFrame('contentBlockDelta', delta)),
  encodeEventFrame('contentBlockStop', { contentBlockIndex: 0 }),
  encodeEventFrame('messageStop', { stopReason: 'end_turn' }),
  encodeEventFrame('metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }),
];
const stream = Buffer.concat(frames);
const oneDelta = encodeEventFrame('contentBlockDelta', delta);
const codec = new EventStreamCodec(toUtf8, fromUtf8);
const headers = { ':event-type': 'contentBlockDelta', ':content-type': 'application/json', ':message-type': 'event' };
const smithyHeaders = Object.fromEntries(
  Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
);
const encodeDelta = frameEncoder(headers);

/** As bytes come from a socket: not at the borders of frames. */
function splitAndPeek(pieceBytes: number): number {
  const splitter = new FrameSplitter();
  let seen = 0;
  for (let at = 0; at < stream.length; at += pieceBytes) {
    const run = splitter.push(stream.subarray(at, at + pieceBytes));
    forEachFrame(run, (offset) => {
      if (peekEventType(run, offset) !== undefined) seen++;
    });
  }
  return seen;
}

/** A whole stream from frames to server-sent events, as the gateway does it, each frame by itself as Bedrock sends them. */
function translateStream(): number {
  const context = {
    id: 'chatcmpl-1',
    created: 1_795_000_000,
    model: 'nova',
    toolNames: new Map(),
    includeUsage: false,
  };
  const record: CallRecord = { requestId: '1', dialect: 'openai', operation: 'chat', startedAtMs: 0 };
  const codec = new OpenaiStreamCodec({
    record,
    stream: new ConverseToOpenaiStream(context),
    headers: {},
    listener: undefined,
  });
  let text = '';
  for (const frame of frames) codec.push(frame, (written) => (text += written));
  return (text + codec.end()).split('\n\n').length - 1;
}

/** What the SDK's signer needs, on the fastest hash that Node has, so that only the signers differ. */
class NodeHash {
  readonly #secret: string | Buffer | undefined;
  #state: ReturnType<typeof createHash> | Hmac;
  constructor(secret?: unknown) {
    this.#secret = typeof secret === 'string' ? secret : secret === undefined ? undefined : asBuffer(secret);
    this.#state = this.#fresh();
  }
  #fresh() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
  reset(): void {
    this.#state = this.#fresh();
  }
  update(data: Uint8Array): void {
    this.#state.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }
}

function asBuffer(secret: unknown): Buffer {
  if (ArrayBuffer.isView(secret)) return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
  if (secret instanceof ArrayBuffer) return Buffer.from(secret);
  throw new TypeError('a secret is text or bytes');
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret', sessionToken: 'x'.repeat(400) };
const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const path = '/model/amazon.nova-lite-v1%3A0/converse';
const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'How are you? '.repeat(75) }] }] });
const ours = new SigV4Signer('bedrock');
const theirs = new SignatureV4({
  service: 'bedrock',
  region: 'us-east-1',
  credentials,
  sha256: NodeHash,
  applyChecksum: false,
});

function signOurs(nowMs = Date.now()): string | undefined {
  const request = { method: 'POST', host, path, headers: { 'content-type': 'application/json' }, body };
  return ours.sign(request, credentials, 'us-east-1', nowMs)['authorization'];
}

async function signTheirs(signingDate = new Date()): Promise<string | undefined> {
  const request = {
    ...{ method: 'POST', protocol: 'https:', hostname: host, path, query: {}, body },
    headers: { host, 'content-type': 'application/json' },
  };
  return (await theirs.sign(request, { signingDate })).headers['authorization'];
}

if (splitAndPeek(16_384) !== frames.length || codec.decode(oneDelta).body.length !== deltaJson.length)
  throw new Error('the frames to measure with are wrong');
// The role, the finish and the end have an event each, beside one per delta.
if (translateStream() !== chunks + 3) throw new Error('the translated stream is not whole');
const now = Date.now();
if (signOurs(now) !== (await signTheirs(new Date(now)))) throw new Error('the two signers do not do the same work');

const rows = [
  await measure('split + peek, per frame, 16 kB reads', frames.length, () => splitAndPeek(16_384)),
  await measure('split + peek, per frame, 1000 B reads', frames.length, () => splitAndPeek(1000)),
  await measure('decode + JSON.parse, per frame', 1, () => JSON.parse(decodeFrame(oneDelta).payload.toString())),
  await measure('  @smithy/eventstream-codec', 1, () => JSON.parse(toUtf8(codec.decode(oneDelta).body))),
  await measure('encode, headers prebuilt', 1, () => encodeDelta(deltaJson)),
  await measure('  @smithy/eventstream-codec', 1, () =>
    codec.encode({ headers: smithyHeaders, body: fromUtf8(deltaJson) }),
  ),
  await measure('decode + translate + write SSE, per frame', frames.length, translateStream),
  await measure('sign a request of 1 kB', 1, () => signOurs()),
  await measure('  @smithy/signature-v4', 1, () => signTheirs()),
];
const width = Math.max(...rows.map(({ name }) => name.length));
process.stdout.write(`${'µs of CPU'.padEnd(width)}   median    least\n`);
for (const { name, medianMicros, leastMicros } of rows) {
  const cells = [medianMicros, leastMicros].map((micros) => micros.toFixed(2).padStart(7));
  process.stdout.write(`${name.padEnd(width)}  ${cells.join('  ')}\n`);
}
