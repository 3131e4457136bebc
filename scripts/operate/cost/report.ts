import type { Estimate } from './estimate.ts';
import { originalRows, type Platform } from './original.ts';
import { prices } from './prices.ts';

interface CostRow {
  readonly service: string;
  readonly usd: number;
  /** Undefined: its table has no such row. */
  readonly originalUsd: number | undefined;
  readonly parts: readonly string[];
}

export interface CostReport {
  readonly platform: Platform;
  readonly rows: readonly CostRow[];
  readonly totalUsd: number;
  readonly originalTotalUsd: number;
  /** What the totals lack, with counts. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly pricesAsOf: string;
}

/** The estimate by service beside the original's rows, in the order of those. */
export function reportOf({ lines, unknown }: Estimate, platform: Platform): CostReport {
  const original: Readonly<Record<string, number>> = originalRows[platform];
  const services = [...new Set([...Object.keys(original), ...lines.map(({ service }) => service)])];
  const rows = services.map((service): CostRow => {
    const own = lines.filter((each) => each.service === service);
    const parts = own.map(({ what, quantity, usd }) => `${rounded(quantity)} × ${what}: ${usd.toFixed(2)}`);
    return { service, usd: sum(own.map(({ usd }) => usd)), originalUsd: original[service], parts };
  });
  return {
    platform,
    rows,
    totalUsd: sum(rows.map(({ usd }) => usd)),
    originalTotalUsd: sum(Object.values(original)),
    unknown: Object.fromEntries(unknown),
    pricesAsOf: Object.values(prices)[0]?.asOf ?? '',
  };
}

/** To be read by people, with the parts of each row when asked for. */
export function reportText(report: CostReport, { withParts }: { readonly withParts: boolean }): string {
  const { rows, totalUsd, originalTotalUsd, unknown, platform, pricesAsOf } = report;
  const money = (usd: number | undefined) => (usd === undefined ? '–' : usd.toFixed(2)).padStart(10);
  const row = (name: string, usd: number, other: number | undefined) => {
    const difference = usd - (other ?? 0);
    return `${name.padEnd(18)}${money(usd)}${money(other)}${`${difference < 0 ? '' : '+'}${difference.toFixed(2)}`.padStart(10)}`;
  };
  const lines = [
    `USD a month on ${platform.toUpperCase()}, us-east-1, list prices as of ${pricesAsOf}, free tiers left out`,
    `${''.padEnd(18)}${'this'.padStart(10)}${'original'.padStart(10)}${'difference'.padStart(11)}`,
    ...rows.flatMap(({ service, usd, originalUsd, parts }) => [
      row(service, usd, originalUsd),
      ...(withParts ? parts.map((each) => `    ${each}`) : []),
    ]),
    row('Total', totalUsd, originalTotalUsd),
  ];
  const missing = Object.entries(unknown).map(([what, count]) => `  ${count} × ${what}`);
  if (missing.length > 0) lines.push('', 'Not in the total, because nobody has priced it here:', ...missing);
  return lines.join('\n');
}

function sum(values: readonly number[]): number {
  return Math.round(values.reduce((total, each) => total + each, 0) * 100) / 100;
}

function rounded(quantity: number): string {
  return String(Math.round(quantity * 100) / 100);
}
