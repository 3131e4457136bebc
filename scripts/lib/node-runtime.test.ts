import { expect, it } from 'vitest';
import { systemNodeIsNewEnough } from './node-runtime.mjs';

it.each([
  ['20.20.2', false],
  ['22.18.0', false],
  ['22.19.0', true],
  ['23.11.0', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s is new enough: %s', (version, enough) => {
  expect(systemNodeIsNewEnough(version)).toBe(enough);
});
