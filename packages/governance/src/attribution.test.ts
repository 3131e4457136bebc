import { createHmac, hkdfSync } from 'node:crypto';
import type { Payer } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { type AttributedField, attributor } from './attribution.ts';

const secret = 'a secret of finance and the gateway';
const payer: Payer = {
  keyHash: 'a'.repeat(64),
  keyAlias: 'laptop',
  userId: 'jan@example.com',
  teamId: 'team-1',
  teamAlias: 'Blue',
  organizationId: undefined,
  projectId: undefined,
  endUserId: undefined,
  tags: [],
  accessGroups: [],
};
const all: readonly AttributedField[] = ['user', 'team', 'key'];

describe('a call is marked with', () => {
  test.each<[string, readonly AttributedField[], Partial<Payer>, readonly string[]]>([
    ['user, team and key', all, {}, ['gateway.user', 'gateway.team', 'gateway.key']],
    ['what is asked for', ['team'], {}, ['gateway.team']],
    ['what is known', all, { userId: undefined, teamId: '' }, ['gateway.key']],
    ['nothing', [], {}, []],
  ])('%s', (_name, fields, change, names) => {
    const metadata = attributor({ fields, secret })({ ...payer, ...change });
    expect(Object.keys(metadata)).toEqual(names);
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('a mark is what finance works out from the id and the secret', () => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'genai-gateway attribution', 32));
  const mark = createHmac('sha256', key).update('user:jan@example.com').digest('hex').slice(0, 32);
  expect(attributor({ fields: ['user'], secret })(payer)).toEqual({ 'gateway.user': mark });
  // As first written: a change would part the log of before from the log of after.
  expect(mark).toBe('b1c42fb4d3a9d51dd867c5374b7b6b8a');
});

test('marks are the same each time, and others for another secret, id or field', () => {
  const mark = attributor({ fields: all, secret });
  const first = mark(payer);
  expect(mark({ ...payer })).toEqual(first);
  expect(attributor({ fields: all, secret })(payer)).toEqual(first);
  const same = mark({ ...payer, userId: 'x', teamId: 'x', keyHash: 'x' });
  const others = [attributor({ fields: all, secret: 'another' })(payer), same];
  const marks = [first, ...others].flatMap((each) => Object.values(each));
  expect(new Set(marks).size).toBe(marks.length);
});
