import { type LoggedRequest, tokensOfText } from '@genai-gateway/simulators';
import { at } from '../../contract/support/reply.ts';
import type { Call } from './load.ts';
import type { TokenPrice } from './world.ts';

/** A row of LiteLLM_SpendLogs, as far as the audit reads it. */
export interface SpendRow {
  readonly requestId: string;
  readonly endUser: string;
  readonly spend: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly status: string;
  readonly isEstimate: boolean;
}

/** Reads one of the database's rows. */
export function spendRow(row: Readonly<Record<string, unknown>>): SpendRow {
  return {
    requestId: String(row['request_id']),
    endUser: String(row['end_user']),
    spend: Number(row['spend']),
    promptTokens: Number(row['prompt_tokens']),
    completionTokens: Number(row['completion_tokens']),
    status: String(row['status']),
    isEstimate: at(row['metadata'], 'genai_gateway', 'estimate') === true,
  };
}

export interface Audit {
  /** What is wrong, a line per call. */
  readonly wrong: readonly string[];
  readonly delivered: number;
  readonly estimates: number;
  /** Cut for the client alone: the provider had reported all of it. */
  readonly wholeAfterAll: number;
  readonly failed: number;
  readonly unheard: number;
}

/**
 * Compares the clients' books and the provider's with the rows: who has got the last frame is in one row with exactly
 * what was used, whoever else reached the provider is in exactly one, and nobody is in two.
 */
export function auditCalls(
  calls: readonly Call[],
  rows: readonly SpendRow[],
  provider: ReadonlyMap<string, readonly LoggedRequest[]>,
  price: TokenPrice,
): Audit {
  // Who is refused before the end user was asked for is known by the id of the answer alone.
  const wordOfId = new Map(calls.flatMap(({ word, outcome }) => outcome.ids.map((id) => [id, word] as const)));
  const rowsOf = Map.groupBy(rows, ({ endUser, requestId }) => endUser || (wordOfId.get(requestId) ?? requestId));
  const wrong: string[] = [];
  const counts = { delivered: 0, estimates: 0, wholeAfterAll: 0, failed: 0, unheard: 0 };
  for (const call of calls) {
    const found = rowsOf.get(call.word) ?? [];
    rowsOf.delete(call.word);
    const { outcome, word, plan, calling } = call;
    const what = `${word} (${calling.dialect}, to ${plan}, status ${outcome.status})`;
    const [row, ...more] = found;
    if (more.length > 0) wrong.push(`${what} has ${found.length} rows`);
    const reached = (provider.get(word) ?? []).length;
    if (row === undefined) {
      if (outcome.delivered) wrong.push(`${what} was delivered and has no row`);
      else if (reached > 0) wrong.push(`${what} reached the provider ${reached} times and has no row`);
      else counts.unheard += 1;
      continue;
    }
    const cost = row.promptTokens * price.input + row.completionTokens * price.output;
    if (Math.abs(row.spend - cost) > 1e-12) wrong.push(`${what} costs ${row.spend} for tokens of ${cost}`);
    const input = tokensOfText(calling.text);
    if (outcome.delivered) {
      counts.delivered += 1;
      const used = `${input}+${tokensOfText(outcome.text)}`;
      const said = `${outcome.usage?.input}+${outcome.usage?.output}`;
      const booked = `${row.promptTokens}+${row.completionTokens}`;
      if (booked !== used || said !== used) wrong.push(`${what} used ${used}, was told ${said}, is booked ${booked}`);
      if (row.isEstimate || row.status !== 'success')
        wrong.push(`${what} is booked as ${row.status}, not as delivered`);
      if (!outcome.ids.includes(row.requestId))
        wrong.push(`${what} is booked as ${row.requestId}, not as ${outcome.ids}`);
    } else if (row.isEstimate) {
      counts.estimates += 1;
      if (reached > 0 && row.spend <= 0) wrong.push(`${what} is an estimate of nothing`);
    } else if (row.spend === 0) {
      counts.failed += 1;
      if (plan === 'read it' && reached > 0 && outcome.status < 400)
        wrong.push(`${what} is booked as if it had failed`);
    } else {
      counts.wholeAfterAll += 1;
      if (row.promptTokens !== input) wrong.push(`${what} is booked ${row.promptTokens} tokens in, and had ${input}`);
    }
  }
  for (const [whose, found] of rowsOf) {
    const [row] = found;
    wrong.push(`${found.length} rows are about ${whose}, whom nobody knows: ${row?.status}, $${row?.spend}`);
  }
  return { wrong, ...counts };
}
