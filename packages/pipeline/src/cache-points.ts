import type { ConverseRequest } from '@genai-gateway/protocol';
import { withCachePoints } from '@genai-gateway/translate';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/**
 * The request with cache points behind what stays the same in later calls, where that is configured. `modelId`: the
 * model that does the work. `stableMessages`: so many of the first messages will be sent again.
 */
export function withCachePointsFor(
  { record }: Call,
  { promptCaching }: Services,
  modelId: string,
  request: ConverseRequest,
  stableMessages: number,
): ConverseRequest {
  if (!promptCaching) return request;
  const { request: marked, added } = withCachePoints(request, { modelId, stableMessages });
  record.cachePoints = added;
  return marked;
}
