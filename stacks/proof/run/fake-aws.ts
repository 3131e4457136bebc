import type { MotoServer } from '../../../scripts/moto/moto-server.ts';
import { account } from '../variants.ts';

/** The least of the two stacks that SST looks for before it builds: it would else call the CDK to make them. */
const bootstrapStacks = (region: string) => ({
  CDKToolkit: { BootstrapVersion: '21', BucketName: `cdk-hnb659fds-assets-${account}-${region}` },
  SSTBootstrap: { Version: '7.4', BucketName: 'sst-assets' },
});

/** What the CDK asks before it deploys a stack. */
const versionParameter = {
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: '/cdk-bootstrap/hnb659fds/version', Value: '21' },
};

/** Gives a fresh moto what every account that SST was used in has. */
export async function bootstrapFakeAws({ url }: MotoServer, region: string): Promise<void> {
  for (const [name, outputs] of Object.entries(bootstrapStacks(region))) {
    const template = {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: outputs.BucketName } },
        ...(name === 'CDKToolkit' ? { Version: versionParameter } : {}),
      },
      Outputs: Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }])),
    };
    const body = new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: name,
      TemplateBody: JSON.stringify(template),
    });
    await call(url, {
      region,
      service: 'cloudformation',
      type: 'application/x-www-form-urlencoded',
      body: body.toString(),
    });
  }
}

/** The private zone that a deployer has who does not let it be made. */
export async function makePrivateZone(
  { url }: MotoServer,
  zone: { name: string; vpcId: string; region: string },
): Promise<void> {
  const body = `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${zone.name}</Name><VPC><VPCRegion>${zone.region}</VPCRegion><VPCId>${zone.vpcId}</VPCId></VPC><CallerReference>1</CallerReference><HostedZoneConfig><PrivateZone>true</PrivateZone></HostedZoneConfig></CreateHostedZoneRequest>`;
  await call(`${url}/2013-04-01/hostedzone`, {
    region: 'us-east-1',
    service: 'route53',
    type: 'application/xml',
    body,
  });
}

async function call(
  url: string,
  { region, service, type, body }: { region: string; service: string; type: string; body: string },
): Promise<void> {
  // moto looks at no signature, only at which service and region are called.
  const scope = `AKIAIOSFODNN7EXAMPLE/20261123/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type, authorization }, body });
  if (!answer.ok) throw new Error(`moto did not take a call of ${service}: ${await answer.text()}`);
}
