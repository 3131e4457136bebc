import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { GatewayError } from '@genai-gateway/core';
import { type CorsAnswer, corsHeaders, errorAnswer, openaiError, streamError } from '@genai-gateway/dialects';
import type { Dialect, Reply, ReplyHeaders, StreamFailureWords } from '@genai-gateway/pipeline';
import type { HttpRequest } from './body.ts';

export type HttpResponse = ServerResponse | Http2ServerResponse;

const STREAM_TYPE = /^text\/event-stream|^application\/vnd\.amazon\.eventstream/;

/** How long a body that was refused is still taken, and dropped. */
const LINGER_MS = 1_000;

/** Sent with every answer. */
export interface CommonHeaders {
  readonly requestId: string;
  /** Tells an HTTP/1.1 client to open a new connection for its next request. */
  readonly closeConnection: boolean;
  /** What browsers are told; undefined: nothing. */
  readonly cors: CorsAnswer | undefined;
}

/** `Reply` over node's HTTP/1.1 and HTTP/2 responses, which share what is used here. */
export class HttpReply implements Reply {
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #dialect: Dialect;
  readonly #common: CommonHeaders;
  readonly #isHttp1: boolean;
  #announced: ReplyHeaders | undefined;
  #started = false;
  #ended = false;
  #closeAfter = false;
  #failureWords: StreamFailureWords | undefined;
  /** The answer is a stream of events, which can end with an error. */
  #isStream = false;
  /** Status sent; 0 before. */
  status = 0;
  bytesSent = 0;

  constructor(request: HttpRequest, response: HttpResponse, dialect: Dialect, common: CommonHeaders) {
    this.#request = request;
    this.#response = response;
    this.#dialect = dialect;
    this.#common = common;
    this.#isHttp1 = !('stream' in response);
  }

  get started(): boolean {
    return this.#started;
  }

  /** Everything was handed over: a connection that closes now has not interrupted anything. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The request's body was not read to its end, so the connection cannot carry another one. */
  closeConnectionAfter(): void {
    this.#closeAfter = true;
  }

  announce(headers: ReplyHeaders): void {
    this.#announced = this.#announced === undefined ? headers : { ...this.#announced, ...headers };
  }

  send(status: number, headers: ReplyHeaders, body: Uint8Array | string): void {
    this.#head(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
    this.bytesSent += body.length;
    this.#ended = true;
    const response = this.#response as ServerResponse;
    // In HTTP/2 node resets a stream that is answered before its body was read, and curl 7.88 then loses the answer.
    const isUnread = this.#closeAfter || (!this.#isHttp1 && !this.#request.complete);
    if (!isUnread) {
      response.end(body);
      return;
    }
    // The caller is still sending. Closing at once would reset the connection and lose the answer, so what
    // comes is thrown away for a moment.
    response.write(body);
    const finish = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(() => {
      finish();
      // Nothing else limits how long a refused body may go on in HTTP/2.
      if ('stream' in this.#response) this.#response.stream.close();
    }, LINGER_MS);
    this.#request.once('end', finish);
    this.#request.once('close', finish);
    this.#request.resume();
  }

  start(status: number, headers: ReplyHeaders): void {
    this.#isStream = STREAM_TYPE.test(String(headers['content-type']));
    this.#head(status, headers);
  }

  write(bytes: Uint8Array | string): boolean {
    this.bytesSent += bytes.length;
    return (this.#response as ServerResponse).write(bytes);
  }

  onceDrained(resume: () => void): void {
    this.#response.once('drain', resume);
  }

  end(): void {
    this.#ended = true;
    this.#response.end();
  }

  fail(error: GatewayError): void {
    if (this.#ended) return;
    if (this.#started) {
      if (this.#isStream) {
        const words = this.#failureWords;
        this.write(
          words === undefined
            ? streamError(error, this.#dialect, this.#common.requestId)
            : words(openaiError(error).error),
        );
        this.end();
      } else {
        // An orderly end would pass for the end of the answer.
        this.#ended = true;
        this.#response.destroy();
      }
      return;
    }
    const answer = errorAnswer(error, this.#dialect, this.#common.requestId);
    this.send(answer.status, answer.headers, answer.body);
  }

  failStreamWith(words: StreamFailureWords): void {
    this.#failureWords = words;
  }

  #head(status: number, headers: ReplyHeaders): void {
    this.#started = true;
    this.status = status;
    const all: Record<string, string | string[]> = {
      ...headers,
      ...this.#announced,
      'x-request-id': this.#common.requestId,
    };
    // Where the SDKs of Anthropic look for it.
    if (this.#dialect === 'anthropic') all['request-id'] = this.#common.requestId;
    if (this.#common.cors !== undefined) Object.assign(all, corsHeaders(this.#common.cors, all));
    if (this.#isHttp1 && (this.#closeAfter || this.#common.closeConnection)) all['connection'] = 'close';
    (this.#response as ServerResponse).writeHead(status, all);
  }
}
