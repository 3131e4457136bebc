import { simulatorCredentials } from '@genai-gateway/local';
import {
  type BedrockResources,
  type BedrockSimulator,
  defaultResources,
  startBedrockSimulator,
} from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BookedCall, onceBooked } from './support/books.ts';
import { makeKey } from './support/keys.ts';
import { ask, chat } from './support/litellm.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import type { Failure } from './support/reply.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { world } from './support/world.ts';

const account = 'arn:aws:bedrock:us-east-1:123456789012';
const NOVA = 'amazon.nova-lite-v1:0';
const HAIKU = 'us.anthropic.claude-3-5-haiku-20241022-v1:0';
const SONNET = 'us.anthropic.claude-3-5-sonnet-20241022-v2:0';
const PROFILE = `${account}:application-inference-profile/marketing001`;
const HIDDEN = `${account}:application-inference-profile/hidden000001`;
const ROUTER = `${account}:prompt-router/claudes00001`;

const foundation = `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`;
const profileOf = (id: string) => `${account}:inference-profile/${id}`;
const resources: BedrockResources = {
  applicationProfiles: [PROFILE, HIDDEN].map((arn) => ({ arn, modelArns: [foundation] })),
  promptRouters: [
    { arn: ROUTER, modelArns: [profileOf(HAIKU), profileOf(SONNET)], fallbackModelArn: profileOf(SONNET) },
  ],
};

let simulator: BedrockSimulator;
let gateway: OwnGateway;
beforeAll(async () => {
  simulator = await startBedrockSimulator({ resources, credentials: [simulatorCredentials] });
  const endpoints = { BEDROCK_RUNTIME_ENDPOINT_URL: simulator.url, BEDROCK_ENDPOINT_URL: simulator.url };
  gateway = await startOwnGateway(endpoints);
  await untilReadiness(gateway.http, 200);
});
afterAll(async () => {
  gateway.kill();
  await simulator.close();
  await stopPython();
});

const makeKeyFor = (...models: string[]) => makeKey(world.databaseUrl, { models });

/** The models of the runtime's requests with this text, in the order in which they came. */
const calledWith = (text: string): readonly string[] =>
  simulator.requests().flatMap(({ bodyText, modelId }) => (bodyText.includes(text) ? [modelId] : []));

type Asking = (model: string, text: string, key: string) => Promise<Failure | undefined>;

/** Every library that reaches a gateway, whole and streamed. Without an address: the shared one, by TLS too. */
function askingsOf(http?: () => string): readonly (readonly [name: string, asking: Asking])[] {
  const isThere = ({ isPython }: { readonly isPython: boolean }) => !isPython || world.python !== undefined;
  const options = (key: string) => ({ key, ...(http === undefined ? {} : { http: http() }) });
  const natives = nativeClients.filter(({ name }) => http === undefined || !name.includes('TLS')).filter(isThere);
  return [
    ...natives.flatMap((client) =>
      (['Converse', 'ConverseStream'] as const).map((operation): readonly [string, Asking] => [
        `${client.name}, ${operation}`,
        async (modelId, text, key) => (await client.send(operation, { modelId, ...says(text) }, options(key))).failure,
      ]),
    ),
    ...openaiClients
      .filter(isThere)
      .flatMap((client) =>
        [false, true].map((stream): readonly [string, Asking] => [
          `${client.name}, ${stream ? 'streamed' : 'whole'}`,
          async (model, text, key) => (await client.chat({ ...chat(model, text), stream }, options(key))).failure,
        ]),
      ),
  ];
}

/** Fails unless calls by the ARN are answered, and booked at what calls of the model behind it cost. */
async function expectPricedAs(arn: string, behind: string, text: string, askings: ReturnType<typeof askingsOf>) {
  const [byArn, byId] = [await makeKeyFor(), await makeKeyFor()];
  for (const [name, asking] of askings) {
    expect([name, await asking(arn, text, byArn)]).toEqual([name, undefined]);
    expect([name, await asking(behind, text, byId)]).toEqual([name, undefined]);
  }
  const figures = ({ inputTokens, outputTokens, costUsd }: BookedCall) => [inputTokens, outputTokens, costUsd];
  const expected = await onceBooked(byId, askings.length);
  expect(Math.min(...expected.map(({ costUsd }) => costUsd))).toBeGreaterThan(0);
  const booked = await onceBooked(byArn, askings.length);
  expect(booked.map(figures)).toEqual(expected.map(figures));
  for (const call of booked) {
    expect(call).toMatchObject({ model: `bedrock/${arn}`, requested: arn, status: 'success', isEstimate: false });
  }
}

describe('a model that is called by the ARN of', () => {
  const short = 'A few words.';
  const long = 'Some more words than the router likes. '.repeat(40);
  it.each([
    ['an application inference profile costs what the model behind it costs', PROFILE, short, NOVA],
    ['a prompt router costs what the model costs that it took', ROUTER, short, HAIKU],
    ['a prompt router that took its fallback costs what that one costs', ROUTER, long, SONNET],
  ])('%s', async (_what, arn, words, behind) => {
    const askings = askingsOf(() => gateway.http);
    const text = `${uniqueWord()} ${words}`;
    await expectPricedAs(arn, behind, text, askings);
    expect(calledWith(text)).toEqual(askings.flatMap(() => [arn, behind]));
  });
});

describe('the stack of npm start has, to be called by ARN,', () => {
  const { applicationProfiles = [], promptRouters = [] } = defaultResources;
  const all = applicationProfiles.concat(promptRouters);

  it.each(all.map(({ arn, modelArns }) => ({ arn, model: modelArns[0], name: arn.split(':').slice(5).join(':') })))(
    '$name',
    async ({ arn, model }) => {
      const behind = model?.slice(model.lastIndexOf('/') + 1) ?? '';
      const text = `${uniqueWord()} A few words.`;
      const askings = askingsOf();
      await expectPricedAs(arn, behind, text, askings);
      const requests = await requestsWith(text);
      expect(requests.map(({ modelId }) => modelId)).toEqual(askings.flatMap(() => [arn, behind]));
    },
  );
});

describe('a key of some models', () => {
  it.each([
    ['of the model behind a profile may call the profile', [NOVA], PROFILE, 200],
    ['of another model may not', [HAIKU], PROFILE, 403],
    ['of every model that a router may take may call the router', [HAIKU, SONNET], ROUTER, 200],
    ['of one of them may not', [HAIKU], ROUTER, 403],
  ])('%s', async (_what, models, arn, status) => {
    const key = await makeKeyFor(...models);
    const text = uniqueWord();
    for (const [path, body] of [
      ['/v1/chat/completions', chat(arn, text)],
      [`/bedrock/model/${encodeURIComponent(arn)}/converse`, says(text)],
      [`/bedrock/model/${arn}/converse`, says(text)],
    ] as const) {
      expect([path, (await ask(path, { http: gateway.http, key, body })).status]).toEqual([path, status]);
    }
    expect(calledWith(text)).toHaveLength(status === 200 ? 3 : 0);
  });
});

describe('an ARN is refused', () => {
  const refusal = async (arn: string) => {
    const text = uniqueWord();
    const asked = { http: gateway.http, key: world.keys.good };
    const openai = await ask('/v1/chat/completions', { ...asked, body: chat(arn, text) });
    const native = await ask(`/bedrock/model/${encodeURIComponent(arn)}/converse`, { ...asked, body: says(text) });
    expect(calledWith(text)).toEqual([]);
    return [openai.status, openai.json, native.status, native.headers.get('x-amzn-errortype')];
  };

  it('that Bedrock does not know', async () => {
    expect(await refusal(`${account}:application-inference-profile/nobody000001`)).toMatchObject([
      404,
      { error: { code: 'model_not_found' } },
      404,
      'ResourceNotFoundException',
    ]);
  });

  it('whose model Bedrock does not tell the gateway: nobody could price it', async () => {
    simulator.script({
      match: { operation: 'get-inference-profile' },
      reply: { fault: { kind: 'exception', name: 'AccessDeniedException' } },
    });
    expect(await refusal(HIDDEN)).toMatchObject([403, { error: { code: 'price_unknown' } }, 403, expect.any(String)]);
  });
});
