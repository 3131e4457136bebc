import type { JsonObject } from '@genai-gateway/protocol';
import type { HotPathAdmission } from './admit.ts';
import type { Named } from './call.ts';
import type { AskedConversation } from './managed-prompt.ts';

/** A request of the Messages API that a model on Bedrock is going to answer. */
export interface MessagesOnBedrock extends AskedConversation {
  readonly admission: HotPathAdmission;
  readonly named: Named;
  /** The model that does the work: behind a profile it has another name. */
  readonly worker: string;
  /** The request without the gateway's own fields. */
  readonly body: JsonObject;
  /** Of the header `anthropic-beta`. */
  readonly betas: readonly string[];
  /** Tells the longest input of the model, in tokens; undefined: nobody knows. */
  readonly readsAtMost: () => number | undefined;
}

/** Names what had no effect. */
export function droppedHeaders(droppedParams: readonly string[]): Record<string, string> {
  return droppedParams.length > 0 ? { 'x-gateway-dropped-params': droppedParams.join(',') } : {};
}
