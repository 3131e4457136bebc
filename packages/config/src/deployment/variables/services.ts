import * as z from 'zod';
import { flag, imageName, whole } from '../variable-types.ts';

/** The version of LiteLLM that the gateway is made for; a test holds it to the one of `packages/litellm`. */
const litellmVersion = '1.106.2';

const percent = whole(10, 100);

const vcpus = z.coerce
  .number('must be a number of virtual processors')
  .refine((number) => [0.25, 0.5, 1, 2, 4, 8, 16].includes(number), 'must be 0.25, 0.5, 1, 2, 4, 8 or 16');

const pool = whole(1, 100);

/** The two services, and how many of each. */
export const serviceVariables = {
  LITELLM_VERSION: z
    .string()
    .transform((version) => version.replace(/^(?:main-)?v/, '').replace(/-stable$/, ''))
    .pipe(z.literal(litellmVersion, `must be ${litellmVersion}, or unset`))
    .default(litellmVersion)
    .describe(
      "The version of LiteLLM. The gateway reads LiteLLM's tables and counters, so it goes with one version alone: a new one comes with a new gateway.",
    ),
  DESIRED_CAPACITY: whole(1, 100).default(2).describe('Tasks or pods at first, of the gateway and of LiteLLM each.'),
  MIN_CAPACITY: whole(1, 100).default(2).describe('The fewest that autoscaling leaves, of each.'),
  MAX_CAPACITY: whole(1, 100).default(4).describe('The most that autoscaling makes, of each.'),
  ECS_CPU_TARGET_UTILIZATION_PERCENTAGE: percent
    .default(50)
    .describe('The use of processors that autoscaling aims at, on both platforms, of each.'),
  ECS_MEMORY_TARGET_UTILIZATION_PERCENTAGE: percent
    .default(40)
    .describe('The use of memory that autoscaling aims at, on both platforms, of each.'),
  GATEWAY_OPEN_STREAMS_TARGET: whole(1, 20_000)
    .default(500)
    .describe('Open streams per gateway task that autoscaling aims at, on ECS.'),
  GATEWAY_VCPUS: vcpus.default(0.5).describe('Virtual processors of a gateway task or pod.'),
  GATEWAY_MEMORY_MIB: whole(512, 122_880).default(1_024).describe('Memory of a gateway task or pod, in MiB.'),
  ECS_VCPUS: vcpus
    .default(1)
    .describe(
      'Virtual processors of a LiteLLM task or pod. One by default, where the original had two: Bedrock models do not go through it.',
    ),
  LITELLM_MEMORY_MIB: whole(512, 122_880)
    .optional()
    .describe('Memory of a LiteLLM task or pod, in MiB; unset: 4096, more with many processors; 2048 on EKS.'),
  DATABASE_POOL_SIZE: pool.default(5).describe('Connections to Postgres of each gateway task.'),
  LITELLM_DATABASE_POOL_SIZE: pool.default(10).describe('Connections to Postgres of each LiteLLM task.'),
  LONGEST_STREAM_SECONDS: whole(1, 3_600)
    .default(600)
    .describe('The longest stream that is let end when a task goes: as long does the load balancer wait.'),
  GATEWAY_IMAGE: imageName
    .optional()
    .describe('A ready image of the gateway; unset: built on the deploying machine, which needs Docker.'),
  LITELLM_IMAGE: imageName
    .optional()
    .describe('A ready image of LiteLLM with our start script; unset: built on the deploying machine.'),
  DISABLE_SWAGGER_PAGE: flag.default(false).describe("Whether LiteLLM's pages about its API are off."),
  DISABLE_ADMIN_UI: flag.default(false).describe("Whether LiteLLM's Admin UI is off."),
};
