import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../moto/moto-server.ts';
import { nextGeneration, writeGeneration } from './rotate/next-generation.ts';
import { deployStage } from './testing/deployed-stage.ts';
import { runOperate } from './testing/run-operate.ts';

describe('the next generation of the origin’s secret', () => {
  it.each([
    ['nowhere yet', {}, '.env.dev', 'CLOUDFRONT_SECRET_GENERATION=2\n'],
    [
      'in the file of all stages',
      { '.env': 'CLOUDFRONT_SECRET_GENERATION=4\nA=1\n' },
      '.env',
      'CLOUDFRONT_SECRET_GENERATION=5\nA=1\n',
    ],
    [
      'in two files, of which the last counts',
      { '.env': 'CLOUDFRONT_SECRET_GENERATION=1\n', '.env.dev': 'A=1\nCLOUDFRONT_SECRET_GENERATION=2\n' },
      '.env.dev',
      'A=1\nCLOUDFRONT_SECRET_GENERATION=3\n',
    ],
  ])('stands %s', (_where, files, name, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'rotate-'));
    const environment: Record<string, string> = {};
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, file), content);
      environment['CLOUDFRONT_SECRET_GENERATION'] = /GENERATION=(\d+)/.exec(content)?.[1] ?? '';
    }
    const generation = nextGeneration(folder, 'dev', environment);
    expect(generation.file).toBe(join(folder, name));
    writeGeneration(generation, new Date(0));
    expect(readFileSync(generation.file, 'utf8')).toBe(text);
    rmSync(folder, { recursive: true });
  });
});

/** What the function answers, one call after the other; the last one again and again. */
type Answer = { readonly failed?: string; readonly body?: object };

describe.skipIf(lacksMoto)('rotate (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  let moto: MotoServer;
  let answers: Answer[] = [];
  let asked: Record<string, unknown>[] = [];
  const lambda = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url, ...(JSON.parse(Buffer.concat(chunks).toString()) as object) });
      const { failed, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
      response.writeHead(200, failed === undefined ? {} : { 'x-amz-function-error': 'Unhandled' });
      response.end(
        JSON.stringify(failed === undefined ? body : { errorType: 'RotationFailure', errorMessage: failed }),
      );
    });
  });
  beforeAll(async () => {
    moto = await startMoto('eu-west-1');
    lambda.listen(0, '127.0.0.1');
    await once(lambda, 'listening');
    await deployStage(moto, 'dev', { masterKey: 'sk-1', outputs: { secretRotationFunction: 'rotation' } });
  }, 120_000);
  afterAll(async () => {
    lambda.closeAllConnections();
    lambda.close();
    await moto?.stop();
  });
  const run = (given: readonly Answer[], ...args: string[]) => {
    answers = [...given];
    asked = [];
    return runOperate('rotate.ts', ['--region', 'eu-west-1', '--stage', 'dev', '--poll-ms', '10', ...args], {
      ...moto.environment,
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    });
  };
  const done = (rollout: string, tookUp = false) => ({ body: { versionId: 'v2', tookUp, rollout } });

  it('calls the function, and waits until LiteLLM has the value', async () => {
    const ran = await run([done('rolling'), done('rolling'), done('done')], '--secret', 'cache');
    expect(ran).toMatchObject({ code: 0, out: 'cache: version v2 is the current one.\nLiteLLM has it.\n' });
    expect(asked).toEqual([
      {
        path: '/2015-03-31/functions/rotation/invocations',
        task: 'rotate',
        secret: 'cache',
        token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      { path: '/2015-03-31/functions/rotation/invocations', task: 'status', secret: 'cache' },
      { path: '/2015-03-31/functions/rotation/invocations', task: 'status', secret: 'cache' },
    ]);
  });

  it('waits for nobody where nobody reads it at the start, or where it is told so', async () => {
    expect(await run([done('none', true)], '--secret', 'database')).toMatchObject({
      code: 0,
      out: 'database: version v2 is the current one, of a rotation that had begun before.\n',
    });
    expect(await run([done('rolling')], '--secret', 'master-key', '--no-wait')).toMatchObject({ code: 0 });
    expect(asked).toHaveLength(1);
  });

  it('says what the function says', async () => {
    const ran = await run([{ failed: 'Nothing was changed: LiteLLM still rolls.' }], '--secret', 'cache');
    expect(ran.code).toBe(1);
    expect(ran.note).toContain('The rotation of cache did not end: Nothing was changed: LiteLLM still rolls.');
    expect(ran.note).toContain('Mend:');
  });

  it('takes only what it knows', async () => {
    expect((await run([], '--secret', 'salt-key')).note).toContain('There is no secret salt-key to rotate.');
    expect((await run([{ body: {} }], '--secret', 'cache')).note).toContain('has answered something else');
    expect(asked).toHaveLength(1);
  });

  it('counts the generation of the origin’s secret up, and would deploy', async () => {
    const ran = await run([], '--secret', 'origin', '--dry-run');
    expect(ran.note).toBe('');
    expect(ran.out).toMatch(
      /^CLOUDFRONT_SECRET_GENERATION 1 → 2 in .*\.env\.dev\nnpm run deploy -- --stage dev --region eu-west-1\n$/,
    );
  });
});
