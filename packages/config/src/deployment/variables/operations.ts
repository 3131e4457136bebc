import * as z from 'zod';
import { flag } from '../variable-types.ts';

/**
 * What CloudWatch Logs takes.
 * Source: aws-cdk-lib 2.224.0, aws-logs `RetentionDays`.
 */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** How it is run and tried out. */
export const operationVariables = {
  PRODUCTION: flag
    .optional()
    .describe(
      'Whether data outlives the stacks, more zones have a NAT gateway and images are pinned; unset: yes for the stages prod and production.',
    ),
  LOG_RETENTION_DAYS: z.coerce
    .number()
    .refine((days) => retentions.includes(days), `must be one of ${retentions.join(', ')}`)
    .default(365)
    .describe('How long logs are kept.'),
  ALARM_EMAIL: z
    .email('must be an address such as ops@example.com')
    .optional()
    .describe('Who gets the alarms, and has to confirm it once; unset: a topic without subscribers.'),
  LOAD_TEST_SERVER: flag
    .default(false)
    .describe('Whether a simulated provider is deployed beside, to try the load without paying for models.'),
  JUMP_HOST: flag
    .default(false)
    .describe(
      'Whether a small machine is deployed, reached by Session Manager alone, from which a private load balancer can be tried.',
    ),
};
