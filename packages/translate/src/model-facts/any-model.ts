import type { MediaFacts, ModelFacts } from './model-facts.ts';

/** Text and every kind of file. */
const anyMedia: MediaFacts = {
  image: true,
  document: true,
  video: true,
  audio: true,
  inToolResult: { image: true, document: true, video: true },
};

/**
 * What holds for a model that no row knows, an application inference profile for instance, whose id hides its model:
 * what Converse has a field for is sent, since Bedrock's own refusal says more than a guess of ours; what would have to
 * be put into the model's own fields is not.
 */
export const anyModel: ModelFacts = {
  family: 'unknown',
  systemPrompt: true,
  systemInConversation: false,
  media: anyMedia,
  signedReasoning: true,
  citations: true,
  guardContent: true,
  cachePoints: true,
  cachePoint: undefined,
  sampling: 'both',
  topK: undefined,
  modelFields: [],
  maxStopSequences: 2_500,
  blankStopSequences: true,
  maxOutputTokens: undefined,
  minMaxTokens: 1,
  reasoning: { how: 'none' },
  structuredOutput: 'tool',
  tools: true,
  hyphenInToolNames: true,
  nineCharToolUseIds: false,
  toolChoice: true,
  forcedTools: 'tool',
  strictTools: false,
  toolResultStatus: false,
  disableParallelToolUse: false,
  systemTools: [],
  messagesByInvoke: false,
  anthropicBetas: [],
  anthropicInvokeBetas: [],
  countTokens: false,
};
