import { isDeepStrictEqual } from 'node:util';
import { referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import { account } from '../variants.ts';
import type { Deployed } from './deploy.ts';
import type { MotoClients } from './moto-clients.ts';

/** What a part of the templates says, and what moto's own API says that there is: they must be equal. */
export interface Check {
  /** What is there, as a sentence. */
  readonly name: string;
  readonly look: (clients: MotoClients, made: Made) => Promise<{ readonly expected: unknown; readonly found: unknown }>;
}

/** The templates of a deployment in the names that this AWS gave. */
export class Made {
  readonly system: System;
  readonly #physicalIds: Deployed['physicalIds'];

  constructor({ system, physicalIds }: Deployed) {
    this.system = system;
    this.#physicalIds = physicalIds;
  }

  /** All resources of a type, with their physical ids and with the references in their properties made real. */
  ofType(type: string): readonly { readonly id: string; readonly properties: Readonly<Record<string, unknown>> }[] {
    return this.system.ofType(type).map((each) => ({
      id: this.#physicalIds.get(each.id) ?? '',
      properties: this.real(each.properties) as Record<string, unknown>,
    }));
  }

  /** A value with each whole reference to something that was made as what this AWS calls it. */
  real(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.real(each));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.real(inner)]));
    }
    const id = this.#physicalIds.get(referredTo(value) ?? '');
    if (id === undefined) return value;
    if (!String(value).endsWith('.Arn›')) return id;
    switch (this.system.resourceOf(value)?.type) {
      case 'AWS::KMS::Key':
        return `arn:aws:kms:${this.system.deployment.region}:${account}:key/${id}`;
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${account}:role/${id}`;
      default:
        return value;
    }
  }
}

/** Undefined: as the templates say. Else what differs, also where moto could not be asked. */
export async function differenceOf(check: Check, clients: MotoClients, made: Made): Promise<string | undefined> {
  try {
    const { expected, found } = await check.look(clients, made);
    if (Array.isArray(expected) && expected.length === 0) return 'the templates have none of it: nothing was compared';
    if (isDeepStrictEqual(sorted(expected), sorted(found))) return undefined;
    return `the templates say\n${JSON.stringify(sorted(expected), undefined, 1)}\nbut there is\n${JSON.stringify(sorted(found), undefined, 1)}`;
  } catch (error) {
    return String(error);
  }
}

/** Keys and members in one order, and without what is undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .map(sorted)
      .map((each) => [JSON.stringify(each), each] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, each]) => each);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
