import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';

/**
 * A request in the form before tools, `functions` and `function_call`, as one with tools; others as they are.
 * Throws `invalid-request` when both forms are there.
 */
export function withoutLegacyFunctions(request: OpenaiChatRequest): OpenaiChatRequest {
  if (!request.functions?.length && !request.function_call) return request;
  const { functions, function_call: call, ...others } = request;
  if (others.tools?.length || others.tool_choice) {
    const field = functions?.length ? 'functions' : 'function_call';
    throw invalidRequest(`\`${field}\` is the older form of \`tools\`; send one of them.`, field);
  }
  const choice = typeof call === 'object' && call !== null ? ({ type: 'function', function: call } as const) : call;
  return {
    ...others,
    ...(functions?.length ? { tools: functions.map((each) => ({ type: 'function', function: each })) } : {}),
    ...(choice ? { tool_choice: choice } : {}),
  };
}
