import { isRecord } from '../json.ts';

/** `messages` of an OpenAI request with earlier ones in front of them, but behind the system messages that they begin with. */
export function withEarlierMessages<Message>(
  messages: readonly Message[],
  earlier: readonly Message[],
): readonly Message[] {
  if (earlier.length === 0) return messages;
  const first = messages.findIndex((message) => !isSystem(message));
  const count = first === -1 ? messages.length : first;
  return [...messages.slice(0, count), ...earlier, ...messages.slice(count)];
}

function isSystem(message: unknown): boolean {
  return isRecord(message) && (message['role'] === 'system' || message['role'] === 'developer');
}
