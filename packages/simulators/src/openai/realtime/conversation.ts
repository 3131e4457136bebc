import { type JsonObject, listOf, objectOf } from '../../json.ts';
import { type PlannedReply, planReply, seedOf } from '../../reply/plan.ts';
import { readDirectives } from '../../script/directive.ts';
import type { ScriptQueue } from '../../script/script-queue.ts';
import { forcedTool } from '../chat/chat-request.ts';
import { itemTokens, lastTurnOf } from '../responses/responses-request.ts';

/** What is said to a model in a session, in the order in which it came. */
export class Conversation {
  readonly #model: string;
  readonly #scripts: ScriptQueue;
  #items: readonly JsonObject[] = [];

  constructor(model: string, scripts: ScriptQueue) {
    this.#model = model;
    this.#scripts = scripts;
  }

  /** Adds an item, after the one of this id when it is there. */
  add(item: JsonObject, previousId?: string): void {
    const at = this.#items.findIndex(({ id }) => id === previousId);
    this.#items = at === -1 ? [...this.#items, item] : this.#items.toSpliced(at + 1, 0, item);
  }

  find(id: string): JsonObject | undefined {
    return this.#items.find((item) => item['id'] === id);
  }

  remove(id: string): void {
    this.#items = this.#items.filter((item) => item['id'] !== id);
  }

  /**
   * The reply to the conversation, or to the `input` of the response that is asked for. `params` are the session's
   * settings and above them the response's own. Throws `BedrockError` for a wrong directive.
   */
  plan(params: JsonObject, maxTokens: number | undefined): PlannedReply {
    const items = params['input'] === undefined ? this.#items : listOf(params['input']).map(objectOf);
    const bodyText = JSON.stringify({ items, params });
    const directed = readDirectives(lastTurnOf(items));
    const script = this.#scripts.take({ operation: 'converse-stream', modelId: this.#model, bodyText });
    const request = {
      echoText: directed.text,
      inputTokens: itemTokens(items, [params['instructions'], params['tools']]),
      seed: seedOf(Buffer.from(bodyText)),
      maxTokens,
      stopSequences: [],
      forcedTool: forcedTool(params['tool_choice'], listOf(params['tools']).map(objectOf), directed.text),
      reasons: false,
    };
    return planReply(request, script ?? directed.reply);
  }
}
