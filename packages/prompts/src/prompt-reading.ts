import { GatewayError, isGatewayError, keepNewest } from '@genai-gateway/core';
import { gatewayMetadata } from './bedrock-prompt.ts';
import type { ManagedPrompt, PromptAdmin, PromptSummary } from './prompt-admin.ts';
import { parsePromptName } from './prompt-name.ts';
import { comparePrompts, cursorOf, type PromptQuery } from './prompt-query.ts';

/** Whether the reader may see a prompt. */
export type MayRead = (prompt: ManagedPrompt) => Promise<boolean>;

export interface PromptPage {
  readonly prompts: readonly PromptSummary[];
  /** The `after` of the next page; undefined: there is none. */
  readonly next: string | undefined;
}

const ID = /^[0-9A-Za-z]{10}$/;
/** Bedrock answers so many at a time without throttling an account. */
const AT_A_TIME = 4;
/** Prompts that are looked into for one page, so that it comes in seconds: it may be short, or empty. */
const MAX_EXAMINED = 200;
/** Prompts that are kept; each may be a megabyte. */
const MAX_KEPT = 100;

/** Finds and lists the prompts of a `PromptAdmin`, and rejects as it does. */
export class PromptReading {
  readonly #admin: PromptAdmin;
  /** By id and version, as they were at the time that a list tells: what has not changed since is not asked again. */
  readonly #kept = new Map<string, ManagedPrompt>();

  constructor(admin: PromptAdmin) {
    this.#admin = admin;
  }

  /**
   * The id of the prompt that is written as its id, its name, `prompt:name` or its ARN. Where a prompt is called as
   * another one's id, the id goes first. Rejects with `prompt-not-found` and, for what is written wrong,
   * `invalid-request`.
   */
  async locate(written: string, signal: AbortSignal): Promise<string> {
    if (ID.test(written) && (await this.#isThere(written, signal))) return written;
    const name = /^(?:arn|prompt):/.test(written) ? parsePromptName(written) : undefined;
    if (name !== undefined && name.version !== 'DRAFT') {
      throw new GatewayError('invalid-request', 'Name the prompt without its version; that goes into `version`.', {
        param: 'id',
      });
    }
    const wanted = (summary: PromptSummary): boolean =>
      name?.kind === 'arn' ? summary.arn === name.arn : summary.name === (name?.name ?? written);
    const found = (await this.#admin.list(signal)).find(wanted);
    if (found === undefined) throw noSuchPrompt();
    return found.promptId;
  }

  get(promptId: string, version: string, signal: AbortSignal): Promise<ManagedPrompt> {
    return this.#admin.get(promptId, version, signal);
  }

  /** A page of drafts, by name. `mayRead` undefined: every one may be seen. */
  async page(query: PromptQuery, mayRead: MayRead | undefined, signal: AbortSignal): Promise<PromptPage> {
    const { limit, after, search, model } = query;
    const all = (await this.#admin.list(signal)).toSorted(comparePrompts);
    const rest = all.filter(
      (each) =>
        (after === undefined || comparePrompts(each, after) > 0) && (search === undefined || says(each, search)),
    );
    if (mayRead === undefined && model === undefined) return pageOf(rest.slice(0, limit), rest, limit);
    const isShown: MayRead = async (prompt) =>
      (model === undefined || isFor(prompt, model)) && (mayRead === undefined || (await mayRead(prompt)));
    const prompts: PromptSummary[] = [];
    let examined = 0;
    while (prompts.length < limit && examined < Math.min(rest.length, MAX_EXAMINED)) {
      // No more than may be needed: what is examined beyond the page would be examined again for the next one.
      const some = rest.slice(examined, examined + Math.min(AT_A_TIME, limit - prompts.length));
      prompts.push(...(await this.#shown(some, isShown, signal)));
      examined += some.length;
    }
    return pageOf(prompts, rest, examined);
  }

  /** The versions that may be seen. */
  async versions(
    promptId: string,
    mayRead: MayRead | undefined,
    signal: AbortSignal,
  ): Promise<readonly PromptSummary[]> {
    const all = await this.#admin.versions(promptId, signal);
    if (mayRead === undefined) return all;
    const shown: PromptSummary[] = [];
    for (let at = 0; at < all.length; at += AT_A_TIME) {
      shown.push(...(await this.#shown(all.slice(at, at + AT_A_TIME), mayRead, signal)));
    }
    return shown;
  }

  async #shown(
    some: readonly PromptSummary[],
    isShown: MayRead,
    signal: AbortSignal,
  ): Promise<readonly PromptSummary[]> {
    const verdicts = await Promise.all(
      some.map(async (summary) => {
        const prompt = await this.#asOf(summary, signal);
        return prompt !== undefined && (await isShown(prompt));
      }),
    );
    return some.filter((_summary, at) => verdicts[at]);
  }

  /** What a list has told of; undefined: it is gone since. */
  async #asOf(summary: PromptSummary, signal: AbortSignal): Promise<ManagedPrompt | undefined> {
    const { promptId, version, updatedAtMs } = summary;
    const key = `${promptId}:${version}`;
    const kept = this.#kept.get(key);
    if (kept?.updatedAtMs === updatedAtMs) return kept;
    const prompt = await unlessGone(this.#admin.get(promptId, version, signal));
    if (prompt !== undefined) keepNewest(this.#kept, key, prompt, MAX_KEPT);
    return prompt;
  }

  async #isThere(promptId: string, signal: AbortSignal): Promise<boolean> {
    return (await unlessGone(this.#admin.get(promptId, 'DRAFT', signal))) !== undefined;
  }
}

/** What callers are told of a prompt that is not there, and of one that they may not read. */
export function noSuchPrompt(): GatewayError {
  return new GatewayError(
    'prompt-not-found',
    'There is no such managed prompt, or no such version of it, among those that you may read. GET /v1/prompts lists them.',
    { param: 'id' },
  );
}

function pageOf(prompts: readonly PromptSummary[], rest: readonly PromptSummary[], examined: number): PromptPage {
  const last = rest[examined - 1];
  return { prompts, next: examined < rest.length && last !== undefined ? cursorOf(last) : undefined };
}

function says({ name, description }: PromptSummary, search: string): boolean {
  return `${name}\n${description ?? ''}`.toLowerCase().includes(search);
}

function isFor({ content }: ManagedPrompt, model: string): boolean {
  return content.variants.some(
    ({ modelId, metadata = [] }) =>
      modelId === model || metadata.some(({ key, value }) => key === gatewayMetadata.model && value === model),
  );
}

async function unlessGone(asked: Promise<ManagedPrompt>): Promise<ManagedPrompt | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isGatewayError(error) && error.code === 'prompt-not-found') return undefined;
    throw error;
  }
}
