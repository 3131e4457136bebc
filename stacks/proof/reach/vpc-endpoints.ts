import { flag, text, texts } from '../json.ts';
import { referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import type { Routes } from './routes.ts';
import { groupKey } from './security-groups.ts';

/** A door of the VPC to a service of AWS. */
export interface VpcEndpoint {
  readonly id: string;
  /** Such as `bedrock-runtime` or `ecr.api`. */
  readonly service: string;
  readonly kind: 'interface' | 'gateway';
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  /** Route tables that a gateway endpoint is in; by id of AWS where they are not ours. */
  readonly routeTables: readonly string[];
  /** Whether the service's usual name leads here. */
  readonly hasPrivateName: boolean;
}

export function vpcEndpointsOf(system: System, routes: Routes): readonly VpcEndpoint[] {
  const before = `com.amazonaws.${system.deployment.region}.`;
  return system.ofType('AWS::EC2::VPCEndpoint').map(({ id, properties }) => ({
    id,
    service: (text(properties, 'ServiceName') ?? '').replace(before, ''),
    kind: text(properties, 'VpcEndpointType') === 'Interface' ? 'interface' : 'gateway',
    groups: texts(properties, 'SecurityGroupIds').map(groupKey),
    subnets: routes.subnets(properties['SubnetIds']),
    routeTables: texts(properties, 'RouteTableIds').map((each) => referredTo(each) ?? each),
    hasPrivateName: flag(properties, 'PrivateDnsEnabled'),
  }));
}
