import { describe, expect, inject, test } from 'vitest';

const lines = inject('proof');

describe.skipIf(lines.length === 0)('two replicas beside the real LiteLLM, on one Postgres and one Valkey', () => {
  test.each(lines.map((line) => [nameOf(line), line] as const))('%s', (_name, line) => {
    expect(line).toMatch(/^ok /);
  });
});

test('every part of the proof was run, where there is a Python for LiteLLM', () => {
  const parts = new Set(lines.map((line) => nameOf(line).split(':', 1)[0]));
  expect([...parts]).toEqual(
    lines.length === 0 ? [] : ['limits', 'budgets', 'kills', 'revocation', 'logins', 'rotation'],
  );
});

/** `ok    limits: rpm 50, …: exactly 50 passed (0.8 s)` → `limits: rpm 50, …`. */
function nameOf(line: string): string {
  return line
    .replace(/^(?:ok|FAIL) +/, '')
    .split(': ', 2)
    .join(': ');
}
