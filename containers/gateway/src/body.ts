import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { GatewayError, isGatewayError } from '@genai-gateway/core';

export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** 32 MiB: images and documents in base64 fit, and no request can fill the memory. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** The longest pause within a body. */
const BODY_SILENCE_MS = 30_000;

const tooLarge = (): GatewayError =>
  new GatewayError(
    'body-too-large',
    `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB. Send less, or fewer images.`,
  );

/**
 * Reads a request's body. Rejects with `unsupported-encoding`, `body-too-large` (by its header before
 * it is read, else by its bytes), `body-timeout`, or `client-gone` when the connection closes first.
 */
export function readBody(request: HttpRequest): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    return Promise.reject(
      new GatewayError('unsupported-encoding', 'A compressed body is not accepted. Send it without Content-Encoding.'),
    );
  }
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > MAX_BODY_BYTES) return Promise.reject(tooLarge());

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const reading: Reading = {
      silentSinceMs: Date.now(),
      fail: (error) => {
        // Its listeners stay, and find a promise that is settled: taking them off costs more than that.
        if (underWay.delete(reading)) reject(error);
      },
    };
    request.on('data', (chunk: Buffer) => {
      if (!underWay.has(reading)) return;
      reading.silentSinceMs = Date.now();
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        request.pause();
        reading.fail(tooLarge());
      }
    });
    request.on('end', () => {
      if (!underWay.delete(reading)) return;
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes));
    });
    const onClose = (): void => {
      // It closes after every request; an error is made for those that were not whole.
      if (underWay.has(reading)) reading.fail(cutShort());
    };
    request.on('close', onClose);
    request.on('error', onClose);
    underWay.add(reading);
  });
}

/** 512 MiB, the largest file that OpenAI's own API takes. */
const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

/**
 * A request's body as it comes, for uploads; undefined when there is none. Ends with `body-too-large`,
 * `body-timeout` or `client-gone` in place of its end.
 */
export function streamBody(request: HttpRequest): AsyncIterable<Uint8Array> | undefined {
  const isEmpty =
    'stream' in request
      ? request.stream.endAfterHeaders
      : (request.headers['content-length'] ?? '0') === '0' && request.headers['transfer-encoding'] === undefined;
  return isEmpty ? undefined : chunksOf(request);
}

async function* chunksOf(request: HttpRequest): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const reading: Reading = { silentSinceMs: Date.now(), fail: (error) => request.destroy(error) };
  underWay.add(reading);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      reading.silentSinceMs = Number.POSITIVE_INFINITY; // whoever takes the chunk may take its time
      bytes += chunk.length;
      if (bytes > MAX_UPLOAD_BYTES) throw uploadTooLarge();
      yield chunk;
      reading.silentSinceMs = Date.now();
    }
    if (!request.complete) throw cutShort();
  } catch (error) {
    throw isGatewayError(error) ? error : cutShort();
  } finally {
    underWay.delete(reading);
  }
}

const uploadTooLarge = (): GatewayError =>
  new GatewayError('body-too-large', `The upload is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MiB.`);

const cutShort = (): GatewayError =>
  new GatewayError('client-gone', 'The client closed the connection before its request was complete.');

/** A body that is being read. */
interface Reading {
  silentSinceMs: number;
  readonly fail: (error: GatewayError) => void;
}

/** All of them, under one timer: a timer each would cost every request for the sake of a few. */
const underWay = new Set<Reading>();

setInterval(() => {
  const quietSinceMs = Date.now() - BODY_SILENCE_MS;
  for (const reading of underWay) {
    if (reading.silentSinceMs > quietSinceMs) continue;
    reading.fail(new GatewayError('body-timeout', 'The rest of the body did not come in time.'));
  }
}, 1_000).unref();
