import { isDeepStrictEqual } from 'node:util';
import type { ConverseTool, ConverseToolSpec, OpenaiChatRequest, OpenaiTool } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import { closedSchema } from './output-schema.ts';
import type { ToolNameMap } from './tool-names.ts';
import { parametersToSchema } from './tool-schema.ts';

/** The tools of a request in Converse's form. */
export interface OfferedTools {
  readonly tools: readonly ConverseTool[];
}

/** The search of Amazon's models: https://docs.aws.amazon.com/nova/latest/userguide/grounding.html (as of 2026-11-23). */
const WEB_SEARCH = 'nova_grounding';

/**
 * `tools` and `web_search_options`. Names that the upstream does not take are changed in `names`. Cache points are as they were
 * asked for: `fitCachePoints` makes them what the model takes.
 * Throws `invalid-request` for tools of other kinds, two different ones of one name, and a web search where there is none.
 */
export function offeredTools(
  request: OpenaiChatRequest,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): OfferedTools {
  const specs = new Map<string, ConverseToolSpec>();
  const tools: ConverseTool[] = [];
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const param = `tools.${index}`;
    if (tool.type !== 'function') {
      throw invalidRequest(
        'Only tools with "type": "function" are supported for this model. Offer a function that does the same.',
        `${param}.type`,
      );
    }
    const spec = specOf(tool, param, names, facts, dropped);
    const known = specs.get(spec.name);
    if (known === undefined) tools.push({ toolSpec: spec });
    else if (!isDeepStrictEqual(known, spec)) {
      throw invalidRequest('Two different tools have the same name; give each its own.', `${param}.function.name`);
    }
    specs.set(spec.name, spec);
    const point = pointOf(tool) ?? pointOf(tool.function);
    if (point !== undefined) tools.push(point);
  }
  if (request.web_search_options) {
    if (!facts.systemTools.includes(WEB_SEARCH)) {
      throw invalidRequest('This model does not search the web; leave it out.', 'web_search_options');
    }
    tools.push({ systemTool: { name: WEB_SEARCH } });
  }
  return { tools };
}

function specOf(
  tool: OpenaiTool,
  param: string,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): ConverseToolSpec {
  const { name, description, parameters, strict } = tool.function;
  const spec = { name: names.upstream(name), description: description?.trim() ? description : name };
  const json = parametersToSchema(parameters, `${param}.function.parameters`);
  if (strict === true) {
    const closed = facts.strictTools ? closedSchema(json) : undefined;
    if (closed !== undefined) return { ...spec, inputSchema: { json: closed }, strict };
    dropped.add('tools.strict');
  }
  return { ...spec, inputSchema: { json } };
}
