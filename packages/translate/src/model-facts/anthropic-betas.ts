/**
 * Values of `anthropic_beta` that Claude takes on Bedrock by Converse (in additionalModelRequestFields) and by InvokeModel.
 * A value that a model does not know fails the call, so what is not here is left out and named.
 * Sources, read 2026-11-23: LiteLLM 1.106.2, anthropic_beta_headers_config.json (https://github.com/BerriAI/litellm);
 * as of 2026-11-23: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 * (interleaved thinking, the full thinking of developers).
 */
export const claudeBetas: readonly string[] = [
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'dev-full-thinking-2025-05-14',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'structured-outputs-2025-11-13',
  'thinking-binding-controls-2026-08-01',
  'thinking-display-updates-2026-08-18',
];

/** What InvokeModel takes besides. */
export const claudeInvokeBetas: readonly string[] = [
  'compact-2026-01-12',
  'context-management-2025-06-27',
  'dangerous-tool-use-2026-09-03',
  'mid-conversation-output-config-2026-07-01',
  'mid-conversation-tool-changes-2026-07-01',
  'tool-examples-2025-10-29',
  'tool-search-tool-2025-10-19',
];
