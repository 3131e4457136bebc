import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chartFolder } from './chart-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'chart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = `name: aws-load-balancer-controller # ${folder}\n`;
mkdirSync(join(folder, 'aws-load-balancer-controller'));
writeFileSync(join(folder, 'aws-load-balancer-controller/Chart.yaml'), content);
const archive = join(folder, 'chart.tgz');
execFileSync('tar', ['-czf', archive, '-C', folder, 'aws-load-balancer-controller']);

test('a folder is taken as it is', () => {
  expect(chartFolder(join(folder, 'aws-load-balancer-controller'))).toBe(join(folder, 'aws-load-balancer-controller'));
});

test('an archive as helm writes it is unpacked, once', () => {
  const unpacked = chartFolder(archive);
  expect(readFileSync(join(unpacked, 'Chart.yaml'), 'utf8')).toBe(content);
  expect(chartFolder(archive)).toBe(unpacked);
  rmSync(unpacked, { recursive: true });
});

test.each([
  ['nothing', 'nowhere.tgz', /nothing at/],
  ['a folder without a chart', '.', /no Chart\.yaml/],
])('%s is refused by name', (_what, given, message) => {
  expect(() => chartFolder(given)).toThrow(message);
  expect(() => chartFolder(given)).toThrow(/EKS_ALB_CONTROLLER_CHART names/);
});
