import type { ConverseTool, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import { ToolList } from '../tools/tool-list.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';

/** The search of Amazon's models: https://docs.aws.amazon.com/nova/latest/userguide/grounding.html (as of 2026-11-23). */
const WEB_SEARCH = 'nova_grounding';

/**
 * `tools` and `web_search_options` in Converse's form. Names that the upstream does not take are changed in `names`. Cache points
 * are as they were asked for: `fitCachePoints` makes them what the model takes.
 * Throws `invalid-request` for tools of other kinds, two different ones of one name, and a web search where there is none.
 */
export function offeredTools(
  request: OpenaiChatRequest,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): readonly ConverseTool[] {
  const list = new ToolList(names, facts, dropped);
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const place = `tools.${index}`;
    if (tool.type !== 'function') {
      throw invalidRequest(
        'Only tools with "type": "function" are supported for this model. Offer a function that does the same.',
        `${place}.type`,
      );
    }
    list.add(tool.function, 'parameters', `${place}.function`, pointOf(tool) ?? pointOf(tool.function));
  }
  if (!request.web_search_options) return list.tools;
  if (!facts.systemTools.includes(WEB_SEARCH)) {
    throw invalidRequest('This model does not search the web; leave it out.', 'web_search_options');
  }
  return [...list.tools, { systemTool: { name: WEB_SEARCH } }];
}
