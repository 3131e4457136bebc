import { type Check, type Fault, faultIf } from '../fault.ts';
import { parseCidr, regionOfArn } from '../variable-types.ts';
import type { Variables } from '../variables.ts';

export type Scenario = 1 | 2 | 3 | 4;

/** Which of the four scenarios three variables choose; undefined: none. */
export function scenarioOf(
  variables: Pick<Variables, 'USE_CLOUDFRONT' | 'USE_ROUTE53' | 'PUBLIC_LOAD_BALANCER'>,
): Scenario | undefined {
  const { USE_CLOUDFRONT: cloudfront, USE_ROUTE53: route53, PUBLIC_LOAD_BALANCER: isPublic } = variables;
  if (cloudfront) return isPublic ? (route53 ? 2 : 1) : undefined;
  if (!route53) return undefined;
  return isPublic ? 3 : 4;
}

/** Whether the load balancer itself stands on the internet. */
export function isOnTheInternet(scenario: Scenario | undefined, variables: Variables): boolean {
  return scenario === 3 || ((scenario === 1 || scenario === 2) && !variables.CLOUDFRONT_VPC_ORIGIN);
}

const CHOICE = ['USE_CLOUDFRONT', 'USE_ROUTE53', 'PUBLIC_LOAD_BALANCER'] as const;

export const checkScenario: Check = ({ variables }) => [
  faultIf(
    variables.USE_CLOUDFRONT && !variables.PUBLIC_LOAD_BALANCER,
    CHOICE,
    'PUBLIC_LOAD_BALANCER is false, and USE_CLOUDFRONT is true: that is none of the four scenarios. For a gateway that private addresses alone reach, set USE_CLOUDFRONT=false; to have an internal load balancer behind CloudFront, leave PUBLIC_LOAD_BALANCER=true and CLOUDFRONT_VPC_ORIGIN=true.',
  ),
  faultIf(
    !variables.USE_CLOUDFRONT && !variables.USE_ROUTE53,
    CHOICE,
    'USE_ROUTE53 is false, and USE_CLOUDFRONT too: a load balancer without CloudFront needs a name, because no certificate can be had for its own. Set USE_ROUTE53=true with HOSTED_ZONE_NAME, RECORD_NAME and CERTIFICATE_ARN, or USE_CLOUDFRONT=true.',
  ),
];

export const checkDomain: Check = ({ variables, region }) => {
  const scenario = scenarioOf(variables);
  if (scenario === undefined) return [];
  const names = ['HOSTED_ZONE_NAME', 'RECORD_NAME', 'CERTIFICATE_ARN'] as const;
  if (scenario === 1) {
    const needless = [...names, 'HOSTED_ZONE_ID', 'ALB_CERTIFICATE_ARN'] as const;
    return needless.map((name) =>
      faultIf(
        variables[name] !== undefined,
        [name, ...CHOICE],
        `${name} is set, and USE_ROUTE53 is not true, so nothing would use it. Set USE_ROUTE53=true, or unset it.`,
      ),
    );
  }
  return [
    ...names.map((name) =>
      faultIf(
        variables[name] === undefined,
        [name, ...CHOICE],
        `${name} is not set, and scenario ${scenario} (${choiceOf(variables)}) needs it: a hosted zone, a name in it, and a certificate of that name.`,
      ),
    ),
    recordFault(variables),
    certificateFault('CERTIFICATE_ARN', variables, scenario === 2 ? 'us-east-1' : region, scenario === 2),
    scenario === 2
      ? certificateFault('ALB_CERTIFICATE_ARN', variables, region, false)
      : faultIf(
          variables.ALB_CERTIFICATE_ARN !== undefined,
          ['ALB_CERTIFICATE_ARN', ...CHOICE],
          'ALB_CERTIFICATE_ARN is set, and it is for scenario 2 alone. Put the certificate into CERTIFICATE_ARN, and unset it.',
        ),
  ];
};

function choiceOf(variables: Variables): string {
  return CHOICE.map((name) => `${name}=${variables[name]}`).join(' ');
}

function recordFault({ HOSTED_ZONE_NAME: zone, RECORD_NAME: record }: Variables): Fault | undefined {
  if (zone === undefined || record === undefined) return undefined;
  return faultIf(
    record.includes('.') && record !== zone && !record.endsWith(`.${zone}`),
    ['HOSTED_ZONE_NAME', 'RECORD_NAME'],
    `RECORD_NAME is outside of the zone ${zone}. Write a name that ends with .${zone}, or what stands before it.`,
  );
}

/** The whole name that clients call. */
export function wholeName(record: string, zone: string): string {
  return record === zone || record.endsWith(`.${zone}`) ? record : `${record}.${zone}`;
}

function certificateFault(
  name: 'CERTIFICATE_ARN' | 'ALB_CERTIFICATE_ARN',
  variables: Variables,
  region: string,
  isForCloudFront: boolean,
): Fault | undefined {
  const arn = variables[name];
  if (arn === undefined) return undefined;
  const found = regionOfArn(arn);
  const why = isForCloudFront
    ? 'CloudFront takes certificates of us-east-1 alone'
    : "a load balancer takes certificates of its own region alone, and that is the deployment's";
  return faultIf(
    found !== region,
    [name, 'region', ...CHOICE],
    `${name} is a certificate of ${found}, and ${why}. Request it in ${region}, and name that one.`,
  );
}

export const checkAllowedCidrs: Check = ({ variables }) => {
  const scenario = scenarioOf(variables);
  const blocks = variables.ALLOWED_CIDRS;
  if (scenario === undefined || blocks.length === 0) return [];
  const isWide = blocks.some((each) => (parseCidr(each)?.bits ?? 32) < 8);
  return [
    faultIf(
      scenario === 1 || scenario === 2,
      ['ALLOWED_CIDRS', ...CHOICE],
      'ALLOWED_CIDRS is set, and behind CloudFront the load balancer sees CloudFront alone, so it would hold nobody off. Unset it and put a rule into the web ACL of CLOUDFRONT_WEB_ACL_ARN, or take scenario 3 or 4.',
    ),
    faultIf(
      scenario === 4 && isWide,
      ['ALLOWED_CIDRS', ...CHOICE],
      'ALLOWED_CIDRS opens a private gateway to addresses of the internet. Name the blocks of your VPN and of peered networks, /8 or smaller.',
    ),
  ];
};

export const checkCloudFront: Check = ({ variables, given }) => {
  const { CLOUDFRONT_WAF: waf, CLOUDFRONT_WEB_ACL_ARN: arn, USE_CLOUDFRONT: isUsed } = variables;
  const heartbeatMs = Number(given['GATEWAY_HEARTBEAT_MS'] ?? 15_000);
  const about = ['CLOUDFRONT_WAF', 'CLOUDFRONT_WEB_ACL_ARN', 'USE_CLOUDFRONT'] as const;
  return [
    faultIf(
      isUsed && waf === true && arn === undefined,
      about,
      'CLOUDFRONT_WAF is true, and CLOUDFRONT_WEB_ACL_ARN is not set. `npm run deploy` makes a web ACL in us-east-1 and sets it; with `sst deploy` name one of yours, or unset CLOUDFRONT_WAF.',
    ),
    faultIf(
      isUsed && waf === false && arn !== undefined,
      about,
      'CLOUDFRONT_WEB_ACL_ARN is set, and CLOUDFRONT_WAF is false. Unset one of them.',
    ),
    faultIf(
      !isUsed && (waf === true || arn !== undefined),
      about,
      `${arn === undefined ? 'CLOUDFRONT_WAF' : 'CLOUDFRONT_WEB_ACL_ARN'} is set, and there is no CloudFront in this scenario; the load balancer has a web ACL of its own. Unset it.`,
    ),
    faultIf(
      isUsed && heartbeatMs >= 1_000 * variables.CLOUDFRONT_READ_TIMEOUT_SECONDS,
      ['CLOUDFRONT_READ_TIMEOUT_SECONDS', 'gateway', 'USE_CLOUDFRONT'],
      'CLOUDFRONT_READ_TIMEOUT_SECONDS is not longer than GATEWAY_HEARTBEAT_MS, so CloudFront would cut streams that are silent for a while. Make it longer, or the heartbeats more frequent.',
    ),
  ];
};
