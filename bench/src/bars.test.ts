import { describe, expect, it } from 'vitest';
import { addedMs, cpuRatio, verdicts } from './bars.ts';
import type { Results } from './results.ts';

const results: Results = {
  date: '2026-11-22',
  commit: 'abc',
  machine: { label: 'linux-x64-2c', cpuModel: 'x', cores: 2, node: 'v24', go: 'go1' },
  settings: {},
  missing: {},
  loaded: [
    // The second round was slow for both: their ratio must not show it.
    { target: 'go', kind: 'converse', cpuMs: [0.1, 0.3, 0.1], requestsPerSecond: [] },
    { target: 'gateway', kind: 'converse', cpuMs: [0.2, 0.6, 0.19], requestsPerSecond: [] },
    { target: 'gateway', kind: 'chat', cpuMs: [0.31, 0.93, 0.32], requestsPerSecond: [] },
    { target: 'gateway', kind: 'chat-stream', cpuMs: [1, 1, 1], requestsPerSecond: [] },
  ],
  single: [
    { target: 'direct', kind: 'converse', latencyMs: [0.2, 0.2], firstByteMs: [0.1, 0.1] },
    { target: 'gateway', kind: 'converse', latencyMs: [0.5, 0.5], firstByteMs: [0.4, 0.4] },
    { target: 'gateway', kind: 'chat', latencyMs: [2, 2], firstByteMs: [1.5, 1.5] },
  ],
  streams: [],
};

describe('cpuRatio', () => {
  it('divides round by round', () => {
    expect(cpuRatio(results, 'converse')).toBeCloseTo(2, 9);
  });

  it('sets a translated request against the native one of Go', () => {
    expect(cpuRatio(results, 'chat')).toBeCloseTo(3.1, 9);
  });

  it('is absent when Go was not measured', () => {
    expect(cpuRatio(results, 'chat-stream')).toBeUndefined();
  });
});

describe('addedMs', () => {
  it('takes away the time of going direct', () => {
    expect(addedMs(results, 'chat', 'firstByteMs')).toBeCloseTo(1.4, 9);
    expect(addedMs(results, 'converse', 'latencyMs')).toBeCloseTo(0.3, 9);
  });
});

describe('verdicts', () => {
  it.each([
    ['CPU, converse', 'pass'],
    ['CPU, chat', 'MISS'],
    ['CPU, chat-stream', 'not measured'],
    ['first byte added, converse', 'pass'],
    ['first byte added, chat', 'MISS'],
    ['first byte added, chat-stream', 'not measured'],
  ])('%s: %s', (name, outcome) => {
    expect(verdicts(results).find((verdict) => verdict.name === name)?.outcome).toBe(outcome);
  });
});
