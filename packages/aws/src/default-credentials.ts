import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { CredentialProvider } from './credentials.ts';

/**
 * The AWS SDK's own chain: environment, SSO, web identity (EKS), shared files, process, and the
 * metadata services of ECS and EC2.
 */
export function defaultCredentialProvider(): CredentialProvider {
  const provider = defaultProvider();
  return (options) => provider(options?.forceRefresh === true ? { forceRefresh: true } : undefined);
}
