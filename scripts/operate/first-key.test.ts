import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../moto/moto-server.ts';
import { chatModel } from './first-key/make-key.ts';
import { deployStage } from './testing/deployed-stage.ts';
import { runOperate } from './testing/run-operate.ts';

it.each([
  [['nova-pro', 'claude-sonnet', 'titan-embed'], 'claude-sonnet'],
  [['titan-embed', 'bedrock/*', 'llama'], 'llama'],
  [['claude-*', 'nova-lite'], 'nova-lite'],
  [[], 'MODEL'],
])('of the models %j the first request takes %s', (models, expected) => {
  expect(chatModel(models)).toBe(expected);
});

describe.skipIf(lacksMoto)('first-key (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await startMoto('eu-west-1');
    await deployStage(moto, 'dev', { masterKey: 'sk-the-master-key' });
  }, 120_000);
  afterAll(() => moto.stop());
  const run = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
    runOperate('first-key.ts', args, { ...moto.environment, ...environment });

  it('says that there is no such deployment, and how to make it', async () => {
    const { code, note } = await run(['--stage', 'prod']);
    expect(code).toBe(1);
    expect(note).toMatch(/no deployment of stage prod in eu-west-1\.\n {2}Mend: .*npm run deploy -- --stage prod/);
  });

  it('says that nothing answers, and keeps the master key to itself', async () => {
    const { code, out, note } = await run(['--stage', 'dev']);
    expect([code, note]).toEqual([1, expect.stringMatching(/127\.0\.0\.1:1 did not answer[\s\S]*jump host/)]);
    expect(out + note).not.toContain('sk-the-master-key');
  });

  it('says that there are no credentials', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, HOME: '/nonexistent' };
    const { note } = await run(['--stage', 'dev'], none);
    expect(note).toMatch(/there are no AWS credentials\.\n {2}Mend: log in/);
  });

  it('asks for the stage', async () => {
    expect((await run([])).note).toBe('--stage is missing.\n  Mend: add it, such as --stage dev\n');
  });
});
