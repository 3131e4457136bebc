import type { NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPeer } from 'kubernetes-types/networking/v1.js';
import { loadTestPorts, ports } from '../../../network/network.ts';
import { labelsOf } from './kubernetes-object.ts';

/** Where the things stand that pods talk with, as IPv4 CIDR blocks; security groups narrow them further. */
export interface Ranges {
  readonly loadBalancer: readonly string[];
  /** Postgres and the cache. */
  readonly data: readonly string[];
  /** Simulated providers; empty: there are none. */
  readonly loadTest: readonly string[];
}

/**
 * Who may talk with whom among pods. Nothing is allowed but what stands here. Ports are those of pods; VPC CNI demands
 * that services have the same ones.
 */
export function networkPolicies(namespace: string, ranges: Ranges): readonly NetworkPolicy[] {
  const policy = (name: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  });
  const pods = (name: string) => ({ matchLabels: labelsOf(name) });
  return [
    policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('gateway', {
      podSelector: pods('gateway'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: blocks(ranges.loadBalancer), ports: tcp(ports.gatewayTls) }],
      egress: [
        names,
        { to: blocks(ranges.data), ports: tcp(ports.database, ports.cache) },
        { to: [{ podSelector: pods('litellm') }], ports: tcp(ports.litellm) },
        podIdentity,
        https,
        ...simulated(ranges, loadTestPorts.bedrock),
      ],
    }),
    policy('litellm', {
      podSelector: pods('litellm'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: pods('gateway') }], ports: tcp(ports.litellm) }],
      egress: [
        names,
        { to: blocks(ranges.data), ports: tcp(ports.database, ports.cache) },
        podIdentity,
        https,
        ...simulated(ranges, loadTestPorts.bedrock, loadTestPorts.openai),
      ],
    }),
    policy('migration', {
      podSelector: pods('migration'),
      policyTypes: ['Ingress', 'Egress'],
      egress: [names, { to: blocks(ranges.data), ports: tcp(ports.database) }],
    }),
  ];
}

/** The cluster's own DNS, and nobody else's. */
const names: NetworkPolicyEgressRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/**
 * The agent of Pod Identity on the node, which gives a pod the credentials of its role.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html (as of 2026-11-23).
 */
const podIdentity: NetworkPolicyEgressRule = { to: blocks(['169.254.170.23/32']), ports: tcp(80) };

/**
 * AWS and providers. Not by name, which network policies do not know; without outbound there is no route but to VPC
 * endpoints. Addresses of the node itself are left out: the metadata service among them.
 */
const https: NetworkPolicyEgressRule = {
  to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }],
  ports: tcp(443),
};

function simulated({ loadTest }: Ranges, ...numbers: readonly number[]): readonly NetworkPolicyEgressRule[] {
  return loadTest.length === 0 ? [] : [{ to: blocks(loadTest), ports: tcp(...numbers) }];
}

function blocks(cidrs: readonly string[]): NetworkPolicyPeer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

function tcp(...numbers: readonly number[]) {
  return numbers.map((port) => ({ protocol: 'TCP', port }));
}
