import { keyHash } from '@genai-gateway/local';
import pg from 'pg';
import { vi } from 'vitest';
import { world } from './world.ts';

/** What a row of LiteLLM's spend log says of a call. */
export interface BookedCall {
  readonly requestId: string;
  /** `bedrock/` and what was called. */
  readonly model: string;
  /** As the caller named it. */
  readonly requested: string;
  readonly status: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly isEstimate: boolean;
}

/** The calls that are booked on a key now, in the order in which they began. */
export async function bookedOn(key: string): Promise<readonly BookedCall[]> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<BookedCall>(
      `SELECT request_id AS "requestId", model, model_group AS requested, status, prompt_tokens AS "inputTokens",
         completion_tokens AS "outputTokens", spend AS "costUsd",
         (metadata -> 'genai_gateway' ->> 'estimate')::boolean AS "isEstimate"
       FROM "LiteLLM_SpendLogs" WHERE api_key = $1 ORDER BY "startTime", request_id`,
      [keyHash(key)],
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** The same, once there are so many. Fails where there are more, or fewer after ten seconds. */
export function onceBooked(key: string, count: number): Promise<readonly BookedCall[]> {
  return vi.waitFor(
    async () => {
      const calls = await bookedOn(key);
      if (calls.length !== count) throw new Error(`${calls.length} calls are booked, not ${count}`);
      return calls;
    },
    { timeout: 10_000, interval: 50 },
  );
}
