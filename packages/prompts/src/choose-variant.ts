import { createHash } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';
import type { Prompt, PromptVariant } from './prompt.ts';

/** What decides which variant a call gets. */
export interface VariantWish {
  /** The variant that the caller asks for; undefined: the prompt decides. */
  readonly name: string | undefined;
  /** Calls with the same text get the same of several weighted variants: a user or a session. */
  readonly stickTo: string;
}

export interface ChosenVariant {
  readonly variant: PromptVariant;
  readonly how: 'default' | 'by-name' | 'weighted';
}

/**
 * The variant of a call: the one that it names; else, where variants have weights, one of them by its share; else the
 * default, else the first. Throws `invalid-request` for a name that the prompt does not have, and for a prompt without
 * variants.
 */
export function chooseVariant(prompt: Prompt, { name, stickTo }: VariantWish): ChosenVariant {
  const { variants, defaultVariant } = prompt;
  const [first] = variants;
  if (first === undefined) {
    throw new GatewayError(
      'invalid-request',
      "This prompt has no variant yet, so there is nothing to send to a model. Give it one in Bedrock's Prompt management.",
      { param: 'model' },
    );
  }
  if (name !== undefined) {
    const variant = variants.find((each) => each.name === name);
    if (variant === undefined) throw unknownVariant(name, variants);
    return { variant, how: 'by-name' };
  }
  const weighted = byWeight(prompt, stickTo);
  if (weighted !== undefined) return { variant: weighted, how: 'weighted' };
  return { variant: variants.find((each) => each.name === defaultVariant) ?? first, how: 'default' };
}

function byWeight({ arn, variants }: Prompt, stickTo: string): PromptVariant | undefined {
  const weighted = variants.flatMap((variant) =>
    variant.weight === undefined ? [] : [{ variant, weight: variant.weight }],
  );
  return chooseByWeight(weighted, ({ variant }) => `${arn} ${variant.name}`, stickTo)?.variant;
}

/**
 * One of several by its share, always the same for one `stickTo`; undefined: none has a weight above 0. Weighted
 * rendezvous hashing: each draws a number from the hash of its own name and of who asks, weighted so that it wins with
 * exactly its share, and the highest wins. One whose weight changes wins or loses callers of its own; nobody moves
 * between two others, which shares that are laid end to end would do. The version of a prompt is not in the hash:
 * whoever had a variant keeps it when a new version is published.
 * Source: Schindelhauer and Schomaker, Weighted Distributed Hash Tables, SPAA 2005 (logarithmic method), as of
 * 2026-11-23.
 */
export function chooseByWeight<Choice extends { readonly weight: number }>(
  choices: readonly Choice[],
  nameOf: (choice: Choice) => string,
  stickTo: string,
): Choice | undefined {
  let winner: Choice | undefined;
  let highest = 0;
  for (const choice of choices) {
    if (choice.weight <= 0) continue;
    const drawn = -choice.weight / Math.log(evenly(JSON.stringify([nameOf(choice), stickTo])));
    if (winner !== undefined && drawn <= highest) continue;
    winner = choice;
    highest = drawn;
  }
  return winner;
}

/** A number between 0 and 1, both excluded, that is always the same for a text. */
function evenly(text: string): number {
  return (createHash('sha256').update(text).digest().readUIntBE(0, 6) + 0.5) / 2 ** 48;
}

function unknownVariant(asked: string, variants: readonly PromptVariant[]): GatewayError {
  const names = variants.map(({ name }) => `'${name}'`).join(', ');
  return new GatewayError('invalid-request', `The prompt has no variant '${asked.slice(0, 200)}'. It has: ${names}.`, {
    param: 'promptVariant',
  });
}
