import { type Price, prices } from '../prices.ts';
import type { Traffic } from '../traffic.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

/** A row of the bill, under the name that the original's table has for it where it has one. */
export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: Price['unit'];
  readonly usd: number;
}

/** A type or a size that nobody has priced here. */
export class UnknownPrice extends Error {}

const hoursPerMonth = 730;

/** What an estimator sees beside its resource. */
export class Context {
  readonly #template: Template;
  /** Resources of all templates. */
  readonly all: readonly Resource[];
  readonly traffic: Traffic;

  constructor(template: Template, all: readonly Resource[], traffic: Traffic) {
    this.#template = template;
    this.all = all;
    this.traffic = traffic;
  }

  /** The resources of a type in this template, as an estimator sees them. */
  resources(type: string): readonly Estimated[] {
    const entries = Object.entries(this.#template.Resources ?? {}).filter(([, { Type }]) => Type === type);
    return entries.map(([id, { Properties }]) => ({ id, properties: Properties ?? {}, context: this }));
  }

  count(type: string): number {
    return this.all.filter(({ Type }) => Type === type).length;
  }

  /** The resource of this template that `{Ref}` or `{Fn::GetAtt}` names; undefined for anything else. */
  referenced(value: unknown): Resource | undefined {
    const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: unknown; 'Fn::GetAtt'?: readonly unknown[] };
    const id = Ref ?? attribute?.[0];
    return typeof id === 'string' ? this.#template.Resources?.[id] : undefined;
  }
}

export interface Estimated {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly context: Context;
}

type Estimator = (resource: Estimated) => readonly CostLine[];
export type Estimators = Readonly<Record<string, Estimator>>;

/** A line by the price table. `quantity` in units of the price, but for hours: those of a month are added here. */
export function line(service: string, what: string, price: string, quantity = 1): CostLine {
  const found = prices[price];
  if (found === undefined) throw new UnknownPrice(`${service}: ${price}`);
  const units = found.unit === 'hour' || found.unit === 'LCU-hour' ? quantity * hoursPerMonth : quantity;
  return { service, what, quantity, unit: found.unit, usd: units * found.usd };
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new UnknownPrice(`${what} is not known before the deployment`);
}

/** A number, also as text, as CloudFormation takes it. */
export function numberOf(value: unknown, what: string): number {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new UnknownPrice(`${what} is not known before the deployment`);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function field(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name];
}
