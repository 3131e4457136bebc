import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { startOpenaiSimulator } from '../openai/simulator.ts';
import { assemble, readStream } from '../openai/test-support/ask.ts';
import { startBedrockSimulator } from '../simulator.ts';
import { startSagemakerSimulator } from './simulator.ts';

/** What a prompt made happen, in no provider's words. */
interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly reasoning: string;
  readonly tools: readonly (readonly [name: string, input: unknown])[];
  readonly end: 'ended' | 'cut';
  readonly isWhole: boolean;
}

type Ask = (prompt: string) => Promise<Outcome>;

const silent = { text: '', reasoning: '', tools: [], isWhole: false };
const closing: (() => Promise<void>)[] = [];
let askBedrock: Ask;
let askOpenai: Ask;
let askSagemaker: Ask;

beforeAll(async () => {
  const [bedrock, openai, sagemaker] = await Promise.all([
    startBedrockSimulator(),
    startOpenaiSimulator(),
    startSagemakerSimulator(),
  ]);
  closing.push(bedrock.close, openai.close, sagemaker.close);
  askBedrock = async (text) => {
    const body = { messages: [{ role: 'user', content: [{ text }] }] };
    return await converse(await send(`${bedrock.url}/model/amazon.nova-lite-v1%3A0/converse-stream`, body));
  };
  askOpenai = async (content) => {
    const body = { model: 'm', stream: true, messages: [{ role: 'user', content }] };
    return await chat(await send(`${openai.url}/v1/chat/completions`, body));
  };
  askSagemaker = async (content) => {
    const body = { messages: [{ role: 'user', content }] };
    const answer = await send(`${sagemaker.url}/endpoints/e/invocations-response-stream`, body);
    return await chat(answer.ok ? new Response(answer.body?.pipeThrough(payloads())) : answer);
  };
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe.each([
  'hello there',
  'Look. [[sim tool=look input={"city":"Paris"} tool=list_all input={}]]',
  'think [[sim reasoning]]',
  '[[sim words=50 delayMs=1]]',
  'x [[sim text="something else" firstByteMs=5 firstEventMs=5]]',
  'one two three [[sim cut after=2]]',
  'one two three [[sim unfinished]]',
])('%s', (prompt) => {
  it('makes the same thing happen whichever provider is asked', async () => {
    const bedrock = await askBedrock(prompt);
    expect(bedrock.status).toBe(200);
    expect(await askOpenai(prompt)).toEqual(bedrock);
    expect(await askSagemaker(prompt)).toEqual(bedrock);
  });
});

it.each(['error=ThrottlingException', 'error=InternalServerException', 'nonsense'])(
  '[[sim %s]] is an error of each of them',
  async (directive) => {
    for (const ask of [askBedrock, askOpenai, askSagemaker]) {
      expect((await ask(`x [[sim ${directive}]]`)).status).toBeGreaterThanOrEqual(400);
    }
  },
);

function send(url: string, body: JsonObject): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body) });
}

async function chat(answer: Response): Promise<Outcome> {
  const { status } = answer;
  if (!answer.ok) return { ...silent, status, end: 'ended' };
  const { events, end } = await readStream(answer);
  const { content, reasoning, toolCalls, finishReason } = assemble(events);
  const tools = toolCalls.map(({ name, text }) => [name, JSON.parse(text)] as const);
  return { status, text: content, reasoning, tools, end, isWhole: finishReason !== null };
}

async function converse(answer: Response): Promise<Outcome> {
  const { status } = answer;
  if (!answer.ok) return { ...silent, status, end: 'ended' };
  const splitter = new FrameSplitter();
  const events: { readonly type: string | undefined; readonly payload: Delta }[] = [];
  let end: Outcome['end'] = 'ended';
  try {
    for await (const chunk of answer.body ?? []) {
      const run = splitter.push(Buffer.from(chunk));
      forEachFrame(run, (offset) => {
        const { eventType, payload } = decodeFrame(run, offset);
        events.push({ type: eventType, payload: JSON.parse(payload.toString()) });
      });
    }
  } catch {
    end = 'cut';
  }
  const inputs = new Map<number, { readonly name: string; text: string }>();
  for (const { payload } of events) {
    const { contentBlockIndex = 0, start, delta } = payload;
    if (start?.toolUse !== undefined) inputs.set(contentBlockIndex, { name: start.toolUse.name, text: '' });
    const tool = inputs.get(contentBlockIndex);
    if (tool !== undefined) tool.text += delta?.toolUse?.input ?? '';
  }
  return {
    status,
    text: events.map(({ payload }) => payload.delta?.text ?? '').join(''),
    reasoning: events.map(({ payload }) => payload.delta?.reasoningContent?.text ?? '').join(''),
    tools: [...inputs.values()].map(({ name, text }) => [name, JSON.parse(text)] as const),
    end,
    isWhole: events.some(({ type }) => type === 'messageStop'),
  };
}

/** The members of Converse's events that are read here. */
interface Delta {
  readonly contentBlockIndex?: number;
  readonly start?: { readonly toolUse?: { readonly name: string } };
  readonly delta?: {
    readonly text?: string;
    readonly toolUse?: { readonly input: string };
    readonly reasoningContent?: { readonly text?: string };
  };
}

/** Takes what the container said out of SageMaker's frames. */
function payloads(): TransformStream<Uint8Array, Uint8Array> {
  const splitter = new FrameSplitter();
  return new TransformStream({
    transform(chunk, controller) {
      const run = splitter.push(Buffer.from(chunk));
      forEachFrame(run, (offset) => controller.enqueue(decodeFrame(run, offset).payload));
    },
  });
}
