import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type KeyAndCertificate, makeSelfSignedCertificate } from '@genai-gateway/certificates';
import type { GatewayConfig } from '@genai-gateway/config';

const DAY_MS = 86_400_000;
/** Nobody who accepts it looks at its end, and no process lives this long. */
const VALID_DAYS = 3_650;

/**
 * What the TLS port serves with: the configured files, or a certificate that is made now and lives in memory alone.
 * An Application Load Balancer accepts it: it encrypts the way to its targets and checks no certificate there.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (as of 2026-11-23)
 * Throws what `fs` throws.
 */
export function tlsMaterial(config: GatewayConfig, nowMs: number): KeyAndCertificate | undefined {
  const { GATEWAY_TLS_CERT_FILE: certificateFile, GATEWAY_TLS_KEY_FILE: keyFile } = config;
  if (config.GATEWAY_TLS_SELF_SIGNED === 'true') {
    const [from, to] = [new Date(nowMs - DAY_MS), new Date(nowMs + VALID_DAYS * DAY_MS)];
    return makeSelfSignedCertificate([hostname(), 'localhost', '127.0.0.1'], from, to);
  }
  if (certificateFile === undefined || keyFile === undefined) return undefined;
  return { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
