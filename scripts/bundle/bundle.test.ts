import { hash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleGateway } from '../bundle.ts';
import { rdsAuthorities, writtenRdsAuthorities } from '../rds-authorities.ts';

const root = resolve(import.meta.dirname, '../..');
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-bundle-'));
  await bundleGateway(join(folder, 'one'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Every file by its path: its bytes, mode and date. */
function print(name: string): Record<string, string> {
  const paths = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const file = join(folder, name, path);
      const { mode, mtimeMs } = statSync(file);
      const bytes = statSync(file).isFile() ? hash('sha256', readFileSync(file), 'hex') : '';
      return [path, `${mode.toString(8)} ${mtimeMs} ${bytes}`];
    }),
  );
}

it('is the same, byte by byte, when it is made again', { timeout: 120_000 }, async () => {
  await bundleGateway(join(folder, 'two'));
  expect(print('two')).toEqual(print('one'));
});

it('holds the programs, what they read, and nothing of this machine', () => {
  const files = readdirSync(join(folder, 'one'));
  expect(files.sort()).toEqual(
    [
      'LICENSE',
      'LICENSES.txt',
      'health.mjs',
      'litellm',
      'main.mjs',
      'migrate.mjs',
      'rds-ca.pem',
      'sbom.cdx.json',
    ].sort(),
  );
  for (const file of files.filter((each) => /\.(?:mjs|json|txt)$/.test(each))) {
    expect(readFileSync(join(folder, 'one', file), 'utf8')).not.toContain(root);
  }
});

it('names each package in it, with its hash and its licence', () => {
  const bill = JSON.parse(readFileSync(join(folder, 'one/sbom.cdx.json'), 'utf8')) as {
    components: { name: string; version: string; purl: string; hashes?: { alg: string; content: string }[] }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const names = bill.components.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['undici', 'pg', 'ioredis', 'pino', 'zod', 'jose', '@aws-sdk/client-s3']),
  );
  expect(names.filter((name) => /vitest|esbuild|simulators|genai-gateway/.test(name))).toEqual([]);
  const licences = readFileSync(join(folder, 'one/LICENSES.txt'), 'utf8');
  for (const { name, version, purl, hashes } of bill.components) {
    expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
    expect(hashes?.[0]).toMatchObject({ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) });
    expect(licences).toContain(`${name} ${version} (`);
  }
  expect(bill.dependencies[0]?.dependsOn).toHaveLength(names.length);
});

it('carries the authorities of RDS as they were taken, and none that has ended', () => {
  const written = writtenRdsAuthorities();
  expect(written).toBe(rdsAuthorities(Date.parse('2026-11-23')));
  const certificates = written.match(/-----BEGIN[^#]*/g)?.map((text) => new X509Certificate(text)) ?? [];
  for (const { subject, validTo } of certificates) expect(Date.parse(validTo), subject).toBeGreaterThan(Date.now());
  const regions =
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2';
  for (const region of regions.split(' ')) {
    const kinds = certificates.flatMap(
      ({ subject }) => new RegExp(`RDS ${region} Root CA (\\w+) G1`).exec(subject)?.[1] ?? [],
    );
    expect(kinds.sort(), region).toEqual(['ECC384', 'RSA2048', 'RSA4096']);
  }
});
