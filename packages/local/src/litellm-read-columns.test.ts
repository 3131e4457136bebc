import { checkReadTables } from '@genai-gateway/litellm';
import { describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 1 });
const signal = AbortSignal.timeout(600_000);

describe('keys and models are read', () => {
  test('of a database after LiteLLM’s migrations', async () => {
    await expect(checkReadTables(database.pool, signal)).resolves.toBeUndefined();
  });

  test.each([
    [
      'that has lost a column',
      '"LiteLLM_TeamTable" RENAME COLUMN budget_limits TO budgets',
      '"LiteLLM_TeamTable" RENAME COLUMN budgets TO budget_limits',
      'LiteLLM_TeamTable.budget_limits (jsonb) is not there',
    ],
    [
      'whose column has another type',
      '"LiteLLM_VerificationToken" ALTER max_parallel_requests TYPE bigint',
      '"LiteLLM_VerificationToken" ALTER max_parallel_requests TYPE integer',
      'LiteLLM_VerificationToken.max_parallel_requests is bigint, not integer',
    ],
  ])('not of one %s, and that is said with how to mend it', async (_what, change, undo, says) => {
    await database.whileAltered(change, undo, async () => {
      await expect(checkReadTables(database.pool, signal)).rejects.toThrow(says);
      await expect(checkReadTables(database.pool, signal)).rejects.toThrow('LiteLLM 1.106.2');
    });
  });
});
