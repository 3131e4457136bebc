import type { Loose, Mutation } from './planted.ts';

const task = 'AWS::ECS::TaskDefinition';
const policy = 'AWS::IAM::Policy';

function statement(name: string, caughtBy: string, added: Record<string, unknown>): Mutation {
  return {
    name,
    caughtBy,
    plant: (planted) =>
      planted.edit(policy, ({ PolicyDocument }) => {
        PolicyDocument.Statement.push({
          Effect: 'Allow',
          Resource: 'arn:aws:s3:::bucket',
          Action: 's3:GetObject',
          ...added,
        });
      }),
  };
}

function onContainer(name: string, caughtBy: string, change: (container: Loose) => void): Mutation {
  return {
    name,
    caughtBy,
    plant: (planted) => planted.edit(task, ({ ContainerDefinitions }) => change(ContainerDefinitions[0])),
  };
}

function onPod(name: string, caughtBy: string, change: (spec: Loose) => void): Mutation {
  return {
    name,
    caughtBy,
    plant: (planted) => planted.editManifest('Deployment', (object) => change(object.spec.template.spec), isGateway),
  };
}

const isGateway = (object: Loose): boolean => JSON.stringify(object).includes('3443');
const loose = 'Containers of ours cannot write';

/** Faults of policies, containers, clusters and sizes. */
export const serviceMutations: readonly Mutation[] = [
  statement('A policy allows everything', 'No policy allows every action', { Action: '*' }),
  statement('A policy allows all of S3', 'No policy allows every action', { Action: 's3:*' }),
  statement('A policy allows by NotAction', 'No policy allows every action', { Action: undefined, NotAction: 'iam:*' }),
  statement('A policy allows reading every object', 'No policy allows on every resource', { Resource: '*' }),
  statement('A policy allows every model', 'No policy allows on every resource', {
    Action: 'bedrock:InvokeModel',
    Resource: '*',
  }),
  {
    name: 'A role of ours may be taken on by another account',
    caughtBy: 'A role is taken on only',
    plant: (planted) =>
      planted.edit('AWS::IAM::Role', ({ AssumeRolePolicyDocument }) => {
        AssumeRolePolicyDocument.Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } });
      }),
  },
  {
    name: 'A topic takes messages of everybody',
    caughtBy: 'Nothing that is ours lets everybody in',
    plant: (planted) =>
      planted.edit('AWS::SNS::TopicPolicy', ({ PolicyDocument }) => {
        PolicyDocument.Statement.push({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*', Principal: '*' });
      }),
  },
  {
    name: 'The name of a role is too long for IAM',
    caughtBy: 'Physical names are short enough',
    plant: (planted) =>
      planted.edit('AWS::IAM::Role', (properties) => {
        properties.RoleName = 'x'.repeat(65);
      }),
  },
  {
    name: 'A policy is longer than IAM takes',
    caughtBy: 'A policy is within the quotas',
    plant: (planted) =>
      planted.edit(policy, ({ PolicyDocument }) => {
        for (let index = 0; index < 200; index += 1) {
          PolicyDocument.Statement.push({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Resource: `arn:aws:s3:::bucket-${index}/*`,
          });
        }
      }),
  },
  {
    name: 'A rule of the load balancer has four paths',
    caughtBy: 'Rules of the load balancer are within',
    plant: (planted) =>
      planted.edit('AWS::ElasticLoadBalancingV2::ListenerRule', (properties) => {
        properties.Conditions = [
          {
            Field: 'path-pattern',
            PathPatternConfig: {
              Values: ['/health/liveliness', '/health/readiness', '/health/liveness', '/health/readiness'],
            },
          },
        ];
      }),
  },
  {
    name: 'Two rules have one priority',
    caughtBy: 'Rules of the load balancer are within',
    plant: (planted) => {
      const [first] = planted.system.ofType('AWS::ElasticLoadBalancingV2::ListenerRule');
      return first !== undefined && planted.add(first.stack, first.type, { ...first.properties });
    },
  },
  {
    name: "A security group has CloudFront's list twice",
    caughtBy: 'A security group has rules for no more than 60',
    plant: (planted) => {
      const groups = planted.groupsOf('load-balancer');
      const list = { SourcePrefixListId: 'pl-4fa04526' };
      return planted.letIn(groups, list, 80) && planted.letIn(groups, list, 443);
    },
  },
  {
    name: 'A resource has 51 tags',
    caughtBy: 'A resource has no more than 50 tags',
    plant: (planted) =>
      planted.edit('AWS::KMS::Key', (properties) => {
        properties.Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
      }),
  },
  onContainer('A container may write to its image', loose, (container) => {
    container.ReadonlyRootFilesystem = false;
  }),
  onContainer('A container runs as root', loose, (container) => {
    container.User = '0';
  }),
  onContainer('A container keeps its capabilities', loose, (container) => {
    delete container.LinuxParameters;
  }),
  onContainer('An image is named by its tag', 'Images are named by digest', (container) => {
    container.Image = 'node:24';
  }),
  onContainer('A key stands in the environment of a container', 'No template holds a secret', (container) => {
    container.Environment = [...(container.Environment ?? []), { Name: 'LITELLM_MASTER_KEY', Value: 'abc' }];
  }),
  {
    name: 'Nobody asks a container for its health',
    caughtBy: 'Containers of ours are asked',
    plant: (planted) =>
      planted.edit(
        task,
        ({ ContainerDefinitions }) => {
          for (const each of ContainerDefinitions) delete each.HealthCheck;
        },
        ({ properties }) => JSON.stringify(properties).includes('HealthCheck'),
      ),
  },
  {
    name: 'A service that does not start stays',
    caughtBy: 'A service that does not start is rolled back',
    plant: (planted) =>
      planted.edit('AWS::ECS::Service', ({ DeploymentConfiguration }) => {
        DeploymentConfiguration.DeploymentCircuitBreaker = { Enable: true, Rollback: false };
      }),
  },
  {
    name: 'A task has a size that Fargate does not',
    caughtBy: 'CPU and memory of a task',
    plant: (planted) =>
      planted.edit(task, (properties) => {
        properties.Memory = '700';
      }),
  },
  onPod('A pod may write to its image', loose, (spec) => {
    spec.containers[0].securityContext.readOnlyRootFilesystem = false;
  }),
  onPod('A pod may gain privileges', loose, (spec) => {
    spec.containers[0].securityContext.allowPrivilegeEscalation = true;
  }),
  onPod('A pod is not asked for its health', 'Containers of ours are asked', (spec) => {
    delete spec.containers[0].readinessProbe;
  }),
  onPod('The image of a pod is named by its tag', 'Images are named by digest', (spec) => {
    spec.containers[0].image = 'node:24';
  }),
  {
    name: 'Pods go before others are there',
    caughtBy: 'A service that does not start is rolled back',
    plant: (planted) =>
      planted.editManifest(
        'Deployment',
        (object) => {
          object.spec.strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%' } };
        },
        isGateway,
      ),
  },
  {
    name: 'A service of Kubernetes makes a load balancer',
    caughtBy: 'Nothing else is a door',
    plant: (planted) =>
      planted.editManifest('Service', (object) => {
        object.spec.type = 'LoadBalancer';
      }),
  },
  {
    name: 'A secret of Kubernetes holds a key',
    caughtBy: 'No template holds a secret',
    plant: (planted) =>
      planted.editManifest('Service', (object) => {
        object.kind = 'Secret';
      }),
  },
  {
    name: "The cluster's API is on the internet",
    caughtBy: 'Nothing else is a door',
    plant: (planted) =>
      planted.edit('AWS::EKS::Cluster', ({ ResourcesVpcConfig }) => {
        ResourcesVpcConfig.EndpointPublicAccess = true;
      }),
  },
  {
    name: 'Nodes give their credentials to whoever asks (IMDSv1)',
    caughtBy: 'Machines keep their credentials',
    plant: (planted) =>
      planted.edit('AWS::EC2::LaunchTemplate', ({ LaunchTemplateData }) => {
        LaunchTemplateData.MetadataOptions = { HttpTokens: 'optional' };
      }),
  },
  {
    name: 'Discs of nodes are not encrypted',
    caughtBy: 'Discs are encrypted',
    plant: (planted) =>
      planted.edit('AWS::EC2::LaunchTemplate', ({ LaunchTemplateData }) => {
        for (const each of LaunchTemplateData.BlockDeviceMappings ?? []) each.Ebs.Encrypted = false;
      }),
  },
  {
    name: 'Nobody writes down who talks with whom',
    caughtBy: 'Flow logs are kept',
    plant: (planted) => planted.remove('AWS::EC2::FlowLog'),
  },
];
