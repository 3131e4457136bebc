/** The operations on managed prompts that are simulated, by the names of their API (`bedrock-agent`). */
export const promptOperations = [
  'create-prompt',
  'get-prompt',
  'list-prompts',
  'update-prompt',
  'delete-prompt',
  'create-prompt-version',
  'tag-resource',
  'untag-resource',
  'list-tags-for-resource',
] as const;

type PromptOperation = (typeof promptOperations)[number];

export interface PromptRoute {
  readonly operation: PromptOperation;
  /** The identifier in the path, decoded; empty where there is none. */
  readonly modelId: string;
  readonly query: URLSearchParams;
}

/**
 * Methods and paths without their closing slash, which some SDKs send and some do not.
 * Source: botocore 1.43.126, bedrock-agent/2023-06-05 (read 2026-11-23).
 */
const requests: readonly (readonly [method: string, path: RegExp, operation: PromptOperation])[] = [
  ['POST', /^\/prompts()$/, 'create-prompt'],
  ['GET', /^\/prompts()$/, 'list-prompts'],
  ['POST', /^\/prompts\/(.+)\/versions$/, 'create-prompt-version'],
  ['GET', /^\/prompts\/(.+)$/, 'get-prompt'],
  ['PUT', /^\/prompts\/(.+)$/, 'update-prompt'],
  ['DELETE', /^\/prompts\/(.+)$/, 'delete-prompt'],
  ['GET', /^\/tags\/(.+)$/, 'list-tags-for-resource'],
  ['POST', /^\/tags\/(.+)$/, 'tag-resource'],
  ['DELETE', /^\/tags\/(.+)$/, 'untag-resource'],
];

/** The operation a request line asks of the API of prompts, or undefined for one that is not here. */
export function promptRouteOf(method: string, target: string): PromptRoute | undefined {
  if (!URL.canParse(target, 'http://bedrock')) return undefined;
  const { pathname, searchParams: query } = new URL(target, 'http://bedrock');
  const path = pathname.replace(/\/$/, '');
  for (const [verb, pattern, operation] of requests) {
    const label = verb === method ? pattern.exec(path)?.[1] : undefined;
    if (label === undefined) continue;
    try {
      return { operation, modelId: decodeURIComponent(label), query };
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** True for one of `promptOperations`. */
export function isPromptOperation(operation: string | undefined): operation is PromptOperation {
  return promptOperations.some((each) => each === operation);
}

/** The status of a success. Source: as for the paths. */
export function successStatus(operation: string): number {
  return operation === 'create-prompt' || operation === 'create-prompt-version' ? 201 : 200;
}
