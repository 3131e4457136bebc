import { simulatorCredentials } from '@genai-gateway/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { sql } from '../support/keys.ts';
import { ask, chat, generateKey, manage } from '../support/litellm.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from '../support/own-gateway.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestOnce, script, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { awsClients, chatClients } from './support/clients.ts';

afterAll(stopPython);

const NOVA = 'amazon.nova-lite-v1:0';
const MICRO = 'amazon.nova-micro-v1:0';
/** The gateway looks every two seconds, LiteLLM knows at once what was changed through it. */
const soon = { timeout: 10_000, interval: 100 };

interface StoredModel {
  readonly name: string;
  readonly id: string;
}

/** Ids of the models that these tests have added; some are gone again. */
const added: string[] = [];
afterAll(async () => {
  for (const id of added) await ask('/model/delete', { key: world.masterKey, body: { id } });
});

/** Adds a model, as the Admin UI does. Whether the gateway knows it already is the test's own question. */
async function add(params: object, info: object = {}, name = `stored-${uniqueWord()}`): Promise<StoredModel> {
  const id = uniqueWord();
  const litellmParams = { num_retries: 0, ...params };
  await manage('/model/new', { model_name: name, litellm_params: litellmParams, model_info: { id, ...info } });
  added.push(id);
  return { name, id };
}

/** How a chat with this model is served: its status, who served it and why, and what Bedrock was called with. */
async function served(model: string, asking: { readonly key?: string; readonly http?: string } = {}) {
  const word = uniqueWord();
  const { status, headers } = await ask('/v1/chat/completions', { ...asking, body: chat(model, word) });
  const called = status === 200 ? (await requestOnce(word, () => true)).modelId : undefined;
  return { status, by: headers.get('x-gateway-served-by'), why: headers.get('x-gateway-served-by-reason'), called };
}

const onHotPath = (called: string) => ({ status: 200, by: null, why: null, called });
const throughLitellm = (why: string, called: string) => ({ status: 200, by: 'litellm', why, called });
const unknown = { status: 404, by: null, why: null, called: undefined };

// All at once: what they do is wait until the gateway has looked.
describe.skipIf(world.litellm === undefined).concurrent('a Bedrock model in LiteLLM’s database', () => {
  it('is served by the hot path within seconds, to every client', async ({ expect }) => {
    const { name } = await add({ model: `bedrock/${NOVA}` });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    for (const client of awsClients) {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const { failure } = await client.send(operation, { modelId: name, ...says('Hello.') });
        expect([client.name, operation, failure]).toEqual([client.name, operation, undefined]);
      }
    }
    for (const client of chatClients) {
      const { failure } = await client.chat({ ...chat(name, 'Hello.'), stream: true });
      expect([client.name, failure]).toEqual([client.name, undefined]);
    }
    const { json } = await ask('/v1/models');
    expect((at(json, 'data') as unknown[]).map((model) => at(model, 'id'))).toContain(name);
  });

  it.for([
    ['POST', () => '/model/update', (id: string) => ({ model_info: { id } })],
    ['PATCH', (id: string) => `/model/${id}/update`, () => ({})],
  ] as const)('leads elsewhere once %s has changed it, and nowhere once it is deleted', async (row, { expect }) => {
    const [method, path, more] = row;
    const { name, id } = await add({ model: `bedrock/${NOVA}` });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    await manage(path(id), { litellm_params: { model: `bedrock/${MICRO}` }, ...more(id) }, { method });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(MICRO));
    await manage('/model/delete', { id });
    await expect.poll(() => served(name), soon).toEqual(unknown);
  });

  it('goes through LiteLLM once it is given a limit', async ({ expect }) => {
    const { name, id } = await add({ model: `bedrock/${NOVA}` });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    await manage(`/model/${id}/update`, { litellm_params: { rpm: 100 } }, { method: 'PATCH' });
    await expect.poll(() => served(name), soon).toEqual(throughLitellm('deployment rate limit', NOVA));
  });

  it('goes through LiteLLM once there is a second one of its name', async ({ expect }) => {
    const { name } = await add({ model: `bedrock/${NOVA}` });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    await add({ model: `bedrock/${NOVA}`, aws_region_name: 'us-west-2' }, {}, name);
    await expect.poll(() => served(name), soon).toEqual(throughLitellm('alias several deployments', NOVA));
  });

  it('joins the one of the configuration file that has its name', async ({ expect }) => {
    const { id } = await add({ model: `bedrock/${MICRO}` }, {}, 'nova-micro');
    await expect.poll(() => served('nova-micro'), soon).toEqual(throughLitellm('alias several deployments', MICRO));
    await manage('/model/delete', { id });
    await expect.poll(() => served('nova-micro'), soon).toEqual(onHotPath(MICRO));
  });

  it('is called with its own credentials, which only LiteLLM reads', async ({ expect }) => {
    const { name } = await add({
      model: `bedrock/${NOVA}`,
      aws_access_key_id: simulatorCredentials.accessKeyId,
      aws_secret_access_key: simulatorCredentials.secretAccessKey,
      aws_region_name: 'eu-north-1',
    });
    await expect.poll(() => served(name), soon).toEqual(throughLitellm('deployment credentials', NOVA));
    for (const client of awsClients) {
      const word = uniqueWord();
      const { failure } = await client.send('Converse', { modelId: name, ...says(word) });
      const { headers } = await requestOnce(word, () => true);
      expect([failure, headers['authorization']]).toEqual([undefined, expect.stringContaining('/eu-north-1/bedrock/')]);
    }
  });

  it.for(awsClients)('fails for $name when its credentials are wrong', async (client, { expect }) => {
    const wrong = { aws_access_key_id: 'AKIAWRONG', aws_secret_access_key: 'wrong' };
    const { name } = await add({ model: `bedrock/${NOVA}`, ...wrong });
    await expect.poll(async () => (await served(name)).why, soon).toBe('deployment credentials');
    for (const operation of ['Converse', 'ConverseStream'] as const) {
      const { failure } = await client.send(operation, { modelId: name, ...says('Hello.') });
      expect([operation, failure]).toMatchObject([operation, { name: 'InternalServerException', status: 502 }]);
    }
  });

  it('fails over to the models that it names', async ({ expect }) => {
    const { name } = await add({ model: `bedrock/${NOVA}`, fallbacks: ['gpt-4o-mini'] });
    await expect.poll(() => served(name), soon).toEqual(throughLitellm('deployment fallbacks', NOVA));
    const word = uniqueWord();
    const fault = { kind: 'exception', name: 'ServiceUnavailableException' } as const;
    await script({ match: { contains: word }, reply: { fault } });
    expect((await ask('/v1/chat/completions', { body: chat(name, word) })).status).toBe(200);
    await requestOnce(word, ({ modelId }) => modelId === 'gpt-4o-mini', { simulator: litellmWorld().openai });
  });

  it('fails over as the router’s settings in the database say, for as long as they do', async ({ expect }) => {
    const { name } = await add({ model: `bedrock/${NOVA}` });
    const fallbacks = [{ [name]: ['gpt-4o-mini'] }];
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    try {
      await manage('/config/update', { router_settings: { fallbacks } });
      await expect.poll(() => served(name), soon).toEqual(throughLitellm('alias fallbacks', NOVA));
      expect(await served('nova-lite')).toEqual(onHotPath(NOVA));
    } finally {
      await manage('/config/update', { router_settings: { fallbacks: [] } });
    }
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
  });

  it('is for the keys whose group it is in', async ({ expect }) => {
    const group = `group-${uniqueWord()}`;
    const { name } = await add({ model: `bedrock/${NOVA}` }, { access_groups: [group] });
    const key = await generateKey({ models: [group] });
    await expect.poll(() => served(name, { key }), soon).toEqual(onHotPath(NOVA));
    expect((await served('nova-lite', { key })).status).toBe(403);
  });

  it('is in no list when it is not to be discovered, and is served all the same', async ({ expect }) => {
    const { name } = await add({ model: `bedrock/${NOVA}` }, { discoverable: false });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    expect((await ask('/v1/models')).text).not.toContain(name);
    expect((await ask(`/v1/models/${name}`)).status).toBe(404);
  });

  it('is not served while it is paused', async ({ expect }) => {
    const { name, id } = await add({ model: `bedrock/${NOVA}` });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
    await manage('/model/block', { model_id: id });
    await expect.poll(async () => (await served(name)).status, soon).not.toBe(200);
    expect((await ask('/v1/models')).text).not.toContain(name);
    await manage('/model/unblock', { model_id: id });
    await expect.poll(() => served(name), soon).toEqual(onHotPath(NOVA));
  });
});

describe.skipIf(world.litellm === undefined).concurrent('a model of another provider in LiteLLM’s database', () => {
  it('is served by LiteLLM within seconds, to every client, until it is deleted', async ({ expect }) => {
    const { name, id } = await add({ model: 'openai/gpt-4o-mini' });
    await expect.poll(async () => (await ask(`/v1/models/${name}`)).status, soon).toBe(200);
    for (const client of chatClients) {
      for (const stream of [false, true]) {
        const { failure } = await client.chat({ ...chat(name, 'Hello.'), stream });
        expect([client.name, failure]).toEqual([client.name, undefined]);
      }
    }
    for (const client of awsClients) {
      const { output } = await client.send('Converse', { modelId: name, ...says('Hello.') });
      expect(output).toMatchObject({ output: { message: { content: [{ text: 'Hello.' }] } }, stopReason: 'end_turn' });
      const { events } = await client.send('ConverseStream', { modelId: name, ...says('Hello.') });
      expect(assemble(events)).toMatchObject({ text: 'Hello.', stopReason: 'end_turn' });
    }
    await manage('/model/delete', { id });
    await expect
      .poll(async () => (await ask('/v1/chat/completions', { body: chat(name, 'Hello.') })).status, soon)
      .toBe(404);
  });

  it('may be every model of the provider', async ({ expect }) => {
    const prefix = uniqueWord();
    await add({ model: 'openai/*' }, {}, `${prefix}/*`);
    const word = uniqueWord();
    const call = () => ask('/v1/chat/completions', { body: chat(`${prefix}/gpt-4.1-nano`, word) });
    await expect.poll(async () => (await call()).status, soon).toBe(200);
    await requestOnce(word, ({ modelId }) => modelId === 'gpt-4.1-nano', { simulator: litellmWorld().openai });
    const key = await generateKey({ models: [`${prefix}/*`] });
    expect((await ask(`/bedrock/model/${prefix}/gpt-5/converse`, { key, body: says('Hello.') })).status).toBe(200);
    expect((await ask('/v1/chat/completions', { key, body: chat('gpt-4o-mini', 'Hello.') })).status).toBe(403);
  });
});

describe.skipIf(world.litellm === undefined)('a model of one team’s own', () => {
  let key = '';
  beforeAll(async () => {
    if (world.litellm === undefined) return;
    const team = String(at(await manage('/team/new', { models: ['our-own', 'nova-lite'] }), 'team_id'));
    const { id } = await add({ model: `bedrock/${NOVA}` });
    // LiteLLM makes such a model with a licence only; one that is there it serves without.
    const info = { id, team_id: team, team_public_model_name: 'our-own' };
    const update = 'UPDATE "LiteLLM_ProxyModelTable" SET model_name = $1, model_info = $2 WHERE model_id = $3';
    await sql(world.databaseUrl, update, [`model_name_${team}_${id}`, JSON.stringify(info), id]);
    // Has LiteLLM read its models again.
    await add({ model: `bedrock/${NOVA}` });
    key = await generateKey({ team_id: team });
  });

  it('is served by LiteLLM to the keys of the team, under its name there, and to no others', async () => {
    await expect.poll(() => served('our-own', { key }), soon).toEqual(throughLitellm('team team model', NOVA));
    expect((await ask('/bedrock/model/our-own/converse', { key, body: says('Hello.') })).status).toBe(200);
    expect(await served('nova-lite', { key })).toEqual(onHotPath(NOVA));
    expect(await served('our-own')).toEqual(unknown);
  });

  it('is in the list of the team’s keys, and of no others', async () => {
    const list = async (asking: { key?: string }) => (await ask('/v1/models', asking)).text;
    expect(await list({})).not.toMatch(/our-own|model_name_/);
    expect(await list({ key })).toMatch(/"our-own".*"nova-lite"|"nova-lite".*"our-own"/);
    expect(await list({ key })).not.toContain('model_name_');
  });
});

describe.skipIf(world.litellm === undefined)('a gateway with another salt key than LiteLLM’s', () => {
  let own: OwnGateway;
  afterAll(() => own?.kill());

  it('leaves the models of the database to LiteLLM, says why, and serves those of the file', async () => {
    const { name } = await add({ model: `bedrock/${NOVA}` });
    own = await startOwnGateway({
      LITELLM_URL: litellmWorld().url,
      LITELLM_SALT_KEY: 'sk-another',
      STORE_MODEL_IN_DB: 'True',
    });
    const { http } = own;
    await untilReadiness(http, 200);
    await expect.poll(() => served(name, { http }), soon).toEqual(throughLitellm('deployment unknown option', NOVA));
    expect(await served('nova-lite', { http })).toEqual(onHotPath(NOVA));
    await expect
      .poll(() => own.log(), soon)
      .toMatch(new RegExp(`${name}.*encrypted with another key.*LITELLM_SALT_KEY`));
  });
});
