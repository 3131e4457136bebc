import { GatewayError } from '@genai-gateway/core';
import type { JsonRecord } from '@genai-gateway/protocol';
import type { ManagedPrompt, PromptContent, PromptSummary } from './prompt-admin.ts';
import { etagOf } from './prompt-etag.ts';
import { type Fields, fieldsIn } from './prompt-fields.ts';
import { parseVariant, shownVariant } from './variant-words.ts';

const CONTENT_FIELDS = ['name', 'description', 'default_variant', 'kms_key_arn', 'variants'];

/** A prompt to be made. */
export interface NewPrompt {
  readonly content: PromptContent;
  readonly tags: Readonly<Record<string, string>>;
}

/** The body of `POST /v1/prompts`. Throws `invalid-request`. */
export function parseNewPrompt(body: unknown): NewPrompt {
  const fields = fieldsIn(body, '', [...CONTENT_FIELDS, 'tags']);
  const tags = Object.entries(fields.object('tags') ?? {});
  if (!tags.every((each): each is [string, string] => typeof each[1] === 'string')) {
    throw new GatewayError('invalid-request', "'tags' must give a text to each name.", { param: 'tags' });
  }
  return { content: contentIn(fields, fields.text('kms_key_arn')), tags: Object.fromEntries(tags) };
}

/**
 * The body of `PUT /v1/prompts/{id}`: the whole draft in place of `before`. Only its key of KMS stays unless another or
 * null is named, because nobody wants to lose that by leaving it out. Throws `invalid-request`.
 */
export function parseReplacement(body: unknown, before: PromptContent): PromptContent {
  const fields = fieldsIn(body, '', [...CONTENT_FIELDS, 'etag']);
  const isKeyNamed = 'kms_key_arn' in (body as JsonRecord);
  return contentIn(fields, isKeyNamed ? fields.text('kms_key_arn') : before.kmsKeyArn);
}

/** The body of `PATCH /v1/prompts/{id}`: what it names changes, null takes away. Throws `invalid-request`. */
export function parsePatch(body: unknown, before: PromptContent): PromptContent {
  const fields = fieldsIn(body, '', [...CONTENT_FIELDS, 'etag']);
  const given = body as JsonRecord;
  const optional = (name: string, kept: string | undefined) => (name in given ? fields.text(name) : kept);
  return {
    name: fields.text('name') ?? before.name,
    description: optional('description', before.description),
    defaultVariant: optional('default_variant', before.defaultVariant),
    kmsKeyArn: optional('kms_key_arn', before.kmsKeyArn),
    variants: 'variants' in given ? variantsOf(fields.list('variants')) : before.variants,
  };
}

/** The prompt as /v1/prompts shows it; `variants`: those that the caller may see. */
export function shownPrompt(prompt: ManagedPrompt, variants = prompt.content.variants): JsonRecord {
  const { content } = prompt;
  return {
    ...shownSummary({ ...prompt, name: content.name, description: content.description }),
    default_variant: content.defaultVariant ?? null,
    ...(content.kmsKeyArn === undefined ? {} : { kms_key_arn: content.kmsKeyArn }),
    variants: variants.map(shownVariant),
    etag: etagOf(content),
  };
}

/** A prompt in a list. */
export function shownSummary(summary: PromptSummary): JsonRecord {
  return {
    object: 'prompt',
    id: summary.promptId,
    arn: summary.version === 'DRAFT' ? summary.arn : `${summary.arn}:${summary.version}`,
    name: summary.name,
    description: summary.description ?? null,
    version: summary.version,
    created_at: Math.floor(summary.createdAtMs / 1000),
    updated_at: Math.floor(summary.updatedAtMs / 1000),
  };
}

function contentIn(fields: Fields, kmsKeyArn: string | undefined): PromptContent {
  const name = fields.text('name');
  if (name === undefined) throw new GatewayError('invalid-request', "'name' is missing.", { param: 'name' });
  return {
    name,
    description: fields.text('description'),
    defaultVariant: fields.text('default_variant'),
    kmsKeyArn,
    variants: variantsOf(fields.list('variants')),
  };
}

function variantsOf(list: readonly unknown[] | undefined): PromptContent['variants'] {
  return (list ?? []).map((each, at) => parseVariant(each, `variants.${at}`));
}
