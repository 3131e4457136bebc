import { flag, text, texts } from '../json.ts';
import { type Resource, referredTo } from '../resolve.ts';
import type { System } from '../system.ts';
import { isPrivate } from './cidr.ts';

/** Where a subnet's packets to the internet go. */
export type WayOut = 'internet-gateway' | 'nat' | 'none';

/** Subnets and their ways out, worked out from route tables; those of an existing VPC are taken as they were declared. */
export class Routes {
  readonly #system: System;
  readonly #declared = new Map<string, WayOut>();
  readonly #declaredTables = new Map<string, string>();
  /** Those that lead to addresses of the internet, all or some. */
  readonly #routesOut: readonly Resource[];

  constructor(system: System) {
    this.#system = system;
    this.#routesOut = system
      .ofType('AWS::EC2::Route')
      .filter(({ properties }) =>
        ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'].some((each) => isBeyond(text(properties, each))),
      );
    const { vpc, outbound } = system.deployment.network;
    if (vpc.kind !== 'existing') return;
    // What CDK puts in the place of a VPC that is looked up at deployment.
    const publicIds = vpc.parts?.publicSubnetIds ?? ['s-12345', 's-67890'];
    const privateIds = vpc.parts?.privateSubnetIds ?? ['p-12345', 'p-67890'];
    const tables = vpc.parts?.privateRouteTableIds ?? [];
    for (const [index, each] of privateIds.entries()) this.#declaredTables.set(each, tables[index] ?? `rtb-of-${each}`);
    for (const each of publicIds) this.#declared.set(each, 'internet-gateway');
    for (const each of privateIds) this.#declared.set(each, outbound === 'nat' ? 'nat' : 'none');
  }

  /** The subnets that a value lists, by the ids of their resources, or AWS's where they are not ours. */
  subnets(value: unknown): readonly string[] {
    return texts(value).map((each) => referredTo(each) ?? each);
  }

  wayOut(subnet: string): WayOut {
    const declared = this.#declared.get(subnet);
    if (declared !== undefined) return declared;
    const tables = this.routeTables(subnet);
    const routes = this.#routesOut.filter(({ properties }) =>
      tables.includes(referredTo(properties['RouteTableId']) ?? ''),
    );
    if (routes.some(({ properties }) => this.#isAttachedGateway(properties['GatewayId']))) return 'internet-gateway';
    const throughNat = routes.some(({ properties }) => {
      const nat = this.#system.resourceOf(properties['NatGatewayId']);
      if (nat === undefined) return properties['NatGatewayId'] !== undefined;
      return this.subnets([nat.properties['SubnetId']]).some((each) => this.wayOut(each) === 'internet-gateway');
    });
    const elsewhere = [
      'TransitGatewayId',
      'VpcPeeringConnectionId',
      'NetworkInterfaceId',
      'InstanceId',
      'EgressOnlyInternetGatewayId',
    ];
    const otherWay = routes.some(({ properties }) => elsewhere.some((each) => properties[each] !== undefined));
    return throughNat || otherWay ? 'nat' : 'none';
  }

  /** Route tables of a subnet, by the ids of their resources, or AWS's where they are not ours. */
  routeTables(subnet: string): readonly string[] {
    const declared = this.#declaredTables.get(subnet);
    if (declared !== undefined) return [declared];
    return this.#system
      .ofType('AWS::EC2::SubnetRouteTableAssociation')
      .filter(({ properties }) => referredTo(properties['SubnetId']) === subnet)
      .map(({ properties }) => referredTo(properties['RouteTableId']) ?? '');
  }

  /** Whether instances of the subnet get a public address by themselves. */
  givesPublicAddresses(subnet: string): boolean {
    const resource = this.#system.resourceOf(`‹${subnet}›`);
    return resource !== undefined && flag(resource.properties, 'MapPublicIpOnLaunch');
  }

  get all(): readonly string[] {
    return [...this.#system.ofType('AWS::EC2::Subnet').map((each) => each.id), ...this.#declared.keys()];
  }

  #isAttachedGateway(gateway: unknown): boolean {
    if (this.#system.resourceOf(gateway)?.type !== 'AWS::EC2::InternetGateway') return false;
    return this.#system
      .ofType('AWS::EC2::VPCGatewayAttachment')
      .some(({ properties }) => properties['InternetGatewayId'] === gateway);
  }
}

function isBeyond(cidr: string | undefined): boolean {
  return cidr !== undefined && !isPrivate(cidr);
}
