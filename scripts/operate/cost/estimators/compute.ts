import { type CostLine, type Estimated, type Estimators, field, line, listOf, numberOf, textOf } from './estimator.ts';

/** What runs: tasks, nodes, the plane of a cluster. */
export const computeEstimators: Estimators = {
  'AWS::ECS::Service': fargateService,
  'AWS::ECS::Cluster': ({ properties, context }) => {
    const setting = listOf(properties['ClusterSettings']).find((each) => field(each, 'Name') === 'containerInsights');
    if (field(setting, 'Value') !== 'enhanced') return [];
    const { cluster, service, task } = context.traffic.insightsMetrics;
    const services = context.resources('AWS::ECS::Service');
    const tasks = services.reduce((sum, each) => sum + tasksOf(each), 0);
    const metrics = cluster + services.length * service + tasks * task;
    return [line('CloudWatch', 'Container Insights, metrics (assumed)', 'insights-metric', metrics)];
  },
  'Custom::AWSCDK-EKS-Cluster': () => [line('Compute', 'EKS cluster', 'eks-cluster')],
  'AWS::EKS::Cluster': () => [line('Compute', 'EKS cluster', 'eks-cluster')],
  'AWS::EKS::Nodegroup': nodeGroup,
  'AWS::EKS::Addon': ({ properties, context }) => {
    if (properties['AddonName'] !== 'amazon-cloudwatch-observability') return [];
    const millions = context.traffic.insightsObservationsMillion;
    return [
      line('CloudWatch', 'Container Insights, millions of observations (assumed)', 'insights-observations', millions),
    ];
  },
  'AWS::Lambda::Function': lambda,
  'AWS::EC2::Instance': ({ properties }) => {
    const type = textOf(properties['InstanceType'], 'AWS::EC2::Instance: its type');
    const volumes = listOf(properties['BlockDeviceMappings']);
    return [line('Compute', `instance ${type}`, `ec2:${type}`), ...volumes.flatMap((each) => volume(each, 1))];
  },
};

/** Of ours an even share each; those behind custom resources run for seconds at a deployment. */
function lambda({ properties, context }: Estimated): CostLine[] {
  const isOurs = (given: unknown) =>
    field(field(field(given, 'Environment'), 'Variables'), 'POWERTOOLS_SERVICE_NAME') !== undefined;
  if (!isOurs(properties)) return [];
  const all = context.all.filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && isOurs(Properties));
  const { functionCallsMillion, functionGbSecondsMillion } = context.traffic;
  return [
    line('Functions', 'calls in millions', 'lambda-requests', functionCallsMillion / all.length),
    line('Functions', 'GB-seconds in millions', 'lambda-arm-gb-second', functionGbSecondsMillion / all.length),
  ];
}

function fargateService(service: Estimated): CostLine[] {
  const task = service.context.referenced(service.properties['TaskDefinition'])?.Properties;
  const tasks = tasksOf(service);
  const vcpus = numberOf(task?.['Cpu'], 'AWS::ECS::TaskDefinition: its CPU') / 1024;
  const gb = numberOf(task?.['Memory'], 'AWS::ECS::TaskDefinition: its memory') / 1024;
  const architecture = field(task?.['RuntimePlatform'], 'CpuArchitecture') === 'ARM64' ? 'arm' : 'x86';
  return [
    line('Compute', `Fargate vCPUs, ${architecture}`, `fargate-${architecture}-vcpu`, tasks * vcpus),
    line('Compute', `Fargate memory in GB, ${architecture}`, `fargate-${architecture}-gb`, tasks * gb),
  ];
}

/** How many run when nothing happens: what autoscaling leaves at least, where the service does not say itself. */
function tasksOf({ id, properties, context }: Estimated): number {
  const targets = context.resources('AWS::ApplicationAutoScaling::ScalableTarget');
  const own = targets.find((each) => JSON.stringify(each.properties['ResourceId']).includes(`"${id}"`));
  return numberOf(
    properties['DesiredCount'] ?? own?.properties['MinCapacity'] ?? 1,
    'AWS::ECS::Service: its number of tasks',
  );
}

function nodeGroup({ properties, context }: Estimated): CostLine[] {
  const scaling = properties['ScalingConfig'];
  const nodes = numberOf(field(scaling, 'DesiredSize') ?? field(scaling, 'MinSize'), 'AWS::EKS::Nodegroup: its size');
  const template = context.referenced(field(properties['LaunchTemplate'], 'Id'))?.Properties?.['LaunchTemplateData'];
  const type = textOf(
    listOf(properties['InstanceTypes'])[0] ?? field(template, 'InstanceType'),
    'AWS::EKS::Nodegroup: its instance type',
  );
  const volumes = listOf(field(template, 'BlockDeviceMappings'));
  return [line('Compute', `nodes ${type}`, `ec2:${type}`, nodes), ...volumes.flatMap((each) => volume(each, nodes))];
}

function volume(mapping: unknown, machines: number): CostLine[] {
  const size = field(field(mapping, 'Ebs'), 'VolumeSize');
  return size === undefined
    ? []
    : [line('Compute', 'volumes in GB', 'ebs-gp3', machines * numberOf(size, 'a volume: its size'))];
}
