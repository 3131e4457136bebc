import type { DomainName } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AaaaRecord,
  ARecord,
  HostedZone,
  type HostedZoneProviderProps,
  type IAliasRecordTarget,
  type IHostedZone,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53';

/** A public zone that is there. */
export function publicZone(stack: Stack, domain: DomainName): IHostedZone {
  return zoneThatIsThere(stack, domain, { privateZone: false });
}

/** A private zone that is there, of that VPC. */
export function privateZone(stack: Stack, domain: DomainName, { vpcId }: IVpc): IHostedZone {
  return zoneThatIsThere(stack, domain, { privateZone: true, vpcId });
}

function zoneThatIsThere(
  stack: Stack,
  { zoneName, zoneId }: DomainName,
  kind: Pick<HostedZoneProviderProps, 'privateZone' | 'vpcId'>,
): IHostedZone {
  return zoneId === undefined
    ? HostedZone.fromLookup(stack, 'Zone', { domainName: zoneName, ...kind })
    : HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName, hostedZoneId: zoneId });
}

/** The name that clients call leads to the target. Load balancers here have IPv4 addresses alone, CloudFront both. */
export function pointName(
  stack: Stack,
  {
    zone,
    name,
    target,
    addresses,
  }: {
    readonly zone: IHostedZone;
    readonly name: string;
    readonly target: IAliasRecordTarget;
    readonly addresses: 'ipv4' | 'ipv4-and-ipv6';
  },
): void {
  const record = { zone, recordName: `${name}.`, target: RecordTarget.fromAlias(target) };
  new ARecord(stack, 'Record', record);
  if (addresses === 'ipv4-and-ipv6') new AaaaRecord(stack, 'RecordIpv6', record);
}
