import { describe, expect, it, test } from 'vitest';
import { buildInTest, variants } from '../eks-in-test.ts';
import { hasGo } from './go-sources.ts';
import { conform } from './kubeconform.ts';

const isMissing = !hasGo();
if (isMissing && process.env['CI'] === 'true') throw new Error('CI needs Go, which builds kubeconform.');

const { applied } = buildInTest(variants['new cluster']);
const objects = applied.map(({ object }) => object);

describe.skipIf(isMissing)('kubeconform (needs Go)', () => {
  test.each(Object.keys(variants) as (keyof typeof variants)[])(
    'finds every object valid, strictly, with a %s',
    (name) => {
      const all = buildInTest(variants[name]).applied.map(({ object }) => object);
      const findings = conform(all);
      expect(findings.filter(({ status }) => status !== 'statusValid')).toEqual([]);
      expect(findings).toHaveLength(all.length);
    },
  );

  test.each([
    ['a field that is misspelt', 'Deployment', '"terminationGracePeriodSeconds"', '"terminationGraceSeconds"'],
    ['a field in the wrong place', 'Deployment', '"containers":', '"replicas":2,"containers":'],
    ['a text for a number', 'Deployment', '"maxSkew":1', '"maxSkew":"1"'],
    ['a number for a text', 'Deployment', '"cpu":"250m"', '"cpu":["250m"]'],
    ['a field that is demanded and not there', 'Deployment', '"selector":', '"selectors":'],
    ['a policy type of its own', 'NetworkPolicy', '"policyTypes"', '"policyType"'],
    ['a port that is a list', 'Service', '"port":4000', '"port":[4000]'],
    ['a target type that is none', 'TargetGroupBinding', '"targetType":"ip"', '"targetType":"pod"'],
    ['an unknown field of a custom resource', 'TargetGroupBinding', '"targetType"', '"targetKind"'],
    ['a parameter that is no text', 'SecretProviderClass', '"usePodIdentity":"true"', '"usePodIdentity":true'],
    ['a deadline that is a text', 'Job', '"activeDeadlineSeconds":780', '"activeDeadlineSeconds":"780"'],
    ['a metric of no shape', 'HorizontalPodAutoscaler', '"averageValue"', '"average"'],
    ['a misspelt field of metadata', 'ServiceAccount', '"namespace"', '"nameSpace"'],
    ['a kind that has no schema', 'PodDisruptionBudget', '"PodDisruptionBudget"', '"PodDisruption"'],
  ])('catches %s in a %s', (_fault, kind, right, wrong) => {
    const planted = objects.map((object) => {
      const written = JSON.stringify(object);
      return object['kind'] === kind ? (JSON.parse(written.replace(right, wrong)) as typeof object) : object;
    });
    expect(planted).not.toEqual(objects);
    const kinds = conform(planted).flatMap((finding) => (finding.status === 'statusValid' ? [] : [finding.kind]));
    expect(new Set(kinds)).toEqual(new Set([wrong === '"PodDisruption"' ? 'PodDisruption' : kind]));
  });

  it('checks as many objects as it was given', () => {
    expect(conform([])).toEqual([]);
    expect(conform(objects.slice(0, 3))).toHaveLength(3);
  });
});
