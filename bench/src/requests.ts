import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReplyKind } from './load.ts';

/** A request as a client sends it: its path, and the file that holds its body. */
export interface BenchRequest {
  readonly path: string;
  readonly bodyFile: string;
}

const system = 'You answer questions about the orders of a shop. Be brief, and say when you do not know. ';
const question = 'Which of my orders of the last three months has not arrived yet, and when will it? ';

/** Writes the four requests into `directory`: the same conversation of about 1 kB in both dialects. */
export function writeRequests(directory: string, model: string): Readonly<Record<ReplyKind, BenchRequest>> {
  const systemText = system.repeat(5);
  const userText = question.repeat(5);
  const native = {
    messages: [{ role: 'user', content: [{ text: userText }] }],
    system: [{ text: systemText }],
    inferenceConfig: { maxTokens: 500, temperature: 0.2 },
  };
  const chat = {
    model,
    messages: [
      { role: 'system', content: systemText },
      { role: 'user', content: userText },
    ],
    max_tokens: 500,
    temperature: 0.2,
  };
  const write = (kind: ReplyKind, path: string, body: unknown): BenchRequest => {
    const bodyFile = join(directory, `${kind}.json`);
    writeFileSync(bodyFile, JSON.stringify(body));
    return { path, bodyFile };
  };
  const modelPath = `/model/${encodeURIComponent(model)}`;
  return {
    converse: write('converse', `${modelPath}/converse`, native),
    'converse-stream': write('converse-stream', `${modelPath}/converse-stream`, native),
    chat: write('chat', '/v1/chat/completions', chat),
    'chat-stream': write('chat-stream', '/v1/chat/completions', { ...chat, stream: true }),
  };
}
