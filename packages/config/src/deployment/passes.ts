import { unusable } from '../gateway-config.ts';

/** Where CloudFront's web ACL lives, whatever the region of a deployment. */
export const globalRegion = 'us-east-1';

/** The output of the global pass by which the main one learns the ACL. */
export const webAclOutput = 'CloudFrontWebAclArn';

/**
 * SST deploys into one region at a time, so a deployment behind CloudFront with a web ACL takes two passes. `npm run
 * deploy` tells `sst.config.ts` by these variables which one it is. They stand in no file: SST puts the variables of
 * `.env` files over those of the environment, and these have to win.
 */
type PassVariables = Readonly<Record<'GATEWAY_PASS' | 'GATEWAY_PASS_REGION' | 'GATEWAY_PASS_WEB_ACL_ARN', string>>;

export const globalPass = (region: string): PassVariables => ({
  GATEWAY_PASS: 'global',
  GATEWAY_PASS_REGION: region,
  GATEWAY_PASS_WEB_ACL_ARN: '',
});

/** @param webAclArn Undefined: CloudFront gets none. */
export const mainPass = (region: string, webAclArn: string | undefined): PassVariables => ({
  GATEWAY_PASS: 'main',
  GATEWAY_PASS_REGION: region,
  GATEWAY_PASS_WEB_ACL_ARN: webAclArn ?? '',
});

export interface DeploymentPass {
  readonly kind: 'global' | 'main';
  /** The region of the deployment, in both passes. */
  readonly region: string;
  /** What the deployment is read from. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Which pass this is; SST's own command makes the main one, with what the variables say of CloudFront's ACL. Throws
 * `ConfigError`, when a pass is in the wrong region.
 */
export function deploymentPass({ region, env }: Omit<DeploymentPass, 'kind'>): DeploymentPass {
  const { GATEWAY_PASS: pass, GATEWAY_PASS_REGION: passRegion, GATEWAY_PASS_WEB_ACL_ARN: webAclArn } = env;
  if (pass === undefined || pass === '') return { kind: 'main', region, env };
  if (pass === 'global' && region === globalRegion && passRegion !== undefined && passRegion !== '') {
    return { kind: 'global', region: passRegion, env: withWebAcl(env, undefined) };
  }
  if (pass === 'main' && region === passRegion) return { kind: 'main', region, env: withWebAcl(env, webAclArn) };
  throw unusable('deployment', [
    `GATEWAY_PASS=${pass} does not fit the region ${region}. Unset it: npm run deploy sets it for itself.`,
  ]);
}

function withWebAcl(env: DeploymentPass['env'], arn: string | undefined): DeploymentPass['env'] {
  const given = arn !== undefined && arn !== '';
  return { ...env, CLOUDFRONT_WAF: given ? 'true' : '', CLOUDFRONT_WEB_ACL_ARN: given ? arn : '' };
}
