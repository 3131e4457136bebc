/** The columns of the spend log that a row of ours fills, with what JSON becomes there; the others keep their defaults. */
export const spendLogColumns = {
  request_id: 'text',
  call_type: 'text',
  api_key: 'text',
  spend: 'float8',
  total_tokens: 'integer',
  prompt_tokens: 'integer',
  completion_tokens: 'integer',
  startTime: 'timestamp',
  endTime: 'timestamp',
  completionStartTime: 'timestamp',
  request_duration_ms: 'integer',
  model: 'text',
  model_id: 'text',
  model_group: 'text',
  custom_llm_provider: 'text',
  user: 'text',
  metadata: 'jsonb',
  cache_hit: 'text',
  cache_key: 'text',
  request_tags: 'jsonb',
  team_id: 'text',
  organization_id: 'text',
  end_user: 'text',
  session_id: 'text',
  litellm_call_id: 'text',
  status: 'text',
} as const;

const names = Object.keys(spendLogColumns).map((name) => `"${name}"`);
const typed = Object.entries(spendLogColumns).map(([name, type]) => `"${name}" ${type}`);

/**
 * Writes rows that are not there yet, and says which those were. $1: the rows as JSON. Sorted, so that two writers
 * of the same rows wait for each other and not in a circle.
 */
export const insertSpendLogsSql = `INSERT INTO "LiteLLM_SpendLogs" (${names.join(', ')})
  SELECT ${names.join(', ')} FROM jsonb_to_recordset($1::jsonb) AS x(${typed.join(', ')})
  ORDER BY x.request_id COLLATE "C"
  ON CONFLICT DO NOTHING RETURNING request_id`;
