import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider's store of files, by the part of OpenAI's API that keeps them, which the simulators have not. */
export interface FilesProvider {
  /** A `base_url` for LiteLLM. */
  readonly baseUrl: string;
  close(): void;
}

interface Stored {
  readonly bytes: Buffer;
  readonly about: object;
}

/** Starts one. Source: https://platform.openai.com/docs/api-reference/files (as of 2026-11-23). */
export async function startFilesProvider(): Promise<FilesProvider> {
  const files = new Map<string, Stored>();
  const server = createServer((request, response) => void answer(request, response, files));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, files: Map<string, Stored>): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const [, id, content] = /^\/v1\/files\/([^/]+)(\/content)?$/.exec(request.url ?? '') ?? [];
  const stored = id === undefined ? undefined : files.get(id);
  if (request.method === 'POST' && request.url === '/v1/files') {
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
    const file = form.get('file');
    if (!(file instanceof File)) return json(response, 400, { error: { message: 'There is no file.' } });
    const bytes = Buffer.from(await file.arrayBuffer());
    const about = {
      ...{ id: `file-${randomUUID()}`, object: 'file', bytes: bytes.length, filename: file.name },
      ...{ purpose: form.get('purpose'), created_at: 1_795_000_000, status: 'processed' },
    };
    files.set(about.id, { bytes, about });
    return json(response, 200, about);
  }
  if (id === undefined || stored === undefined) {
    return json(response, 404, { error: { message: 'There is no such file.', type: 'invalid_request_error' } });
  }
  if (content !== undefined) {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(stored.bytes);
    return;
  }
  if (request.method === 'DELETE') files.delete(id);
  json(response, 200, request.method === 'DELETE' ? { id, object: 'file', deleted: true } : stored.about);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
