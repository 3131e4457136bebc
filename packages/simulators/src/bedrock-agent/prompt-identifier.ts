import { constraintError } from '../wire/schema-check.ts';

/** The account that everything simulated belongs to. */
export const ACCOUNT = '123456789012';

/** The working version of a prompt, beside the published ones with numbers. */
export const DRAFT = 'DRAFT';

/** What an id or ARN of a prompt says. */
export interface PromptIdentifier {
  readonly id: string;
  /** Undefined for an id, which is one of the region that is asked. */
  readonly region: string | undefined;
  readonly account: string;
  /** A number; undefined where none is named. */
  readonly version: string | undefined;
}

/** Source: `PromptIdentifier`, botocore 1.43.126, bedrock-agent/2023-06-05; its ARNs are of `aws`, which we leave open (read 2026-11-23). */
const ID = /^[0-9a-zA-Z]{10}$/;
const ARN = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]{1,20}):([0-9]{12}):prompt\/([0-9a-zA-Z]{10})(?::([0-9]{1,5}))?$/;

/** Reads a prompt's id or ARN; undefined for what is neither. */
export function parsePromptIdentifier(text: string): PromptIdentifier | undefined {
  if (ID.test(text)) return { id: text, region: undefined, account: ACCOUNT, version: undefined };
  const [, region, account = '', id = '', version] = ARN.exec(text) ?? [];
  return region === undefined ? undefined : { id, region, account, version };
}

/** The same of a member of a request. Throws ValidationException. */
export function promptIdentifier(text: string, member: string): PromptIdentifier {
  const parsed = parsePromptIdentifier(text);
  if (parsed !== undefined) return parsed;
  throw constraintError([
    `Value '${text}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ` +
      '([0-9a-zA-Z]{10})|(arn:aws:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:prompt/[0-9a-zA-Z]{10})(?::[0-9]{1,5})?',
  ]);
}

/** The ARN of a prompt, or of one of its published versions; a draft's ARN has no version. */
export function promptArn(region: string, id: string, version: string = DRAFT): string {
  return `arn:aws:bedrock:${region}:${ACCOUNT}:prompt/${id}${version === DRAFT ? '' : `:${version}`}`;
}

/** True for what a Converse call names a prompt by. */
export function isPromptArn(modelId: string): boolean {
  return parsePromptIdentifier(modelId)?.region !== undefined;
}
