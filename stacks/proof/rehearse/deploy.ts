import { RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CreateStackCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import type { MotoServer } from '../../../scripts/moto/moto-server.ts';
import { bootstrapFakeAws } from '../run/fake-aws.ts';
import { synthesise } from '../synthesise.ts';
import { System } from '../system.ts';
import type { Templates } from '../templates.ts';
import { account, plainVariant, type Variant } from '../variants.ts';
import { trimmed } from './left-out.ts';
import type { MotoClients } from './moto-clients.ts';

/** What was deployed, and what it was called there. */
export interface Deployed {
  /** The templates as they were synthesised, nothing left out, worked out. */
  readonly system: System;
  /** Stacks in the order in which they were made. */
  readonly stacks: readonly string[];
  /** Lines of `Type stack/LogicalId`. */
  readonly leftOut: readonly string[];
  /** Physical ids by `stack/LogicalId`. */
  readonly physicalIds: ReadonlyMap<string, string>;
}

/** The variant with most of what moto knows: ECS, a VPC of its own, a load balancer that the internet reaches. */
export const rehearsedVariant: Variant = plainVariant('ecs', 'direct-alb');

/**
 * Makes the stacks of the rehearsed variant in an empty moto, in their order, by CloudFormation's CreateStack: the call
 * that `sst deploy` makes, but with templates that moto can take. `sst deploy` itself ends at the first stack, for it
 * gives every key tags, which moto 5.2.5 reads under other names (`Fn::GetAtt references undefined resource`). `change`
 * may plant a fault in the templates before. Throws what moto refuses.
 */
export async function deployToMoto(
  moto: MotoServer,
  clients: MotoClients,
  change: (templates: Templates) => void = () => {},
): Promise<Deployed> {
  const { region } = rehearsedVariant;
  await bootstrapFakeAws(moto, region);
  const { system, templates } = await synthesised(clients);
  change(templates);
  const leftOut: string[] = [];
  const physicalIds = new Map<string, string>();
  for (const [id, template] of Object.entries(templates)) {
    const { template: taken, leftOut: gone } = trimmed(template, { account, region });
    leftOut.push(...gone.map((each) => each.replace(' ', ` ${id}/`)));
    const StackName = `${rehearsedVariant.stage}-genai-gateway-${id}`;
    await clients.cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(taken),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      }),
    );
    for await (const page of paginateListStackResources({ client: clients.cloudFormation }, { StackName })) {
      for (const { LogicalResourceId: logicalId, PhysicalResourceId: physicalId } of page.StackResourceSummaries ??
        []) {
        if (logicalId !== undefined && physicalId !== undefined) physicalIds.set(`${id}/${logicalId}`, physicalId);
      }
    }
  }
  return { system, stacks: Object.keys(templates), leftOut, physicalIds };
}

/** The templates with what this AWS calls the certificate, the hosted zone and the zones of the region. */
async function synthesised({ acm, route53 }: MotoClients): Promise<{ system: System; templates: Templates }> {
  const { CertificateArn } = await acm.send(new RequestCertificateCommand({ DomainName: 'ai.example.com' }));
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'rehearsal' }),
  );
  const { region, env, name } = rehearsedVariant;
  const { templates: made, deployment } = synthesise(rehearsedVariant);
  // An id that moto made up does not begin with Z, which the configuration would refuse.
  const text = JSON.stringify(made)
    .replaceAll(String(env['CERTIFICATE_ARN']), String(CertificateArn))
    .replaceAll(String(env['HOSTED_ZONE_ID']), String(HostedZone?.Id?.split('/').pop()))
    .replaceAll('dummy1', region);
  const templates = () => JSON.parse(text) as Templates;
  return { system: new System(name, deployment, templates()), templates: templates() };
}
