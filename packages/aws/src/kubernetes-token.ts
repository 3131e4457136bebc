import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CredentialSource } from './credentials.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface KubernetesTokenOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  /** Of the cluster in EKS. */
  readonly cluster: string;
}

/** EKS takes a token for 15 minutes; what is signed says less, as AWS's own command does. */
const EXPIRES_SECONDS = 60;

/**
 * By which the API of a cluster of EKS knows a role: a signed request to STS, `GetCallerIdentity`, that the cluster sends in
 * the role's place. It names the cluster, so it is good for no other.
 * Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster (as of 2026-11-23)
 */
export async function kubernetesToken({ credentials, region, cluster }: KubernetesTokenOptions): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: sdkCredentials(credentials),
    sha256: Sha256,
  });
  const { query = {} } = await signer.presign(
    new HttpRequest({
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    }),
    { expiresIn: EXPIRES_SECONDS },
  );
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${parameters.join('&')}`).toString('base64url')}`;
}
