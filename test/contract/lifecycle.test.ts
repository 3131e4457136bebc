import { connect as connectHttp2 } from 'node:http2';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { closedDoor } from './support/door.ts';
import { nativeClients } from './support/native-clients.ts';
import { openaiClients } from './support/openai-clients.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { post, RawConnection } from './support/raw-http.ts';
import { requestOnce, requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

const gateways: OwnGateway[] = [];
afterEach(() => {
  for (const gateway of gateways.splice(0)) gateway.kill();
});
afterAll(stopPython);

async function started(env: Readonly<Record<string, string>>, isReady = true): Promise<OwnGateway> {
  const gateway = await startOwnGateway(env);
  gateways.push(gateway);
  if (isReady) await untilReadiness(gateway.http, 200);
  return gateway;
}

const natives = nativeClients.filter(
  ({ name, isPython }) => !name.includes('TLS') && !(isPython && world.python === undefined),
);
const openais = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));
const chat = (content: string, stream = true) => ({ model: ALIAS, stream, messages: [{ role: 'user', content }] });
const untilAsked = (word: string) => requestOnce(word, (request) => request.eventsSent > 0, { withinMs: 10_000 });
const readiness = 'GET /health/readiness HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('SIGTERM', () => {
  it('lets open streams finish, serves old and new connections meanwhile, and ends with 0', async () => {
    const gateway = await started({ GATEWAY_DRAIN_DELAY_MS: '1500', GATEWAY_DRAIN_TIMEOUT_MS: '20000' });
    const words = uniqueWord();
    const text = `${words} [[sim words=30 delayMs=100]]`;
    const streams = Promise.all([
      ...natives.map((client) =>
        client.send('ConverseStream', { modelId: ALIAS, ...says(text) }, { http: gateway.http }),
      ),
      ...openais.map((client) => client.chat(chat(text), { http: gateway.http })),
    ]);
    const old = new RawConnection(gateway.http);
    old.write('GET /health/readiness HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await old.until('"ready"');
    await expect
      .poll(async () => (await requestsWith(words)).filter((each) => each.eventsSent > 0).length, { timeout: 10_000 })
      .toBe(natives.length + openais.length);

    gateway.terminate();
    expect(await untilReadiness(gateway.http, 503)).toMatchObject({ status: 'draining' });
    old.write(post('/v1/chat/completions', world.keys.good, JSON.stringify(chat('On the old connection.', false))));
    const { text: said } = await old.until('On the old connection.');
    expect(said.toLowerCase()).toContain('connection: close');
    const fresh = new RawConnection(gateway.http);
    fresh.write(readiness);
    await fresh.until('"draining"');

    for (const reply of await streams) expect(reply.failure).toBeUndefined();
    const [first] = await streams;
    expect(assemble(first?.events)).toMatchObject({ text: expect.stringContaining('word30'), stopReason: 'end_turn' });
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });

  it('gives the streams that do not finish in time an error event, stops the model, and ends with 0', async () => {
    const gateway = await started({ GATEWAY_DRAIN_TIMEOUT_MS: '500' });
    const word = uniqueWord();
    const text = (index: number) => `${word}-${index}- [[sim words=5000 delayMs=50]]`;
    const native = natives.map((client, index) =>
      client.send('ConverseStream', { modelId: ALIAS, ...says(text(index)) }, { http: gateway.http }),
    );
    const openai = openais.map((client, index) => client.chat(chat(text(10 + index)), { http: gateway.http }));
    const asked = [...native.keys(), ...[...openai.keys()].map((index) => 10 + index)];
    for (const index of asked) await untilAsked(`${word}-${index}-`);

    gateway.terminate();
    for (const { events, failure } of await Promise.all(native)) {
      expect(failure?.name.toLowerCase()).toBe('serviceunavailableexception');
      expect(events?.length).toBeGreaterThan(0);
    }
    for (const { failure } of await Promise.all(openai)) {
      expect(failure).toMatchObject({ name: 'APIError', code: 'shutting_down' });
    }
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    for (const index of asked) await requestOnce(`${word}-${index}-`, (request) => request.aborted);
  });

  it('ends an idle gateway with 0, whatever connections are open', async () => {
    const gateway = await started({});
    const idle = new RawConnection(gateway.http);
    const half = new RawConnection(gateway.http);
    idle.write(readiness);
    half.write('POST /v1/chat/completions HTTP/1.1\r\nHost:');
    await idle.until('"ready"');
    gateway.terminate();
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });
});

describe('an HTTP/2 connection', () => {
  it('is kept while a stream is silent on it, and closed when it has been idle after that', async () => {
    const gateway = await started({ GATEWAY_KEEP_ALIVE_TIMEOUT_MS: '1000' });
    const session = connectHttp2(gateway.http);
    const closed = new Promise((resolve) => session.once('close', () => resolve('closed')));
    const request = session.request({
      ':method': 'POST',
      ':path': `/bedrock/model/${ALIAS}/converse`,
      authorization: `Bearer ${world.keys.good}`,
    });
    request.end(JSON.stringify(says('[[sim firstByteMs=2500 text=late]]')));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    expect(text).toContain('late');
    expect(await closed).toBe('closed');
  });
});

describe('a gateway that starts before its Postgres', () => {
  it('is alive, not ready, answers 503 and never 401, and is ready once Postgres is there', async () => {
    const postgres = new URL(world.databaseUrl);
    const door = await closedDoor(Number(postgres.port));
    postgres.port = String(door.port);
    const gateway = await started({ DATABASE_URL: postgres.href }, false);
    expect(await untilReadiness(gateway.http, 503)).toMatchObject({ status: 'starting' });
    expect((await fetch(`${gateway.http}/health/liveliness`)).status).toBe(200);
    const ask = () =>
      fetch(`${gateway.http}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.keys.good}` },
        body: JSON.stringify(chat('Hello.', false)),
      });
    const early = await ask();
    expect(early.status).toBe(503);
    expect(early.headers.get('retry-after')).toMatch(/^\d+$/);

    await door.open();
    await untilReadiness(gateway.http, 200);
    expect((await ask()).status).toBe(200);
    door.close();
  });
});
