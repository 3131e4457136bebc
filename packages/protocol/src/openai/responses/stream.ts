import type {
  ResponsesAnnotation,
  ResponsesOutputItem,
  ResponsesOutputText,
  ResponsesReasoningPart,
  ResponsesResponse,
  ResponsesSummaryPart,
} from './response.ts';

/**
 * The events of a streamed response, without `sequence_number`, which all of them have.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming (read 2026-11-23, by the `openai` package).
 */
export type ResponsesEventBody =
  | ResponsesLifecycleEvent
  | ResponsesItemEvent
  | ResponsesPartEvent
  | ResponsesTextDelta
  | ResponsesTextDone
  | ResponsesAnnotationAdded
  | ResponsesReasoningTextDelta
  | ResponsesReasoningTextDone
  | ResponsesSummaryPartEvent
  | ResponsesSummaryTextDelta
  | ResponsesSummaryTextDone
  | ResponsesArgumentsDelta
  | ResponsesArgumentsDone
  | ResponsesCustomInputDelta
  | ResponsesCustomInputDone
  | ResponsesErrorEvent;

export type ResponsesEvent = ResponsesEventBody & { readonly sequence_number: number };

interface ResponsesLifecycleEvent {
  readonly type:
    | 'response.created'
    | 'response.in_progress'
    | 'response.completed'
    | 'response.incomplete'
    | 'response.failed';
  readonly response: ResponsesResponse;
}

interface ResponsesItemEvent {
  readonly type: 'response.output_item.added' | 'response.output_item.done';
  readonly output_index: number;
  readonly item: ResponsesOutputItem;
}

/** Where an event belongs: an item of `output`. */
export interface ResponsesPlace {
  readonly item_id: string;
  readonly output_index: number;
}

interface ResponsesPartEvent extends ResponsesPlace {
  readonly type: 'response.content_part.added' | 'response.content_part.done';
  readonly content_index: number;
  readonly part: ResponsesOutputText | ResponsesReasoningPart;
}

interface ResponsesTextDelta extends ResponsesPlace {
  readonly type: 'response.output_text.delta';
  readonly content_index: number;
  readonly delta: string;
  readonly logprobs: readonly never[];
}

interface ResponsesTextDone extends ResponsesPlace {
  readonly type: 'response.output_text.done';
  readonly content_index: number;
  readonly text: string;
  readonly logprobs: readonly never[];
}

interface ResponsesAnnotationAdded extends ResponsesPlace {
  readonly type: 'response.output_text.annotation.added';
  readonly content_index: number;
  readonly annotation_index: number;
  readonly annotation: ResponsesAnnotation;
}

interface ResponsesReasoningTextDelta extends ResponsesPlace {
  readonly type: 'response.reasoning_text.delta';
  readonly content_index: number;
  readonly delta: string;
}

interface ResponsesReasoningTextDone extends ResponsesPlace {
  readonly type: 'response.reasoning_text.done';
  readonly content_index: number;
  readonly text: string;
}

interface ResponsesSummaryPartEvent extends ResponsesPlace {
  readonly type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done';
  readonly summary_index: number;
  readonly part: ResponsesSummaryPart;
}

interface ResponsesSummaryTextDelta extends ResponsesPlace {
  readonly type: 'response.reasoning_summary_text.delta';
  readonly summary_index: number;
  readonly delta: string;
}

interface ResponsesSummaryTextDone extends ResponsesPlace {
  readonly type: 'response.reasoning_summary_text.done';
  readonly summary_index: number;
  readonly text: string;
}

interface ResponsesArgumentsDelta extends ResponsesPlace {
  readonly type: 'response.function_call_arguments.delta';
  readonly delta: string;
}

interface ResponsesArgumentsDone extends ResponsesPlace {
  readonly type: 'response.function_call_arguments.done';
  readonly arguments: string;
  readonly name: string;
}

interface ResponsesCustomInputDelta extends ResponsesPlace {
  readonly type: 'response.custom_tool_call_input.delta';
  readonly delta: string;
}

interface ResponsesCustomInputDone extends ResponsesPlace {
  readonly type: 'response.custom_tool_call_input.done';
  readonly input: string;
}

/**
 * The end of a stream that failed. OpenAI documents the fields flat and sends them in `error`, by which its libraries
 * know that they have to raise; both are here.
 */
export interface ResponsesErrorEvent {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly error: {
    readonly type: string;
    readonly code: string;
    readonly message: string;
    readonly param: string | null;
  };
}
