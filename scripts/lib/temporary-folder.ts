import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// What a test file and the libraries under it leave in the system's folder for temporary files (CDK an assembly per
// App, megabytes each) goes with the file.
const before = process.env['TMPDIR'];
const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
// Postgres, which root starts as somebody else, has to get in as it gets into the system's.
chmodSync(folder, 0o1777);
process.env['TMPDIR'] = folder;

afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true, force: true });
});
