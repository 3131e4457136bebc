import { ACMClient, type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { Deployment } from '@genai-gateway/config';
import { clientOptions, nameOf } from '../shared/aws.ts';
import { type Finding, fail, ok, type Patient, warn } from './finding.ts';

const dayMs = 86_400_000;

export async function checkCertificates({ region, deployment }: Patient): Promise<readonly Finding[]> {
  if (deployment === undefined) return [];
  const findings: Finding[] = [];
  for (const { about, arn, place, name } of certificatesOf(deployment, region)) {
    try {
      const client = new ACMClient(clientOptions(place));
      const { Certificate } = await client.send(new DescribeCertificateCommand({ CertificateArn: arn }));
      findings.push(judgeCertificate(about, Certificate ?? {}, name, Date.now()));
    } catch (error) {
      if (nameOf(error) !== 'ResourceNotFoundException') throw error;
      findings.push(
        fail(about, `${arn} is not there, in ${place}`, 'request or import one in that region, and give its ARN'),
      );
    }
  }
  return findings;
}

interface GivenCertificate {
  readonly about: string;
  readonly arn: string;
  readonly place: string;
  readonly name: string;
}

function certificatesOf({ entrance }: Deployment, region: string): readonly GivenCertificate[] {
  if (entrance.kind === 'cloudfront') return [];
  const { name } = entrance.domain;
  const ofBalancer = { about: 'certificate of the load balancer', place: region, name };
  const given = entrance.certificateArn === undefined ? [] : [{ ...ofBalancer, arn: entrance.certificateArn }];
  if (entrance.kind !== 'cloudfront-domain') return given;
  const arn = entrance.viewerCertificateArn;
  return [{ about: 'certificate of CloudFront', arn, place: 'us-east-1', name }, ...given];
}

/** Whether a certificate can serve a name, now and for the next month. */
export function judgeCertificate(about: string, certificate: CertificateDetail, name: string, nowMs: number): Finding {
  const { Status, NotAfter, DomainName, SubjectAlternativeNames, RenewalEligibility } = certificate;
  const names = [...new Set([DomainName ?? '', ...(SubjectAlternativeNames ?? [])])].filter((each) => each !== '');
  if (Status !== 'ISSUED') {
    const mend =
      Status === 'PENDING_VALIDATION' ? 'put the CNAME records that ACM names into its zone' : 'request a new one';
    return fail(about, `it is ${Status}`, mend);
  }
  if (!names.some((each) => covers(each, name))) {
    return fail(about, `it is for ${names.join(', ')}, and clients call ${name}`, `take one for ${name}`);
  }
  const days = Math.floor(((NotAfter?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs) / dayMs);
  if (days < 0) return fail(about, `it has expired ${-days} days ago`, 'renew or import it again');
  if (days < 30) {
    const isRenewed = RenewalEligibility === 'ELIGIBLE';
    return warn(
      about,
      `it expires in ${days} days`,
      isRenewed ? 'look why ACM has not renewed it' : 'import a new one',
    );
  }
  return ok(about, `for ${names.join(', ')}${Number.isFinite(days) ? `, for ${days} days yet` : ''}`);
}

/** `*.example.com` stands for one label. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === name;
  return name.slice(name.indexOf('.')) === pattern.slice(1);
}
