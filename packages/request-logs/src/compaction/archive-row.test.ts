import { describe, expect, it } from 'vitest';
import { samplePayload } from '../test-support/sample-payload.ts';
import { archiveColumns } from './archive-columns.ts';
import { archiveRow, type Cell } from './archive-row.ts';

const at = Date.UTC(2026, 10, 23, 16, 30) / 1000;
const source = { key: 'litellm/2026-11-23/time-16-30-00-000000_a.json', line: 1 };

function rowOf(payload: unknown) {
  const row = archiveRow(Buffer.from(JSON.stringify(payload)), source);
  if ('reason' in row) throw new Error(`${row.reason}: ${row.detail}`);
  const cells = Object.fromEntries(archiveColumns.map(({ name }, index) => [name, row.cells[index]]));
  return { atMs: row.atMs, cells: cells as Record<string, Cell> };
}

describe('archiveRow', () => {
  it('takes a payload of LiteLLM apart, and keeps what has no column', () => {
    const { atMs, cells } = rowOf(samplePayload('chatcmpl-1', at + 0.1234));
    expect(atMs).toBe(at * 1000 + 123);
    expect(cells).toMatchObject({
      schema_version: 1,
      source: 'litellm',
      source_key: source.key,
      source_line: 1,
      row_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      id: 'chatcmpl-1',
      started_at: at * 1000 + 123,
      ended_at: at * 1000 + 2623,
      response_cost: 0.00125,
      prompt_tokens: 20,
      stream: true,
      api_key_hash: 'hash-of-key',
      team_alias: 'Team One',
      org_id: null,
      request_tags: '["a","b"]',
      end_user: '',
      messages: null,
    });
    expect(JSON.parse(String(cells['metadata']))).toMatchObject({ usage_object: { prompt_tokens: 20 } });
    expect(JSON.parse(String(cells['other']))).toEqual({
      response_cost_failure_debug_info: null,
      status_fields: { llm_api_status: 'success', guardrail_status: 'not_run' },
      model_map_information: { model_map_key: 'claude', model_map_value: null },
      standard_built_in_tools_params: null,
    });
  });

  it('keeps a field that LiteLLM has not had until now, whatever its name', () => {
    const text = `{"id":"a","startTime":${at},"brand_new":{"a":[1]},"__proto__":{"b":2},"toString":"c"}`;
    const row = archiveRow(Buffer.from(text), source);
    const other = 'reason' in row ? row.reason : row.cells[archiveColumns.length - 1];
    expect(other).toBe('{"brand_new":{"a":[1]},"__proto__":{"b":2},"toString":"c"}');
  });

  it('takes a failed call, and one with its messages', () => {
    const error_information = { error_code: '429', error_class: 'RateLimitError', error_message: 'later' };
    const messages = [{ role: 'user', content: 'Grüße \ud83d\ude00' }];
    const { cells } = rowOf(samplePayload('a', at, { status: 'failure', error_information, messages }));
    expect(cells).toMatchObject({ error_code: '429', error_class: 'RateLimitError', status: 'failure' });
    expect(JSON.parse(String(cells['messages']))).toEqual(messages);
  });

  it('writes half of a surrogate pair as what UTF-8 has for it', () => {
    expect(rowOf(samplePayload('a', at, { user_agent: 'x\ud800y' })).cells['user_agent']).toBe('x\ufffdy');
  });

  it.each<[string, string, string, RegExp]>([
    ['broken JSON', '{"id":"a","startTime":', 'not-json', /no JSON/],
    ['NaN, which Python writes', `{"id":"a","startTime":${at},"response_cost":NaN}`, 'not-json', /no JSON/],
    ['a list', '[1]', 'not-a-payload', /no object/],
    ['null', 'null', 'not-a-payload', /no object/],
    ['no time', '{"id":"a"}', 'not-a-payload', /startTime/],
    ['a time in milliseconds', `{"id":"a","startTime":${at * 1000}}`, 'not-a-payload', /startTime/],
    ['a time as a text', `{"id":"a","startTime":"${at}"}`, 'not-a-payload', /startTime/],
    ['no id', `{"startTime":${at}}`, 'not-a-payload', /id/],
    ['a cost as a text', `{"id":"a","startTime":${at},"response_cost":"1"}`, 'wrong-type', /response_cost.*string/],
    ['half a token', `{"id":"a","startTime":${at},"prompt_tokens":1.5}`, 'wrong-type', /prompt_tokens.*number/],
    ['too many tokens', `{"id":"a","startTime":${at},"total_tokens":1e300}`, 'wrong-type', /total_tokens/],
    ['a name as a number', `{"id":"a","startTime":${at},"model":7}`, 'wrong-type', /model.*number/],
    ['a yes as a text', `{"id":"a","startTime":${at},"stream":"yes"}`, 'wrong-type', /stream/],
    ['an end that is none', `{"id":"a","startTime":${at},"endTime":1e99}`, 'wrong-type', /endTime/],
    [
      'a team as an object',
      `{"id":"a","startTime":${at},"metadata":{"user_api_key_team_id":{}}}`,
      'wrong-type',
      /team_id/,
    ],
    [
      'bottomless lists',
      `{"id":"a","startTime":${at},"x":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
      'not-a-payload',
      /deep/,
    ],
  ])('has no row for %s, and says why', (_what, text, reason, detail) => {
    const found = archiveRow(Buffer.from(text), source);
    expect(found).toMatchObject({ reason, detail: expect.stringMatching(detail) });
  });

  it('has no row for bytes that are no text', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`","startTime":${at}}`),
    ]);
    expect(archiveRow(bytes, source)).toMatchObject({ reason: 'not-utf8' });
  });
});
