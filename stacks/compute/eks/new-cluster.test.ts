import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it, test } from 'vitest';
import { buildInTest, chart, eksDeployment } from './eks-in-test.ts';

const { template, resources } = buildInTest(eksDeployment());

describe('the cluster', () => {
  test.each([
    ['is of the newest version that CDK knows', { Version: '1.34', UpgradePolicy: { SupportType: 'STANDARD' } }],
    [
      'is reached from within the VPC alone',
      {
        ResourcesVpcConfig: {
          EndpointPrivateAccess: true,
          EndpointPublicAccess: false,
          PublicAccessCidrs: Match.absent(),
        },
      },
    ],
    [
      'encrypts its secrets with our key',
      { EncryptionConfig: [{ Provider: { KeyArn: Match.stringLikeRegexp('key/secrets$') }, Resources: ['secrets'] }] },
    ],
    [
      'writes all logs of its control plane',
      {
        Logging: {
          ClusterLogging: {
            EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
          },
        },
      },
    ],
    [
      'knows access entries alone, and no administrator by birth',
      { AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false } },
    ],
    ['brings nothing that is not an add-on', { BootstrapSelfManagedAddons: false }],
    ['has a name of its stage and region', { Name: 'genai-gateway-test-eu-west-1' }],
    ['may be deleted', { DeletionProtection: false }],
  ])('%s', (_promise, properties) => {
    template.hasResourceProperties('AWS::EKS::Cluster', properties);
  });

  it('is not deleted in production', () => {
    const { template } = buildInTest(eksDeployment({}, { isProduction: true, stage: 'prod' }));
    template.hasResourceProperties('AWS::EKS::Cluster', { Name: 'genai-gateway-eu-west-1', DeletionProtection: true });
  });

  it.each([
    [false, 'Delete'],
    [true, 'RetainExceptOnCreate'],
  ])('keeps its logs in production (%s), but for those of a first deployment that failed', (isProduction, policy) => {
    const { template } = buildInTest(eksDeployment({}, { isProduction }));
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: policy });
  });

  it('opens its API to the addresses that are named, and to no others', () => {
    const { template } = buildInTest(eksDeployment({ cluster: { ...newPlan, apiAllowedCidrs: ['198.51.100.0/24'] } }));
    template.hasResourceProperties('AWS::EKS::Cluster', {
      ResourcesVpcConfig: {
        EndpointPrivateAccess: true,
        EndpointPublicAccess: true,
        PublicAccessCidrs: ['198.51.100.0/24'],
      },
    });
  });

  it('has logs with an end and a key, all of them', () => {
    const groups = Object.values(resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
    expect(groups.map(({ Properties }) => Properties['LogGroupName']).sort()).toEqual([
      '/aws/containerinsights/genai-gateway-test-eu-west-1/application',
      '/aws/containerinsights/genai-gateway-test-eu-west-1/dataplane',
      '/aws/containerinsights/genai-gateway-test-eu-west-1/host',
      '/aws/containerinsights/genai-gateway-test-eu-west-1/performance',
      '/aws/eks/genai-gateway-test-eu-west-1/cluster',
    ]);
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({ RetentionInDays: 365, KmsKeyId: expect.stringMatching(/key\/logs$/) });
    }
  });
});

const newPlan = {
  kind: 'new',
  instanceType: 't3.large',
  amiType: 'AL2023_x86_64_STANDARD',
  adminRoleArns: ['arn:aws:iam::111122223333:role/admin'],
  apiAllowedCidrs: [],
} as const;

describe('who may use it', () => {
  const entries = Object.values(buildInTest(eksDeployment({ cluster: newPlan })).resources)
    .filter(({ Type }) => Type === 'AWS::EKS::AccessEntry')
    .map(({ Properties }) => JSON.stringify(Properties));
  const inNamespace = '"AccessScope":{"Namespaces":["genai-gateway-test-eu-west-1"],"Type":"namespace"}';

  test.each([
    ['developers look at our namespace', 'developers', 'AmazonEKSViewPolicy', inNamespace],
    ['operators change our namespace', 'operators', 'AmazonEKSEditPolicy', inNamespace],
    [
      'administrators are those that are named',
      'role/admin',
      'AmazonEKSClusterAdminPolicy',
      '"AccessScope":{"Type":"cluster"}',
    ],
    [
      'the deployment is administrator',
      'KubectlRole',
      'AmazonEKSClusterAdminPolicy',
      '"AccessScope":{"Type":"cluster"}',
    ],
  ])('%s', (_promise, principal, policy, scope) => {
    const own = entries.filter((entry) => new RegExp(`"PrincipalArn":.*${principal}`).test(entry));
    expect(own).toHaveLength(1);
    expect(own[0]).toContain(policy);
    expect(own[0]).toContain(scope);
  });

  it('nobody else', () => {
    expect(entries).toHaveLength(4);
  });
});

describe('the nodes', () => {
  test.each([
    [
      'have a volume that is encrypted with our key',
      {
        BlockDeviceMappings: [
          { Ebs: { Encrypted: true, VolumeType: 'gp3', KmsKeyId: Match.stringLikeRegexp('key/data$') } },
        ],
      },
    ],
    ['keep their metadata from pods', { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } }],
    [
      'are in the groups of cluster, gateway and LiteLLM',
      { SecurityGroupIds: [{ 'Fn::GetAtt': ['Cluster', 'ClusterSecurityGroupId'] }, 'sg-gateway', 'sg-litellm'] },
    ],
  ])('%s', (_promise, data) => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: Match.objectLike(data) });
  });

  test.each([
    ['are of the plan', { InstanceTypes: ['t4g.medium'], AmiType: 'AL2023_ARM_64_STANDARD' }],
    [
      'are one more than pods, so that a rollout finds room',
      { ScalingConfig: { MinSize: 3, DesiredSize: 3, MaxSize: 5 } },
    ],
    ['are of the version of their cluster, so that they go on with it', { Version: '1.34' }],
    ['are renewed one by one', { UpdateConfig: { MaxUnavailable: 1 } }],
    ['stand in the private subnets', { Subnets: ['subnet-private0', 'subnet-private1'] }],
  ])('%s', (_promise, properties) => {
    template.hasResourceProperties('AWS::EKS::Nodegroup', properties);
  });

  it('have the named role, with what EKS demands and no more', () => {
    const [role] = Object.values(resources).filter(
      ({ Properties }) => Properties['RoleName'] === 'litellm-stack-eks-nodegroup-role-test-eu-west-1',
    );
    const policies = JSON.stringify(role?.Properties['ManagedPolicyArns']).match(/policy\/[\w/-]+/g);
    expect(policies).toEqual([
      'policy/AmazonEKSWorkerNodePolicy',
      'policy/AmazonEC2ContainerRegistryPullOnly',
      'policy/AmazonEKS_CNI_Policy',
    ]);
  });

  it('and kubectl reach VPC endpoints', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-endpoints',
      SourceSecurityGroupId: { 'Fn::GetAtt': ['Cluster', 'ClusterSecurityGroupId'] },
      FromPort: 443,
      ToPort: 443,
    });
  });
});

describe('the add-ons', () => {
  const settings = (name: string): unknown => {
    const [found] = Object.values(resources).filter(({ Properties }) => Properties['AddonName'] === name);
    const text = found?.Properties['ConfigurationValues'] as string | undefined;
    return text === undefined ? undefined : JSON.parse(text);
  };

  it('are these', () => {
    const names = Object.values(resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::EKS::Addon' ? [Properties['AddonName'] as string] : [],
    );
    expect(names.sort()).toEqual([
      'amazon-cloudwatch-observability',
      'aws-secrets-store-csi-driver-provider',
      'coredns',
      'eks-pod-identity-agent',
      'kube-proxy',
      'metrics-server',
      'vpc-cni',
    ]);
  });

  it('enforce network policies', () => {
    expect(settings('vpc-cni')).toEqual({ enableNetworkPolicy: 'true' });
  });

  it('leave our pods as they are', () => {
    expect(settings('amazon-cloudwatch-observability')).toMatchObject({
      containerLogs: { enabled: true },
      manager: { applicationSignals: { autoMonitor: { monitorAllServices: false } } },
    });
  });

  it('write logs and metrics with a role of their own', () => {
    template.hasResourceProperties('AWS::EKS::Addon', {
      AddonName: 'amazon-cloudwatch-observability',
      PodIdentityAssociations: [
        {
          ServiceAccount: 'cloudwatch-agent',
          RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ObservabilityRole'), 'Arn'] },
        },
      ],
    });
  });
});

describe('the controller of load balancers', () => {
  const valuesOf = (built: ReturnType<typeof buildInTest>) => {
    const [found] = Object.values(built.resources).filter(({ Type }) => Type === 'Custom::AWSCDK-EKS-HelmChart');
    return { chart: found?.Properties, values: JSON.stringify(found?.Properties['Values']).replaceAll('\\"', '"') };
  };
  const { chart: installed, values } = valuesOf({ template, resources } as ReturnType<typeof buildInTest>);

  it('is a fixed version of chart and image, which the deployment waits for', () => {
    expect(installed).toMatchObject({ Version: '1.14.0', Repository: 'https://aws.github.io/eks-charts', Wait: true });
    expect(values).toContain('"tag":"v2.14.0"');
  });

  test.each([
    ['eu-west-1', '602401143452.dkr.ecr.eu-west-1.amazonaws.com'],
    ['us-east-1', '602401143452.dkr.ecr.us-east-1.amazonaws.com'],
    ['eu-central-2', '900612956339.dkr.ecr.eu-central-2.amazonaws.com'],
    ['eu-south-1', '590381155156.dkr.ecr.eu-south-1.amazonaws.com'],
    ['eu-south-2', '455263428931.dkr.ecr.eu-south-2.amazonaws.com'],
  ])('has its image from the region %s', (region, registry) => {
    const { values } = valuesOf(buildInTest(eksDeployment({}, { region })));
    expect(values).toContain(`"repository":"${registry}/amazon/aws-load-balancer-controller"`);
  });

  it('takes an image that is given', () => {
    const { values } = valuesOf(
      buildInTest(
        eksDeployment({ albControllerChart: chart, albControllerImage: 'registry.example:5000/controller:v9' }),
      ),
    );
    expect(values).toContain('"image":{"repository":"registry.example:5000/controller","tag":"v9"}');
  });

  it('is told region and VPC, as pods cannot ask their node', () => {
    expect(values).toContain('"region":"eu-west-1","vpcId":"vpc-0123456789abcdef0"');
  });

  it('may put targets into our target group, and make nothing', () => {
    const [policy] = Object.entries(resources).filter(([id]) =>
      id.startsWith('LoadBalancerControllerRoleDefaultPolicy'),
    );
    const { Statement } = (policy?.[1].Properties['PolicyDocument'] ?? { Statement: [] }) as {
      Statement: { Action: string[]; Resource: unknown }[];
    };
    const writing = Statement.filter(({ Action }) => Action.some((action) => !action.includes(':Describe')));
    expect(writing).toEqual([
      {
        Effect: 'Allow',
        Action: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
        Resource: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/gateway/0123456789abcdef',
      },
    ]);
  });
});
