import { readdirSync, readFileSync } from 'node:fs';
import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseEvent,
  type JsonObject,
  type LitellmChatRequest,
  SseReader,
  type Usage,
} from '@genai-gateway/protocol';
import { converseRequestToOpenai } from '../converse-request-to-openai.ts';
import { parseConverseRequest } from '../parse-converse.ts';
import { OpenaiToConverseStream } from '../stream.ts';

/** `test/vectors/converse-over-openai` of the repository: one folder per case. */
const folder = new URL('../../../../../test/vectors/converse-over-openai/', import.meta.url);

/** What is given in a case: the client's body, LiteLLM's name of the model, and the bytes of its stream. */
export interface Given {
  readonly body: JsonObject;
  readonly model: string;
  readonly sse: Buffer;
}

/** Everything that our code makes of a case, by the name of the file that holds it. */
export interface Derived {
  readonly 'openai.request.json': LitellmChatRequest;
  readonly 'converse.response.json': readonly ConverseEvent[];
  readonly 'usage.json': Usage | null;
  readonly 'outcome.json': {
    readonly stopReason: string | null;
    readonly finishReason: string | null;
    readonly droppedParams: readonly string[];
    readonly error: string | null;
  };
}

export function caseNames(): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Where a file of a case is. */
export function caseFile(name: string, file: string): URL {
  return new URL(`${name}/${file}`, folder);
}

export function readGiven(name: string): Given {
  const { model } = readJson(name, 'upstream.json') as { readonly model: string };
  return {
    body: readJson(name, 'converse.request.json') as JsonObject,
    model,
    sse: readFileSync(caseFile(name, 'upstream.sse')),
  };
}

export function readJson(name: string, file: string): unknown {
  return JSON.parse(readFileSync(caseFile(name, file), 'utf8'));
}

/** Runs one case through parser, translation, event reader and stream, its bytes in pieces of `pieceBytes`. */
export function derive({ body, model, sse }: Given, pieceBytes: number): Derived {
  const { request, droppedParams } = converseRequestToOpenai(parseConverseRequest(body), { model, stream: true });
  const stream = new OpenaiToConverseStream({ requestId: 'vector' });
  const reader = new SseReader();
  const events: ConverseEvent[] = [];
  let error: string | null = null;
  try {
    for (let at = 0; at < sse.length; at += pieceBytes) {
      for (const data of reader.push(sse.subarray(at, at + pieceBytes))) {
        if (data !== '[DONE]') events.push(...stream.push(JSON.parse(data)));
      }
    }
    events.push(...stream.end(1234));
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    error = thrown.code;
  }
  const { stopReason, finishReason } = stream;
  return {
    'openai.request.json': request,
    'converse.response.json': events,
    'usage.json': stream.usage ?? null,
    'outcome.json': { stopReason: stopReason ?? null, finishReason: finishReason ?? null, droppedParams, error },
  };
}
