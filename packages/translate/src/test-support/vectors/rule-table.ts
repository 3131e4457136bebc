import { GatewayError } from '@genai-gateway/core';
import type { CaseFiles } from './case-files.ts';
import type { RuleRow, VectorDirection } from './direction.ts';
import { firstDifference } from './first-difference.ts';

/**
 * `rules/<topic>.json` of a direction: many small cases in one file. Each row says its rule, what is given, and what is derived:
 * `becomes`, or `refused` with the code, the message and the place of the error.
 */
export interface RuleTable {
  /** As the `about.md` of a case. */
  readonly about: string;
  readonly rows: readonly RuleRow[];
}

const DERIVED = ['becomes', 'refused'];

/** The table with what our code makes of each row today. */
export function deriveTable(direction: VectorDirection, table: RuleTable): RuleTable {
  return { about: table.about, rows: table.rows.map((row) => derivedRow(direction, row)) };
}

/** The first thing in each row that is not as it says; nothing when all is well. */
export function checkTable(direction: VectorDirection, table: RuleTable): readonly string[] {
  const rules = table.rows.map((row) => String(row['rule']));
  const twice = rules.filter((rule, index) => rules.indexOf(rule) !== index).map((rule) => `${rule}: is there twice`);
  const found = table.rows.flatMap((row) => {
    const difference = firstDifference(asJson(derivedRow(direction, row)), row);
    return difference === undefined ? [] : [`${String(row['rule'])}: ${difference}`];
  });
  return [...twice, ...found];
}

/** A table in a file: a row on each line, so that a difference is a line. */
export function tableText({ about, rows }: RuleTable): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  return `{\n  "about": ${JSON.stringify(about)},\n  "rows": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** The table in a file. Throws when it is none. */
export function readTable(files: CaseFiles, file: string): RuleTable {
  const { about, rows } = files.json(file) as Partial<RuleTable>;
  if (typeof about !== 'string' || !Array.isArray(rows)) throw new Error(`${file} is no table of rules`);
  return { about, rows };
}

function derivedRow(direction: VectorDirection, row: RuleRow): RuleRow {
  const given = Object.fromEntries(Object.entries(row).filter(([name]) => !DERIVED.includes(name)));
  try {
    return { ...given, becomes: direction.deriveRow?.(given) ?? null };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, param } = error;
    return { ...given, refused: { code, message, ...(param === undefined ? {} : { param }) } };
  }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
