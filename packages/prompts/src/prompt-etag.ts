import { createHash } from 'node:crypto';
import type { PromptContent } from './prompt-admin.ts';

/** Stands for what a prompt says: the same text for the same content, whoever wrote it, here or in AWS's console. */
export function etagOf(content: PromptContent): string {
  return createHash('sha256').update(canonical(content)).digest('base64url').slice(0, 22);
}

/** True for two that say the same. */
export function isSameContent(one: PromptContent, other: PromptContent): boolean {
  return canonical(one) === canonical(other);
}

/** JSON whose keys are in the order of their letters; what is undefined is not there. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
