import { computeEstimators } from './estimators/compute.ts';
import { dataEstimators } from './estimators/data.ts';
import type { CostLine, Estimators, Resource, Template } from './estimators/estimator.ts';
import { Context, UnknownPrice } from './estimators/estimator.ts';
import { networkEstimators } from './estimators/network.ts';
import { operationsEstimators } from './estimators/operations.ts';
import { isFree } from './free-types.ts';
import { traffic } from './traffic.ts';

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** What may cost money and is not in the lines: types without an estimator, sizes without a price. With counts. */
  readonly unknown: ReadonlyMap<string, number>;
}

const estimators: Estimators = {
  ...computeEstimators,
  ...networkEstimators,
  ...dataEstimators,
  ...operationsEstimators,
};

/** What the templates of one deployment cost in a month. Nothing that is unknown is taken for free. */
export function estimate(templates: readonly Template[]): Estimate {
  const lines: CostLine[] = [];
  const unknown = new Map<string, number>();
  const addUnknown = (what: string) => unknown.set(what, (unknown.get(what) ?? 0) + 1);
  const all = templates.flatMap((template) => Object.values(template.Resources ?? {}));
  for (const template of templates) {
    const context = new Context(template, all, traffic);
    for (const [id, resource] of Object.entries(template.Resources ?? {})) {
      try {
        lines.push(...linesOf(id, resource, context));
      } catch (error) {
        if (!(error instanceof UnknownPrice)) throw error;
        addUnknown(error.message);
      }
    }
  }
  return { lines: summed(lines), unknown };
}

function linesOf(id: string, resource: Resource, context: Context): readonly CostLine[] {
  const estimator = estimators[resource.Type];
  if (estimator !== undefined) return estimator({ id, properties: resource.Properties ?? {}, context });
  if (isFree(resource.Type)) return [];
  throw new UnknownPrice(resource.Type);
}

/** One line for equal things. */
function summed(lines: readonly CostLine[]): CostLine[] {
  const sums = new Map<string, CostLine>();
  for (const line of lines) {
    const key = `${line.service}|${line.what}`;
    const before = sums.get(key);
    sums.set(
      key,
      before === undefined ? line : { ...line, quantity: before.quantity + line.quantity, usd: before.usd + line.usd },
    );
  }
  return [...sums.values()];
}
