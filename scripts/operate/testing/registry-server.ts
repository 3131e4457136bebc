import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A small registry of images on the loopback address: manifests, one blob each, and tokens as the large ones give. */
export interface RegistryServer {
  readonly host: string;
  /** Every path that was asked for, in order. */
  readonly asked: string[];
  readonly stop: () => Promise<void>;
}

export interface StoredTag {
  /** The bytes of the manifest. */
  readonly manifest: string;
  /** What `docker-content-digest` says instead of the truth. */
  readonly claimedDigest?: string;
  readonly config?: string;
}

const token = 'a-token-of-the-registry';

export async function startRegistry(
  tags: Readonly<Record<string, StoredTag>>,
  { withTokens = true }: { readonly withTokens?: boolean } = {},
): Promise<RegistryServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.startsWith('/token?')) return giveToken(request, response);
    if (withTokens && request.headers.authorization !== `Bearer ${token}`) {
      const realm = `http://${request.headers.host}/token`;
      const challenge = `Bearer realm="${realm}",service="registry.test",scope="repository:team/image:pull"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const [, kind, reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const stored =
      kind === 'blobs' ? Object.values(tags).find(({ config }) => digest(config) === reference) : tags[reference];
    if (stored === undefined) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    if (kind === 'blobs') return void response.end(stored.config);
    response.setHeader('docker-content-digest', stored.claimedDigest ?? digest(stored.manifest));
    response.end(stored.manifest);
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>((settle) => void server.close(() => settle()).closeAllConnections());
  return { host: `127.0.0.1:${port}`, asked, stop };
}

function giveToken(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? '', 'http://registry.test');
  const isRight =
    searchParams.get('service') === 'registry.test' && searchParams.get('scope') === 'repository:team/image:pull';
  response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
}

export function digest(text = ''): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** An index of the given architectures, with an attestation as buildx adds one. */
export function imageIndex(...architectures: readonly string[]): string {
  const platforms = [
    ...architectures.map((architecture) => ({ architecture, os: 'linux' })),
    { architecture: 'unknown', os: 'unknown' },
  ];
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: platforms.map((platform) => ({ digest: digest(platform.architecture), size: 1, platform })),
  });
}

/** An address where nobody listens. */
export async function closedAddress(): Promise<string> {
  const { host, stop } = await startRegistry({});
  await stop();
  const [name = '', port] = host.split(':');
  await new Promise<void>((settle, reject) => {
    const socket = connect(Number(port), name, () => reject(new Error(`${host} is open`)));
    socket.on('error', () => settle());
  });
  return host;
}
