import { execFile, spawn, spawnSync } from 'node:child_process';
import { decodeFrame, forEachFrame } from '@genai-gateway/protocol';
import { describe, expect, it } from 'vitest';
import { at } from './support/reply.ts';
import { requestOnce, requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, MODEL_ID, world } from './support/world.ts';

const features = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout ?? '';
if (process.env['CI'] === 'true' && !features.includes('HTTP2')) throw new Error('CI needs a curl with HTTP/2.');

const transports = [
  { name: 'HTTP/1.1', needs: '', address: world.http, args: ['--http1.1'], version: '1.1' },
  {
    name: 'HTTP/2 with prior knowledge',
    needs: 'HTTP2',
    address: world.http,
    args: ['--http2-prior-knowledge'],
    version: '2',
  },
  {
    name: 'HTTP/2 by TLS',
    needs: 'HTTP2',
    address: world.https,
    args: ['--http2', '--cacert', world.ca],
    version: '2',
  },
  {
    name: 'HTTP/1.1 by TLS',
    needs: '',
    address: world.https,
    args: ['--http1.1', '--cacert', world.ca],
    version: '1.1',
  },
];

const ENVIRONMENT = { ...process.env, NO_PROXY: '*', no_proxy: '*' };
/** What curl writes after the body, so that one run tells everything. */
const TRAILER = '\n--status %{http_code} --version %{http_version}';

describe.each(transports)('curl over $name', ({ needs, address, args, version }) => {
  const ask = (path: string, body: unknown, key = world.keys.good): readonly string[] => [
    '--silent',
    '--show-error',
    '--no-buffer',
    ...args,
    '-H',
    `Authorization: Bearer ${key}`,
    '-H',
    'Content-Type: application/json',
    '-d',
    typeof body === 'string' ? body : JSON.stringify(body),
    address + path,
  ];
  const run = (path: string, body: unknown, key?: string) => runCurl([...ask(path, body, key), '-w', TRAILER]);
  const chat = (content: string, stream = false) => ({ model: ALIAS, stream, messages: [{ role: 'user', content }] });
  const converse = (text: string) => ({ messages: [{ role: 'user', content: [{ text }] }] });

  describe.skipIf(!features.includes(needs))('gets', () => {
    it('an answer, over the version it asked for', async () => {
      const { status, body, httpVersion } = await run('/v1/chat/completions', chat('A few words.'));
      expect([status, httpVersion]).toEqual([200, version]);
      expect(at(JSON.parse(body.toString('utf8')), 'choices', 0, 'message', 'content')).toBe('A few words.');
    });

    it('server-sent events, each one line of JSON, with [DONE] last', async () => {
      const { status, body } = await run('/v1/chat/completions', chat('A few words, streamed.', true));
      expect(status).toBe(200);
      const events = body.toString('utf8').trimEnd().split('\n\n');
      expect(events.at(-1)).toBe('data: [DONE]');
      const chunks = events.slice(0, -1).map((event) => JSON.parse(event.replace(/^data: /, '')) as unknown);
      const deltas = chunks.map((chunk) => at(chunk, 'choices', 0, 'delta', 'content') ?? '');
      expect(deltas.join('')).toBe('A few words, streamed.');
    });

    it('an error object and no [DONE] when the model breaks off', async () => {
      const { status, body } = await run('/v1/chat/completions', chat('[[sim cut after=4 words=20]]', true));
      expect(status).toBe(200);
      const events = body.toString('utf8').trimEnd().split('\n\n');
      expect(JSON.parse(events.at(-1)?.replace(/^data: /, '') ?? '')).toMatchObject({
        error: { type: 'api_error', code: 'upstream_cut', message: expect.any(String) },
      });
      expect(body.toString('utf8')).not.toContain('[DONE]');
    });

    it("Bedrock's frames, byte for byte what the model sent", async () => {
      const word = uniqueWord();
      const { status, body } = await run(`/bedrock/model/${ALIAS}/converse-stream`, converse(`${word} and more.`));
      expect(status).toBe(200);
      const names: unknown[] = [];
      let text = '';
      forEachFrame(body, (offset) => {
        const frame = decodeFrame(body, offset);
        names.push(frame.eventType);
        text += at(JSON.parse(frame.payload.toString('utf8')), 'delta', 'text') ?? '';
      });
      expect(text).toBe(`${word} and more.`);
      expect(names.slice(-2)).toEqual(['messageStop', 'metadata']);
      const [seen] = await requestsWith(word);
      expect(body).toHaveLength(seen?.bytesSent ?? 0);
    });

    it.each([
      ['a raw slash', (arn: string) => arn],
      ['an encoded slash', (arn: string) => encodeURIComponent(arn)],
    ])('the model of an ARN with %s', async (_what, write) => {
      const word = uniqueWord();
      const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${MODEL_ID}`;
      expect((await run(`/bedrock/model/${write(arn)}/converse`, converse(word))).status).toBe(200);
      expect((await requestsWith(word)).map((request) => request.modelId)).toEqual([arn]);
    });

    it('401 for a wrong key, every time, though it is refused before its body is read', async () => {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        expect((await run('/v1/chat/completions', chat('Hello.'), 'sk-wrong')).status).toBe(401);
      }
    });

    it('400 for JSON that is none', async () => {
      expect((await run('/v1/chat/completions', '{ no JSON')).status).toBe(400);
      expect((await run(`/bedrock/model/${ALIAS}/converse`, '{ no JSON')).status).toBe(400);
    });

    it('413 for a body that is too large', async () => {
      const { status } = await runCurl(
        [...ask('/v1/chat/completions', '@-'), '-w', TRAILER].map((each) => (each === '-d' ? '--data-binary' : each)),
        Buffer.alloc(33 * 1024 * 1024, 'a'),
      );
      expect(status).toBe(413);
    });
  });

  it.skipIf(!features.includes(needs))('leaves a stream, and the model stops', async () => {
    const word = uniqueWord();
    const child = spawn('curl', ask('/v1/chat/completions', chat(`${word} [[sim words=5000 delayMs=20]]`, true)), {
      env: ENVIRONMENT,
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill();
    await requestOnce(word, (request) => request.aborted);
  });
});

interface CurlAnswer {
  readonly status: number;
  readonly httpVersion: string;
  readonly body: Buffer;
}

function runCurl(args: readonly string[], input?: Buffer): Promise<CurlAnswer> {
  return new Promise((resolve, reject) => {
    const child = execFile('curl', args, { encoding: 'buffer', env: ENVIRONMENT }, (error, stdout, stderr) => {
      const end = stdout.lastIndexOf('\n--status');
      const [, status, httpVersion] =
        /--status (\d+) --version (\S+)/.exec(stdout.subarray(end).toString('latin1')) ?? [];
      if (end === -1 || status === undefined || httpVersion === undefined)
        reject(new Error(`curl: ${error} ${stderr}`));
      else resolve({ status: Number(status), httpVersion, body: stdout.subarray(0, end) });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
