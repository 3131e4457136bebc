import { createHash } from 'node:crypto';
import type { Deployment } from '@genai-gateway/config';
import { Duration, Size, type Stack } from 'aws-cdk-lib';
import {
  AwsLogDriverMode,
  Capability,
  CpuArchitecture,
  FargateTaskDefinition,
  type HealthCheck,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
  type PortMapping,
  Secret,
  UlimitName,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret as StoredSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { NagSuppressions } from 'cdk-nag';
import { through } from '../access/key-through.ts';
import { modelConfigOf } from '../access/model-config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { removalPolicyOf } from '../names.ts';
import { timeoutsOf } from '../timeouts.ts';
import { containerUser, type ServiceImage } from './images.ts';
import type { ContainerSettings } from './service-settings.ts';

export interface TaskPlan {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly image: ServiceImage;
  readonly settings: ContainerSettings;
  readonly logs: LogGroup;
  /** Name of the one container, and the beginning of its log streams. */
  readonly name: string;
  /** Undefined: what the image says. */
  readonly entry: readonly string[] | undefined;
  readonly port: PortMapping | undefined;
  readonly healthCheck: HealthCheck | undefined;
  /** Folders that may be written to; the rest of the file system is read-only. */
  readonly writableFolders: readonly string[];
  /** Facts that make it another task when they change, though the container does not see them. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Task {
  readonly definition: FargateTaskDefinition;
  readonly logs: LogGroup;
}

/**
 * A task that can do nothing but its work: no root, no capabilities, a read-only file system, secrets by an execution
 * role that reads these alone. Each task definition has its own two roles.
 *
 * A folder that may be written to is a volume of the task's own; Fargate has no tmpfs. It belongs to root, unless the
 * image's Dockerfile names the folder as a VOLUME: then its owner and mode hold (developer guide of ECS, "Bind mounts",
 * read 2026-11-23).
 */
export function fargateTask(stack: Stack, id: string, deployment: Deployment, plan: TaskPlan): Task {
  const definition = new FargateTaskDefinition(stack, id, {
    cpu: plan.vcpus * 1024,
    memoryLimitMiB: plan.memoryMib,
    runtimePlatform: {
      operatingSystemFamily: OperatingSystemFamily.LINUX,
      cpuArchitecture: deployment.architecture === 'arm' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
    },
    volumes: plan.writableFolders.map((folder) => ({ name: volumeName(folder) })),
  });
  const linuxParameters = new LinuxParameters(stack, `${id}Linux`, { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  const container = definition.addContainer(plan.name, {
    containerName: plan.name,
    image: plan.image.containerImage,
    ...(plan.entry === undefined ? {} : { entryPoint: [...plan.entry] }),
    environment: { ...plan.settings.environment },
    secrets: Object.fromEntries(
      Object.entries(plan.settings.secrets).map(([name, { secret, field }]) => [
        name,
        Secret.fromSecretsManager(withoutKey(stack, `${id}Secret-${name}`, secret), field),
      ]),
    ),
    dockerLabels: { ...plan.labels },
    user: String(containerUser),
    readonlyRootFilesystem: true,
    linuxParameters,
    stopTimeout: Duration.seconds(timeoutsOf(deployment).stop),
    healthCheck: plan.healthCheck,
    portMappings: plan.port === undefined ? [] : [plan.port],
    ulimits: [{ name: UlimitName.NOFILE, softLimit: 65_535, hardLimit: 65_535 }],
    // A log that cannot be written must not hold up calls: what does not fit in here is lost.
    logging: LogDriver.awsLogs({
      logGroup: plan.logs,
      streamPrefix: plan.name,
      mode: AwsLogDriverMode.NON_BLOCKING,
      maxBufferSize: Size.mebibytes(25),
    }),
  });
  container.addMountPoints(
    ...plan.writableFolders.map((folder) => ({
      sourceVolume: volumeName(folder),
      containerPath: folder,
      readOnly: false,
    })),
  );
  letDecrypt(
    definition,
    deployment,
    Object.values(plan.settings.secrets).map(({ secret }) => secret),
  );
  suppressFindings(definition);
  return { definition, logs: plan.logs };
}

/**
 * The same secret without its key: CDK would write the role that reads it into the key's policy, so that the keys would
 * depend on the tasks.
 */
function withoutKey(stack: Stack, id: string, secret: ISecret): ISecret {
  return StoredSecret.fromSecretCompleteArn(stack, id, secret.secretArn);
}

/** What Secrets Manager decrypts on behalf of who reads: the key's own policy leaves it to the role's. */
function letDecrypt(definition: FargateTaskDefinition, deployment: Deployment, secrets: readonly ISecret[]): void {
  const keys = new Set(secrets.flatMap(({ encryptionKey }) => encryptionKey ?? []));
  for (const key of keys) {
    definition.addToExecutionRolePolicy(through(key, deployment, 'secretsmanager', ['kms:Decrypt']));
  }
}

/** The model list is read when a process starts, so a deployment that brings another list rolls the services. */
export function modelListLabel(deployment: Deployment): Readonly<Record<string, string>> {
  return { 'model-list': createHash('sha256').update(modelConfigOf(deployment)).digest('hex').slice(0, 16) };
}

/** A log group as all of ours are: encrypted, and kept for as long as the deployer says. */
export function serviceLogs(stack: Stack, id: string, deployment: Deployment, { keys }: Foundation): LogGroup {
  return new LogGroup(stack, id, {
    encryptionKey: keys.logs,
    retention: deployment.operations.logRetentionDays,
    removalPolicy: removalPolicyOf(deployment),
  });
}

/**
 * What the agent of ECS Exec writes into a container. AWS does not promise that it works beside a read-only root; with
 * these folders it was seen to (aws/containers-roadmap#1359, read 2026-11-23), and without it the task runs on.
 */
export function execFolders(deployment: Deployment): readonly string[] {
  return deployment.isProduction ? [] : ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'];
}

function volumeName(folder: string): string {
  return folder.slice(1).replaceAll('/', '-');
}

function suppressFindings(definition: FargateTaskDefinition): void {
  NagSuppressions.addResourceSuppressions(definition, [
    {
      id: 'AwsSolutions-ECS2',
      reason: 'What stands in the environment is no secret: secrets come from Secrets Manager by reference.',
    },
  ]);
  NagSuppressions.addResourceSuppressions(
    definition.obtainExecutionRole(),
    [
      {
        id: 'AwsSolutions-IAM5',
        appliesTo: ['Resource::*'],
        reason: 'ecr:GetAuthorizationToken names no resource (service authorization reference of ECR).',
      },
    ],
    true,
  );
}
