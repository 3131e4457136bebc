import { describe, expect, it, test } from 'vitest';
import { buildInTest, eksDeployment, objectOf, variants } from '../eks-in-test.ts';

const namespace = 'genai-gateway-test-eu-west-1';
const services = ['gateway', 'litellm'] as const;

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly terminationGracePeriodSeconds: number;
}
interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly metadata: unknown; readonly spec: PodSpec } };
}

describe.each(Object.keys(variants) as (keyof typeof variants)[])('with a %s', (variant) => {
  const { applied } = buildInTest(variants[variant]);
  const deploymentOf = (name: string): Workload => objectOf(applied, 'Deployment', name);
  const job: Workload = objectOf(applied, 'Job', /^migration-/);
  const pods: readonly [string, PodSpec][] = [
    ...services.map((name): [string, PodSpec] => [name, deploymentOf(name).spec.template.spec]),
    ['migration', job.spec.template.spec],
  ];

  it('the namespace takes restricted pods alone, and has them wait for the load balancer', () => {
    expect(objectOf(applied, 'Namespace', namespace)).toMatchObject({
      metadata: {
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
        },
      },
    });
    const elsewhere = applied.filter(({ object }) => {
      const metadata = object['metadata'] as { namespace?: string };
      return object['kind'] !== 'Namespace' && metadata.namespace !== namespace;
    });
    expect(elsewhere).toEqual([]);
  });

  test.each(pods)('pods of %s are restricted, and know nothing of the cluster', (name, pod) => {
    expect(pod).toMatchObject({
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: {
            requests: { cpu: expect.any(String), memory: expect.any(String) },
            limits: { memory: expect.any(String) },
          },
        },
      ],
    });
    expect(objectOf(applied, 'ServiceAccount', name)).toMatchObject({ automountServiceAccountToken: false });
  });

  test.each(pods.filter(([name]) => name !== 'gateway'))(
    'pods of %s have their secrets as files that are named like variables, and not twice',
    (name, pod) => {
      expect(pod).toMatchObject({
        volumes: expect.arrayContaining([
          {
            name: 'secrets',
            csi: {
              driver: 'secrets-store.csi.k8s.io',
              readOnly: true,
              volumeAttributes: { secretProviderClass: name },
            },
          },
        ]),
      });
      expect(pod.containers[0].volumeMounts).toContainEqual({
        name: 'secrets',
        mountPath: '/mnt/secrets',
        readOnly: true,
      });
      const environment = Object.fromEntries(pod.containers[0].env.map((each) => [each.name, each.value]));
      expect(environment).toMatchObject({ SECRETS_DIR: '/mnt/secrets', DATABASE_HOST: 'database.example' });
      for (const file of secretFiles(objectOf(applied, 'SecretProviderClass', name))) {
        expect(file.isWhole ? file.alias : environment[file.alias]).toEqual(
          file.isWhole ? expect.stringMatching(/^whole-\d$/) : undefined,
        );
      }
    },
  );

  test.each([
    [
      'litellm',
      [
        ...['DATABASE_PASSWORD', 'DATABASE_USER', 'LITELLM_MASTER_KEY', 'LITELLM_SALT_KEY', 'PROVIDER_KEYS'],
        ...['REDIS_PASSWORD', 'REDIS_USERNAME'],
      ],
    ],
    [
      'migration',
      [
        ...['DATABASE_PASSWORD', 'DATABASE_USER', 'GATEWAY_DATABASE_PASSWORD', 'GATEWAY_DATABASE_USER'],
        ...['LITELLM_DATABASE_PASSWORD', 'LITELLM_DATABASE_USER'],
      ],
    ],
  ])('%s gets its own secrets and no others', (name, expected) => {
    const files = secretFiles(objectOf(applied, 'SecretProviderClass', name));
    expect(files.flatMap(({ alias, isWhole }) => (isWhole ? [] : [alias])).sort()).toEqual(expected);
  });

  it('the gateway reads its secrets itself, and reads them again: none is a file of its pods', () => {
    const pod = deploymentOf('gateway').spec.template.spec;
    const names = pod.containers[0].env.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['DATABASE_SECRET_ARN', 'LITELLM_MASTER_KEY_SECRET_ARN']));
    expect(names).not.toContain('SECRETS_DIR');
    expect(JSON.stringify(pod)).not.toContain('csi');
    const classes = applied.filter(({ object }) => object['kind'] === 'SecretProviderClass');
    expect(classes.map(({ object }) => (object['metadata'] as { name: string }).name)).toEqual([
      'litellm',
      'migration',
    ]);
  });

  it('the function that rotates secrets starts LiteLLM anew, and does nothing else in the cluster', () => {
    expect(objectOf(applied, 'Role', 'secret-rotation')).toMatchObject({
      rules: [
        { resources: ['deployments'], resourceNames: ['litellm'], verbs: ['get', 'patch'] },
        { resources: ['pods'], verbs: ['list'] },
      ],
    });
    expect(objectOf(applied, 'RoleBinding', 'secret-rotation')).toMatchObject({
      subjects: [{ kind: 'Group', name: 'genai-gateway:rotation' }],
    });
  });

  test.each(services)('%s never has fewer pods while it is rolled, spread over zones and nodes', (name) => {
    expect(deploymentOf(name)).toMatchObject({
      spec: {
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          spec: {
            topologySpreadConstraints: [
              { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1 },
              { topologyKey: 'kubernetes.io/hostname', maxSkew: 1 },
            ],
          },
        },
      },
    });
    expect(deploymentOf(name).spec).not.toHaveProperty('replicas');
    expect(objectOf(applied, 'PodDisruptionBudget', name)).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  it('the gateway is asked over TLS whether it is ready', () => {
    expect(deploymentOf('gateway').spec.template.spec.containers[0]).toMatchObject({
      command: ['/nodejs/bin/node', 'main.mjs'],
      readinessProbe: { httpGet: { path: '/health/readiness', port: 3443, scheme: 'HTTPS' } },
      livenessProbe: { httpGet: { path: '/health/liveliness', port: 3443, scheme: 'HTTPS' } },
      startupProbe: { httpGet: { path: '/health/liveliness', port: 3443, scheme: 'HTTPS' } },
    });
  });

  it('LiteLLM is asked whether it lives, and has time to start', () => {
    const probe = { httpGet: { path: '/health/liveliness', port: 4000 } };
    expect(deploymentOf('litellm').spec.template.spec.containers[0]).toMatchObject({
      readinessProbe: probe,
      livenessProbe: probe,
      startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 60 },
    });
  });

  it('pods of the gateway join the target group of the edge, by their addresses, and open no security group', () => {
    const binding = objectOf(applied, 'TargetGroupBinding', 'gateway') as { spec: unknown };
    expect(binding.spec).toEqual({
      serviceRef: { name: 'gateway', port: 3443 },
      targetGroupARN: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/gateway/0123456789abcdef',
      targetType: 'ip',
    });
    expect(objectOf(applied, 'Service', 'gateway')).toMatchObject({
      spec: { ports: [{ port: 3443, targetPort: 3443 }] },
    });
  });

  it('LiteLLM is called by its name, within the cluster alone', () => {
    expect(objectOf(applied, 'Service', 'litellm')).toMatchObject({
      spec: { type: 'ClusterIP', ports: [{ port: 4000, targetPort: 4000 }] },
    });
    const { env } = deploymentOf('gateway').spec.template.spec.containers[0];
    expect(env).toContainEqual({ name: 'LITELLM_URL', value: 'http://litellm:4000' });
  });

  it('the migration runs from the image of the gateway, to its end, and not for ever', () => {
    expect(job).toMatchObject({
      spec: {
        backoffLimit: 3,
        activeDeadlineSeconds: 780,
        ttlSecondsAfterFinished: 3_600,
        template: { spec: { restartPolicy: 'Never', containers: [{ command: ['/nodejs/bin/node', 'migrate.mjs'] }] } },
      },
    });
    expect(job.spec.template.spec.containers[0].image).toBe(
      deploymentOf('gateway').spec.template.spec.containers[0].image,
    );
  });
});

describe('network policies', () => {
  interface Policy {
    readonly spec: { readonly podSelector: unknown; readonly ingress?: unknown; readonly egress?: readonly unknown[] };
  }
  const { applied } = buildInTest(eksDeployment());
  const policy = (name: string): Policy => objectOf(applied, 'NetworkPolicy', name);
  const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'genai-gateway' });
  const vpc = { ipBlock: { cidr: '10.0.0.0/16' } };
  const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

  it('allow nothing that is not said', () => {
    expect(policy('default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('let the load balancer call the gateway', () => {
    expect(policy('gateway').spec.ingress).toEqual([{ from: [vpc], ports: tcp(3443) }]);
  });

  it('let the gateway call LiteLLM, and nobody else', () => {
    expect(policy('litellm').spec.ingress).toEqual([
      { from: [{ podSelector: { matchLabels: labels('gateway') } }], ports: tcp(4000) },
    ]);
    expect(policy('gateway').spec.egress).toContainEqual({
      to: [{ podSelector: { matchLabels: labels('litellm') } }],
      ports: tcp(4000),
    });
    expect(JSON.stringify(policy('migration').spec)).not.toContain('4000');
  });

  test.each(services)(
    'let %s call database, cache, its credentials and HTTPS, but not the metadata of its node',
    (name) => {
      const { egress = [] } = policy(name).spec;
      expect(egress).toContainEqual({ to: [vpc], ports: tcp(5432, 6379) });
      expect(egress).toContainEqual({ to: [{ ipBlock: { cidr: '169.254.170.23/32' } }], ports: tcp(80) });
      expect(egress).toContainEqual({
        to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }],
        ports: tcp(443),
      });
      expect(JSON.stringify(egress)).not.toContain('169.254.169.254');
    },
  );

  it('let the migration call the database and nothing else but names', () => {
    expect(policy('migration').spec.ingress).toBeUndefined();
    expect(policy('migration').spec.egress?.slice(1)).toEqual([{ to: [vpc], ports: tcp(5432) }]);
  });

  it('let nobody call simulated providers, unless there are any', () => {
    const helpers = { ...eksDeployment().helpers, fakeLlm: true };
    const withThem = buildInTest(eksDeployment({}, { helpers })).applied;
    for (const [name, ...ports] of [
      ['gateway', 8080],
      ['litellm', 8080, 8081],
    ] as const) {
      expect(JSON.stringify(policy(name))).not.toContain('808');
      expect((objectOf(withThem, 'NetworkPolicy', name) as Policy).spec.egress).toContainEqual({
        to: [vpc],
        ports: tcp(...ports),
      });
    }
  });

  it('know only private ranges of a VPC that was there', () => {
    const vpcPlan = { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', parts: undefined } as const;
    const { network } = eksDeployment();
    const { applied: others } = buildInTest(eksDeployment({}, { network: { ...network, vpc: vpcPlan } }));
    const { ingress } = (objectOf(others, 'NetworkPolicy', 'gateway') as Policy).spec as {
      ingress: { from: unknown[] }[];
    };
    expect(ingress[0]?.from).toEqual(
      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map((cidr) => ({ ipBlock: { cidr } })),
    );
  });
});

describe('autoscaling', () => {
  const { applied } = buildInTest(eksDeployment());

  test.each([
    ['gateway', '250m', '410Mi'],
    ['litellm', '500m', '819Mi'],
  ])('of %s goes by the parts of the plan that the deployer says', (name, cpu, memory) => {
    expect(objectOf(applied, 'HorizontalPodAutoscaler', name)).toMatchObject({
      spec: {
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [
          { resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: cpu } } },
          { resource: { name: 'memory', target: { type: 'AverageValue', averageValue: memory } } },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
      },
    });
  });
});

describe('the end of a pod', () => {
  test.each([
    ['gateway', 600, 15 + 5 + 600 + 15],
    ['gateway', 1_800, 15 + 5 + 1_800 + 15],
    ['litellm', 600, 15 + 630],
    ['litellm', 1_800, 15 + 1_800],
  ])('of %s leaves the longest stream of %i s its time', (name, longestStreamSeconds, expected) => {
    const { gateway } = eksDeployment();
    const { applied } = buildInTest(eksDeployment({}, { gateway: { ...gateway, longestStreamSeconds } }));
    const { spec } = (objectOf(applied, 'Deployment', name) as Workload).spec.template;
    expect(spec.terminationGracePeriodSeconds).toBe(expected);
    expect(spec.containers[0]).toMatchObject({ lifecycle: { preStop: { sleep: { seconds: 15 } } } });
    if (name !== 'gateway') return;
    expect(spec.containers[0].env).toContainEqual({
      name: 'GATEWAY_DRAIN_TIMEOUT_MS',
      value: String(longestStreamSeconds * 1_000),
    });
  });
});

describe('a change', () => {
  const nameOfJob = (deployment = eksDeployment()) =>
    (objectOf(buildInTest(deployment).applied, 'Job', /^migration-/) as Workload).metadata.name;
  const { gateway, litellm, models } = eksDeployment();

  it('that the migration does not see leaves it as it ran', () => {
    expect(nameOfJob(eksDeployment({}, { litellm: { ...litellm, databasePoolSize: 3 } }))).toBe(nameOfJob());
  });

  test.each([
    ['of the image', { ...eksDeployment(), gateway: { ...gateway, image: 'registry.example/gateway@sha256:1' } }],
    ['of the version of LiteLLM', { ...eksDeployment(), litellm: { ...litellm, version: '1.106.3' } }],
  ])('%s runs it anew', (_what, deployment) => {
    expect(nameOfJob(deployment)).not.toBe(nameOfJob());
  });

  it('of the model list starts the pods of both anew', () => {
    const annotationsOf = (deployment = eksDeployment()) =>
      services.map((name) => {
        const { template } = (objectOf(buildInTest(deployment).applied, 'Deployment', name) as Workload).spec;
        return (template.metadata as { annotations: Record<string, string> }).annotations;
      });
    const other = { ...eksDeployment(), models: { ...models, configFile: undefined } };
    expect(annotationsOf()[0]).toEqual({ 'genai-gateway/model-list': expect.stringMatching(/^[0-9a-f]{10}$/) });
    annotationsOf(other).forEach((each, index) => {
      expect(each).not.toEqual(annotationsOf()[index]);
    });
  });
});

test('roles of pods are for the pods of one service account of one cluster', () => {
  const { template } = buildInTest(eksDeployment());
  for (const serviceAccount of ['gateway', 'litellm', 'migration']) {
    template.hasResourceProperties('AWS::EKS::PodIdentityAssociation', {
      Namespace: namespace,
      ServiceAccount: serviceAccount,
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Principal: { Service: 'pods.eks.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '111122223333',
                'aws:RequestTag/eks-cluster-name': { Ref: 'Cluster' },
                'aws:RequestTag/kubernetes-namespace': namespace,
                'aws:RequestTag/kubernetes-service-account': serviceAccount,
              },
            },
          },
        ],
      },
    });
  }
});

test('every object is applied once', () => {
  const { applied } = buildInTest(eksDeployment());
  const names = applied.map(({ object }) => `${object['kind']} ${(object['metadata'] as { name: string }).name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(22);
});

/** The files that a pod finds, with the secrets that are there as a whole because of their fields. */
function secretFiles(secretProviderClass: never): readonly { readonly alias: string; readonly isWhole: boolean }[] {
  const { objects } = (secretProviderClass as { spec: { parameters: { objects: string } } }).spec.parameters;
  const list = JSON.parse(objects) as { objectAlias: string; jmesPath?: { objectAlias: string }[] }[];
  return list.flatMap(({ objectAlias, jmesPath }) => [
    { alias: objectAlias, isWhole: jmesPath !== undefined },
    ...(jmesPath ?? []).map((each) => ({ alias: each.objectAlias, isWhole: false })),
  ]);
}
