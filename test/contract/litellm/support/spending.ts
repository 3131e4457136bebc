import { manage } from '../../support/litellm.ts';
import { says } from '../../support/prompts.ts';
import { at, type Reply } from '../../support/reply.ts';
import { awsClients, chatClients } from './clients.ts';

/** A call that was answered: which model it was for, and what it cost by LiteLLM's own prices. In dollars. */
export interface Spent {
  readonly name: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** What a token of a model costs, by LiteLLM's word. In dollars. */
async function pricesOf(model: string): Promise<{ readonly input: number; readonly output: number }> {
  const models = at(await manage('/model/info'), 'data') as unknown[];
  const info = at(
    models.find((each) => at(each, 'model_name') === model),
    'model_info',
  );
  return { input: Number(at(info, 'input_cost_per_token')), output: Number(at(info, 'output_cost_per_token')) };
}

/** Calls a model by every library, whole and streamed, in its own dialect. Throws when a call fails. */
export async function spendByEveryLibrary(key: string, model: string): Promise<readonly Spent[]> {
  const prices = await pricesOf(model);
  const spent: Spent[] = [];
  const book = (name: string, reply: Reply, usage: unknown) => {
    if (reply.failure !== undefined) throw new Error(`${name}: ${reply.failure.message}`);
    const inputTokens = Number(at(usage, 'prompt_tokens') ?? at(usage, 'inputTokens'));
    const outputTokens = Number(at(usage, 'completion_tokens') ?? at(usage, 'outputTokens'));
    const costUsd = inputTokens * prices.input + outputTokens * prices.output;
    spent.push({ name, model, inputTokens, outputTokens, costUsd });
  };
  const text = 'What does this cost?';
  for (const client of chatClients) {
    const input = { model, messages: [{ role: 'user', content: text }] };
    const whole = await client.chat(input, { key });
    book(`${client.name}, whole`, whole, at(whole.output, 'usage'));
    const streamed = await client.chat({ ...input, stream: true, stream_options: { include_usage: true } }, { key });
    const last = streamed.events?.findLast((event) => typeof at(event, 'usage', 'prompt_tokens') === 'number');
    book(`${client.name}, streamed`, streamed, at(last, 'usage'));
  }
  for (const client of awsClients) {
    const input = { modelId: model, ...says(text) };
    const whole = await client.send('Converse', input, { key });
    book(`${client.name}, whole`, whole, at(whole.output, 'usage'));
    const streamed = await client.send('ConverseStream', input, { key });
    const last = streamed.events?.findLast((event) => at(event, 'metadata') !== undefined);
    book(`${client.name}, streamed`, streamed, at(last, 'metadata', 'usage'));
  }
  return spent;
}
