import type { JsonValue } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';

export interface ToolInput {
  readonly input: JsonValue;
  /** The model's arguments are no JSON object. */
  readonly isMalformed: boolean;
}

/**
 * The JSON text of a call's arguments as Converse's `input`. No text at all is a call without arguments.
 * What is no JSON object is kept as the model wrote it, and marked: nothing is lost, and the stop reason
 * tells the client not to run it.
 */
export function argumentsToInput(text: string): ToolInput {
  if (text.trim() === '') return { input: {}, isMalformed: false };
  try {
    const value = JSON.parse(text) as JsonValue;
    return isRecord(value) ? { input: value, isMalformed: false } : { input: text, isMalformed: true };
  } catch {
    return { input: text, isMalformed: true };
  }
}

/** Tells when the JSON text that comes in pieces is whole, so that no more of it can come. */
export class JsonScanner {
  #depth = 0;
  #inText = false;
  #afterBackslash = false;
  #isWhole = false;

  /** The first object or list has been closed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  push(piece: string): void {
    for (const char of piece) {
      if (this.#afterBackslash) this.#afterBackslash = false;
      else if (this.#inText) {
        if (char === '\\') this.#afterBackslash = true;
        else if (char === '"') this.#inText = false;
      } else if (char === '"') this.#inText = true;
      else if (char === '{' || char === '[') this.#depth += 1;
      else if (char === '}' || char === ']') {
        this.#depth -= 1;
        if (this.#depth === 0) this.#isWhole = true;
      }
    }
  }
}

/** An id for a call of a provider that gave none: unique within the conversation by the request's id. */
export function madeToolUseId(requestId: string, index: number): string {
  return `call_${requestId.replace(/[^\w-]/g, '_').slice(0, 48)}_${index}`;
}
