import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { deployStage } from '../../../scripts/operate/testing/deployed-stage.ts';
import { runOperate } from '../../../scripts/operate/testing/run-operate.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';

/** The command as an operator runs it; AWS is moto, the gateway and LiteLLM are real. */
describe.skipIf(world.litellm === undefined)('first-key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-first-key-'));
  const masterKeyFile = join(folder, 'master-key');
  let moto: MotoServer;
  beforeAll(async () => {
    writeFileSync(masterKeyFile, `${world.masterKey}\n`);
    moto = await startMoto('eu-west-1');
    await deployStage(moto, 'dev', { masterKey: world.masterKey, outputs: { url: world.http } });
  });
  afterAll(async () => {
    await moto.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ofStage = (...args: string[]) =>
    runOperate('first-key.ts', ['--stage', 'dev', '--region', 'eu-west-1', ...args], moto.environment);

  it('finds address and master key of a stage, and prints a curl request that works as it stands', async () => {
    const { code, out, note } = await ofStage('--alias', uniqueWord());
    expect([code, note]).toEqual([0, '']);
    expect(out).toContain(`URL          ${world.http}\n`);
    expect(out).toMatch(/aws secretsmanager get-secret-value --region eu-west-1 --secret-id arn:aws:secretsmanager:/);
    expect(out).not.toContain(world.masterKey);
    const curl = /^curl -N [\s\S]*?'\n/m.exec(out)?.[0] ?? '';
    const answer = await promisify(execFile)('sh', ['-c', curl]);
    expect(answer.stdout).toMatch(/^data: \{[\s\S]*data: \[DONE\]/m);
  });

  it('makes a key with a budget at any gateway, over TLS and through a tunnel too', async () => {
    const { port } = new URL(world.https);
    const url = 'https://localhost:9';
    const { code, out } = await runOperate('first-key.ts', [
      ...['--url', url, '--master-key-file', masterKeyFile, '--connect-to', `127.0.0.1:${port}`, '--ca', world.ca],
      ...['--alias', uniqueWord(), '--max-budget', '0.5', '--duration', '30d'],
    ]);
    expect(code).toBe(0);
    const key = /Virtual key {2}(sk-\S+)/.exec(out)?.[1];
    const info = await fetch(`${world.http}/key/info`, { headers: { authorization: `Bearer ${key}` } });
    expect(await info.json()).toMatchObject({ info: { max_budget: 0.5, expires: expect.any(String) } });
  });

  it('says that a name is taken', async () => {
    const alias = uniqueWord();
    expect((await ofStage('--alias', alias)).code).toBe(0);
    const { code, note } = await ofStage('--alias', alias);
    expect([code, note]).toEqual([1, expect.stringMatching(/already[\s\S]*Mend: give the new one another name/)]);
  });

  it('says that the master key is of another deployment, and shows none', async () => {
    writeFileSync(masterKeyFile, 'sk-of-another-deployment');
    const { code, note } = await runOperate('first-key.ts', ['--url', world.http, '--master-key-file', masterKeyFile]);
    expect([code, note]).toEqual([1, expect.stringContaining('does not take this master key')]);
    expect(note).not.toContain('sk-of-another-deployment');
  });
});
