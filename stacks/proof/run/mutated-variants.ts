import { goldenVariants } from '../variants.ts';

/**
 * The variants that faults are planted in: every platform with every scenario, some without outbound or in an existing VPC, and what has
 * places for faults that these have not.
 */
export const mutatedVariants: readonly string[] = [
  ...goldenVariants.map((each) => each.name),
  'ecs-private-new-none',
  'eks-cloudfront-domain-new-none',
  'ecs-direct-alb-existing-nat',
  'eks-private-existing-none',
  'eks-existing-cluster',
  'ecs-cloudfront-public-origin',
  'ecs-cloudfront-domain-waf',
  'ecs-production',
];
