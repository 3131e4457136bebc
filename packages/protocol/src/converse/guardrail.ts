import type { Open } from '../json.ts';

/** Guardrails in a Converse request: which one, and which parts of the request it looks at. */

/**
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailStreamConfiguration.html
 * (read 2026-11-23, by `@aws-sdk/client-bedrock-runtime`).
 */
export interface ConverseGuardrailConfig {
  /** An id or an ARN. */
  readonly guardrailIdentifier?: string;
  /** A number from 1, or `DRAFT`. */
  readonly guardrailVersion?: string;
  readonly trace?: Open<'enabled' | 'disabled' | 'enabled_full'>;
  /** ConverseStream alone has it. */
  readonly streamProcessingMode?: Open<'sync' | 'async'>;
}

/**
 * Text or an image for the guardrail. As soon as there is one such block in the messages, the guardrail looks at
 * nothing else in them; the model reads it as plain content.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html (as of 2026-11-23).
 */
export interface ConverseGuardContentBlock {
  readonly guardContent: ConverseGuardContent;
}

export type ConverseGuardContent =
  | { readonly text: { readonly text: string; readonly qualifiers?: readonly Open<ConverseGuardQualifier>[] } }
  /** `bytes` is base64. */
  | { readonly image: { readonly format: Open<'png' | 'jpeg'>; readonly source: { readonly bytes: string } } };

/** What a text is for the check of grounding: the source, the question, or what is checked. */
export type ConverseGuardQualifier = 'grounding_source' | 'query' | 'guard_content';
