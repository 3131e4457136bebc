import { GatewayError } from '@genai-gateway/core';
import type { Prompt } from './prompt.ts';
import type { PromptName } from './prompt-source.ts';

/**
 * ARN, region, version. Source: the model of Bedrock's prompt API in botocore and @aws-sdk/client-bedrock-agent
 * 3.1138.0 (PromptIdentifier, Version, read 2026-11-23); the partitions as in `FlowPromptArn` there.
 */
const ARN =
  /^(arn:aws(?:-[a-z]{1,8}){0,2}:bedrock:([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}):\d{12}:prompt\/[0-9A-Za-z]{10})(?::([0-9A-Z]{1,5}))?$/;
/** Whatever wants to be the ARN of a prompt. */
const ANY_ARN = /^arn:[^:]*:bedrock:[^:]*:[^:]*:prompt(?:\/|$)/;
/** `PromptName` there: no two separators in a row, at most a hundred of letters and digits. */
const NAME = /^(?:[0-9A-Za-z][_-]?){1,100}$/;
const VERSION = /^(?:DRAFT|[1-9]\d{0,4})$/;

/**
 * Which prompt the name of a model means: an ARN (with LiteLLM's `bedrock/` in front, too) or `prompt:name`, each with
 * or without a version; without one it is the draft, as at Bedrock. Undefined: none. Throws `invalid-request` for the
 * name of a prompt that is written wrong.
 */
export function parsePromptName(name: string): PromptName | undefined {
  const written = name.startsWith('bedrock/') ? name.slice('bedrock/'.length) : name;
  if (ANY_ARN.test(written)) return parseArn(written);
  return name.startsWith('prompt:') ? parseName(name) : undefined;
}

/** What callers, headers and logs may be told of it: `prompt:greeting:3`, or `prompt/ABCDEFGHIJ:3` without the account. */
export function shownPromptName(name: PromptName): string {
  return name.kind === 'name'
    ? `prompt:${name.name}:${name.version}`
    : `${name.arn.slice(name.arn.lastIndexOf(':') + 1)}:${name.version}`;
}

/**
 * Every name under which a list of allowed models may hold the prompt: one without a version allows each of them. A
 * name without an ARN is of `ownRegion`, the gateway's; a prompt of another region has none.
 */
export function promptNames(prompt: Prompt, ownRegion: string | undefined): readonly string[] {
  const arns = prompt.version === 'DRAFT' ? [prompt.arn] : [prompt.arn, `${prompt.arn}:${prompt.version}`];
  if (prompt.arn.split(':')[3] !== ownRegion) return arns;
  const name = `prompt:${prompt.name}`;
  return [...arns, name, `${name}:${prompt.version}`];
}

function parseArn(written: string): PromptName {
  const [, arn, region, version = 'DRAFT'] = ARN.exec(written) ?? [];
  if (arn === undefined || region === undefined || !VERSION.test(version)) {
    throw odd('an ARN as arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1');
  }
  return { kind: 'arn', arn, region, version };
}

function parseName(written: string): PromptName {
  const [, name = '', version = 'DRAFT', ...rest] = written.split(':');
  if (name.length > 200 || !NAME.test(name) || !VERSION.test(version) || rest.length > 0) {
    throw odd('prompt:name or prompt:name:version');
  }
  return { kind: 'name', name, version };
}

function odd(right: string): GatewayError {
  return new GatewayError(
    'invalid-request',
    `This is not how a managed prompt is named. Write ${right}; the version is a number or DRAFT, which it is without one.`,
    { param: 'model' },
  );
}
