import { connectionBudget } from '../connection-budget.ts';
import { type Check, faultIf } from '../fault.ts';
import { fargateFault, litellmMemoryMib, maxConnectionsOf, memoryGibOf } from '../sizes.ts';
import type { Variables } from '../variables.ts';

const CAPACITIES = ['MIN_CAPACITY', 'DESIRED_CAPACITY', 'MAX_CAPACITY'] as const;

export const checkCapacities: Check = ({ variables }) => {
  const [min, desired, max] = CAPACITIES.map((name) => variables[name]) as [number, number, number];
  return [
    faultIf(
      min > desired || desired > max,
      CAPACITIES,
      `DESIRED_CAPACITY is ${desired}, MIN_CAPACITY ${min} and MAX_CAPACITY ${max}. The desired number has to lie between the two.`,
    ),
  ];
};

export const checkFargate: Check = ({ variables }) => {
  if (variables.DEPLOYMENT_PLATFORM !== 'ECS') return [];
  const litellmMib = litellmMemoryMib(variables);
  const gateway = fargateFault(variables.GATEWAY_VCPUS, variables.GATEWAY_MEMORY_MIB);
  const litellm = fargateFault(variables.ECS_VCPUS, litellmMib);
  return [
    faultIf(
      gateway !== undefined,
      ['GATEWAY_MEMORY_MIB', 'GATEWAY_VCPUS', 'DEPLOYMENT_PLATFORM'],
      `GATEWAY_MEMORY_MIB is ${variables.GATEWAY_MEMORY_MIB}, and must be ${gateway} (GATEWAY_VCPUS).`,
    ),
    faultIf(
      litellm !== undefined,
      ['LITELLM_MEMORY_MIB', 'ECS_VCPUS', 'DEPLOYMENT_PLATFORM'],
      `LITELLM_MEMORY_MIB is ${litellmMib}, and must be ${litellm} (ECS_VCPUS).`,
    ),
  ];
};

/** The class without the `db.` that it may have been given with. */
export function instanceClassOf(variables: Pick<Variables, 'RDS_INSTANCE_CLASS'>): string {
  return variables.RDS_INSTANCE_CLASS.replace(/^db\./, '');
}

export const checkConnections: Check = ({ variables }) => {
  const memoryGib = memoryGibOf(instanceClassOf(variables));
  if (memoryGib === undefined) {
    return [
      {
        about: ['RDS_INSTANCE_CLASS'],
        says: 'RDS_INSTANCE_CLASS is of a family or size whose memory is not known here, so its connections cannot be counted. Take one such as db.t4g.small, db.m7g.large or db.r7g.large.',
      },
    ];
  }
  const scaling = { max: variables.MAX_CAPACITY };
  const budget = connectionBudget({
    gateway: { scaling, databasePoolSize: variables.DATABASE_POOL_SIZE },
    litellm: { scaling, databasePoolSize: variables.LITELLM_DATABASE_POOL_SIZE },
  });
  const most = maxConnectionsOf(memoryGib);
  return [
    faultIf(
      budget.total >= most,
      ['RDS_INSTANCE_CLASS', 'MAX_CAPACITY', 'DATABASE_POOL_SIZE', 'LITELLM_DATABASE_POOL_SIZE'],
      `RDS_INSTANCE_CLASS ${variables.RDS_INSTANCE_CLASS} takes ${most} connections, and ${budget.total} may be opened while a deployment rolls at its largest: ${budget.gateway} of the gateway, ${budget.litellm} of LiteLLM, ${budget.migration} of a migration, ${budget.functions} of functions, ${budget.reserved} that Postgres reserves. Take a larger class, or lower MAX_CAPACITY, DATABASE_POOL_SIZE or LITELLM_DATABASE_POOL_SIZE.`,
    ),
  ];
};
