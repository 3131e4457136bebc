import type { WebSocket } from 'ws';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { ScriptQueue } from '../../script/script-queue.ts';
import type { OpenProviderRequest } from '../http/provider-log.ts';
import type { RealtimeDialect } from './dialect.ts';
import { errorEvent, RealtimeSession } from './session.ts';
import { speak } from './speaker.ts';

/** Codes of a close that the client meant. Source: RFC 6455, section 7.4.1; 1005 is none at all. */
const MEANT = [1000, 1001, 1005];

/**
 * Runs a session on an open WebSocket, and keeps its record: the events that came as the body, `aborted` when the
 * client left without a close or in the midst of a response.
 */
export function runConnection(
  socket: WebSocket,
  record: OpenProviderRequest,
  dialect: RealtimeDialect,
  scripts: ScriptQueue,
): void {
  const id = record.id.replaceAll('-', '');
  const session = new RealtimeSession({ id, model: record.modelId, dialect, scripts });
  const received: JsonValue[] = [];
  const gone = new AbortController();
  let speaking: AbortController | undefined;
  let cutByUs = false;
  record.body = received;

  function send(event: JsonObject): void {
    const text = JSON.stringify({ event_id: session.newId('event'), ...event });
    record.eventsSent += 1;
    record.bytesSent += Buffer.byteLength(text);
    socket.send(text);
  }

  const listener = {
    send,
    keep: (item: JsonObject) => session.conversation.add(item),
    cut: () => {
      cutByUs = true;
      socket.terminate();
    },
  };

  function receive(text: string): void {
    const event = parse(text);
    if (event === undefined) {
      send(errorEvent('The event is not a JSON object.', 'invalid_json'));
      return;
    }
    received.push(withoutSound(event));
    const { events, asked, cancels } = session.reactTo(event, speaking !== undefined);
    for (const each of events) send(each);
    if (cancels === true) speaking?.abort();
    if (asked === undefined) return;
    const mine = new AbortController();
    speaking = mine;
    void speak(asked, listener, mine.signal, gone.signal).then(() => {
      speaking = undefined;
    });
  }

  socket.on('message', (data) => receive(String(data)));
  socket.on('error', () => socket.terminate());
  socket.on('close', (code) => {
    record.finished = MEANT.includes(code) && speaking === undefined;
    record.aborted = !record.finished && !cutByUs;
    gone.abort();
  });
  send(session.created());
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Sound is long, and tells a test nothing that its length does not. */
function withoutSound(event: JsonObject): JsonObject {
  const { audio } = event;
  return typeof audio === 'string' ? { ...event, audio: `(${audio.length} characters)` } : event;
}
