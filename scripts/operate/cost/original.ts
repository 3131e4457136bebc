const onBoth = {
  ...{ VPC: 50.0, ECR: 0.5, 'Load balancer': 24.62, S3: 7.37, Postgres: 98.26, Cache: 24.82 },
  ...{ 'Route 53': 26.6, CloudWatch: 12.6, 'Secrets Manager': 7.0, KMS: 4.0, WAF: 7.0 },
} as const;

/**
 * The monthly costs that the original sample gives for itself in us-east-1, in USD: rows of its table, by the services
 * of ours. Its two Fargate tasks or nodes have 2 vCPUs and 4 GB each, on ARM.
 */
export const originalRows = {
  ecs: { Compute: 115.33, ...onBoth },
  eks: { Compute: 73.0 + 49.06, ...onBoth },
} as const;

export type Platform = keyof typeof originalRows;
