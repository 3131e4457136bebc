import { awsFailure } from '../shared/aws.ts';
import type { OperatorFailure } from '../shared/command.ts';
import { checkBootstrap, checkCredentials, checkRegion } from './check-account.ts';
import { checkCertificates } from './check-certificates.ts';
import { checkAlarms, checkServices, checkStacks, checkTargets, checkUrl } from './check-deployed.ts';
import { checkDomain } from './check-domain.ts';
import { checkConfiguration, checkDocker, checkImages } from './check-local.ts';
import { checkModels } from './check-models.ts';
import { checkModelQuotas, checkQuotas } from './check-quotas.ts';
import { checkWebAcl } from './check-web-acl.ts';
import { type Check, type Finding, notChecked, type Patient } from './finding.ts';

/** In the order in which somebody would mend them. */
export const checks: readonly Check[] = [
  { about: 'configuration', run: checkConfiguration },
  { about: 'images', run: checkImages },
  { about: 'Docker', run: checkDocker },
  { about: 'credentials', run: checkCredentials },
  { about: 'region', run: checkRegion },
  { about: 'bootstrap', run: checkBootstrap },
  { about: 'models', run: checkModels },
  { about: 'quotas', run: checkQuotas },
  { about: 'quotas of Bedrock', run: checkModelQuotas },
  { about: 'certificates', run: checkCertificates },
  { about: 'domain', run: checkDomain },
  { about: 'web ACL', run: checkWebAcl },
  { about: 'stacks', run: checkStacks },
  { about: 'services', run: checkServices },
  { about: 'targets', run: checkTargets },
  { about: 'alarms', run: checkAlarms },
  { about: 'address', run: checkUrl },
];

/** Runs one check. What it may not or cannot look at is said, and is no failure of the others. */
export async function examine({ about, run }: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await run(patient);
  } catch (error) {
    const { message, mend }: OperatorFailure = awsFailure(error, 'it cannot be looked at');
    return [notChecked(about, message, mend)];
  }
}
