import { listOf } from '../json.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { countableContent, textOfContent } from './chat/chat-request.ts';
import { type Endpoint, plainRequest } from './endpoint.ts';
import { requireField, requireKind } from './rules.ts';

/** Source: `Moderation.Categories` of the npm package openai 7.57.0 (read 2026-11-23). */
const categories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

/** `POST /v1/moderations`: flags violence when a directive or a script stops for content or by a guardrail. */
export const moderationsEndpoint: Endpoint = (body, context) => {
  const input = requireField(body, 'input');
  requireKind(input, ['string', 'array'], 'input');
  const texts = listOf(input).filter((item) => typeof item === 'string');
  // A list of texts has a result for each of them; a list of parts has one.
  const results = Math.max(1, texts.length);
  const text = texts.length > 0 ? texts.join('\n') : textOfContent(input);
  return {
    ...plainRequest(text, tokensOfPrompt([countableContent(input)]), context.seed),
    streamed: false,
    answer: ({ stopReason }) => {
      const flagged = stopReason === 'guardrail_intervened' || stopReason === 'content_filtered';
      const isHit = (category: string): boolean => flagged && category === 'violence';
      const result = {
        flagged,
        categories: Object.fromEntries(categories.map((name) => [name, isHit(name)])),
        category_scores: Object.fromEntries(categories.map((name) => [name, isHit(name) ? 0.97 : 0.0001])),
        category_applied_input_types: Object.fromEntries(categories.map((name) => [name, isHit(name) ? ['text'] : []])),
      };
      return {
        kind: 'json',
        body: {
          id: `modr-${context.id}`,
          model: typeof body['model'] === 'string' ? body['model'] : 'omni-moderation-latest',
          results: Array.from({ length: results }, () => result),
        },
      };
    },
  };
};
