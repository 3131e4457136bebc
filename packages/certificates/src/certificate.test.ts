import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { makeSelfSignedCertificate } from './certificate.ts';

const dayMs = 86_400_000;

test('a certificate that signs itself serves its names, and a client that is given it accepts it', async () => {
  const start = new Date(Date.now() - dayMs);
  const { key, certificate } = makeSelfSignedCertificate(
    ['gateway.example', '10.0.0.7'],
    start,
    new Date('2060-01-01'),
  );
  const parsed = new X509Certificate(certificate);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.ca).toBe(false);
  expect(parsed.checkIP('10.0.0.7')).toBe('10.0.0.7');
  expect(Date.parse(parsed.validTo)).toBe(Date.parse('2060-01-01'));

  const server = createServer({ key, cert: certificate }, (socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const said = new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'gateway.example', ca: certificate });
    socket.on('data', (data) => resolve(String(data)));
    socket.on('error', reject);
  });
  await expect(said).resolves.toBe('hello');
  server.close();
});
