import type { Scaling } from './deployment.ts';

/** Connections to Postgres when everything is at its largest. */
export interface ConnectionBudget {
  readonly gateway: number;
  readonly litellm: number;
  readonly migration: number;
  /** Of the functions, as many as may run at one time. */
  readonly functions: number;
  /** What Postgres and RDS keep for their own superusers. */
  readonly reserved: number;
  readonly total: number;
}

/**
 * How many of each function that asks Postgres may run at one time, kept for it and its most alike. More calls at one
 * time are refused by Lambda, and the load balancer answers 502.
 */
export const functionConcurrency = { 'prompts-admin': 4, 'chat-history': 10, 'secret-rotation': 1 } as const;

/** Connections to Postgres that one of them opens at most. */
export const connectionsPerFunction = 2;

interface PooledService {
  readonly scaling: Pick<Scaling, 'max'>;
  readonly databasePoolSize: number;
}

/**
 * What a deployment may open at once. The services count twice: while they are rolled, old and new tasks stand side by
 * side. It has to stay below `maxConnections`, which the reader asserts.
 * Source of `reserved`: PostgreSQL's `superuser_reserved_connections` (3) and RDS's own
 * `rds.rds_superuser_reserved_connections` (2), as of 2026-11-23.
 */
export function connectionBudget(deployment: {
  readonly gateway: PooledService;
  readonly litellm: PooledService;
}): ConnectionBudget {
  const gateway = 2 * deployment.gateway.scaling.max * deployment.gateway.databasePoolSize;
  const litellm = 2 * deployment.litellm.scaling.max * deployment.litellm.databasePoolSize;
  const running = Object.values(functionConcurrency).reduce((sum, each) => sum + each, 0);
  const [migration, functions, reserved] = [5, running * connectionsPerFunction, 5];
  return {
    gateway,
    litellm,
    migration,
    functions,
    reserved,
    total: gateway + litellm + migration + functions + reserved,
  };
}
