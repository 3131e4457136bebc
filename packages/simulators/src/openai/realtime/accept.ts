import { type WebSocket, WebSocketServer } from 'ws';
import { bearerOf, checkKey } from '../credentials.ts';
import { badRequest, OpenaiError, openaiRefusal } from '../errors.ts';
import type { Upgrade } from '../http/provider-server.ts';
import { REALTIME_PATH } from '../routes.ts';
import { runConnection } from './connection.ts';
import { beta, current } from './dialect.ts';

/** What a browser sends its key in, since it cannot set headers. */
const KEY_PROTOCOL = 'openai-insecure-api-key.';
const BETA_PROTOCOL = 'openai-beta.realtime-v1';
const PROTOCOL = 'realtime';

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
});

/** Opens a session for a request to `/v1/realtime?model=…`, or answers it with OpenAI's error and closes it. */
export function acceptRealtime({ request, socket, head, record, scripts }: Upgrade, apiKey: string | undefined): void {
  const offered = (record.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  try {
    if (record.path !== REALTIME_PATH) {
      const fault = { status: 404, type: 'invalid_request_error', code: 'unknown_url' };
      throw new OpenaiError(`Unknown request URL: ${record.method} ${record.path}.`, fault);
    }
    const inProtocol = offered.find((each) => each.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
    if (apiKey !== undefined) checkKey(bearerOf(record.headers['authorization']) ?? inProtocol, apiKey);
    const model = new URLSearchParams(record.target.split('?')[1]).get('model');
    if (model === null) throw badRequest('you must provide a model parameter');
    record.modelId = model;
  } catch (error) {
    const { status, body } = openaiRefusal(error);
    record.status = status;
    record.finished = true;
    const head = `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n`;
    socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return;
  }
  const isBeta = (record.headers['openai-beta'] ?? '').includes('realtime=v1') || offered.includes(BETA_PROTOCOL);
  record.operation = 'converse-stream';
  record.status = 101;
  server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
    runConnection(webSocket, record, isBeta ? beta : current, scripts);
  });
}
