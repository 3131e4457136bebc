import { Template } from 'aws-cdk-lib/assertions';
import { KubectlProvider } from 'aws-cdk-lib/aws-eks';
import { describe, expect, it, test } from 'vitest';
import { wildActions } from '../../testing/iam.ts';
import { faultsOfActions } from '../../testing/iam-actions.ts';
import { nagFindings } from '../../testing/nag.ts';
import { buildInTest, eksDeployment, existingCluster, variants } from './eks-in-test.ts';

const names = Object.keys(variants) as (keyof typeof variants)[];
const built = Object.fromEntries(names.map((name) => [name, buildInTest(variants[name])])) as Record<
  keyof typeof variants,
  ReturnType<typeof buildInTest>
>;

describe.each(names)('with a %s', (name) => {
  const { stack, template, resources, compute } = built[name];

  it('has no finding of cdk-nag without a reason', () => {
    expect(nagFindings(stack)).toEqual([]);
  });

  it('gives no role an action with a star, and a star for a resource only where AWS knows no other', async () => {
    expect(wildActions(template.toJSON())).toEqual([]);
    expect(await faultsOfActions(template.toJSON())).toEqual([]);
  });

  it('makes no Kubernetes secret, and shows no secret in a manifest', () => {
    const { applied } = built[name];
    expect(applied.filter(({ object }) => object['kind'] === 'Secret')).toEqual([]);
    expect(JSON.stringify(applied)).not.toMatch(/resolve:secretsmanager/);
  });

  it('says where the log is, and how a field of it is found', () => {
    expect(compute).toMatchObject({
      platform: 'eks',
      gateway: { name: 'gateway', logFields: '$.log_processed' },
      litellm: { name: 'litellm', logFields: '$.log_processed' },
    });
    const logGroup = JSON.stringify(stack.resolve(compute.gateway.logGroupName));
    expect(logGroup).toMatch(
      name.includes('everything in it') ? /containerinsights\/shared\/application/ : /ApplicationLogs/,
    );
  });

  it('runs kubectl in the private subnets, by a role that may take one other and read of one cluster', () => {
    const providers = stack.node.findAll().filter((each) => each instanceof KubectlProvider);
    expect(providers).toHaveLength(1);
    const functions = Template.fromStack(providers[0] as KubectlProvider).findResources('AWS::Lambda::Function');
    const inVpc = Object.entries(functions).flatMap(([id, { Properties }]) => (Properties.VpcConfig ? [id] : []));
    expect(inVpc).toEqual([expect.stringMatching(/^Handler/)]);
    expect(Object.keys(functions)).toHaveLength(2);
    const [policy] = Object.entries(resources).filter(([id]) => id.startsWith('KubectlHandlerRoleDefaultPolicy'));
    const document = policy?.[1].Properties['PolicyDocument'] as { Statement: { Action: string }[] } | undefined;
    const actions = document?.Statement.map(({ Action }) => Action) ?? [];
    expect(actions.filter((action) => action !== 's3:GetObject').sort()).toEqual([
      'eks:DescribeCluster',
      'sts:AssumeRole',
    ]);
  });

  it('applies manifests in an order in which each finds what it needs', () => {
    const comesBefore = (earlier: RegExp, later: RegExp) =>
      expect(
        earlierThan(resources, idOf(resources, later)).filter((id) => earlier.test(id)),
        `${earlier} before ${later}`,
      ).not.toEqual([]);
    comesBefore(/^Namespace/, /^Ground/);
    comesBefore(/^Ground/, /^Migration[0-9A-F]{8}$/);
    comesBefore(/^Migration[0-9A-F]{8}$/, /^Migrated/);
    comesBefore(/^Migrated/, /^Litellm[0-9A-F]{8}$/);
    comesBefore(/^Migrated/, /^Gateway[0-9A-F]{8}$/);
    for (const pods of [/^Migration[0-9A-F]{8}$/, /^Litellm[0-9A-F]{8}$/, /^Gateway[0-9A-F]{8}$/]) {
      for (const identity of [
        /^GatewayIdentity/,
        /^LitellmIdentity/,
        /^MigrationIdentity/,
        /^GatewayRoleGatewayAccess1/,
      ]) {
        comesBefore(identity, pods);
      }
    }
    comesBefore(/^Gateway[0-9A-F]{8}$/, /^GatewayRolled/);
    comesBefore(/^Litellm[0-9A-F]{8}$/, /^LitellmRolled/);
    if (name.includes('everything in it')) return;
    for (const addOn of [
      'vpccni',
      'coredns',
      'ekspodidentityagent',
      'awssecretsstorecsidriverprovider',
      'metricsserver',
    ]) {
      comesBefore(new RegExp(`^AddOn${addOn}`), /^Ground/);
    }
    comesBefore(/^LoadBalancerControllerChart/, /^Ground/);
    if (name.startsWith('existing')) return;
    comesBefore(/^KubectlAccess/, /^Namespace/);
    comesBefore(/^KubectlAccess/, /^LoadBalancerControllerChart/);
    comesBefore(/^AddOnvpccni/, /^Nodes/);
    comesBefore(/^Nodes/, /^AddOncoredns/);
  });

  it('asks for the end of migration and rollouts anew whenever they are others', () => {
    for (const [id, path] of [
      ['Migrated', '.status.succeeded'],
      ['GatewayRolled', '.status.conditions[?(@.reason=="NewReplicaSetAvailable")].status'],
      ['LitellmRolled', '.status.conditions[?(@.reason=="NewReplicaSetAvailable")].status'],
    ] as const) {
      const { Properties } = resources[idOf(resources, new RegExp(`^${id}`))] ?? {};
      expect(Properties).toMatchObject({ JsonPath: path, Because: expect.stringMatching(/^[0-9a-f]{10}$/) });
      expect(Number(Properties?.['TimeoutSeconds'])).toBeLessThan(15 * 60);
    }
  });
});

describe('what is in a cluster that is there', () => {
  it('stays as it is where everything is present', () => {
    const types = Object.values(built['existing cluster with everything in it'].resources).map(({ Type }) => Type);
    for (const type of [
      'AWS::EKS::Cluster',
      'AWS::EKS::Addon',
      'AWS::EKS::Nodegroup',
      'AWS::EKS::AccessEntry',
      'Custom::AWSCDK-EKS-HelmChart',
    ]) {
      expect(types).not.toContain(type);
    }
  });

  it('gets add-ons and controller where it is told so, and no nodes', () => {
    const types = Object.values(built['existing cluster'].resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::EKS::Addon')).toHaveLength(7);
    expect(types).toContain('Custom::AWSCDK-EKS-HelmChart');
    for (const type of ['AWS::EKS::Cluster', 'AWS::EKS::Nodegroup', 'AWS::EKS::AccessEntry'])
      expect(types).not.toContain(type);
  });

  it('is reached by its own kubectl role', () => {
    built['existing cluster'].template.hasResourceProperties('Custom::AWSCDK-EKS-KubernetesResource', {
      ClusterName: 'shared',
      RoleArn: existingCluster.kubectlRoleArn,
    });
  });
});

describe('without a way out', () => {
  it('the controller comes from a chart in the assets', () => {
    for (const name of ['new cluster without outbound', 'existing cluster without outbound'] as const) {
      const [chart] = Object.values(built[name].resources).filter(
        ({ Type }) => Type === 'Custom::AWSCDK-EKS-HelmChart',
      );
      expect(chart?.Properties['Repository']).toBeUndefined();
      expect(chart?.Properties['ChartAssetURL']).toBeDefined();
    }
  });

  it('a deployment without that chart is refused, with the variable and the mend', () => {
    const network = variants['new cluster without outbound'].network;
    expect(() => buildInTest(eksDeployment({}, { network }))).toThrow(/EKS_ALB_CONTROLLER_CHART.*helm pull/);
  });

  it('what is no chart is refused', () => {
    expect(() => buildInTest(eksDeployment({ albControllerChart: 'nowhere.tgz' }))).toThrow(
      /EKS_ALB_CONTROLLER_CHART names nowhere\.tgz/,
    );
    expect(() => buildInTest(eksDeployment({ albControllerChart: 'stacks/compute' }))).toThrow(/no Helm chart/);
  });
});

test('another platform is refused', () => {
  expect(() => buildInTest({ ...eksDeployment(), platform: { kind: 'ecs' } })).toThrow(/not one for EKS/);
});

type Resources = ReturnType<typeof buildInTest>['resources'];

function idOf(resources: Resources, pattern: RegExp): string {
  const found = Object.keys(resources).filter((id) => pattern.test(id));
  expect(found, String(pattern)).toHaveLength(1);
  return found[0] ?? '';
}

/** All that CloudFormation makes before a resource: what it depends on and what it refers to, however far. */
function earlierThan(resources: Resources, id: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (each: string): void => {
    const resource = resources[each];
    if (resource === undefined || seen.has(each)) return;
    seen.add(each);
    for (const next of [...(resource.DependsOn ?? []), ...referencesIn(resource.Properties)]) visit(next);
  };
  visit(id);
  seen.delete(id);
  return [...seen];
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'Ref' && typeof each === 'string') return [each];
    if (key === 'Fn::GetAtt' && Array.isArray(each)) return [String(each[0])];
    return referencesIn(each);
  });
}
