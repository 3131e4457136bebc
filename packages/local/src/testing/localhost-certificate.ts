import { createPrivateKey } from 'node:crypto';
import { type KeyAndCertificate, makeAuthority, makeServerCertificate } from '@genai-gateway/certificates';

const DAY_MS = 86_400_000;

/** Key and certificate of a server at `localhost`, and the PEM of a new authority of that name, which has signed it. */
export interface LocalhostCertificate extends KeyAndCertificate {
  readonly authority: string;
}

/** Valid today. */
export function localhostCertificate(commonName: string): LocalhostCertificate {
  const [start, end] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS)];
  const authority = makeAuthority(commonName, start, end);
  const issuer = { commonName, key: createPrivateKey(authority.key) };
  return { ...makeServerCertificate(['localhost'], issuer, start, end), authority: authority.certificate };
}
