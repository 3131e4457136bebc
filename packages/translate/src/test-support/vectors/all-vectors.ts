import { casesOf, tablesOf } from './case-files.ts';
import { checkCase, writeCase } from './check-case.ts';
import { directions } from './directions.ts';
import { checkTable, deriveTable, readTable, tableText } from './rule-table.ts';

/** One case or one table of test/vectors. */
export interface Vector {
  /** `openai-over-converse/text`, `converse-over-openai/rules/tools.json`. */
  readonly place: string;
  readonly direction: string;
  readonly isRefused: boolean;
  /** What is not as the files say; nothing when all is well. Never rejects. */
  check(): Promise<readonly string[]>;
  /** Writes what our code makes of it today. */
  write(): void;
}

/** Every vector of every direction. */
export function allVectors(): readonly Vector[] {
  return directions.flatMap((direction): Vector[] => {
    const { name } = direction;
    const tables = tablesOf(name);
    return [
      ...casesOf(name).map((files) => ({
        place: `${name}/${files.name}`,
        direction: name,
        isRefused: files.isRefused,
        check: () => checkCase(direction, files),
        write: () => writeCase(direction, files),
      })),
      ...tables.names().map((file) => ({
        place: `${name}/${tables.name}/${file}`,
        direction: name,
        isRefused: false,
        check: async () => {
          try {
            return checkTable(direction, readTable(tables, file));
          } catch (error) {
            return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
          }
        },
        write: () => tables.write(file, tableText(deriveTable(direction, readTable(tables, file)))),
      })),
    ];
  });
}

/** Those whose place holds one of the names; all of them for no names. */
export function chosenVectors(names: readonly string[]): readonly Vector[] {
  return allVectors().filter(({ place }) => names.length === 0 || names.some((name) => place.includes(name)));
}
