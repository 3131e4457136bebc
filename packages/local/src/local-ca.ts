import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type KeyAndCertificate, makeAuthority, makeServerCertificate } from '@genai-gateway/certificates';
import { explainFileError } from './launch-failure.ts';
import type { StateFolder } from './state-folder.ts';

const dayMs = 86_400_000;
const hosts = ['localhost', '127.0.0.1', '::1'];

/** Paths of PEM files for a TLS server on this machine. */
export interface TlsFiles {
  /** The authority's certificate, for clients (`AWS_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`). */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * A local certificate authority and a server certificate for localhost, 127.0.0.1 and ::1, kept in
 * the state folder. The server's is renewed 30 days before it ends; the authority's, which clients
 * may have been told to trust, a year before. Damaged files are replaced.
 */
export function ensureTlsFiles(state: StateFolder, nowMs: number): TlsFiles {
  const caKeyFile = state.file('tls', 'ca.key');
  const files = {
    ca: state.file('tls', 'ca.pem'),
    certificate: state.file('tls', 'server.pem'),
    key: state.file('tls', 'server.key'),
  };
  try {
    mkdirSync(state.file('tls'), { recursive: true, mode: 0o700 });
    let authority = load(caKeyFile, files.ca, nowMs + 365 * dayMs);
    let server = load(files.key, files.certificate, nowMs + 30 * dayMs);
    const start = new Date(nowMs - dayMs);
    if (authority === undefined) {
      // Each authority has a name of its own: a trust store tells two of the same name apart badly.
      const commonName = `GenAI Gateway local CA ${randomBytes(3).toString('hex')}`;
      authority = makeAuthority(commonName, start, new Date(nowMs + 3650 * dayMs));
      write(caKeyFile, authority.key, 0o600);
      write(files.ca, authority.certificate, 0o644);
    }
    if (server === undefined || !isSignedBy(server, authority)) {
      const issuer = new X509Certificate(authority.certificate).subject.replace(/^CN=/, '');
      // Apple accepts 825 days at most: https://support.apple.com/en-us/103769 (as of 2026-11-22).
      const end = new Date(nowMs + 397 * dayMs);
      server = makeServerCertificate(hosts, { commonName: issuer, key: createPrivateKey(authority.key) }, start, end);
      write(files.key, server.key, 0o600);
      write(files.certificate, server.certificate, 0o644);
    }
    return files;
  } catch (error) {
    throw explainFileError(error, state.file('tls'));
  }
}

/** The pair in these files, if they belong together and the certificate is valid beyond `untilMs`. */
function load(keyFile: string, certificateFile: string, untilMs: number): KeyAndCertificate | undefined {
  if (!existsSync(keyFile) || !existsSync(certificateFile)) return undefined;
  try {
    const pair = { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') };
    const certificate = new X509Certificate(pair.certificate);
    const matches = certificate.checkPrivateKey(createPrivateKey(pair.key));
    return matches && Date.parse(certificate.validTo) > untilMs ? pair : undefined;
  } catch {
    // Not PEM any more: the caller makes a new pair.
    return undefined;
  }
}

function isSignedBy(server: KeyAndCertificate, authority: KeyAndCertificate): boolean {
  return new X509Certificate(server.certificate).verify(new X509Certificate(authority.certificate).publicKey);
}

function write(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, file);
}
