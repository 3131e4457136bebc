import type { Operation } from '../wire/routes.ts';
import type { ScriptReply, SimulatorScript } from './script.ts';

export interface ScriptQueue {
  add(script: SimulatorScript): void;
  clear(): void;
  /** Scripts that still wait for a request. */
  pending(): readonly SimulatorScript[];
  /** The reply of the oldest script that matches, used up by one. */
  take(request: {
    readonly operation: Operation;
    readonly modelId: string;
    readonly bodyText: string;
  }): ScriptReply | undefined;
}

/** First come, first served among the scripts that match. */
export function createScriptQueue(): ScriptQueue {
  let waiting: { readonly script: SimulatorScript; left: number }[] = [];
  return {
    add: (script) => {
      waiting.push({ script, left: script.times ?? 1 });
    },
    clear: () => {
      waiting = [];
    },
    pending: () => waiting.map(({ script, left }) => ({ ...script, times: left })),
    take: ({ operation, modelId, bodyText }) => {
      const found = waiting.find(({ script: { match } }) => {
        if (match?.modelId !== undefined && match.modelId !== modelId) return false;
        if (match?.operation !== undefined && match.operation !== operation) return false;
        return match?.contains === undefined || bodyText.includes(match.contains);
      });
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left === 0) waiting = waiting.filter((entry) => entry !== found);
      return found.script.reply;
    },
  };
}
