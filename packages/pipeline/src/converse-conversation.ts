import { type ConverseMessage, type ConverseSystemBlock, isRecord, type JsonObject } from '@genai-gateway/protocol';
import { invalidRequest } from '@genai-gateway/translate';
import type { AskedConversation } from './admit-conversation.ts';
import type { Call } from './call.ts';
import { type Continued, conversationOf } from './conversation.ts';

/** A Converse request that goes on with a session, or by a managed prompt. */
interface ConverseConversation extends AskedConversation {
  /** Without the gateway's own fields. */
  readonly body: JsonObject;
}

/** What is said in Converse, and what stands before it. Throws `invalid-request`; rejects as `conversationOf`. */
export function converseConversation(call: Call, asked: ConverseConversation): Promise<Continued<ConverseMessage>> {
  const { body, prompt } = asked;
  if (prompt !== undefined) checkBesidePrompt(body);
  checkTools(body);
  return conversationOf(call, asked, {
    messages: messagesIn(body),
    inApi: (message) => ({ api: 'converse', message }),
    system: systemIn(body),
    request: body,
  });
}

/**
 * Bedrock refuses these beside a prompt, which brings them itself.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-23).
 */
function checkBesidePrompt(body: JsonObject): void {
  const given = ['system', 'toolConfig', 'inferenceConfig', 'additionalModelRequestFields'].find(
    (field) => body[field] !== undefined && body[field] !== null,
  );
  if (given === undefined) return;
  throw invalidRequest(`\`${given}\` comes from the managed prompt when the model is one; leave it out.`, given);
}

/** Bedrock looks into them itself; here they need a role that there is, and blocks that hold something. */
function messagesIn({ messages }: JsonObject): readonly ConverseMessage[] {
  if (messages === undefined || messages === null) return [];
  if (Array.isArray(messages) && messages.every(isMessage)) return messages;
  throw invalidRequest(
    '`messages` must be a list of messages with a known `role` and a list of blocks in `content`.',
    'messages',
  );
}

const roles: readonly unknown[] = ['user', 'assistant', 'system'];

function isMessage(value: unknown): value is ConverseMessage {
  if (!isRecord(value)) return false;
  const { role, content } = value;
  return roles.includes(role) && Array.isArray(content) && content.every(isBlock);
}

function isBlock(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((each) => each !== null);
}

function checkTools({ toolConfig }: JsonObject): void {
  if (toolConfig === undefined || toolConfig === null) return;
  const { tools } = isRecord(toolConfig) ? toolConfig : {};
  if (Array.isArray(tools) && tools.every(isRecord)) return;
  throw invalidRequest('`toolConfig` must have a list of tools in `tools`.', 'toolConfig');
}

function systemIn({ system }: JsonObject): readonly ConverseSystemBlock[] | undefined {
  if (system === undefined || system === null) return undefined;
  if (Array.isArray(system) && system.every(isBlock)) return system as readonly ConverseSystemBlock[];
  throw invalidRequest('`system` must be a list of blocks.', 'system');
}
