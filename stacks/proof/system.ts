import type { Deployment } from '@genai-gateway/config';
import { type Resource, referredTo, resolveTemplates } from './resolve.ts';
import type { RawResource, Templates } from './templates.ts';
import { account } from './variants.ts';

/** The templates of one deployment, worked out: what every rule looks at. */
export class System {
  readonly name: string;
  readonly deployment: Deployment;
  readonly templates: Templates;
  readonly resources: readonly Resource[];
  readonly #byRaw: ReadonlyMap<RawResource, Resource>;
  readonly #byId: ReadonlyMap<string, Resource>;
  readonly #byType = new Map<string, Resource[]>();

  /** `before`: a system with other templates of the same deployment; what is the same object in both is not worked out again. */
  constructor(name: string, deployment: Deployment, templates: Templates, before?: System) {
    this.name = name;
    this.deployment = deployment;
    this.templates = templates;
    const known = before === undefined ? undefined : before.#byRaw;
    this.#byRaw = resolveTemplates(templates, { account, region: deployment.region }, known);
    this.resources = [...this.#byRaw.values()];
    this.#byId = new Map(this.resources.map((each) => [each.id, each]));
    for (const each of this.resources) {
      const others = this.#byType.get(each.type);
      if (others === undefined) this.#byType.set(each.type, [each]);
      else others.push(each);
    }
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /** The resource that a resolved value refers to; undefined: none of ours. */
  resourceOf(value: unknown): Resource | undefined {
    const id = referredTo(value);
    return id === undefined ? undefined : this.#byId.get(id);
  }
}

/** A promise that every system must keep. */
export interface Rule {
  /** What holds, as a sentence. */
  readonly name: string;
  /** A line per breach. */
  readonly breaches: (system: System) => readonly string[];
}

export interface Breach {
  readonly rule: string;
  readonly breach: string;
}

/** Every breach of every rule, by the rule's name. */
export function breachesOf(system: System, rules: readonly Rule[]): readonly Breach[] {
  return rules.flatMap((rule) => rule.breaches(system).map((breach) => ({ rule: rule.name, breach })));
}
