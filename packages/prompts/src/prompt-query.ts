import { GatewayError } from '@genai-gateway/core';
import type { PromptSummary } from './prompt-admin.ts';

/** What is asked of the list of prompts. */
export interface PromptQuery {
  readonly limit: number;
  /** Where the page before ended. */
  readonly after: PromptPlace | undefined;
  /** In the name or the description, in lower case. */
  readonly search: string | undefined;
  /** Of one of its variants, as it is written there. */
  readonly model: string | undefined;
}

/** Prompts are listed by their names. */
export type PromptPlace = Pick<PromptSummary, 'name' | 'promptId'>;

type QueryParameters = Readonly<Record<string, string>>;

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_TEXT = 200;

/** `limit`, `after`, `search` and `model` of a list of prompts. Throws `invalid-request`, for other names too. */
export function parsePromptQuery(query: QueryParameters): PromptQuery {
  checkNames(query, ['limit', 'after', 'search', 'model']);
  return {
    limit: limitOf(query['limit']),
    after: query['after'] === undefined ? undefined : readCursor(query['after']),
    search: textOf(query['search'], 'search')?.toLowerCase(),
    model: query['model'],
  };
}

/** Throws `invalid-request` for a parameter that is none of `known`. */
export function checkNames(query: QueryParameters, known: readonly string[]): void {
  const strange = Object.keys(query).find((name) => !known.includes(name));
  if (strange === undefined) return;
  const shown = JSON.stringify(strange.slice(0, 40));
  const mend = known.length === 0 ? 'There are none.' : `Send any of: ${known.join(', ')}.`;
  throw invalid(`There is no parameter ${shown} here. ${mend}`, strange.slice(0, 40));
}

/** The version that is meant: a number, or the draft. Throws `invalid-request`. */
export function parseVersion(written: unknown): string {
  if (written === undefined || written === null || written === 'DRAFT') return 'DRAFT';
  const version = typeof written === 'number' ? String(written) : written;
  if (typeof version === 'string' && /^[1-9]\d{0,4}$/.test(version)) return version;
  throw invalid("'version' must be the number of a published version, or DRAFT.", 'version');
}

/** The cursor of the page that begins after this prompt. */
export function cursorOf({ name, promptId }: PromptPlace): string {
  return Buffer.from(`${promptId}${name}`).toString('base64url');
}

/** In the order of the list: by name, and by id where names are the same. */
export function comparePrompts(one: PromptPlace, other: PromptPlace): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.promptId === other.promptId) return 0;
  return one.promptId < other.promptId ? -1 : 1;
}

function readCursor(cursor: string): PromptPlace {
  const [, promptId, name] =
    /^([0-9A-Za-z]{10})([0-9A-Za-z_-]{1,200})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (promptId !== undefined && name !== undefined) return { promptId, name };
  throw invalid("'after' is not a cursor. Send 'next' of the page before, or nothing.", 'after');
}

function limitOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalid(`'limit' must be a whole number from 1 to ${MAX_LIMIT}.`, 'limit');
}

function textOf(value: string | undefined, name: string): string | undefined {
  if (value === undefined || (value.length > 0 && value.length <= MAX_TEXT)) return value;
  throw invalid(`'${name}' must have 1 to ${MAX_TEXT} characters.`, name);
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid-request', message, { param });
}
