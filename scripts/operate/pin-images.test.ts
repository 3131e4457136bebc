import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  closedAddress,
  digest,
  imageIndex,
  type RegistryServer,
  type StoredTag,
  startRegistry,
} from './testing/registry-server.ts';
import { runOperate } from './testing/run-operate.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-pins-'));
const file = join(folder, 'images.json');
let registry: RegistryServer | undefined;
afterEach(() => registry?.stop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const both = imageIndex('amd64', 'arm64');

/** Starts a registry with these tags and writes a pin of `tag` in it. */
async function given(
  tags: Record<string, StoredTag>,
  pin: Record<string, unknown>,
  withTokens = true,
): Promise<string> {
  registry = await startRegistry(tags, { withTokens });
  const text = JSON.stringify({ litellm: { repository: `${registry.host}/team/image`, digest: null, ...pin } });
  writeFileSync(file, text);
  return text;
}

const run = (...args: string[]) => runOperate('pin-images.ts', ['--file', file, ...args]);
const written = () => (JSON.parse(readFileSync(file, 'utf8')) as { litellm: Record<string, unknown> }).litellm;

describe('pin-images', { timeout: 30_000 }, () => {
  it.each([true, false])('writes the digest of the bytes that the registry sends (tokens: %s)', async (withTokens) => {
    await given({ v1: { manifest: both } }, { tag: 'v1', note: 'kept' }, withTokens);
    expect(await run()).toMatchObject({ code: 0, note: '' });
    expect(written()).toMatchObject({ tag: 'v1', digest: digest(both), note: 'kept' });
    expect(await run('--check')).toMatchObject({ code: 0 });
  });

  it('says in a check that a tag has moved, and writes nothing', async () => {
    const text = await given({ v1: { manifest: both } }, { tag: 'v1', digest: digest('another build') });
    const { code, out } = await run('--check');
    expect(code).toBe(1);
    expect(out).toContain(`was ${digest('another build')}`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses a digest that is not that of what came', async () => {
    const text = await given({ v1: { manifest: both, claimedDigest: digest('something else') } }, { tag: 'v1' });
    const { code, note } = await run();
    expect(code).toBe(1);
    expect(note).toMatch(/the registry names it[\s\S]*Mend: /);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses an image that lacks an architecture', async () => {
    await given({ v1: { manifest: imageIndex('amd64') } }, { tag: 'v1' });
    expect((await run()).note).toContain('has no image for arm64 (it has: amd64)');
  });

  it('reads the architecture of a single manifest from its configuration', async () => {
    const config = JSON.stringify({ os: 'linux', architecture: 'arm64' });
    await given({ v1: { manifest: JSON.stringify({ config: { digest: digest(config) } }), config } }, { tag: 'v1' });
    expect((await run()).note).toContain('has no image for amd64 (it has: arm64)');
  });

  it('tries the names that LiteLLM has given to one release, and says which is there', async () => {
    registry = await startRegistry({ 'main-v1.106.2-stable': { manifest: both } }, { withTokens: false });
    const pin = { repository: `${registry.host}/berriai/litellm`, tag: 'v1.106.2', digest: null };
    writeFileSync(file, JSON.stringify({ litellm: pin }));
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(/has no tag v1\.106\.2\n.*has no tag v1\.106\.2-stable\n.*:main-v1\.106\.2-stable is sha256:/);
    expect(written()).toMatchObject({ tag: 'main-v1.106.2-stable', digest: digest(both) });
  });

  it('leaves the file alone when no tag is there', async () => {
    const text = await given({}, { tag: 'nonroot' });
    expect((await run()).note).toMatch(/has none of the tags nonroot\.[\s\S]*Mend: look up the tag/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('says what to do where the registry cannot be reached', async () => {
    const pin = { repository: `${await closedAddress()}/team/image`, tag: 'v1', digest: null };
    writeFileSync(file, JSON.stringify({ node: pin }));
    expect((await run()).note).toMatch(/did not answer: .*ECONNREFUSED[\s\S]*Mend: .*HTTPS_PROXY[\s\S]*LITELLM_IMAGE/);
  });

  it.each([
    ['no JSON', '{', /is no JSON/],
    ['an entry without a tag', '{"node": {"repository": "ghcr.io/x/y"}}', /node has no repository or no tag/],
    [
      'a name without its registry',
      '{"node": {"repository": "library/node", "tag": "24"}}',
      /does not name a registry/,
    ],
  ])('explains %s', async (_what, text, expected) => {
    writeFileSync(file, text);
    const { code, note } = await run();
    expect([code, note]).toEqual([1, expect.stringMatching(expected)]);
  });

  it('prints its help, and refuses what it does not know', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('npm run pin-images') });
    expect(await run('--nonsense')).toMatchObject({ code: 2 });
  });
});
