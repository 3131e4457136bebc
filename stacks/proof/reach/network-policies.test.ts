import { describe, expect, test } from 'vitest';
import { NetworkPolicies } from './network-policies.ts';

const object = (kind: string, name: string, namespace: string, rest: object) => ({
  ...{ id: name, kind, name, namespace },
  object: { kind, metadata: { name, namespace }, ...rest },
});
const policies = new NetworkPolicies([
  object('Namespace', 'ours', '', { metadata: { name: 'ours', labels: { team: 'ai' } } }),
  object('NetworkPolicy', 'nothing', 'ours', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
  object('NetworkPolicy', 'litellm', 'ours', {
    spec: {
      podSelector: { matchLabels: { app: 'litellm' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'gateway' } } }], ports: [{ port: 4000 }] }],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }], ports: [{ port: 443 }] }],
    },
  }),
]);
const pod = (app: string, namespace = 'ours') => ({ namespace, labels: { app } });

describe('network policies', () => {
  const rows = [
    ['a pod that is named comes in', pod('litellm'), 'Ingress', { pod: pod('gateway') }, 4000, true],
    ['not on another port', pod('litellm'), 'Ingress', { pod: pod('gateway') }, 5000, false],
    ['not from another namespace', pod('litellm'), 'Ingress', { pod: pod('gateway', 'theirs') }, 4000, false],
    ['not from an address', pod('litellm'), 'Ingress', { cidr: '10.0.0.0/16' }, 4000, false],
    ['nobody reaches who is only denied', pod('gateway'), 'Ingress', { pod: pod('litellm') }, 3443, false],
    ['out to a block', pod('litellm'), 'Egress', { cidr: '192.0.2.0/24' }, 443, true],
    ['not to what the block leaves out', pod('litellm'), 'Egress', { cidr: '169.254.169.254/32' }, 443, false],
    ['where no policy is, everything goes', pod('any', 'theirs'), 'Egress', { cidr: '169.254.169.254/32' }, 80, true],
  ] as const;
  test.each(rows)('%s', (_name, who, direction, peer, port, expected) => {
    expect(policies.allows(who, direction, peer, port)).toBe(expected);
  });
});
