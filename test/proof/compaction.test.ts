import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findVersitygw } from '../../packages/aws/src/test-support/local-s3.ts';
import { suiteName } from '../../packages/aws/src/test-support/tool-folder.ts';

const suite = suiteName('compaction, while its processes are killed', await findVersitygw());

describe.skipIf(suite.isSkipped)(suite.name, () => {
  test('each line becomes one row, or one line set aside', async () => {
    const main = resolve(import.meta.dirname, 'compaction.ts');
    const args = ['--disable-warning=ExperimentalWarning', main, '--kills', '5'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toMatch(/^ok .*5 kills.*each once/);
  }, 120_000);
});
