import type { ConverseRequest } from '@genai-gateway/protocol';
import { withCachePoints } from '@genai-gateway/translate';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/**
 * The request with cache points behind what stays the same in later calls, where that is configured. `modelId`: the
 * model that does the work. `before`: what was said before this call.
 */
export function withCachePointsFor(
  { record }: Call,
  { promptCaching }: Services,
  modelId: string,
  request: ConverseRequest,
  before: readonly unknown[],
): ConverseRequest {
  if (!promptCaching) return request;
  // The newest message is what changes from call to call.
  const stableMessages = before.length === 0 ? 0 : (request.messages?.length ?? 1) - 1;
  const { request: marked, added } = withCachePoints(request, { modelId, stableMessages });
  record.cachePoints = added;
  return marked;
}
