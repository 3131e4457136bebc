import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ensureVenv, findPython } from '../../scripts/lib/python.mjs';
import { goldenFolder } from './golden.ts';

const requirements = resolve(import.meta.dirname, 'python/requirements.txt');
const { missing } = findPython();
if (missing !== undefined && process.env['CI'] === 'true') throw new Error(`CI needs Python. ${missing}`);

/**
 * Left out: W3005 (a dependency said twice, as CDK does), W3010 (zones by their names, as CDK writes them where it knows
 * them), W6001 (an output that passes on another stack's: the last stack's outputs are all that a newcomer needs).
 */
const ignored = ['W3005', 'W3010', 'W6001'];

/** Stacks that do not differ by scenario are looked at once. */
function differentTemplates(): readonly string[] {
  const byText = new Map<string, string>();
  for (const file of globSync('*/*.golden.json', { cwd: goldenFolder }).sort()) {
    const path = join(goldenFolder, file);
    const text = readFileSync(path, 'utf8');
    if (!byText.has(text)) byText.set(text, path);
  }
  return [...byText.values()];
}

describe.skipIf(missing !== undefined)('cfn-lint (needs Python)', () => {
  test('finds nothing in the golden templates', { timeout: 600_000 }, async () => {
    const templates = differentTemplates();
    expect(templates.length).toBeGreaterThan(10);
    expect(await lint(templates)).toEqual([]);
  });

  test('finds a property that CloudFormation does not have', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    const file = join(folder, 'planted.json');
    writeFileSync(
      file,
      JSON.stringify({ Resources: { It: { Type: 'AWS::S3::Bucket', Properties: { Colour: 'red' } } } }),
    );
    const found = await lint([file]);
    rmSync(folder, { recursive: true });
    expect(found.join()).toContain('Colour');
  });
});

/** A line for each finding. */
async function lint(files: readonly string[]): Promise<readonly string[]> {
  const python = await ensureVenv('aws', requirements);
  const program = join(dirname(python), 'cfn-lint');
  // By its Python: the script's own first line names the folder that the environment was made in, which may have moved.
  const args = [program, '--format', 'json', '--regions', 'eu-west-1', '--ignore-checks', ...ignored, '--', ...files];
  // A finding makes it end with another code than 0.
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout?: string; message: string }) => {
      if (error.stdout === undefined || !error.stdout.startsWith('[')) throw new Error(error.message);
      return { stdout: error.stdout };
    },
  );
  const findings = JSON.parse(stdout) as readonly {
    Filename: string;
    Message: string;
    Rule: { Id: string };
    Location: { Path: readonly unknown[] | null };
  }[];
  return findings.map(
    ({ Filename, Message, Rule, Location }) =>
      `${relative(goldenFolder, Filename)} ${Location.Path?.join('.')}: ${Rule.Id} ${Message}`,
  );
}
