import type { Scaling } from './deployment.ts';

/** Connections to Postgres when everything is at its largest. */
export interface ConnectionBudget {
  readonly gateway: number;
  readonly litellm: number;
  readonly migration: number;
  /** Kept for functions beside the two services. */
  readonly functions: number;
  /** What Postgres and RDS keep for their own superusers. */
  readonly reserved: number;
  readonly total: number;
}

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
  const [migration, functions, reserved] = [5, 30, 5];
  return {
    gateway,
    litellm,
    migration,
    functions,
    reserved,
    total: gateway + litellm + migration + functions + reserved,
  };
}
