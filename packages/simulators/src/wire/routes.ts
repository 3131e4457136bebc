import { promptOperations } from '../bedrock-agent/prompt-routes.ts';
import { controlOperations } from '../bedrock-control/control-routes.ts';

/** The operations of the runtime that are simulated, named as the last part of their path. */
const runtimeOperations = [
  'converse',
  'converse-stream',
  'invoke',
  'invoke-with-response-stream',
  'count-tokens',
  'apply-guardrail',
] as const;

type RuntimeOperation = (typeof runtimeOperations)[number];

/** Those, the control plane's and the ones on prompts. */
export const operations = [...runtimeOperations, ...controlOperations, ...promptOperations] as const;

export type Operation = (typeof operations)[number];

export interface Route {
  readonly operation: RuntimeOperation;
  /** Decoded. For a guardrail, its id. */
  readonly modelId: string;
  /** Of a guardrail, else empty. */
  readonly version: string;
}

const MODEL = /^\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/;
const GUARDRAIL = /^\/guardrail\/([^/]+)\/version\/([^/]+)\/apply$/;

/** The operation a request line asks of the runtime, or undefined for one that it does not have. */
export function routeOf(method: string, target: string): Route | undefined {
  if (method !== 'POST') return undefined;
  const path = target.split('?', 1)[0] ?? '';
  const model = MODEL.exec(path);
  if (model !== null) return decoded(model[2] as RuntimeOperation, model[1], '');
  const guardrail = GUARDRAIL.exec(path);
  return guardrail === null ? undefined : decoded('apply-guardrail', guardrail[1], guardrail[2]);
}

function decoded(operation: RuntimeOperation, modelId = '', version = ''): Route | undefined {
  try {
    return { operation, modelId: decodeURIComponent(modelId), version: decodeURIComponent(version) };
  } catch {
    return undefined;
  }
}
