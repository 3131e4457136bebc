import type { FactRow, MediaFacts } from './model-facts.ts';
import { features, prices, row, textOnly } from './row.ts';

const choices =
  'langchain-aws, bedrock_converse.py, supports_tool_choice_values: https://github.com/langchain-ai/langchain-aws';
const structured = 'https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html';
const converse = 'LiteLLM 1.106.2, llms/bedrock/chat/converse_transformation.py: https://github.com/BerriAI/litellm';

const documents: MediaFacts = { ...textOnly, document: true };
const images: MediaFacts = { ...textOnly, image: true, inToolResult: { ...textOnly.inToolResult, image: true } };
const imagesAndDocuments: MediaFacts = { ...images, document: true };

/** Fields that only Anthropic's and Amazon's models have. */
const plain = { signedReasoning: false, citations: false, cachePoints: false } as const;
const noTools = { tools: false, toolChoice: false, forcedTools: 'none', structuredOutput: 'prompt' } as const;
const bySchema = { structuredOutput: 'native', strictTools: true } as const;

/** Models of other makers, each maker's general row first. */
export const otherRows: readonly FactRow[] = [
  row('ai21', /\bai21\./, { ...plain, ...noTools, media: textOnly }, features),
  row('ai21', /\bai21\.jamba/, { maxOutputTokens: 4_096 }, prices),
  row(
    'ai21',
    /\bai21\.jamba-1-5/,
    {
      media: documents,
      tools: true,
      toolChoice: true,
      structuredOutput: 'prompt',
      modelFields: ['frequency_penalty', 'presence_penalty'],
    },
    features,
  ),
  row('ai21', /\bai21\.j2/, { systemPrompt: false }, features),

  row('cohere', /\bcohere\./, { ...plain, ...noTools, media: documents, systemPrompt: false }, features),
  row(
    'cohere',
    /\bcohere\.command-r/,
    {
      systemPrompt: true,
      tools: true,
      toolChoice: true,
      topK: ['k'],
      maxStopSequences: 4,
      modelFields: ['frequency_penalty', 'presence_penalty', 'seed'],
    },
    features,
  ),

  row('deepseek', /\bdeepseek\./, { ...plain, media: textOnly, maxStopSequences: 10 }, prices),
  row('deepseek', /\bdeepseek\.r1/, { ...noTools, media: documents, maxOutputTokens: 8_192 }, features),
  row(
    'deepseek',
    /\bdeepseek\.v/,
    { reasoning: { how: 'flat', efforts: ['low', 'medium', 'high'], always: false }, ...bySchema },
    converse,
  ),
  row('deepseek', /\bdeepseek\.v3-v1/, { forcedTools: 'any' }, choices),

  row('gemma', /\bgoogle\.gemma/, { ...plain, media: images, forcedTools: 'none', structuredOutput: 'prompt' }, prices),
  row('gemma', /\bgoogle\.gemma-3-(?:12|27)b/, bySchema, structured),

  row('llama', /\bmeta\.llama/, { ...plain, ...noTools, media: documents }, features),
  row('llama', /\bmeta\.llama(?:3-[123]|4)/, { tools: true, toolChoice: true }, features),
  row('llama', /\bmeta\.llama3-2-(?:11|90)b|\bmeta\.llama4/, { media: imagesAndDocuments }, features),
  row('llama', /\bmeta\.llama3-2-[13]b/, noTools, features),
  row('llama', /\bmeta\.llama3-1-/, { toolChoice: false }, choices),

  row('minimax', /\bminimax\./, { ...plain, media: textOnly }, prices),
  row('minimax', /\bminimax\.minimax-m2(?![\d.])/, { ...bySchema, forcedTools: 'none' }, structured),

  row(
    'mistral',
    /\bmistral\./,
    { ...plain, media: documents, nineCharToolUseIds: true, maxStopSequences: 10, forcedTools: 'any' },
    choices,
  ),
  row('mistral', /\bmistral\.mi(?:stral-7b|xtral)/, { ...noTools, systemPrompt: false, topK: ['top_k'] }, features),
  row(
    'mistral',
    /\bmistral\.pixtral/,
    { media: imagesAndDocuments, forcedTools: 'none', structuredOutput: 'prompt' },
    prices,
  ),
  row('mistral', /\bmistral\.(?:magistral|ministral|mistral-large-3)/, { media: images, ...bySchema }, structured),
  row('mistral', /\bmistral\.voxtral/, { media: { ...textOnly, audio: true }, ...bySchema }, structured),
  row('mistral', /\bmistral\.devstral/, { media: textOnly, forcedTools: 'tool' }, prices),

  row('kimi', /\bmoonshot(?:ai)?\./, { ...plain, media: textOnly }, prices),
  row('kimi', /\bmoonshot(?:ai)?\.kimi-k2-thinking/, bySchema, structured),
  row('kimi', /\bmoonshot(?:ai)?\.kimi-k(?:2\.|3)/, { media: images }, prices),

  row('nemotron', /\bnvidia\./, { ...plain, media: textOnly, forcedTools: 'none', structuredOutput: 'prompt' }, prices),
  row('nemotron', /\bnvidia\.nemotron-nano/, bySchema, structured),
  row('nemotron', /\bnvidia\.nemotron-nano-12b/, { media: images }, prices),
  row('nemotron', /\bnvidia\.nemotron-(?:nano-3|super)/, { forcedTools: 'tool' }, prices),
  row('nemotron', /\bnvidia\.nemotron-super/, { structuredOutput: 'tool' }, prices),

  row('gpt-oss', /\bopenai\.gpt-oss/, { ...plain, ...bySchema, media: textOnly }, structured),
  row(
    'gpt-oss',
    /\bopenai\.gpt-oss/,
    { reasoning: { how: 'flat', efforts: ['low', 'medium', 'high'], always: true } },
    converse,
  ),
  row(
    'gpt',
    /\bopenai\.gpt-\d/,
    {
      ...plain,
      media: { ...textOnly, image: true },
      sampling: 'none',
      minMaxTokens: 16,
      reasoning: { how: 'nested', efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
      maxOutputTokens: 128_000,
    },
    converse,
  ),
  row(
    'gpt',
    /\bopenai\.gpt-(?:5\.6|6-)/,
    { reasoning: { how: 'nested', efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'] } },
    prices,
  ),
  row(
    'gpt',
    /\bopenai\.gpt-6(?:-astra|\.1)/,
    { reasoning: { how: 'nested', efforts: ['low', 'medium', 'high', 'xhigh', 'max'] } },
    prices,
  ),

  row('qwen', /\bqwen\./, { ...plain, ...bySchema, media: textOnly }, structured),
  row('qwen', /\bqwen\.qwen3-vl/, { media: images }, prices),

  row('pegasus', /\btwelvelabs\./, { ...plain, ...noTools, media: { ...textOnly, video: true } }, prices),

  row(
    'palmyra',
    /\bwriter\./,
    { ...plain, media: documents, forcedTools: 'none', structuredOutput: 'prompt', maxOutputTokens: 8_192 },
    features,
  ),
  row('palmyra', /\bwriter\.palmyra-vision/, { ...noTools, media: images, maxOutputTokens: 4_096 }, prices),

  row('grok', /\bxai\./, { ...plain, media: images, minMaxTokens: 16 }, converse),

  row('glm', /\bzai\./, { ...plain, media: textOnly }, prices),
  row('glm', /\bzai\.glm-5/, { structuredOutput: 'native' }, prices),

  row('unknown', /\b(?:luma|stability)\./, { ...plain, ...noTools, media: textOnly }, features),
];
