import { GatewayError } from '@genai-gateway/core';
import type { FunctionRequest } from '@genai-gateway/lambda';
import { callableVariants, mayCallPrompts } from '@genai-gateway/pipeline';
import { type ManagedPrompt, type MayRead, noSuchPrompt, type PromptContent, promptOf } from '@genai-gateway/prompts';
import type { PromptServices } from './services.ts';

type Variants = PromptContent['variants'];

/** Who asks, and what of a prompt it may see. */
export interface Reader {
  /** Undefined: everything. Without looking at any of them: `none`. */
  readonly mayRead: MayRead | 'none' | undefined;
  /** The variants that it may see. Rejects with `prompt-not-found` when it may see none, as if there were no such prompt. */
  seen(prompt: ManagedPrompt): Promise<Variants>;
}

/** LiteLLM's `allowed_routes` by which a key may read prompts; empty: every route. */
const READING = ['*', '/*', '/v1/*', '/v1/prompts', '/v1/prompts/*', 'llm_api_routes', 'management_routes'];
/**
 * Administrators, and those who may look at what they do, see every prompt; others those that they may call, and of
 * several variants those whose model they may call. Rejects with `not-permitted` for a key that is made for other routes.
 */
export async function readerOf(request: FunctionRequest, services: PromptServices): Promise<Reader> {
  checkRoutes(request);
  if (request.isAdministrator || request.isAuditor) {
    return { mayRead: undefined, seen: async ({ content }) => content.variants };
  }
  const { principal, signal } = request;
  const access = await services.access();
  const visible = async (prompt: ManagedPrompt): Promise<Variants> => {
    const callable = await callableVariants(principal, readable(prompt), access, signal);
    const names = new Set(callable.map(({ name }) => name));
    return prompt.content.variants.filter(({ name }) => names.has(name));
  };
  return {
    mayRead: mayCallPrompts(principal, access.catalogue())
      ? async (prompt) => (await visible(prompt)).length > 0
      : 'none',
    seen: async (prompt) => {
      const variants = await visible(prompt);
      if (variants.length === 0) throw noSuchPrompt();
      return variants;
    },
  };
}

/** Throws `not-permitted` for everybody who may not change prompts. */
export function checkMayWrite(request: FunctionRequest): void {
  if (request.isAdministrator) return;
  throw new GatewayError(
    'not-permitted',
    'Only administrators change prompts: the master key, or a user of the role proxy_admin. Ask one of them.',
  );
}

function checkRoutes({ principal }: FunctionRequest): void {
  if (principal.kind === 'master' || principal.key.allowedRoutes.length === 0) return;
  if (principal.key.allowedRoutes.some((route) => READING.includes(route))) return;
  throw new GatewayError(
    'not-permitted',
    'This API key is made for other routes. Ask your administrator for a key whose allowed_routes include /v1/prompts/*.',
  );
}

/** One whose weights are no numbers cannot be called, so nobody but administrators sees it. */
function readable(prompt: ManagedPrompt): ReturnType<typeof promptOf> {
  try {
    return promptOf(prompt);
  } catch {
    return promptOf({ ...prompt, content: { ...prompt.content, variants: [] } });
  }
}
