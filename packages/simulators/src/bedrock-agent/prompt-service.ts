import type { Clock } from '@genai-gateway/core';
import { type JsonObject, stringOf } from '../json.ts';
import { createPromptAccount, type PromptAccount } from './prompt-account.ts';
import { type SimulatedPrompt, type SimulatedPrompts, simulatedPrompts } from './simulated-prompt.ts';

/** The API of prompts of one simulator, and what it knows. */
export interface PromptService {
  readonly account: PromptAccount;
  /** The region of requests that are not signed for one. */
  readonly ownRegion: string;
  /**
   * A change that happens once for each client token: a later request with the token of an earlier one gets its answer
   * again, and changes nothing. Source: `clientToken`, botocore 1.43.126, bedrock-agent/2023-06-05 (read 2026-11-23).
   */
  once(operation: string, body: JsonObject, change: () => JsonObject): () => JsonObject;
  /** For tests. */
  readonly prompts: SimulatedPrompts;
}

/** When everything was made that is there from the start, so that equal requests get equal bytes. */
const MADE_AT = '2026-01-01T00:00:00.000Z';

/** A service that has these prompts. Throws `BedrockError` for one that Bedrock would not take. */
export function createPromptService(seeds: readonly SimulatedPrompt[], ownRegion: string, now: Clock): PromptService {
  const account = createPromptAccount(now);
  const answers = new Map<string, JsonObject>();
  const atStart = simulatedPrompts(account, ownRegion, () => MADE_AT);
  for (const seed of seeds) atStart.save(seed);
  return {
    account,
    ownRegion,
    once: (operation, body, change) => () => {
      const token = stringOf(body['clientToken']);
      if (token === undefined) return change();
      const earlier = answers.get(`${operation} ${token}`);
      const answer = earlier ?? change();
      answers.set(`${operation} ${token}`, answer);
      return answer;
    },
    prompts: simulatedPrompts(account, ownRegion, () => new Date(now()).toISOString()),
  };
}
