import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  derBitString,
  derBoolean,
  derExplicit,
  derImplicit,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derTime,
  derUtf8,
} from './der.ts';

// Object identifiers of RFC 5280 and RFC 5758: https://www.rfc-editor.org/rfc/rfc5280 (as of 2026-11-22).
const oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** A private key and the certificate for it, both as PEM text. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate authority that may sign with its key. */
export interface Authority {
  readonly commonName: string;
  readonly key: KeyObject;
}

/** A new authority: P-256, its own certificate signed by itself, allowed to sign servers only directly. */
export function makeAuthority(commonName: string, notBefore: Date, notAfter: Date): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(oid.basicConstraints, true, derSequence(derBoolean(true), derInteger(Buffer.from([0])))),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension(oid.keyUsage, true, derBitString(Buffer.from([0b0000_0110]), 1)),
    extension(oid.subjectKeyIdentifier, false, derOctetString(keyIdentifier(publicKey))),
  ];
  const issuer = { commonName, key: privateKey };
  return {
    key: pemKey(privateKey),
    certificate: issue({ subject: commonName, publicKey, issuer, notBefore, notAfter, extensions }),
  };
}

/** A new server certificate for these host names and IP addresses, signed by the authority. */
export function makeServerCertificate(
  names: readonly string[],
  authority: Authority,
  notBefore: Date,
  notAfter: Date,
): KeyAndCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return serverCertificate(names, pair, authority, notBefore, notAfter);
}

/** A new server certificate for these names that no authority has signed: whoever accepts it checks no signature. */
export function makeSelfSignedCertificate(
  names: readonly string[],
  notBefore: Date,
  notAfter: Date,
): KeyAndCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const itself = { commonName: commonNameOf(names), key: pair.privateKey };
  return serverCertificate(names, pair, itself, notBefore, notAfter);
}

function serverCertificate(
  names: readonly string[],
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  issuer: Authority,
  notBefore: Date,
  notAfter: Date,
): KeyAndCertificate {
  const issuerId = keyIdentifier(createPublicKey(issuer.key));
  const extensions = [
    extension(oid.basicConstraints, true, derSequence()),
    // digitalSignature: bit 0.
    extension(oid.keyUsage, true, derBitString(Buffer.from([0b1000_0000]), 7)),
    extension(oid.extendedKeyUsage, false, derSequence(derOid(oid.serverAuth))),
    extension(oid.subjectAltName, false, derSequence(...names.map(generalName))),
    extension(oid.subjectKeyIdentifier, false, derOctetString(keyIdentifier(publicKey))),
    extension(oid.authorityKeyIdentifier, false, derSequence(derImplicit(0, issuerId))),
  ];
  const subject = commonNameOf(names);
  return {
    key: pemKey(privateKey),
    certificate: issue({ subject, publicKey, issuer, notBefore, notAfter, extensions }),
  };
}

function commonNameOf(names: readonly string[]): string {
  return names[0] ?? 'localhost';
}

interface Issue {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: Authority;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function issue({ subject, publicKey, issuer, notBefore, notAfter, extensions }: Issue): string {
  const algorithm = derSequence(derOid(oid.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const content = derSequence(
    derExplicit(0, derInteger(Buffer.from([2]))),
    derInteger(serial),
    algorithm,
    name(issuer.commonName),
    derSequence(derTime(notBefore), derTime(notAfter)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    derExplicit(3, derSequence(...extensions)),
  );
  const certificate = derSequence(content, algorithm, derBitString(sign('sha256', content, issuer.key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function name(commonName: string): Buffer {
  return derSequence(derSet(derSequence(derOid(oid.commonName), derUtf8(commonName))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return derSequence(derOid(id), ...(critical ? [derBoolean(true)] : []), derOctetString(value));
}

/** SHA-1 of the public key's bits, RFC 5280 4.2.1.2 method 1: for P-256 the last 65 bytes of its SPKI. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(spki.subarray(-65)).digest();
}

function generalName(host: string): Buffer {
  if (isIPv4(host)) return derImplicit(7, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return derImplicit(7, ipv6Bytes(host));
  return derImplicit(2, Buffer.from(host, 'ascii'));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function pemKey(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
