import { GetServiceQuotaCommand, paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { type Deployment, functionConcurrency } from '@genai-gateway/config';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { bedrockTargets } from './check-models.ts';
import { type Finding, fail, notChecked, ok, type Patient } from './finding.ts';

interface NeededQuota {
  readonly about: string;
  readonly service: string;
  /** https://docs.aws.amazon.com/servicequotas/ lists them; as of 2026-11-23. */
  readonly code: string;
  readonly need: number;
}

/** What a deployment needs of quotas that new accounts run into; what else is in use is not counted. */
export function neededQuotas({ network, platform, gateway, litellm, entrance }: Deployment): readonly NeededQuota[] {
  const { vpc } = network;
  const nats = vpc.kind === 'new' && network.outbound === 'nat' ? vpc.natGateways : 0;
  const vcpus = gateway.scaling.max * gateway.vcpus + litellm.scaling.max * litellm.vcpus;
  const quotas: NeededQuota[] = [
    { about: 'quota of load balancers', service: 'elasticloadbalancing', code: 'L-53DA6B97', need: 1 },
  ];
  // Those that are reserved for the functions, beside the 100 that Lambda keeps for everything else.
  const reserved = Object.values(functionConcurrency).reduce<number>((sum, each) => sum + each, 1);
  quotas.push({ about: 'quota of concurrent functions', service: 'lambda', code: 'L-B99A9384', need: 100 + reserved });
  // A deployment that rolls has twice the tasks for some minutes.
  if (platform.kind === 'ecs')
    quotas.push({ about: 'quota of Fargate vCPUs', service: 'fargate', code: 'L-3032A538', need: 2 * vcpus });
  if (vpc.kind === 'new') quotas.push({ about: 'quota of VPCs', service: 'vpc', code: 'L-F678F1CE', need: 1 });
  if (nats > 0) quotas.push({ about: 'quota of elastic IPs', service: 'ec2', code: 'L-0263D0A3', need: nats });
  // CloudFront's list of addresses weighs 55 rules.
  if ('origin' in entrance && entrance.origin === 'public') {
    quotas.push({ about: 'quota of rules of a security group', service: 'vpc', code: 'L-0EA8095F', need: 56 });
  }
  return quotas;
}

export async function checkQuotas(patient: Patient): Promise<readonly Finding[]> {
  const client = new ServiceQuotasClient(clientOptions(patient.region));
  const findings: Finding[] = [];
  for (const needed of patient.deployment === undefined ? [] : neededQuotas(patient.deployment)) {
    findings.push(await checkQuota(client, needed, patient.region));
  }
  return findings;
}

async function checkQuota(client: ServiceQuotasClient, needed: NeededQuota, region: string): Promise<Finding> {
  const { about, service, code, need } = needed;
  try {
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }));
    const value = Quota?.Value ?? 0;
    if (value >= need) return ok(about, `${value}, of which this takes ${need} (what else is in use is not counted)`);
    const page = `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`;
    return fail(about, `${value}, and this needs ${need}`, `ask for more: ${page}`);
  } catch (error) {
    if (nameOf(error) !== 'NoSuchResourceException') throw error;
    return notChecked(
      about,
      `there is no quota ${code} of ${service} here`,
      'look it up in the Service Quotas console',
    );
  }
}

/** Tokens and requests a minute of the listed models; a new account may have none at all. */
export async function checkModelQuotas(patient: Patient): Promise<readonly Finding[]> {
  const client = new ServiceQuotasClient(clientOptions(patient.region));
  const names = [...new Set(bedrockTargets(patient).map(({ modelId }) => quotaWords(modelId)))];
  const findings: Finding[] = [];
  for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: 'bedrock' })) {
    for (const { QuotaName = '', QuotaCode = '', Value = 0 } of page.Quotas ?? []) {
      if (!/(tokens|requests) per minute/i.test(QuotaName) || !names.some((words) => hasWords(QuotaName, words)))
        continue;
      const url = `https://${patient.region}.console.aws.amazon.com/servicequotas/home/services/bedrock/quotas/${QuotaCode}`;
      if (Value > 0) findings.push(ok('quota of Bedrock', `${QuotaName}: ${Value}`));
      else findings.push(fail('quota of Bedrock', `${QuotaName}: ${Value}`, `ask for more: ${url}`));
    }
  }
  if (findings.length > 0) return findings;
  return [
    notChecked('quota of Bedrock', 'no quota names a model of the list', 'look them up in the Service Quotas console'),
  ];
}

/** `eu.anthropic.claude-sonnet-4-5-20250929-v1:0` → claude, sonnet, 4.5: how names of quotas call a model. */
export function quotaWords(modelId: string): readonly string[] {
  const name = modelId.replace(/^.*[./]/, '').replace(/(-\d{8})?(-v\d+)?(:\d+)*$/, '');
  const [, front = name, version] = /^(.*?)-(\d+(?:-\d+)?)$/.exec(name) ?? [];
  return [...front.split('-'), ...(version === undefined ? [] : [version.replace('-', '.')])];
}

function hasWords(name: string, words: readonly string[]): boolean {
  const all = name.toLowerCase().split(/[\s-]+/);
  return words.every((word) => all.includes(word.toLowerCase()) || all.includes(`v${word}`));
}
