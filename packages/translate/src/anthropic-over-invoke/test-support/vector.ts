import type { JsonObject } from '@genai-gateway/protocol';
import { parseAnthropicRequest } from '../../anthropic-over-converse/parse-anthropic.ts';
import { type RuleRow, type VectorDirection, withDropped } from '../../test-support/vectors/direction.ts';
import { anthropicToInvoke } from '../anthropic-to-invoke.ts';
import { bodyViolations } from './body-rules.ts';

const REQUEST = 'anthropic.request.json';
const UPSTREAM = 'upstream.json';

/** What `upstream.json` says: the Claude that is called, and the betas of the request's header. */
interface InvokeUpstream {
  readonly modelId: string;
  readonly betas?: readonly string[];
}

/** A client of Anthropic's Messages, a Claude on Bedrock by InvokeModel. Its answers need no translation. */
export const anthropicOverInvoke: VectorDirection = {
  name: 'anthropic-over-invoke',
  given: [REQUEST, UPSTREAM],
  deriveRow,

  derive(given) {
    const parsed = parseAnthropicRequest(given.json(REQUEST));
    const { body, droppedParams } = anthropicToInvoke(parsed, given.json(UPSTREAM) as InvokeUpstream);
    return { 'invoke.request.json': body, 'dropped-params.json': droppedParams };
  },

  violations(derived) {
    return bodyViolations(derived['invoke.request.json'] as JsonObject);
  },
};

/** `request` as a client sends it, to the Claude `modelId`, with `betas` in its header. */
function deriveRow({ request, modelId, betas = [] }: RuleRow): unknown {
  const parsed = parseAnthropicRequest(request, { maxTokens: 'optional' });
  const asked = { modelId: String(modelId), betas: betas as readonly string[] };
  const { body, droppedParams } = anthropicToInvoke(parsed, asked);
  return withDropped(body, droppedParams);
}
