import { describe, expect, test } from 'vitest';
import { chatViolations } from './test-support/chat-rules.ts';
import { joinEvents } from './test-support/join-events.ts';
import { throughJson } from './test-support/translate.ts';
import { caseNames, derive, readGiven, readJson } from './test-support/vector.ts';

test('there are vectors', () => {
  expect(caseNames().length).toBeGreaterThanOrEqual(15);
});

describe.each(caseNames())('%s', (name) => {
  const given = readGiven(name);
  const derived = derive(given, given.sse.length);

  test.each(Object.entries(derived))('%s is as told', (file, value) => {
    expect(value).toStrictEqual(readJson(name, file));
  });

  test('the request is one that LiteLLM takes', () => {
    expect(chatViolations(throughJson(derived['openai.request.json']))).toEqual([]);
  });

  test('the events are in the order that clients take', () => {
    expect(joinEvents(derived['converse.response.json']).violations).toEqual([]);
  });

  test.each([1, 7, 64])('pieces of %i bytes give the same answer', (pieceBytes) => {
    expect(derive(given, pieceBytes)).toStrictEqual(derived);
  });
});
