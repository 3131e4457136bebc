import { errorCodes } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usageEventFromJson, usageEventToJson } from './event-json.ts';
import { usageEvents } from './test-support/usage-events.ts';

describe('an event comes back as it was written', () => {
  test('whatever is in it', () => {
    fc.assert(
      fc.property(usageEvents, (event) => {
        const line = usageEventToJson(event);
        expect(line).not.toContain('\n');
        expect(usageEventFromJson(line)).toEqual(event);
      }),
    );
  });

  test('with every error code', () => {
    const [event] = fc.sample(usageEvents, 1) as [UsageEvent];
    for (const errorCode of errorCodes) {
      expect(usageEventFromJson(usageEventToJson({ ...event, errorCode }))?.errorCode).toBe(errorCode);
    }
  });
});

describe('what is no event is none', () => {
  test('whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(usageEventFromJson(text)).toBeUndefined();
      }),
    );
  });

  test('a line that is torn anywhere', () => {
    fc.assert(
      fc.property(usageEvents, fc.nat(), (event, cut) => {
        const line = usageEventToJson(event);
        expect(usageEventFromJson(line.slice(0, cut % line.length))).toBeUndefined();
      }),
    );
  });

  const [good] = fc.sample(usageEvents, 1) as [UsageEvent];
  test.each([
    ['requestId', ''],
    ['payer', null],
    ['payer', { ...good.payer, tags: [1] }],
    ['payer', { ...good.payer, keyHash: undefined }],
    ['operation', 1],
    ['endpoint', undefined],
    ['requestedModel', null],
    ['stream', 'no'],
    ['isEstimate', undefined],
    ['end', 'lost'],
    ['startedAtMs', -1],
    ['startedAtMs', 9e15],
    ['endedAtMs', '1'],
    ['costNanoUsd', 1],
    ['costNanoUsd', '1.5'],
  ])('%s of %o', (field, value) => {
    const json = JSON.parse(usageEventToJson(good)) as Record<string, unknown>;
    expect(usageEventFromJson(JSON.stringify({ ...json, [field]: value }))).toBeUndefined();
  });

  test('a code that this gateway does not know is left out, and so is a field', () => {
    const json = JSON.parse(usageEventToJson(good)) as Record<string, unknown>;
    const newer = JSON.stringify({ ...json, errorCode: 'not-yet', field: 1 });
    expect(usageEventFromJson(newer)).toEqual({ ...good, errorCode: undefined });
  });
});
