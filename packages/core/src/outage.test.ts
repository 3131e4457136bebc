import { expect, test } from 'vitest';
import { Outage } from './outage.ts';

test('an outage is told once when it begins and once when it is over, however many attempts there were', () => {
  const told: string[] = [];
  let nowMs = 0;
  const outage = new Outage({
    now: () => nowMs,
    begins: (error) => told.push(String(error)),
    isOver: (seconds) => told.push(`over after ${seconds} s`),
  });
  outage.succeeded();
  outage.failed('down');
  nowMs = 1_500;
  outage.failed('still down');
  nowMs = 3_000;
  outage.succeeded();
  outage.succeeded();
  outage.failed('down again');
  expect(told).toEqual(['down', 'over after 3 s', 'down again']);
});
