import type { JsonValue, ResponsesEcho, ResponsesRequest } from '@genai-gateway/protocol';

/** What an answer repeats of the request. Numbers that were not given are null: the model has its own. */
export function echoOf(request: ResponsesRequest): ResponsesEcho {
  const { conversation, reasoning, text } = request;
  const whole = request as unknown as Readonly<Record<string, JsonValue | undefined>>;
  return {
    background: false,
    conversation: typeof conversation === 'string' ? { id: conversation } : (conversation ?? null),
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: whole['max_tool_calls'] ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt: whole['prompt'] ?? null,
    reasoning: {
      effort: reasoning?.effort ?? null,
      summary: reasoning?.summary ?? reasoning?.generate_summary ?? null,
    },
    safety_identifier: request.safety_identifier ?? null,
    store: false,
    temperature: request.temperature ?? null,
    text: { ...(text as object), format: (text?.format ?? { type: 'text' }) as unknown as JsonValue },
    tool_choice: whole['tool_choice'] ?? 'auto',
    tools: whole['tools'] ?? [],
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    user: request.user ?? null,
  };
}
