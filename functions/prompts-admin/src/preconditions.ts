import { createHash } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';
import type { FunctionRequest } from '@genai-gateway/lambda';
import { isRecord } from '@genai-gateway/protocol';

/**
 * The etag of the draft that the caller has read: of the header If-Match, or `etag` of the body or of the query. `*`:
 * whatever the draft says now. Throws `invalid-request` when there is none.
 */
export function knownEtag({ headers, body, query }: FunctionRequest): string {
  const ofBody = isRecord(body) ? body['etag'] : undefined;
  const given = [headers['if-match'], ofBody, query['etag']].filter((each) => each !== undefined);
  const etags = new Set(given.map(plainEtag));
  const [etag] = etags;
  if (etag === undefined) {
    throw new GatewayError(
      'invalid-request',
      'Say which draft you mean to change: send its etag, which every answer with the prompt has, as the header If-Match or as `etag`. So no change of somebody else is lost.',
      { param: 'If-Match' },
    );
  }
  if (etags.size > 1) throw new GatewayError('invalid-request', 'Send one etag.', { param: 'If-Match' });
  return etag;
}

function plainEtag(written: unknown): string {
  const [, quoted] = (typeof written === 'string' && /^(?:W\/)?"([\w-]{1,100})"$/.exec(written)) || [];
  const etag = quoted ?? written;
  if (typeof etag === 'string' && /^(?:\*|[\w-]{1,100})$/.test(etag)) return etag;
  throw new GatewayError('invalid-request', 'This is not the etag of a prompt.', { param: 'If-Match' });
}

/**
 * What makes Bedrock do a thing once: the header idempotency-key, made one's own by the caller and by what is asked, in
 * the 33 to 256 letters that a client token has. Undefined: there is none. Throws `invalid-request`.
 */
export function clientToken({ headers, principal }: FunctionRequest, what: string): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (key.length === 0 || key.length > 255) {
    throw new GatewayError('invalid-request', 'An idempotency-key has 1 to 255 characters.', {
      param: 'idempotency-key',
    });
  }
  const keyHash = principal.kind === 'master' ? principal.keyHash : principal.key.keyHash;
  return createHash('sha256')
    .update(JSON.stringify([keyHash, what, key]))
    .digest('hex');
}
