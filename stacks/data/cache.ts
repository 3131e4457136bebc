import type { Deployment } from '@genai-gateway/config';
import { Names, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../foundation/foundation.ts';
import { type Network, ports } from '../network/network.ts';
import { cacheAccess, nobodyAccess } from './cache-user.ts';
import type { Data } from './data.ts';
import { loginSecret } from './secrets.ts';

const engine = 'valkey';
/** The newest that cfn-lint 1.58.0 knows of AWS (read 2026-11-23), and what the tests of this project run on. */
const engineVersion = '9.1';
const family = 'valkey9';
const SNAPSHOT_DAYS = { production: 7, otherwise: 1 } as const;

/**
 * The cache that counts and tells of changes: Valkey, a primary and replicas in other zones, failing over by itself,
 * TLS only, one user with a password and rights of its own. It evicts nothing: what is in it are counters and calls
 * that are not booked yet.
 */
export function makeCache(
  stack: Stack,
  deployment: Deployment,
  { foundation, network }: { readonly foundation: Foundation; readonly network: Network },
): Data['cache'] {
  const { nodeType, nodes } = deployment.cache;
  const secret = loginSecret(stack, deployment, {
    foundation,
    id: 'CacheUserPassword',
    username: 'gateway',
    use: 'Login of gateway and LiteLLM to the cache',
  });
  const password = secret.secretValueFromJson('password').unsafeUnwrap();
  const ids = idsFor(stack);
  const makeUser = (id: string, userName: string, accessString: string) =>
    new CfnUser(stack, id, {
      userId: `${ids}-${userName}`,
      userName,
      engine,
      accessString,
      authenticationMode: { Type: 'password', Passwords: [password] },
    });
  const user = makeUser('CacheUser', 'gateway', cacheAccess);
  const users = [
    user,
    // A group has to have a user of this name, or is given one that may do everything. Ours is switched off.
    makeUser('CacheNobody', 'default', nobodyAccess),
  ];
  const userGroup = new CfnUserGroup(stack, 'CacheUsers', {
    userGroupId: ids,
    engine,
    userIds: users.map(({ ref }) => ref),
  });
  const subnets = new CfnSubnetGroup(stack, 'CacheSubnets', {
    description: 'Where the cache stands',
    subnetIds: network.subnets.data.map(({ subnetId }) => subnetId),
  });
  const parameters = new CfnParameterGroup(stack, 'CacheParameters', {
    cacheParameterGroupFamily: family,
    description: 'Settings of the cache of the gateway',
    properties: { 'maxmemory-policy': 'noeviction' },
  });
  const group = new CfnReplicationGroup(stack, 'Cache', {
    replicationGroupDescription: `Cache of the gateway, stage ${deployment.stage}`,
    engine,
    engineVersion,
    cacheNodeType: nodeType,
    numCacheClusters: nodes,
    multiAzEnabled: true,
    automaticFailoverEnabled: true,
    port: ports.cache,
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    atRestEncryptionEnabled: true,
    kmsKeyId: foundation.keys.data.keyArn,
    userGroupIds: [userGroup.ref],
    cacheSubnetGroupName: subnets.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: [network.securityGroups.cache.securityGroupId],
    autoMinorVersionUpgrade: true,
    preferredMaintenanceWindow: 'sun:05:30-sun:06:30',
    snapshotRetentionLimit: deployment.isProduction ? SNAPSHOT_DAYS.production : SNAPSHOT_DAYS.otherwise,
    snapshotWindow: '03:00-04:00',
  });
  group.applyRemovalPolicy(deployment.isProduction ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY);
  NagSuppressions.addResourceSuppressions(group, [
    {
      id: 'AwsSolutions-AEC5',
      reason:
        "The port is Valkey's own; security groups say who reaches it, and another port would hide it from nobody.",
    },
    {
      id: 'AwsSolutions-AEC6',
      reason: 'Users with passwords and rights of their own (RBAC) are in place of the one AUTH token.',
    },
  ]);
  return {
    host: group.attrPrimaryEndPointAddress,
    port: ports.cache,
    replicationGroupId: group.ref,
    userId: user.ref,
    secret,
  };
}

/** CloudFormation makes up no names for users of a cache. Lower case, a letter first, at most 40 characters with a user's name. */
function idsFor(stack: Stack): string {
  return `gw-${Names.uniqueResourceName(stack, { maxLength: 28, separator: '-' })}`.toLowerCase();
}
