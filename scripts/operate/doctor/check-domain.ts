import { Resolver } from 'node:dns/promises';
import { GetHostedZoneCommand, ListHostedZonesByNameCommand, Route53Client } from '@aws-sdk/client-route-53';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { type Finding, fail, notChecked, ok, type Patient, warn } from './finding.ts';

interface Zone {
  readonly id: string;
  readonly nameServers: readonly string[];
}

export async function checkDomain({ region, deployment, environment }: Patient): Promise<readonly Finding[]> {
  const entrance = deployment?.entrance;
  if (entrance === undefined || entrance.kind === 'cloudfront') return [];
  const { zoneName, zoneId } = entrance.domain;
  const isPrivate = entrance.kind === 'private';
  if (isPrivate && entrance.privateZone === 'create') return [ok('zone', `${zoneName} will be made, private`)];
  const zone = await findZone(new Route53Client(clientOptions(region)), zoneName, zoneId, isPrivate);
  if (zone === undefined) {
    const kind = isPrivate ? 'private' : 'public';
    return [
      fail(
        'zone',
        `there is no ${kind} zone ${zoneName} in this account`,
        'make it, or name another in HOSTED_ZONE_NAME',
      ),
    ];
  }
  const found = ok('zone', `${zoneName} is ${zone.id}`);
  return isPrivate
    ? [found]
    : [found, await checkDelegation(zoneName, zone.nameServers, environment['DOCTOR_DNS_SERVER'])];
}

async function findZone(
  client: Route53Client,
  zoneName: string,
  zoneId: string | undefined,
  isPrivate: boolean,
): Promise<Zone | undefined> {
  const id = zoneId ?? (await findZoneId(client, zoneName, isPrivate));
  if (id === undefined) return undefined;
  try {
    const { HostedZone, DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: id }));
    const isSame = HostedZone?.Name === `${zoneName}.` && (HostedZone.Config?.PrivateZone ?? false) === isPrivate;
    return isSame ? { id, nameServers: DelegationSet?.NameServers ?? [] } : undefined;
  } catch (error) {
    if (nameOf(error) === 'NoSuchHostedZone') return undefined;
    throw error;
  }
}

async function findZoneId(client: Route53Client, zoneName: string, isPrivate: boolean): Promise<string | undefined> {
  const { HostedZones } = await client.send(new ListHostedZonesByNameCommand({ DNSName: zoneName }));
  const own = HostedZones?.filter(({ Name }) => Name === `${zoneName}.`) ?? [];
  return own.find(({ Config }) => (Config?.PrivateZone ?? false) === isPrivate)?.Id?.replace('/hostedzone/', '');
}

/** Whether the internet asks the zone's own name servers. `server`: whom to ask, in place of the system's. */
export async function checkDelegation(
  zoneName: string,
  nameServers: readonly string[],
  server?: string | undefined,
): Promise<Finding> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
  const mend = `at the registrar, or in the zone above it, name these servers for ${zoneName}: ${nameServers.join(', ')}`;
  try {
    const answered = (await resolver.resolveNs(zoneName)).map(plain);
    const own = nameServers.map(plain);
    if (own.some((each) => answered.includes(each)))
      return ok('delegation', `the internet asks ${answered.sort().join(', ')}`);
    return fail('delegation', `${zoneName} is delegated to ${answered.sort().join(', ')}`, mend);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (/ENOTFOUND|ENODATA/.test(code)) return warn('delegation', `nobody knows ${zoneName} (${code})`, mend);
    return notChecked('delegation', `DNS did not answer (${code})`, 'look from a machine with DNS: dig NS');
  }
}
