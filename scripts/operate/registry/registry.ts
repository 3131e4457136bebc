import { createHash } from 'node:crypto';
import { messageOf, OperatorFailure } from '../shared/command.ts';

/** One architecture of an image, in the registry's words: `amd64`, `arm64`. */
export interface ResolvedImage {
  /** Of the index that holds all architectures, or of the one manifest there is; `sha256:` and 64 digits. */
  readonly digest: string;
  /** Of Linux; in the order of the index. */
  readonly architectures: readonly string[];
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const timeoutMs = 30_000;

/**
 * Asks a registry what a tag stands for, by the OCI Distribution API (GET /v2/NAME/manifests/TAG, with an anonymous
 * bearer token where the registry asks for one). The digest is that of the bytes that came, and has to be the one that
 * the registry names. Undefined where there is no such tag. Throws OperatorFailure where the registry cannot be asked.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md and
 *   https://distribution.github.io/distribution/spec/auth/token/ (as of 2026-11-23)
 */
export async function resolveTag(repository: string, tag: string): Promise<ResolvedImage | undefined> {
  const { origin, name } = placeOf(repository);
  const registry = new RegistryClient(origin, name);
  const answer = await registry.get(`/v2/${name}/manifests/${encodeURIComponent(tag)}`, manifestTypes);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refused(origin, `${name}:${tag}`, answer.status);
  const digest = digestOf(answer);
  return { digest, architectures: await architecturesOf(registry, name, answer.body) };
}

/** `ghcr.io/berriai/litellm` → its registry and name. Docker Hub's short names have their registry elsewhere. */
function placeOf(repository: string): { origin: string; name: string } {
  const [host = '', ...rest] = repository.split('/');
  const name = rest.join('/');
  if (!/[.:]|^localhost$/.test(host) || name === '') {
    throw new OperatorFailure(
      `${repository} does not name a registry.`,
      'write the whole name into containers/images.json, such as ghcr.io/berriai/litellm or docker.io/library/node',
    );
  }
  const isLoopback = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  const place = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return { origin: `${isLoopback ? 'http' : 'https'}://${place}`, name };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Headers;
  readonly url: string;
}

/** One repository of one registry; keeps its token. */
class RegistryClient {
  readonly #origin: string;
  readonly #name: string;
  #token: string | undefined;

  constructor(origin: string, name: string) {
    this.#origin = origin;
    this.#name = name;
  }

  async get(path: string, accept: string): Promise<Answer> {
    const first = await this.#fetch(`${this.#origin}${path}`, this.#headers(accept));
    if (first.status !== 401 || this.#token !== undefined) return first;
    this.#token = await this.#fetchToken(first);
    return this.#fetch(`${this.#origin}${path}`, this.#headers(accept));
  }

  #headers(accept: string): Record<string, string> {
    return this.#token === undefined ? { accept } : { accept, authorization: `Bearer ${this.#token}` };
  }

  async #fetchToken(refusal: Answer): Promise<string> {
    const challenge = refusal.headers.get('www-authenticate') ?? '';
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const realm = parameters['realm'];
    if (!/^bearer /i.test(challenge) || realm === undefined || !sameSecurity(realm, this.#origin)) {
      throw refused(this.#origin, this.#name, refusal.status);
    }
    const url = new URL(realm);
    url.searchParams.set('scope', parameters['scope'] ?? `repository:${this.#name}:pull`);
    if (parameters['service'] !== undefined) url.searchParams.set('service', parameters['service']);
    const answer = await this.#fetch(url.href, { accept: 'application/json' });
    const given = answer.status === 200 ? (parse(answer.body) as { token?: unknown; access_token?: unknown }) : {};
    const token = given.token ?? given.access_token;
    if (typeof token !== 'string') throw refused(this.#origin, this.#name, answer.status);
    return token;
  }

  async #fetch(url: string, headers: Record<string, string>): Promise<Answer> {
    try {
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
      return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()), url };
    } catch (error) {
      throw new OperatorFailure(
        `${new URL(url).host} did not answer: ${messageOf((error as Error).cause ?? error)}`,
        'run this where the registry can be reached (NODE_USE_ENV_PROXY=1 with HTTPS_PROXY for a proxy), or copy the ' +
          'image into a registry of your own and name it there: GATEWAY_IMAGE and LITELLM_IMAGE take an image by its digest',
      );
    }
  }
}

/** A registry of HTTPS does not get its token over HTTP. */
function sameSecurity(realm: string, origin: string): boolean {
  return URL.canParse(realm) && new URL(realm).protocol === new URL(origin).protocol;
}

/** The hash of what came; a registry that names another one is not believed. */
function digestOf(answer: Answer): string {
  const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
  const named = answer.headers.get('docker-content-digest');
  if (named?.startsWith('sha256:') && named !== digest) {
    throw new OperatorFailure(
      `${answer.url} came as ${digest}, and the registry names it ${named}.`,
      'something between here and the registry changes what it sends: try from another network, and trust neither',
    );
  }
  return digest;
}

interface Manifest {
  readonly manifests?: readonly { readonly platform?: { readonly os?: string; readonly architecture?: string } }[];
  readonly config?: { readonly digest?: string };
}

async function architecturesOf(registry: RegistryClient, name: string, body: Buffer): Promise<string[]> {
  const manifest = parse(body) as Manifest;
  if (manifest.manifests !== undefined) {
    const linux = manifest.manifests.filter(({ platform }) => platform?.os === 'linux');
    return [...new Set(linux.flatMap(({ platform }) => platform?.architecture ?? []))];
  }
  const digest = manifest.config?.digest;
  if (digest === undefined) return [];
  const answer = await registry.get(`/v2/${name}/blobs/${digest}`, '*/*');
  const config = answer.status === 200 ? (parse(answer.body) as { os?: string; architecture?: string }) : {};
  return config.os === 'linux' && config.architecture !== undefined ? [config.architecture] : [];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return {};
  }
}

function refused(origin: string, what: string, status: number): OperatorFailure {
  return new OperatorFailure(
    `${new URL(origin).host} answered ${status} for ${what}.`,
    status === 401 || status === 403
      ? 'the repository is not public, or is misspelt in containers/images.json; a copy in a registry of your own can ' +
          'be given by its digest in GATEWAY_IMAGE or LITELLM_IMAGE'
      : 'try again later; 429 means that this address has asked too often',
  );
}
