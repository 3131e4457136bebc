import { randomUUID } from 'node:crypto';
import { GatewayError, isGatewayError } from '@genai-gateway/core';
import type { AuditRecord } from '@genai-gateway/governance';
import type { QueryParameters } from '@genai-gateway/history';
import type { FunctionRequest } from '@genai-gateway/lambda';
import { historyOf, type OwnerChoice, ownerOf, ownerOfChoice } from '@genai-gateway/pipeline';
import type { ChatHistoryServices } from './services.ts';

/** What is about to be done, as the audit log has it where it is done to the sessions of others. */
export interface Access {
  readonly action: Extract<AuditRecord['action'], 'read' | 'updated' | 'deleted' | 'exported'>;
  /** Such as `sessions.turns`. */
  readonly operation: string;
  /** The session, or the export or deletion, where it is about one. */
  readonly id?: string;
}

/** Whose sessions a request is about, and the rest of its query. */
export interface Owned {
  readonly owner: string;
  readonly query: QueryParameters;
}

const choices = ['user_id', 'team_id', 'key', 'login', 'owner'] as const;
const HASH = /^[0-9a-f]{64}$/;
const MAX_ID_CHARS = 500;

/**
 * Its own sessions, or those that an administrator chooses: then it stands in the audit log before anything is read or
 * done. Rejects with `not-permitted` where somebody else chooses, with `identity-unavailable` where the record cannot be
 * kept, and with `invalid-request`.
 */
export async function ownedBy(request: FunctionRequest, services: ChatHistoryServices, access: Access): Promise<Owned> {
  const { sharedBy } = historyOf(services);
  const { principal, signal } = request;
  const query = Object.fromEntries(Object.entries(request.query).filter(([name]) => !isChoice(name)));
  if (!Object.keys(request.query).some(isChoice)) return { owner: ownerOf(principal, sharedBy), query };
  const mayRead = access.action === 'read' && request.isAuditor;
  if (!request.isAdministrator && !mayRead) {
    throw new GatewayError(
      'not-permitted',
      `Only administrators choose whose sessions these are. Leave out ${choices.join(', ')} for your own.`,
    );
  }
  const choice = choiceOf(request.query);
  const owner = await ownerOfChoice(choice, sharedBy, findKeyOf(services), signal);
  await record(request, services, access, choice, owner);
  return { owner, query };
}

async function record(
  { principal, requestId, signal }: FunctionRequest,
  { audit, now }: ChatHistoryServices,
  { action, operation, id }: Access,
  { by, ...chosen }: OwnerChoice,
  owner: string,
): Promise<void> {
  const isMaster = principal.kind === 'master';
  const keyHash = isMaster ? principal.keyHash : principal.key.keyHash;
  const entry: AuditRecord = {
    id: randomUUID(),
    atMs: now(),
    actor: isMaster ? 'master' : (principal.key.userId ?? keyHash),
    keyHash,
    action,
    object: { kind: 'session', id: id ?? `owner:${owner}` },
    before: undefined,
    after: { operation, owner, chosen_by: by, chosen, request_id: requestId },
  };
  await audit.record(entry, signal);
}

function isChoice(name: string): boolean {
  return choices.some((each) => each === name);
}

function choiceOf(query: FunctionRequest['query']): OwnerChoice {
  const [by, another] = choices.filter((name) => query[name] !== undefined);
  const value = by === undefined ? '' : (query[by] ?? '');
  if (by === undefined || another !== undefined) throw invalid(by, `Choose by one of ${choices.join(', ')} alone.`);
  if (value === '' || value.length > MAX_ID_CHARS)
    throw invalid(by, `'${by}' must not be empty or longer than 500 characters.`);
  switch (by) {
    case 'user_id':
    case 'team_id':
      return { by, id: value };
    case 'key':
      if (HASH.test(value)) return { by, keyHash: value };
      throw invalid(
        by,
        "'key' must be the hash of a key (LiteLLM's token, 64 hexadecimal digits), never the key itself.",
      );
    case 'owner':
      if (HASH.test(value)) return { by, owner: value };
      throw invalid(by, "'owner' must be 64 hexadecimal digits, as an audit record has them.");
    case 'login': {
      const at = value.indexOf('|');
      if (at > 0 && at < value.length - 1) return { by, issuer: value.slice(0, at), subject: value.slice(at + 1) };
      throw invalid(by, "'login' must be an issuer and a subject with | between them.");
    }
  }
}

function findKeyOf({ findKey }: ChatHistoryServices): ChatHistoryServices['findKey'] {
  return async (keyHash, signal) => {
    try {
      return await findKey(keyHash, signal);
    } catch (cause) {
      signal.throwIfAborted();
      if (isGatewayError(cause)) throw cause;
      throw new GatewayError('identity-unavailable', 'Keys cannot be looked up at the moment. Try again shortly.', {
        cause,
        retryAfterSeconds: 2,
      });
    }
  };
}

function invalid(param: string | undefined, message: string): GatewayError {
  return new GatewayError('invalid-request', message, param === undefined ? {} : { param });
}
