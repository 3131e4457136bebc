import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, type Asking, addModel, ask, generateKey, manage } from '../support/litellm.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';
import { changePrompt, type MadePrompt, makePrompt, textVariant } from './support/managed-prompts.ts';
import { predecessorsTalkers, talkers, told } from './support/talking.ts';

/* Which variant of a prompt a call gets, who may call it, and how fast a change is seen. */

afterAll(stopPython);

const skip = world.litellm === undefined;
const nova = 'amazon.nova-lite-v1:0';

/** Calls a prompt that needs no variables, by a chat without messages of its own. */
const callPrompt = (model: string, fields: object = {}, asking: Asking = {}): Promise<Answer> =>
  ask('/v1/chat/completions', { ...asking, body: { model, messages: [], ...fields } });
const textOf = ({ json }: Answer): unknown => at(json, 'choices', 0, 'message', 'content');

describe.skipIf(skip)('a prompt with three weighted variants, one of another provider', () => {
  /** Each says its own name. */
  let prompt: MadePrompt;
  beforeAll(async () => {
    prompt = await makePrompt([
      textVariant('short', { text: 'short', modelId: nova, metadata: { 'gateway:weight': '50' } }),
      textVariant('warm', {
        text: 'warm',
        modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
        metadata: { 'gateway:weight': '30' },
      }),
      textVariant('other', { text: 'other', metadata: { 'gateway:weight': '20', 'gateway:model': 'gpt-4o-mini' } }),
    ]);
  });

  it('gives each session one of them, and the same again; a header says which', async () => {
    const sessions = Array.from({ length: 60 }, uniqueWord);
    const chosen = await Promise.all(
      sessions.map(async (sessionId) => {
        const heard: string[] = [];
        for (const [index, stream] of [false, true].entries()) {
          const { status, headers, text } = await callPrompt(index === 0 ? prompt.arn : `prompt:${prompt.name}`, {
            session_id: sessionId,
            stream,
          });
          const variant = headers.get('x-gateway-prompt-variant') ?? '';
          expect([status, text]).toEqual([200, expect.stringContaining(variant.slice(-4))]);
          expect(headers.get('x-gateway-served-by')).toBe(variant === 'other' ? 'litellm' : null);
          heard.push(variant);
        }
        const native = await ask(`/bedrock/model/${encodeURIComponent(prompt.arn)}/converse`, {
          body: { additionalModelRequestFields: { session_id: sessionId } },
        });
        return [...heard, native.headers.get('x-gateway-prompt-variant')];
      }),
    );
    for (const heard of chosen) expect(new Set(heard).size).toBe(1);
    expect(new Set(chosen.map(([variant]) => variant))).toEqual(new Set(['short', 'warm', 'other']));
  });

  it('gives a key without a session the same one each time', async () => {
    const key = await generateKey();
    const chosen = await Promise.all(Array.from({ length: 5 }, () => callPrompt(prompt.arn, {}, { key })));
    expect(new Set(chosen.map(({ headers }) => headers.get('x-gateway-prompt-variant'))).size).toBe(1);
  });

  describe.each([...predecessorsTalkers, ...talkers])('$name', ({ say }) => {
    it.each(['short', 'warm', 'other'])('gets by its name the one called %s', async (variant) => {
      for (const model of [prompt.arn, `${prompt.arn}:1`]) {
        expect(await say({ model, variant })).toMatchObject({ text: variant, failure: undefined });
      }
    });

    it('is told the names when it asks for one that is not there', async () => {
      const { failure } = await say({ model: prompt.arn, variant: 'formal' });
      expect(failure?.status).toBe(400);
      for (const name of ['formal', 'short', 'warm', 'other']) expect(failure?.message).toContain(name);
    });
  });

  it.each(['short', 'warm', 'other'])('gives the one that a header names: %s', async (variant) => {
    const headers = { 'x-gateway-prompt-variant': variant };
    for (const [path, body] of [
      ['/v1/chat/completions', { model: prompt.arn, messages: [] }],
      [`/bedrock/model/${encodeURIComponent(prompt.arn)}/converse`, {}],
    ] as const) {
      const reply = await ask(path, { headers, body });
      expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(`"${variant}"`)]);
      expect(reply.headers.get('x-gateway-prompt-variant')).toBe(variant);
    }
  });
});

describe.skipIf(skip)('an alias of the model list', () => {
  it('leads to a prompt', async () => {
    const prompt = await makePrompt([textVariant('default', { text: 'Said by alias.', modelId: nova })]);
    const alias = await addModel({ model: `bedrock/${prompt.arn}:1` });
    await vi.waitFor(async () => expect(textOf(await callPrompt(alias))).toBe('Said by alias.'), { timeout: 10_000 });
    const native = await ask(`/bedrock/model/${alias}/converse`, { body: {} });
    expect(at(native.json, 'output', 'message', 'content', 0, 'text')).toBe('Said by alias.');
  });

  it('leads to several, each with its share', async () => {
    const alias = `model-${uniqueWord()}`;
    for (const [text, model] of [
      ['first', { modelId: nova }],
      ['second', { metadata: { 'gateway:model': 'gpt-4o-mini' } }],
    ] as const) {
      const { arn } = await makePrompt([textVariant('default', { text, ...model })]);
      await manage('/model/new', { model_name: alias, litellm_params: { model: `bedrock/${arn}:1`, weight: 1 } });
    }
    const sessions = Array.from({ length: 20 }, uniqueWord);
    await vi.waitFor(
      async () => {
        const heard = await Promise.all(
          sessions.map(async (sessionId) => textOf(await callPrompt(alias, { session_id: sessionId }))),
        );
        expect(new Set(heard)).toEqual(new Set(['first', 'second']));
      },
      { timeout: 15_000, interval: 1_000 },
    );
    for (const sessionId of sessions.slice(0, 5)) {
      const heard = [
        textOf(await callPrompt(alias, { session_id: sessionId })),
        textOf(await callPrompt(alias, { session_id: sessionId })),
      ];
      expect(new Set(heard).size).toBe(1);
    }
  });
});

describe.skipIf(skip)('a prompt that is changed while it is called', () => {
  let replica: OwnGateway;
  beforeAll(async () => {
    replica = await startBesideLitellm();
  });
  afterAll(() => replica?.kill());

  it('is the new one on every replica five seconds later; what was published stays; no call fails', async () => {
    const prompt = await makePrompt([textVariant('default', { text: 'Old.', modelId: nova })]);
    const heard: { http: string; askedAtMs: number; status: number; text: unknown }[] = [];
    const stop = new AbortController();
    const traffic = [world.http, replica.http].flatMap((http) =>
      [prompt.arn, `prompt:${prompt.name}`].map(async (model) => {
        while (!stop.signal.aborted) {
          const askedAtMs = Date.now();
          const answer = await callPrompt(model, {}, { http });
          heard.push({ http, askedAtMs, status: answer.status, text: textOf(answer) });
          await sleep(50);
        }
      }),
    );
    await sleep(500);
    await changePrompt(prompt, [textVariant('default', { text: 'New.', modelId: nova })]);
    const changedAtMs = Date.now();
    await sleep(6_000);
    stop.abort();
    await Promise.all(traffic);

    expect(heard.filter(({ status }) => status !== 200)).toEqual([]);
    expect(heard.some(({ text }) => text === 'Old.')).toBe(true);
    for (const http of [world.http, replica.http]) {
      const late = heard.filter((each) => each.http === http && each.askedAtMs > changedAtMs + 5_000);
      expect(new Set(late.map(({ text }) => text))).toEqual(new Set(['New.']));
    }
    expect(textOf(await callPrompt(`${prompt.arn}:1`))).toBe('Old.');
  });
});

describe.skipIf(skip)('a key', () => {
  let prompts: Readonly<Record<'bedrock' | 'other', MadePrompt>>;
  beforeAll(async () => {
    prompts = {
      bedrock: await makePrompt([textVariant('default', { text: 'Hello.', modelId: nova })]),
      other: await makePrompt([
        textVariant('default', { text: 'Hello.', metadata: { 'gateway:model': 'gpt-4o-mini' } }),
      ]),
    };
  });
  const kinds = [
    { kind: 'bedrock', behind: nova },
    { kind: 'other', behind: 'gpt-4o-mini' },
  ] as const;

  /** The statuses of the same call by chat and by Converse, under every name of the prompt. */
  const statuses = async (key: string, { arn, name }: MadePrompt): Promise<number[]> => {
    const found: number[] = [];
    for (const model of [arn, `${arn}:1`, `prompt:${name}`, `prompt:${name}:1`]) {
      found.push((await callPrompt(model, {}, { key })).status);
      found.push((await ask(`/bedrock/model/${encodeURIComponent(model)}/converse`, { key, body: {} })).status);
    }
    return found;
  };
  const all = (status: number): number[] => Array.from({ length: 8 }, () => status);

  it.each(kinds)('that may use the prompt and the model behind it calls it: $kind', async ({ kind, behind }) => {
    const prompt = prompts[kind];
    for (const name of [prompt.arn, `prompt:${prompt.name}`, '*']) {
      const key = await generateKey({ models: name === '*' ? [] : [name, behind] });
      expect([name, await statuses(key, prompt)]).toEqual([name, all(200)]);
    }
  });

  it.each(kinds)('that may use only one of the two does not: $kind', async ({ kind, behind }) => {
    const prompt = prompts[kind];
    for (const models of [[behind], [prompt.arn], [`prompt:${prompt.name}`], ['claude-sonnet']]) {
      const key = await generateKey({ models });
      expect([models, await statuses(key, prompt)]).toEqual([models, all(403)]);
    }
  });

  it('that may not use prompts learns not which there are', async () => {
    const key = await generateKey({ models: ['nova-lite'] });
    const { arn, id } = prompts.bedrock;
    const [there, absent] = [
      await callPrompt(arn, {}, { key }),
      await callPrompt(arn.replace(id, 'AAAAAAAAAA'), {}, { key }),
    ];
    expect([there.status, there.text.replaceAll(id, 'AAAAAAAAAA')]).toEqual([403, absent.text]);
    expect(absent.status).toBe(403);
  });
});

describe.skipIf(skip)('with PROMPT_CACHING=auto', () => {
  let gateway: OwnGateway;
  beforeAll(async () => {
    gateway = await startBesideLitellm({ PROMPT_CACHING: 'auto' });
  });
  afterAll(() => gateway?.kill());

  const system = { role: 'system', content: 'Be brief. '.repeat(3_000) };
  const say = async (http: string, text: string, sessionId: string, first = true): Promise<string[]> => {
    const messages = [...(first ? [system] : []), { role: 'user', content: text }];
    const { status } = await ask('/v1/chat/completions', {
      http,
      body: { model: 'claude-sonnet', messages, session_id: sessionId },
    });
    expect(status).toBe(200);
    return (await told(text, world.simulator)).map((line) => line.replaceAll(/(?:Be brief\. ?)+/g, 'Be brief.'));
  };

  it('Bedrock is told what stays the same: the system prompt, then what was said so far', async () => {
    const [first, second, sessionId] = [uniqueWord(), uniqueWord(), uniqueWord()];
    expect(await say(gateway.http, first, sessionId)).toEqual([
      expect.stringMatching(/^system: Be brief\. \[cachePoint\]$/),
      `user: ${first}`,
    ]);
    const lines = await say(gateway.http, second, sessionId, false);
    expect(lines.filter((line) => line.includes('[cachePoint]')).length).toBeGreaterThanOrEqual(2);
    expect(lines.at(-1)).toBe(`user: ${second}`);
    // A point is no part of what was said.
    expect(JSON.stringify((await ask(`/v1/sessions/${sessionId}/turns?api=converse`)).json)).not.toContain(
      'cachePoint',
    );
  });

  it('without it, nothing', async () => {
    const [word, sessionId] = [uniqueWord(), uniqueWord()];
    expect((await say(world.http, word, sessionId)).join()).not.toContain('cachePoint');
  });
});
