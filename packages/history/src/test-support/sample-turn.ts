import { randomUUID } from 'node:crypto';
import type { Turn } from '../turn.ts';

/** A turn of a short question and its answer, with what the test is about in place of the rest. */
export function sampleTurn(about: Partial<Turn> = {}): Turn {
  const startedAtMs = about.startedAtMs ?? Date.now();
  return {
    turnId: randomUUID(),
    startedAtMs,
    endedAtMs: startedAtMs + 1_000,
    model: 'claude-sonnet',
    system: undefined,
    messages: [{ api: 'openai', message: { role: 'user', content: 'How are you?' } }],
    answer: { api: 'converse', message: { role: 'assistant', content: [{ text: 'Fine.' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 5, outputTokens: 2 },
    isBlocked: false,
    ...about,
  };
}
