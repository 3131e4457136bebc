import type { Variables } from './variables.ts';

/**
 * What fits into what: memory of instances, sizes of Fargate tasks, connections of Postgres.
 */

/**
 * GiB of memory at size `large`, by the family without its generation: t 8, m 8, c 4, r 16, x 32.
 * Source: the instance types pages of EC2 and RDS, as of 2026-11-23.
 */
const gibAtLarge: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16, x: 32 };
const sizes: Readonly<Record<string, number>> = { nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1 };

/** Memory of an instance in GiB, such as 2 for `t4g.small`; undefined: a family or size that is not known here. */
export function memoryGibOf(instanceType: string): number | undefined {
  const match = /^([tmcrx])\d[a-z-]*\.([a-z0-9]+)$/.exec(instanceType);
  const base = gibAtLarge[match?.[1] ?? ''];
  const size = match?.[2] ?? '';
  const times = sizes[size] ?? (/^\d*xlarge$/.test(size) ? 2 * Number.parseInt(size, 10) || 2 : undefined);
  return base === undefined || times === undefined ? undefined : base * times;
}

/**
 * `max_connections` for an instance of that memory: 85 for each GiB, at most 5 000. RDS's own default is
 * `LEAST(DBInstanceClassMemory/9531392, 5000)`, about 110 for each GiB less what the system takes; a number of our own
 * holds the budget below to something known.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html (as of 2026-11-23).
 */
export function maxConnectionsOf(memoryGib: number): number {
  return Math.min(5_000, Math.floor(85 * memoryGib));
}

/**
 * Memory in MiB that a Fargate task may have, by its virtual processors: least, most, step.
 * Source: aws-cdk-lib 2.224.0, aws-ecs `FargateTaskDefinitionProps` (read 2026-11-23); a quarter has 512 as well.
 */
const fargateMemory: ReadonlyMap<number, readonly [number, number, number]> = new Map([
  [0.25, [512, 2_048, 512]],
  [0.5, [1_024, 4_096, 1_024]],
  [1, [2_048, 8_192, 1_024]],
  [2, [4_096, 16_384, 1_024]],
  [4, [8_192, 30_720, 1_024]],
  [8, [16_384, 61_440, 4_096]],
  [16, [32_768, 122_880, 8_192]],
]);

/** Why Fargate has no task of that size, in words that follow "must be"; undefined: it has. */
export function fargateFault(vcpus: number, memoryMib: number): string | undefined {
  const range = fargateMemory.get(vcpus);
  if (range === undefined) return undefined;
  const [least, most, step] = range;
  const isOdd = vcpus === 0.25 && memoryMib === 1_536;
  const fits = memoryMib >= least && memoryMib <= most && memoryMib % step === 0 && !isOdd;
  return fits ? undefined : `from ${least} to ${most} in steps of ${step} with ${vcpus} virtual processors on Fargate`;
}

/**
 * LiteLLM's memory: what was given; else on Fargate four GiB, for Python in several processes, or two for each processor
 * where that is more. Two GiB with less than half a processor, and on EKS.
 */
export function litellmMemoryMib(
  variables: Pick<Variables, 'LITELLM_MEMORY_MIB' | 'DEPLOYMENT_PLATFORM' | 'ECS_VCPUS'>,
): number {
  const { LITELLM_MEMORY_MIB: given, DEPLOYMENT_PLATFORM: platform, ECS_VCPUS: vcpus } = variables;
  if (given !== undefined) return given;
  return platform === 'EKS' || vcpus < 0.5 ? 2_048 : Math.max(4_096, vcpus * 2_048);
}
