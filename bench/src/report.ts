import { addedMs, cpuRatio, type Verdict, verdicts } from './bars.ts';
import type { ReplyKind } from './load.ts';
import type { Results } from './results.ts';
import { least, median } from './stats.ts';
import { targetNames } from './targets.ts';

type Table = readonly (readonly string[])[];

const kinds: readonly ReplyKind[] = ['converse', 'converse-stream', 'chat', 'chat-stream'];
const absent = '–';

function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? absent : value.toFixed(digits);
}

function megabytes(bytes: number): string {
  return number(bytes / 1024 / 1024, 0);
}

function cpuTable(results: Results): Table {
  const cell = (target: string, kind: ReplyKind) => {
    const series = results.loaded.find((row) => row.target === target && row.kind === kind);
    return series === undefined ? absent : `${number(median(series.cpuMs), 3)} (${number(least(series.cpuMs), 3)})`;
  };
  const rate = (kind: ReplyKind) => {
    const series = results.loaded.find((row) => row.target === 'gateway' && row.kind === kind);
    return series === undefined ? absent : number(median(series.requestsPerSecond), 0);
  };
  return [
    ['CPU ms per request: median (least)', ...targetNames, 'gateway ÷ Go', 'gateway requests/s'],
    ...kinds.map((kind) => [
      kind,
      ...targetNames.map((target) => cell(target, kind)),
      number(cpuRatio(results, kind), 2),
      rate(kind),
    ]),
  ];
}

function singleTable(results: Results): Table {
  const rows = (['latencyMs', 'firstByteMs'] as const).flatMap((what) =>
    kinds.map((kind) => [
      `${what === 'latencyMs' ? 'whole answer' : 'first byte'}, ${kind}`,
      number(median(results.single.find((row) => row.target === 'direct' && row.kind === kind)?.[what] ?? []), 3),
      ...targetNames.map((target) => number(addedMs(results, kind, what, target), 3)),
    ]),
  );
  return [['p50 ms at one connection', 'direct', ...targetNames.map((name) => `${name} adds`)], ...rows];
}

function streamsTable(results: Results): Table {
  return [
    ['native streams held open', 'streams', 'RSS MB idle', 'RSS MB open', 'CPU ms per stream'],
    ...results.streams.map((row) => [
      row.target,
      String(row.openStreams),
      megabytes(row.idleRssBytes),
      megabytes(row.openRssBytes),
      number(row.cpuMsPerStream, 2),
    ]),
  ];
}

function verdictTable(rows: readonly Verdict[]): Table {
  return [
    ['bar', 'measured', 'allowed', 'outcome'],
    ...rows.map(({ name, value, limit, unit, outcome }) => [
      name,
      value === undefined ? absent : `${number(value, 2)} ${unit}`,
      `${limit} ${unit}`,
      outcome,
    ]),
  ];
}

function tablesOf(results: Results): Table[] {
  return [cpuTable(results), singleTable(results), streamsTable(results), verdictTable(verdicts(results))];
}

function missingLines(results: Results): string[] {
  return Object.entries(results.missing).map(([name, reason]) => `${name} was not measured: ${reason}.`);
}

/** The run as text for a terminal, columns aligned. */
export function terminalReport(results: Results): string {
  const align = (table: Table) => {
    const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
    return table
      .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
      .map((row) => row.join('  '))
      .join('\n');
  };
  return [...tablesOf(results).map(align), ...missingLines(results)].join('\n\n');
}

/** The page of bench/results: every run given, in the order given. */
export function resultsPage(runs: readonly Results[]): string {
  const markdown = (table: Table) => {
    const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
    const [head = [], ...rows] = table;
    return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
  };
  const section = (results: Results) => {
    const { label, cpuModel, cores, node, go } = results.machine;
    return [
      `## ${results.date}, ${label}`,
      `${cores} cores of ${cpuModel}; Node ${node}; ${go}; commit ${results.commit}.`,
      ...tablesOf(results).map(markdown),
      ...missingLines(results),
    ].join('\n\n');
  };
  const intro = `# Results

Written by \`npm run bench\` from the JSON files beside it; do not edit. How to read it: [../README.md](../README.md).`;
  return `${[intro, ...runs.map(section)].join('\n\n')}\n`;
}
