import type { CachePointFacts, FactRow } from './model-facts.ts';
import { caching, features, prices, row, textOnly } from './row.ts';

const novaGuide = 'https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html';
const nova2Guide = 'https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html';

const novaCachePoint: CachePointFacts = {
  minTokens: 1_000,
  // https://github.com/NousResearch/hermes-agent/issues/97281
  behindTools: false,
  roles: ['user'],
  // Not right behind a tool result: https://github.com/aws-samples/bedrock-engineer/pull/71
  lastBlocks: ['text'],
  ttl: [],
};

/** Amazon's own models. */
export const amazonRows: readonly FactRow[] = [
  row(
    'nova',
    /\bamazon\.nova/,
    {
      media: {
        image: true,
        document: true,
        video: true,
        audio: false,
        inToolResult: { image: true, document: true, video: false },
      },
      signedReasoning: false,
      topK: ['inferenceConfig', 'topK'],
      maxStopSequences: 4,
      hyphenInToolNames: false,
      toolResultStatus: true,
      systemTools: ['nova_grounding'],
      maxOutputTokens: 10_000,
    },
    novaGuide,
  ),
  row('nova', /\bamazon\.nova-micro/, { media: textOnly }, features),
  row(
    'nova',
    /\bamazon\.nova-2-/,
    {
      reasoning: { how: 'nova', efforts: ['low', 'medium', 'high'] },
      systemTools: ['nova_grounding', 'nova_code_interpreter'],
      maxOutputTokens: 64_000,
    },
    nova2Guide,
  ),
  row('nova', /\bamazon\.nova-(?:2-)?(?:micro|lite|pro|premier)\b/, { cachePoint: novaCachePoint }, caching),
  row(
    'titan',
    /\bamazon\.titan-t/,
    {
      systemPrompt: false,
      media: { ...textOnly, document: true },
      signedReasoning: false,
      citations: false,
      cachePoints: false,
      tools: false,
      toolChoice: false,
      forcedTools: 'none',
      structuredOutput: 'prompt',
    },
    features,
  ),
  row('titan', /\bamazon\.titan-text-premier/, { media: textOnly }, features),
  ...(
    [
      [/\bamazon\.titan-text-lite/, 4_000],
      [/\bamazon\.titan-text-express/, 8_000],
    ] as const
  ).map(([model, maxOutputTokens]) => row('titan', model, { maxOutputTokens }, prices)),
];
