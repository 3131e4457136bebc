import { type Budget, noAllowance } from '@genai-gateway/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { AccessGroups } from './access-groups.ts';
import { type EndUserLimits, EndUsers } from './end-users.ts';
import { Tags } from './tags.ts';

const limited: EndUserLimits = {
  settings: [{ scope: 'end-user', kind: 'access-restriction', name: 'blocked' }],
  allowance: noAllowance,
};
const unlimited: EndUserLimits = { settings: [], allowance: noAllowance };
let nowMs: number;
let asked: unknown[];
let answer: () => Promise<EndUserLimits>;
let users: EndUsers;

beforeEach(() => {
  nowMs = 1_000_000;
  asked = [];
  answer = async () => limited;
  const store = {
    limitsOf: (id: string, budgets: readonly string[]) => {
      asked.push([id, ...budgets]);
      return answer();
    },
  };
  users = new EndUsers(store, () => nowMs);
});

describe('the limits of an end user', () => {
  test('are read once in ten seconds', async () => {
    expect(await users.limitsOf('u1', [])).toBe(limited);
    nowMs += 9_999;
    expect(users.limitsOf('u1', [])).toBe(limited);
    nowMs += 1;
    answer = async () => unlimited;
    expect(await users.limitsOf('u1', [])).toEqual(unlimited);
    expect(asked).toEqual([['u1'], ['u1']]);
  });

  test('are read apart for keys that give their end users different budgets', async () => {
    await users.limitsOf('u1', ['of-key', 'of-all']);
    await users.limitsOf('u1', ['of-all']);
    await users.limitsOf('u1', ['of-key', 'of-all']);
    expect(asked).toEqual([
      ['u1', 'of-key', 'of-all'],
      ['u1', 'of-all'],
    ]);
  });

  test('hold through an outage of the store', async () => {
    await users.limitsOf('u1', []);
    answer = () => Promise.reject(new Error('gone'));
    nowMs += 599_999;
    expect(await users.limitsOf('u1', [])).toBe(limited);
    nowMs += 1;
    await expect(users.limitsOf('u1', [])).rejects.toMatchObject({ code: 'identity-unavailable' });
  });

  test('are never taken for none when they cannot be read', async () => {
    answer = () => Promise.reject(new Error('gone'));
    await expect(users.limitsOf('u2', [])).rejects.toMatchObject({ code: 'identity-unavailable' });
  });
});

test('the budgets of an access group are kept as long, and never taken for none', async () => {
  const budgets: Budget[] = [];
  let reads = 0;
  const store = {
    budgetsOf: async () => {
      reads += 1;
      if (reads > 1) throw new Error('gone');
      return budgets;
    },
  };
  const groups = new AccessGroups(store, () => nowMs);
  expect(await groups.budgetsOf('beta')).toBe(budgets);
  expect(groups.budgetsOf('beta')).toBe(budgets);
  await expect(groups.budgetsOf('gamma')).rejects.toMatchObject({ code: 'identity-unavailable' });
});

test('what a tag is allowed is kept as long, and no longer', async () => {
  const read: string[] = [];
  const store = {
    allowanceOf: async (tag: string) => {
      read.push(tag);
      return noAllowance;
    },
  };
  const tags = new Tags(store, () => nowMs);
  expect(await tags.allowanceOf('red')).toBe(noAllowance);
  expect(tags.allowanceOf('red')).toBe(noAllowance);
  nowMs += 10_000;
  await tags.allowanceOf('red');
  expect(read).toEqual(['red', 'red']);
});
