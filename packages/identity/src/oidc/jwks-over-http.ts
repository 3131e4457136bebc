import { MAX_KEY_SET_BYTES } from './jwks-from-file.ts';
import type { JwksSource } from './jwks-source.ts';

const DISCOVERY_PATH = '/.well-known/openid-configuration';

/**
 * The key set that an issuer publishes at `url`; undefined: where its discovery document says (OpenID Connect
 * Discovery 1.0, section 4, https://openid.net/specs/openid-connect-discovery-1_0.html, as of 2026-11-23). Over https
 * only, but for an issuer on this machine; no redirect is followed, and the document has to name the issuer itself.
 */
export function jwksOverHttp(issuer: string, url: string | undefined): JwksSource {
  let found = url;
  return {
    read: async (signal) => {
      found ??= await discover(issuer, signal);
      try {
        return await getJson(found, signal);
      } catch (error) {
        // It may have moved: next time the discovery document is asked again.
        found = url;
        throw error;
      }
    },
  };
}

async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const document = await getJson(issuer.replace(/\/$/, '') + DISCOVERY_PATH, signal);
  if (document === null || typeof document !== 'object') throw new Error('the discovery document is no object');
  if (!('issuer' in document) || document.issuer !== issuer) {
    throw new Error('the discovery document is of another issuer');
  }
  if (!('jwks_uri' in document) || typeof document.jwks_uri !== 'string') {
    throw new Error('the discovery document names no key set');
  }
  if (isLoopback(document.jwks_uri) && !isLoopback(issuer)) {
    throw new Error('the discovery document leads to this machine');
  }
  return document.jwks_uri;
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  if (!mayAsk(url)) throw new Error('a key set is only asked for over https');
  const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${new URL(url).host} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > MAX_KEY_SET_BYTES) throw new Error(`the answer of ${new URL(url).host} is too long`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function mayAsk(url: string): boolean {
  return URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopback(url));
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
