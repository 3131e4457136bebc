import { listOf } from '../json.ts';
import { constraintError } from '../wire/schema-check.ts';

interface TextRule {
  readonly min?: number;
  readonly max?: number;
  /** As AWS writes it; it has to match the whole text. */
  readonly pattern?: string;
  /** Of an enum. */
  readonly values?: readonly string[];
}

/** Constraints that were violated, collected, because AWS names them all in one answer. Members that are absent violate none. */
export interface Violations {
  text(value: unknown, place: string, rule: TextRule): void;
  number(value: unknown, place: string, min: number, max?: number): void;
  /** Of a list: how many it has at most. */
  count(value: unknown, place: string, min: number, max: number): void;
  /** Throws ValidationException when there is any. */
  throwIfAny(): void;
}

/** Starts with none. */
export function createViolations(): Violations {
  const found: string[] = [];
  function violate(value: unknown, place: string, constraint: string): void {
    found.push(`Value '${String(value)}' at '${place}' failed to satisfy constraint: Member must ${constraint}`);
  }
  return {
    text: (value, place, { min = 0, max = Number.POSITIVE_INFINITY, pattern, values }) => {
      if (typeof value !== 'string') return;
      if (value.length < min) violate(value, place, `have length greater than or equal to ${min}`);
      else if (value.length > max) violate(value, place, `have length less than or equal to ${max}`);
      else if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
        violate(value, place, `satisfy regular expression pattern: ${pattern}`);
      } else if (values !== undefined && !values.includes(value)) {
        violate(value, place, `satisfy enum value set: [${values.join(', ')}]`);
      }
    },
    number: (value, place, min, max = Number.POSITIVE_INFINITY) => {
      if (typeof value !== 'number') return;
      if (value < min) violate(value, place, `have value greater than or equal to ${min}`);
      if (value > max) violate(value, place, `have value less than or equal to ${max}`);
    },
    count: (value, place, min, max) => {
      if (!Array.isArray(value)) return;
      const { length } = listOf(value);
      if (length < min) violate(`[${length} members]`, place, `have length greater than or equal to ${min}`);
      if (length > max) violate(`[${length} members]`, place, `have length less than or equal to ${max}`);
    },
    throwIfAny: () => {
      if (found.length > 0) throw constraintError(found);
    },
  };
}
