import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTlsFiles } from './local-ca.ts';
import { temporaryState } from './testing/temporary-state.ts';

const dayMs = 86_400_000;
let kept: ReturnType<typeof temporaryState>;
beforeEach(() => {
  kept = temporaryState();
});
afterEach(() => kept.remove());

const read = (file: string) => readFileSync(file, 'utf8');

describe('ensureTlsFiles', () => {
  it.each(['localhost', '127.0.0.1', '::1'])('makes a certificate that a client accepts for %s', async (host) => {
    const files = ensureTlsFiles(kept.state, Date.now());
    const server = createServer({ cert: read(files.certificate), key: read(files.key) }, (_request, response) =>
      response.end('ok'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const status = await new Promise((resolve, reject) => {
        // The connection goes to 127.0.0.1 whatever the name that is checked.
        const lookup = (_host: string, _options: object, done: (error: null, list: object[]) => void) =>
          done(null, [{ address: '127.0.0.1', family: 4 }]);
        const ca = read(files.ca);
        const address = host === '::1' ? '127.0.0.1' : host;
        const checked = { ca, servername: host === 'localhost' ? host : '', lookup: lookup as never };
        get(`https://${address}:${port}/`, checked, (response) => resolve(response.statusCode)).on('error', reject);
      });
      expect(status).toBe(200);
      const certificate = new X509Certificate(read(files.certificate));
      const matches = host === 'localhost' ? certificate.checkHost(host) : certificate.checkIP(host);
      expect(matches).toBe(host);
    } finally {
      server.close();
    }
  });

  it('passes the strict checks of openssl', () => {
    const files = ensureTlsFiles(kept.state, Date.now());
    let version: string;
    try {
      version = execFileSync('openssl', ['version'], { encoding: 'utf8' });
    } catch {
      return; // No openssl here; Node's own check above stays.
    }
    const strict = version.startsWith('OpenSSL') ? ['-x509_strict'] : [];
    const args = ['verify', ...strict, '-purpose', 'sslserver', '-CAfile', files.ca, files.certificate];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toMatch(/OK/);
  });

  it('keeps both keys from other users', () => {
    const { key } = ensureTlsFiles(kept.state, Date.now());
    expect(statSync(key).mode & 0o077).toBe(0);
    expect(statSync(kept.state.file('tls', 'ca.key')).mode & 0o077).toBe(0);
  });

  it('makes them once', () => {
    const files = ensureTlsFiles(kept.state, Date.now());
    const before = [read(files.ca), read(files.certificate), read(files.key)];
    ensureTlsFiles(kept.state, Date.now() + 300 * dayMs);
    expect([read(files.ca), read(files.certificate), read(files.key)]).toEqual(before);
  });

  it('renews the server alone before it ends, under the same authority', () => {
    const files = ensureTlsFiles(kept.state, Date.now());
    const before = { ca: read(files.ca), certificate: read(files.certificate) };
    ensureTlsFiles(kept.state, Date.now() + 380 * dayMs);
    expect(read(files.ca)).toBe(before.ca);
    expect(read(files.certificate)).not.toBe(before.certificate);
    const authority = new X509Certificate(before.ca);
    expect(new X509Certificate(read(files.certificate)).verify(authority.publicKey)).toBe(true);
  });

  it.each(['ca.pem', 'server.key'])('replaces a damaged %s by one that fits', (name) => {
    const files = ensureTlsFiles(kept.state, Date.now());
    writeFileSync(kept.state.file('tls', name), 'damaged');
    ensureTlsFiles(kept.state, Date.now());
    const authority = new X509Certificate(read(files.ca));
    expect(new X509Certificate(read(files.certificate)).verify(authority.publicKey)).toBe(true);
  });

  it('lasts beyond 2049, where the encoding of dates changes', () => {
    const files = ensureTlsFiles(kept.state, Date.UTC(2049, 0, 1));
    const { validTo } = new X509Certificate(read(files.ca));
    expect(new Date(validTo).getUTCFullYear()).toBe(2058);
  });
});
