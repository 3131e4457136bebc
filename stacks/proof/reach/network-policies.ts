import { at, entries, list, text, texts } from '../json.ts';
import { isEverybody, overlap } from './cidr.ts';
import type { Manifest } from './manifests.ts';

export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What stands at the other end of a pod's connection. */
export type PolicyPeer = { readonly pod: Pod } | { readonly cidr: string };

/**
 * Kubernetes' rules: a pod that no policy selects for a direction is open in it; one that is selected takes only
 * what one of its policies allows (https://kubernetes.io/docs/concepts/services-networking/network-policies/, as of
 * 2026-11-23).
 */
export class NetworkPolicies {
  readonly #policies: readonly Manifest[];
  readonly #namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(manifests: readonly Manifest[]) {
    this.#policies = manifests.filter((each) => each.kind === 'NetworkPolicy');
    this.#namespaces = new Map(
      manifests
        .filter((each) => each.kind === 'Namespace')
        .map((each) => [
          each.name,
          { 'kubernetes.io/metadata.name': each.name, ...labelsOf(at(each.object, 'metadata', 'labels')) },
        ]),
    );
  }

  /** Whether any policy stands before what comes into the pod, or goes out of it. */
  isIsolated(pod: Pod, direction: 'Ingress' | 'Egress'): boolean {
    return this.#selecting(pod, direction).length > 0;
  }

  allows(pod: Pod, direction: 'Ingress' | 'Egress', peer: PolicyPeer, port: number): boolean {
    const policies = this.#selecting(pod, direction);
    if (policies.length === 0) return true;
    const [rules, side] = direction === 'Ingress' ? (['ingress', 'from'] as const) : (['egress', 'to'] as const);
    return policies.some(({ object, namespace }) =>
      list(object, 'spec', rules).some(
        (rule) =>
          (at(rule, 'ports') === undefined || list(rule, 'ports').some((each) => takesPort(each, port))) &&
          (at(rule, side) === undefined || list(rule, side).some((each) => this.#isPeer(each, namespace, peer))),
      ),
    );
  }

  #selecting(pod: Pod, direction: 'Ingress' | 'Egress'): readonly Manifest[] {
    return this.#policies.filter(
      ({ namespace, object }) =>
        namespace === pod.namespace &&
        typesOf(object).includes(direction) &&
        selects(at(object, 'spec', 'podSelector'), pod.labels),
    );
  }

  #isPeer(written: unknown, namespace: string, peer: PolicyPeer): boolean {
    const block = at(written, 'ipBlock');
    if (block !== undefined) {
      if (!('cidr' in peer)) return false;
      const cidr = text(block, 'cidr') ?? '';
      const isExcepted = texts(block, 'except').some((each) => each === peer.cidr);
      return !isExcepted && (isEverybody(cidr) || overlap(cidr, peer.cidr));
    }
    if (!('pod' in peer)) return false;
    const namespaces = at(written, 'namespaceSelector');
    const inNamespace =
      namespaces === undefined
        ? peer.pod.namespace === namespace
        : selects(
            namespaces,
            this.#namespaces.get(peer.pod.namespace) ?? { 'kubernetes.io/metadata.name': peer.pod.namespace },
          );
    return inNamespace && selects(at(written, 'podSelector') ?? {}, peer.pod.labels);
  }
}

function typesOf(policy: unknown): readonly string[] {
  const given = texts(policy, 'spec', 'policyTypes');
  if (given.length > 0) return given;
  return ['Ingress', ...(at(policy, 'spec', 'egress') === undefined ? [] : ['Egress'])];
}

function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const byLabels = entries(selector, 'matchLabels').every(([key, value]) => labels[key] === value);
  return (
    byLabels &&
    list(selector, 'matchExpressions').every((each) => {
      const value = labels[text(each, 'key') ?? ''];
      const values = texts(each, 'values');
      switch (text(each, 'operator')) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

function takesPort(written: unknown, port: number): boolean {
  const protocol = text(written, 'protocol') ?? 'TCP';
  const first = at(written, 'port');
  if (protocol !== 'TCP') return false;
  if (first === undefined) return true;
  // A port by its name cannot be told from here: it is taken to be this one, which finds too much rather than too little.
  if (typeof first !== 'number') return true;
  const last = at(written, 'endPort');
  return first <= port && port <= (typeof last === 'number' ? last : first);
}

/** Labels as Kubernetes reads them: texts. */
export function labelsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(entries(value).map(([key, each]) => [key, String(each)]));
}
