import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { type Answer, chat, manage } from '../support/litellm.ts';
import { claudeBody, converseTools, says, threeCalls } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestOnce, requestsWith, script, uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';
import { awsClients, chatClients } from './support/clients.ts';
import { EligibilityStack, servedBy } from './support/eligibility-stack.ts';

// One file, because each would need a stack of its own.
const skip = world.litellm === undefined;

let stack: EligibilityStack;
beforeAll(async () => {
  if (!skip) stack = await EligibilityStack.start();
});
afterAll(async () => {
  stopPython();
  await stack?.destroy();
});

const NOVA = 'amazon.nova-lite-v1:0';
const MICRO = 'amazon.nova-micro-v1:0';
const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const PREMIER = 'us.amazon.nova-premier-v1:0';

describe.skipIf(skip)('a call of', () => {
  it.each([
    ['a plain alias', 'plain', null, null],
    ['another name of it', 'plain-nickname', null, null],
    ['its model itself', NOVA, null, null],
    ['a model that no alias has', 'mistral.mistral-large-2402-v1:0', null, null],
    ['an alias with fallbacks', 'falls-over', 'litellm', 'alias fallbacks'],
    ['its model itself', MICRO, 'litellm', 'alias fallbacks'],
    ['an alias with two deployments', 'spread', 'litellm', 'alias several deployments'],
    ['another name of it', 'nickname', 'litellm', 'alias several deployments'],
    ['their model itself', HAIKU, 'litellm', 'alias several deployments'],
    ['an alias with parameters', 'cool', 'litellm', 'deployment default parameters'],
    ['an alias with a guardrail', 'guarded', 'litellm', 'deployment guardrails'],
    ['its model itself', PREMIER, 'litellm', 'deployment guardrails'],
    ['an alias with a cache', 'remembered', 'litellm', 'deployment response cache'],
    ['another provider’s model', 'gpt-4o-mini', 'litellm', 'deployment other provider'],
    ['any model of it', 'any/gpt-4.1', 'litellm', 'alias wildcard alias, deployment other provider'],
  ])('%s (%s) is served by %s because of %s', async (_what, model, by, why) => {
    expect(servedBy(await stack.byChat(model, 'Hello.'))).toEqual([200, by, why]);
    expect(servedBy(await stack.native(model, 'converse', says('Hello.')))).toEqual([200, by, why]);
    expect(servedBy(await stack.native(model, 'converse-stream', says('Hello.')))).toEqual([200, by, why]);
  });

  it.each([
    [
      'a model much like one with fallbacks',
      `us.${MICRO}`,
      'converse',
      {},
      'alias fallbacks (router_settings.fallbacks)',
    ],
    [
      'a model that no alias has, with a budget per session',
      'meta.llama3-3-70b-instruct-v1:0',
      'converse',
      { metadata: { max_budget_per_session: 5 } },
      'key budget (metadata.max_budget_per_session)',
    ],
    [
      'a model with fallbacks, by a key that may use the model and no alias',
      MICRO,
      'converse',
      { models: [MICRO] },
      'alias fallbacks (router_settings.fallbacks)',
    ],
    [
      'InvokeModel on an alias with fallbacks',
      'falls-over',
      'invoke',
      {},
      'alias fallbacks (router_settings.fallbacks)',
    ],
    ['InvokeModel on an alias with parameters', 'cool', 'invoke', {}, 'deployment default parameters (temperature)'],
    ['InvokeModel on an alias with a guardrail', 'guarded', 'invoke', {}, 'deployment guardrails (guardrails)'],
    [
      'CountTokens on an alias with two deployments',
      'spread',
      'count-tokens',
      {},
      'alias several deployments (spread)',
    ],
  ])('%s is refused, and the setting is named', async (_what, model, operation, settings, setting) => {
    const word = uniqueWord();
    const reply = await stack.native(model, operation, says(word), await stack.newKey(settings));
    expect([reply.status, reply.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException']);
    expect(at(reply.json, 'message')).toContain(setting);
    expect(await requestsWith(word, stack.bedrock)).toEqual([]);
  });
});

describe.skipIf(skip)('a name that a key or a team has for a model', () => {
  const several = [200, 'litellm', 'alias several deployments'];
  const plain = [200, null, null];
  const keyOf = {
    key: (aliases: object) => stack.newKey({ aliases }),
    team: async (model_aliases: object) =>
      stack.newKey({ team_id: at(await manage('/team/new', { model_aliases }, stack.admin()), 'team_id') }),
  };

  it.each([
    ['key', 'mine', 'plain', plain, NOVA],
    ['key', 'mine', 'spread', several, HAIKU],
    ['key', 'plain', 'spread', several, HAIKU],
    ['team', 'ours', 'plain', plain, NOVA],
    ['team', 'ours', 'spread', several, HAIKU],
    ['team', 'plain', 'spread', several, HAIKU],
  ] as const)('(a %s calls it %s) is served as what it stands for: %s', async (who, name, target, served, modelId) => {
    const key = await keyOf[who]({ [name]: target });
    for (const send of ['byChat', 'byConverse'] as const) {
      const word = uniqueWord();
      expect(servedBy(await stack[send](name, word, key))).toEqual(served);
      expect((await stack.reached(word)).modelId).toBe(modelId);
    }
    if (name !== 'plain') expect((await stack.byChat(name, 'Hello.')).status).toBe(404);
  });
});

describe.skipIf(skip)('a fallback', () => {
  const fault = { kind: 'exception', name: 'ServiceUnavailableException' } as const;
  /** A word of which Bedrock will not hear. */
  const refused = async (): Promise<string> => {
    const word = uniqueWord();
    await script({ match: { contains: word, modelId: MICRO }, reply: { fault } }, stack.bedrock);
    return word;
  };
  const answered = (word: string) => requestOnce(word, ({ status }) => status === 200, { simulator: stack.openai });

  it.each(['falls-over', MICRO])('of %s answers, and the headers say so', async (model) => {
    const word = await refused();
    const reply = await stack.byChat(model, word);
    expect(servedBy(reply)).toEqual([200, 'litellm', 'alias fallbacks']);
    expect(reply.headers.get('x-litellm-attempted-fallbacks')).toBe('1');
    await answered(word);
  });

  it('is no business of a call that disables it', async () => {
    expect((await stack.byChat('falls-over', await refused(), undefined, { disable_fallbacks: true })).status).toBe(
      503,
    );
  });

  it('of another model of Bedrock’s answers', async () => {
    const word = uniqueWord();
    await script({ match: { contains: word }, reply: { fault } }, stack.bedrock);
    expect((await stack.byChat('falls-over-to-bedrock', word)).status).toBe(200);
    const [first, second] = await requestsWith(word, stack.bedrock);
    expect([first?.status, second?.status, second?.modelId]).toEqual([503, 200, NOVA]);
  });

  it('answers each client, streams too', async () => {
    for (const client of chatClients) {
      const word = await refused();
      const { events } = await client.chat({ ...chat('falls-over', word), stream: true }, stack.here());
      expect(events?.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('')).toBe(word);
    }
    for (const client of awsClients) {
      const input = async (word: string) => ({ modelId: 'falls-over', ...says(word) });
      const { output } = await client.send('Converse', await input(await refused()), stack.here());
      expect(at(output, 'stopReason')).toBe('end_turn');
      const word = await refused();
      const { events } = await client.send('ConverseStream', await input(word), stack.here());
      expect(assemble(events)).toMatchObject({ text: word, stopReason: 'end_turn' });
    }
  });

  it('that fails too is an error to each client', async () => {
    for (const client of awsClients) {
      const word = await refused();
      await script({ match: { contains: word }, reply: { fault } }, stack.openai);
      const { failure } = await client.send('Converse', { modelId: 'falls-over', ...says(word) }, stack.here());
      expect(failure).toMatchObject({ name: 'ServiceUnavailableException', status: 503 });
    }
  });

  it('of a key’s own answers too', async () => {
    const key = await stack.newKey({ router_settings: { fallbacks: [{ plain: ['gpt-4o-mini'] }] } });
    const word = uniqueWord();
    await script({ match: { contains: word }, reply: { fault } }, stack.bedrock);
    expect(servedBy(await stack.byChat('plain', word, key))).toEqual([200, 'litellm', 'key router settings']);
    await answered(word);
  });
});

describe.skipIf(skip)('an alias with two deployments', () => {
  it('is spread over both, and the caller’s model, credentials and headers go nowhere', async () => {
    const regions = new Set<string>();
    await expect
      .poll(
        async () => {
          const word = uniqueWord();
          await stack.native('spread', 'converse', says(word));
          const { headers, modelId } = await stack.reached(word);
          expect(modelId).toBe(HAIKU);
          expect(JSON.stringify(headers)).not.toContain(stack.key);
          regions.add(/\/([a-z0-9-]+)\/bedrock\//.exec(headers['authorization'] ?? '')?.[1] ?? '');
          return regions.size;
        },
        { timeout: 20_000, interval: 0 },
      )
      .toBe(2);
    expect([...regions].toSorted()).toEqual(['us-east-1', 'us-west-2']);
  });

  it.each([
    ['converse', (word: string) => ({ ...says(`${word} ${threeCalls}`), ...converseTools })],
    ['converse-stream', (word: string) => ({ ...says(`${word} [[sim reasoning]] ${threeCalls}`), ...converseTools })],
    ['invoke', (word: string) => JSON.parse(claudeBody(word).toString())],
    ['invoke-with-response-stream', (word: string) => JSON.parse(claudeBody(`${word} [[sim words=40]]`).toString())],
  ])('answers %s to the byte as the hot path would', async (operation, bodyOf) => {
    const answer = async (http: string, key: string, model: string, body: string) => {
      const reply = await fetch(`${http}/bedrock/model/${model}/${operation}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body,
      });
      const { status, headers } = reply;
      const text = Buffer.from(await reply.arrayBuffer()).toString('latin1');
      const session = `{"session_id":"${headers.get('x-session-id')}",`;
      expect(text.startsWith(session)).toBe(operation === 'converse');
      const bytes = Buffer.from(text.replace(session, '{'), 'latin1');
      return { status, type: headers.get('content-type'), by: headers.get('x-gateway-served-by'), bytes };
    };
    const word = uniqueWord();
    const body = bodyOf(word);
    const { bytes, ...head } = await answer(stack.here().http, stack.key, 'spread', JSON.stringify(body));
    expect(head).toMatchObject({ status: 200, by: 'litellm' });
    const { bodyText } = await stack.reached(word);
    expect(JSON.parse(bodyText)).toEqual(body);
    // LiteLLM puts blanks between the words of JSON, and equal requests get equal bytes.
    const hotPath = await answer(world.http, world.keys.good, 'claude-haiku', bodyText);
    expect(hotPath).toMatchObject({ ...head, by: null });
    expect([bytes.length > 200, Buffer.compare(bytes, hotPath.bytes)]).toEqual([true, 0]);
  });

  it.each([
    ['ThrottlingException', 429, '3'],
    ['ValidationException', 400, undefined],
    ['ModelTimeoutException', 408, undefined],
    ['ServiceUnavailableException', 503, '3'],
  ] as const)('passes on %s of Bedrock’s to each client', async (name, status, retryAfter) => {
    for (const client of awsClients) {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const word = uniqueWord();
        const fault = {
          kind: 'exception',
          name,
          ...(retryAfter === undefined ? {} : { retryAfterSeconds: 3 }),
        } as const;
        await script({ match: { contains: word }, reply: { fault } }, stack.bedrock);
        const { failure } = await client.send(operation, { modelId: 'spread', ...says(word) }, stack.here());
        expect(failure).toMatchObject({ name, status, ...(retryAfter === undefined ? {} : { retryAfter }) });
      }
    }
  });

  it('passes on an exception in the middle of a stream', async () => {
    for (const client of awsClients) {
      const text = '[[sim words=20 exception=throttlingException after=4]]';
      const { events, failure } = await client.send(
        'ConverseStream',
        { modelId: 'spread', ...says(text) },
        stack.here(),
      );
      expect(failure?.name.toLowerCase()).toBe('throttlingexception');
      expect(assemble(events)).toMatchObject({ text: expect.stringMatching(/^word1/), stopReason: undefined });
    }
  });
});

describe.skipIf(skip)('a parameter of an alias', () => {
  it('goes into every request that does not say otherwise, by each dialect', async () => {
    const temperature = async (send: (word: string) => Promise<Answer>) => {
      const word = uniqueWord();
      expect((await send(word)).status).toBe(200);
      return at(JSON.parse((await stack.reached(word)).bodyText), 'inferenceConfig', 'temperature');
    };
    expect(await temperature((word) => stack.byChat('cool', word))).toBe(0.25);
    expect(await temperature((word) => stack.byChat('cool', word, undefined, { temperature: 0.5 }))).toBe(0.5);
    expect(await temperature((word) => stack.native('cool', 'converse', says(word)))).toBe(0.25);
    const hot = { inferenceConfig: { temperature: 0.75 } };
    expect(await temperature((word) => stack.native('cool', 'converse', { ...says(word), ...hot }))).toBe(0.75);
  });
});

/** Bedrock must not hear of it. */
const expectBlocked = async (model: string) => {
  const word = `${uniqueWord()} xyzzy`;
  for (const stream of [false, true]) {
    const reply = await stack.byChat(model, word, undefined, { stream });
    expect([reply.status, at(reply.json, 'error', 'message')]).toEqual([
      400,
      expect.stringContaining('Content blocked'),
    ]);
  }
  for (const client of awsClients) {
    for (const operation of ['Converse', 'ConverseStream'] as const) {
      const { failure } = await client.send(operation, { modelId: model, ...says(word) }, stack.here());
      expect(failure).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('Content blocked'),
      });
    }
  }
  expect(await requestsWith(word, stack.bedrock)).toEqual([]);
};

describe.skipIf(skip)('a guardrail', () => {
  it.each(['guarded', PREMIER])('of an alias stops what it should, by each dialect, of %s', async (model) => {
    await expectBlocked(model);
    expect((await stack.byChat(model, 'Nothing.')).status).toBe(200);
  });

  it('that is made for every call holds within seconds, and no longer than it is there', async () => {
    const soon = { timeout: 10_000, interval: 100 };
    const filter = { guardrail: 'litellm_content_filter', mode: 'pre_call', default_on: true };
    const blocked_words = [{ keyword: 'xyzzy', action: 'BLOCK' }];
    const guardrail = { guardrail_name: `all-${uniqueWord()}`, litellm_params: { ...filter, blocked_words } };
    const id = String(at(await manage('/guardrails', { guardrail }, stack.admin()), 'guardrail_id'));
    try {
      await expect
        .poll(async () => servedBy(await stack.byChat('plain', 'Hello.')), soon)
        .toEqual([200, 'litellm', 'proxy guardrails']);
      await expectBlocked('plain');
      await expectBlocked(NOVA);
      expect((await stack.native('plain', 'invoke', says('Hello.'))).status).toBe(403);
    } finally {
      await manage(`/guardrails/${id}`, undefined, { ...stack.admin(), method: 'DELETE' });
    }
    await expect.poll(async () => servedBy(await stack.byChat('plain', 'xyzzy')), soon).toEqual([200, null, null]);
  });
});

describe.skipIf(skip)('a response cache', () => {
  it('answers the second call, by each dialect', async () => {
    const word = uniqueWord();
    const first = await stack.byChat('remembered', word);
    await expect
      .poll(async () => (await stack.byChat('remembered', word)).text, { timeout: 5_000 })
      .toContain(String(at(first.json, 'id')));
    const { output } = (await stack.native('remembered', 'converse', says(word))).json as { output: unknown };
    expect(output).toEqual({ message: { role: 'assistant', content: [{ text: word }] } });
    expect((await requestsWith(word, stack.bedrock)).length).toBeLessThanOrEqual(2);
  });
});
