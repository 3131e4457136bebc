import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { lacksMoto } from '../../scripts/moto/moto-server.ts';
import { pairwiseVariants } from './pairwise.ts';
import { platforms, scenarios } from './variants.ts';

describe.skipIf(lacksMoto)('a rehearsal against moto (needs Python)', () => {
  test('sst build makes the stacks of a variant on each platform', { timeout: 600_000 }, async () => {
    const script = resolve(import.meta.dirname, 'run/rehearse.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    expect(stdout).toContain('nothing of this was run on AWS');
    expect(stdout).toContain('ok   sst build of ecs-');
    expect(stdout).toContain('ok   sst build of eks-');
  });
});

test('among the variants of the whole rehearsal every two choices meet', () => {
  const choices = [platforms, scenarios, ['new', 'existing'], ['nat', 'none']];
  const rows = pairwiseVariants.map(({ name }) => {
    const [, platform, scenario, vpc, outbound] = /^(\w+)-([a-z-]+)-(new|existing)-(nat|none)$/.exec(name) ?? [];
    return [platform, scenario, vpc, outbound];
  });
  for (const [index, ones] of choices.entries()) {
    for (const [other, others] of choices.entries()) {
      if (other <= index) continue;
      for (const one of ones) {
        for (const another of others) {
          expect(
            rows.some((row) => row[index] === one && row[other] === another),
            `${one} with ${another}`,
          ).toBe(true);
        }
      }
    }
  }
});
