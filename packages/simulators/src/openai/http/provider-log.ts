import type { JsonValue } from '../../json.ts';
import type { LoggedRequest } from '../../wire/request-log.ts';

/** How many requests are remembered. */
const LOG_LENGTH = 500;

/**
 * One request to a simulated provider as a test wants to see it: what is logged of a Bedrock request, and what
 * the other providers say in a request line and in a form. `operation` is `converse` or `converse-stream` for a
 * conversation and `invoke` for everything else, as scripts match it; `modelId` is the `model` of the body.
 */
export interface ProviderRequest extends LoggedRequest {
  readonly method: string;
  /** The target without its query. */
  readonly path: string;
  /** The parsed JSON; the fields of a form, a file as its name, type and length; undefined: neither of them. */
  readonly body: JsonValue | undefined;
}

/** The record of a request that is still being answered. */
export type OpenProviderRequest = { -readonly [Field in keyof ProviderRequest]: ProviderRequest[Field] };

export interface ProviderLog {
  add(request: OpenProviderRequest): void;
  /** Copies, newest last. */
  list(): readonly ProviderRequest[];
  clear(): void;
}

/** A log of the last `LOG_LENGTH` requests. */
export function createProviderLog(): ProviderLog {
  let kept: OpenProviderRequest[] = [];
  return {
    add: (request) => {
      kept.push(request);
      // Cut in bulk, so that a long run does not shift the list at every request.
      if (kept.length >= 2 * LOG_LENGTH) kept = kept.slice(-LOG_LENGTH);
    },
    list: () => kept.slice(-LOG_LENGTH).map((request) => ({ ...request })),
    clear: () => {
      kept = [];
    },
  };
}
