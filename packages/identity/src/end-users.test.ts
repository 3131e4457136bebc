import type { AdminSetting } from '@genai-gateway/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { EndUsers } from './end-users.ts';

const limited: readonly AdminSetting[] = [{ scope: 'end-user', kind: 'budget', name: 'budget_id' }];
let nowMs: number;
let asked: string[];
let answer: () => Promise<readonly AdminSetting[]>;
let users: EndUsers;

beforeEach(() => {
  nowMs = 1_000_000;
  asked = [];
  answer = async () => limited;
  const store = {
    settingsOf: (id: string) => {
      asked.push(id);
      return answer();
    },
  };
  users = new EndUsers(store, () => nowMs);
});

describe('the limits of an end user', () => {
  test('are read once in ten seconds', async () => {
    expect(await users.settingsOf('u1')).toBe(limited);
    nowMs += 9_999;
    expect(users.settingsOf('u1')).toBe(limited);
    nowMs += 1;
    answer = async () => [];
    expect(await users.settingsOf('u1')).toEqual([]);
    expect(asked).toEqual(['u1', 'u1']);
  });

  test('hold through an outage of the store', async () => {
    await users.settingsOf('u1');
    answer = () => Promise.reject(new Error('gone'));
    nowMs += 599_999;
    expect(await users.settingsOf('u1')).toBe(limited);
    nowMs += 1;
    await expect(users.settingsOf('u1')).rejects.toMatchObject({ code: 'identity-unavailable' });
  });

  test('are never taken for none when they cannot be read', async () => {
    answer = () => Promise.reject(new Error('gone'));
    await expect(users.settingsOf('u2')).rejects.toMatchObject({ code: 'identity-unavailable' });
  });
});
