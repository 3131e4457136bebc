// What messages of OpenAI hold besides text, as it reaches the model.

import { describe, expect, it } from 'vitest';
import { openaiClients } from './support/openai-clients.ts';
import { weatherSchema } from './support/prompts.ts';
import { at } from './support/reply.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS } from './support/world.ts';

const [client] = openaiClients.filter(({ isPython }) => !isPython);
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema } }];
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64');
const mark = { cache_control: { type: 'ephemeral' } };

describe('a conversation with files, thinking and marks', () => {
  it('reaches the model whole', async () => {
    const word = uniqueWord();
    const messages = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', ...mark }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: `What is this? ${word}` },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}`, detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'call_1',
        content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }],
        ...mark,
      },
    ];
    const answer = await client?.chat({ model: ALIAS, messages, tools });
    expect(answer?.failure).toBeUndefined();
    const request: unknown = JSON.parse((await requestOnce(word, ({ finished }) => finished)).bodyText);
    const image = { image: { format: 'png', source: { bytes: png } } };
    const point = { cachePoint: { type: 'default' } };
    expect(at(request, 'system')).toEqual([{ text: 'Be brief.' }, point]);
    expect(at(request, 'messages')).toEqual([
      {
        role: 'user',
        content: [
          { text: `What is this? ${word}` },
          image,
          { document: { format: 'pdf', name: 'a-pdf', source: { bytes: pdf } } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Oslo' } } },
        ],
      },
      { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [image], status: 'success' } }, point] },
    ]);
  });

  it.each([
    ['an address', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }, /does not fetch images/],
    ['an uploaded file', { type: 'file', file: { file_id: 'file-abc' } }, /"file_data"/],
  ])('is refused with %s', async (_what, part, message) => {
    const answer = await client?.chat({ model: ALIAS, messages: [{ role: 'user', content: [part] }] });
    expect(answer?.failure).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringMatching(message),
    });
  });
});
