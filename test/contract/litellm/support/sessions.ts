import { type Asking, ask } from '../../support/litellm.ts';
import { at } from '../../support/reply.ts';
import { linesOf } from './talking.ts';

/** A turn as `GET /v1/sessions/{id}/turns` shows it. */
export interface ReadTurn {
  readonly position: number;
  readonly model: string;
  readonly system?: unknown;
  readonly messages: readonly unknown[];
  readonly stop_reason: string | null;
  readonly blocked: boolean;
}

/** All turns of a session in the words of an API, page by page. Throws unless every answer is a 200. */
export async function turnsOf(
  sessionId: string,
  { api = 'openai', ...asking }: Asking & { readonly api?: 'openai' | 'converse' | 'anthropic' } = {},
): Promise<readonly ReadTurn[]> {
  const turns: ReadTurn[] = [];
  let next: unknown;
  do {
    const after = typeof next === 'string' ? `&after=${next}` : '';
    const { status, json, text } = await ask(`/v1/sessions/${sessionId}/turns?api=${api}&limit=100${after}`, asking);
    if (status !== 200) throw new Error(`The turns of ${sessionId} answered ${status}: ${text.slice(0, 500)}`);
    turns.push(...(at(json, 'data') as ReadTurn[]));
    next = at(json, 'next');
  } while (typeof next === 'string');
  return turns;
}

/** What was said in a session, a line per message. */
export async function saidIn(sessionId: string, asking: Parameters<typeof turnsOf>[1] = {}): Promise<string[]> {
  return linesOf({ messages: (await turnsOf(sessionId, asking)).flatMap(({ messages }) => messages) });
}
