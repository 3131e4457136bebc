import { isRecord, type JsonObject } from '@genai-gateway/protocol';
import type { HotPathAdmission } from './admit.ts';
import type { AdmittedConversation } from './admit-conversation.ts';

/** A request of the Messages API that a model on Bedrock is going to answer. */
export interface MessagesOnBedrock extends AdmittedConversation {
  readonly admission: HotPathAdmission;
  /** The model that does the work: behind a profile it has another name. */
  readonly worker: string;
  /** The request without the gateway's own fields. */
  readonly body: JsonObject;
  /** Of the header `anthropic-beta`. */
  readonly betas: readonly string[];
}

/** What Claude Code tells Anthropic's own books, as if it were a part of the system prompt. */
const BILLING = 'x-anthropic-billing-header:';

/**
 * The request without what Claude Code says to Anthropic and to no model. It stands first and is another one in each
 * session, so that nothing behind it would ever be found in the prompt cache.
 * Source: Claude Code 2.1.330, by what it sends (read 2026-11-23).
 */
export function withoutBilling(body: JsonObject): JsonObject {
  const { system } = body;
  if (!Array.isArray(system)) return body;
  const isBilling = (block: unknown): boolean =>
    isRecord(block) && typeof block['text'] === 'string' && block['text'].startsWith(BILLING);
  if (!system.some(isBilling)) return body;
  const { system: _system, ...others } = body;
  const kept = system.filter((block) => !isBilling(block));
  return kept.length === 0 ? others : { ...others, system: kept };
}
