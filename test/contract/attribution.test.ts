import { createHmac, hkdfSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyHash } from '@genai-gateway/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from './support/keys.ts';
import { ask, chat } from './support/litellm.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { claudeBody, says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

const secret = 'a secret of the attribution tests, 32 or more';
const owner = { user_id: 'user-of-attribution', team_id: 'team-of-attribution' };
let gateway: OwnGateway;
let key: string;
beforeAll(async () => {
  gateway = await startOwnGateway({ BEDROCK_ATTRIBUTION: 'user,team,key', GATEWAY_SECRET: secret });
  await untilReadiness(gateway.http, 200);
  key = await makeKey(world.databaseUrl, owner);
});
afterAll(async () => {
  gateway.kill();
  await stopPython();
});

/** As finance would compute it, to join Bedrock's invocation log with LiteLLM's tables. */
function digest(field: string, id: string): string {
  const hashKey = Buffer.from(hkdfSync('sha256', secret, '', 'genai-gateway attribution', 32));
  return createHmac('sha256', hashKey).update(`${field}:${id}`).digest('hex').slice(0, 32);
}

const marksOf = (of: string) => ({
  'gateway.user': digest('user', owner.user_id),
  'gateway.team': digest('team', owner.team_id),
  'gateway.key': digest('key', keyHash(of)),
});

const HEADER = 'x-amzn-bedrock-request-metadata';

/** What Bedrock was told beside the request with this text: in the body, and in the header. */
async function told(text: string): Promise<{ readonly body: unknown; readonly header: unknown }> {
  const { bodyText, headers } = await requestOnce(text, ({ finished }) => finished);
  const body = JSON.parse(bodyText) as { readonly requestMetadata?: unknown };
  const header = headers[HEADER];
  return { body: body.requestMetadata, header: header === undefined ? undefined : (JSON.parse(header) as unknown) };
}

const natives = nativeClients.filter(
  ({ name, isPython }) => !name.includes('TLS') && !(isPython && world.python === undefined),
);
const openais = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));

describe('who a call is for is told to Bedrock', () => {
  describe.each(natives)('by $name', (client) => {
    it.each(['Converse', 'ConverseStream'] as const)(
      'in the body of %s, beside what the caller says',
      async (operation) => {
        const [plain, marked] = [uniqueWord(), uniqueWord()];
        const options = { key, http: gateway.http };
        const first = await client.send(operation, { modelId: ALIAS, ...says(plain) }, options);
        const requestMetadata = { cost: 'centre 7', 'gateway.user': 'another', 'gateway.own': 'mine' };
        const second = await client.send(operation, { modelId: ALIAS, ...says(marked), requestMetadata }, options);
        expect([first.failure, second.failure]).toEqual([undefined, undefined]);
        expect(await told(plain)).toEqual({ body: marksOf(key), header: undefined });
        expect(await told(marked)).toEqual({ body: { cost: 'centre 7', ...marksOf(key) }, header: undefined });
      },
    );

    it.each(['InvokeModel', 'InvokeModelWithResponseStream'] as const)(
      'in a header of %s, whose body stays the caller’s',
      async (operation) => {
        const [plain, marked] = [uniqueWord(), uniqueWord()];
        const options = { key, http: gateway.http };
        const first = await client.send(operation, { modelId: ALIAS, body: claudeBody(plain) }, options);
        const second = await client.send(
          operation,
          {
            modelId: ALIAS,
            body: claudeBody(marked),
            requestMetadata: '{"cost":"centre 7","gateway.key":"another","gateway.own":"mine"}',
          },
          options,
        );
        expect([first.failure, second.failure]).toEqual([undefined, undefined]);
        expect(await told(plain)).toEqual({ body: undefined, header: marksOf(key) });
        expect(await told(marked)).toEqual({ body: undefined, header: { cost: 'centre 7', ...marksOf(key) } });
        const { bodyText } = await requestOnce(plain, () => true);
        expect(bodyText).toBe(claudeBody(plain).toString());
      },
    );

    it('not where tokens are counted', async () => {
      const text = uniqueWord();
      const input = { modelId: ALIAS, input: { converse: says(text) } };
      expect((await client.send('CountTokens', input, { key, http: gateway.http })).failure).toBeUndefined();
      expect(await told(text)).toEqual({ body: undefined, header: undefined });
    });
  });

  it.each(openais)('by $name, whole and streamed', async (client) => {
    for (const stream of [false, true]) {
      const text = uniqueWord();
      const { failure } = await client.chat({ ...chat(ALIAS, text), stream }, { key, http: gateway.http });
      expect(failure).toBeUndefined();
      expect(await told(text)).toEqual({ body: marksOf(key), header: undefined });
    }
  });
});

describe('the hashes', () => {
  const toldOf = async (of: string, http = gateway.http) => {
    const text = uniqueWord();
    const path = `/bedrock/model/${ALIAS}/converse`;
    expect((await ask(path, { http, key: of, body: says(text) })).status).toBe(200);
    return told(text);
  };

  it('are the same of a user’s and a team’s keys, another of each key, and of nobody where nobody is known', async () => {
    const [other, nobodys] = [await makeKey(world.databaseUrl, owner), await makeKey(world.databaseUrl)];
    expect((await toldOf(other)).body).toEqual(marksOf(other));
    expect(marksOf(other)).not.toEqual(marksOf(key));
    expect((await toldOf(nobodys)).body).toEqual({ 'gateway.key': digest('key', keyHash(nobodys)) });
  });

  it('are not told where nobody has asked for them', async () => {
    expect(await toldOf(key, world.http)).toEqual({ body: undefined, header: undefined });
  });

  it('need a secret: without one the gateway says so and does not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-attribution-'));
    try {
      const LITELLM_CONFIG_FILE = join(folder, 'config.yaml');
      writeFileSync(LITELLM_CONFIG_FILE, 'model_list: []\n');
      const withoutSecret = { BEDROCK_ATTRIBUTION: 'user', LITELLM_MASTER_KEY: undefined, LITELLM_CONFIG_FILE };
      await expect(startOwnGateway(withoutSecret)).rejects.toThrow('GATEWAY_SECRET has to be set too');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
