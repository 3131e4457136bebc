import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultModelConfig } from '../../../packages/config/src/index.ts';

/** An S3 with one object, the `config.yaml` that a deployment has by default; it answers no request that is not signed. */
export interface ConfigBucket {
  readonly endpoint: string;
  readonly name: string;
  readonly key: string;
  close(): void;
}

export async function startConfigBucket(): Promise<ConfigBucket> {
  const [name, key] = ['config-bucket', 'config.yaml'];
  const config = defaultModelConfig('us-east-1', ['OPENAI_API_KEY']);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://s3');
    const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true;
    const [status, code] = !isSigned
      ? [403, 'AccessDenied']
      : pathname === `/${name}/${key}`
        ? [200, '']
        : [404, 'NoSuchKey'];
    response.writeHead(status, { 'content-type': status === 200 ? 'text/plain' : 'application/xml' });
    response.end(status === 200 ? config : `<Error><Code>${code}</Code></Error>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    name,
    key,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
