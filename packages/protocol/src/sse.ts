/**
 * Server-sent events as the OpenAI and Anthropic APIs use them: one `data:` line of JSON per event.
 * JSON.stringify escapes line breaks, so a value can never end its own event.
 */
export function sseData(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** The same with the event's name before it, as Anthropic's clients look for it; no name has a line break. */
export function sseNamed(name: string, value: unknown): string {
  return `event: ${name}\n${sseData(value)}`;
}

/** The last line of an OpenAI stream that ended well. */
export const SSE_DONE = 'data: [DONE]\n\n';

/** A comment line: every SSE client skips it, and load balancers see traffic. */
export const SSE_HEARTBEAT = ': ping\n\n';
