import { hash } from 'node:crypto';
import type { BundledPackage } from './bundled-packages.ts';

/**
 * What is in the bundle, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/, as of 2026-11-23). It has no time of its
 * own and a number made of its content, so that the same input gives the same bytes.
 */
export function billOfMaterials(name: string, version: string, packages: readonly BundledPackage[]): string {
  const components = packages.map((each) => ({
    type: 'library',
    'bom-ref': purl(each),
    name: each.name,
    version: each.version,
    licenses: /\s(?:AND|OR|WITH)\s/.test(each.licence)
      ? [{ expression: each.licence }]
      : [{ license: { id: each.licence } }],
    purl: purl(each),
    ...(each.integrity === undefined ? {} : { hashes: [hashOf(each.integrity)] }),
  }));
  const content = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': name, name, version } },
    components,
    dependencies: [{ ref: name, dependsOn: packages.map(purl) }],
  };
  const digest = hash('sha256', JSON.stringify(content), 'hex');
  // The form of a random UUID (version 4), which the format asks for.
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return `${JSON.stringify({ ...content, serialNumber: `urn:uuid:${uuid}` }, undefined, 2)}\n`;
}

function purl({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm = '', text = ''] = integrity.split(' ')[0]?.split('-') ?? [];
  const alg = { sha512: 'SHA-512', sha1: 'SHA-1', sha256: 'SHA-256' }[algorithm];
  if (alg === undefined) throw new Error(`package-lock.json has a hash of another kind: ${algorithm}.`);
  return { alg, content: Buffer.from(text, 'base64').toString('hex') };
}
