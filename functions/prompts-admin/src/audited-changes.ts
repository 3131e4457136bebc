import { randomUUID } from 'node:crypto';
import { type GatewayError, isGatewayError } from '@genai-gateway/core';
import type { AuditRecord } from '@genai-gateway/governance';
import type { FunctionRequest } from '@genai-gateway/lambda';
import { etagOf, type PromptChange, type PromptChanges, type PromptContent } from '@genai-gateway/prompts';
import type { PromptServices } from './services.ts';

/** The second record of a change that failed has to be written even if the caller's time is over. */
const LAST_RECORD_MS = 3_000;

/**
 * Writes what is about to be changed into the audit log before it is changed, so that no change is without a record. A
 * change that Bedrock then refuses has a second one that says so; where the process ends in between, the first alone
 * tells of a change that was not made, or not answered.
 */
export function auditedChanges(request: FunctionRequest, services: PromptServices): PromptChanges {
  const { principal } = request;
  const isMaster = principal.kind === 'master';
  const keyHash = isMaster ? principal.keyHash : principal.key.keyHash;
  const record = (change: PromptChange, facts: Pick<AuditRecord, 'id' | 'before' | 'after'>): AuditRecord => ({
    ...facts,
    atMs: services.now(),
    actor: isMaster ? 'master' : (principal.key.userId ?? keyHash),
    keyHash,
    action: change.action,
    object: { kind: 'prompt', id: change.promptId ?? `prompt:${change.name}` },
  });
  const id = randomUUID();
  return {
    intend: (change, signal) => {
      const before = factsOf(change.before, change.version);
      return services.audit.record(record(change, { id, before, after: factsOf(change.after, undefined) }), signal);
    },
    failed: async (change, error) => {
      const after = { record: id, outcome: outcomeOf(error), error: error.code };
      const entry = record(change, { id: randomUUID(), before: undefined, after });
      await services.audit.record(entry, AbortSignal.timeout(LAST_RECORD_MS)).catch((cause: unknown) => {
        services.logger.warn('a change of a prompt failed, and the audit log does not say so', {
          record: id,
          error: error.code,
          because: isGatewayError(cause) ? cause.code : String(cause),
        });
      });
    },
    tell: services.tell,
  };
}

function outcomeOf({ code }: GatewayError): 'unknown' | 'refused' {
  return code === 'prompts-unavailable' ? 'unknown' : 'refused';
}

/** Never its texts. */
function factsOf(content: PromptContent | undefined, version: string | undefined): AuditRecord['before'] {
  if (content === undefined) return undefined;
  const { name, defaultVariant, variants } = content;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(defaultVariant === undefined ? {} : { default_variant: defaultVariant }),
    variants: variants.map((variant) => ({ name: variant.name, model: variant.modelId })),
    etag: etagOf(content),
  };
}
