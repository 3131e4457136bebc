export type { Authority, KeyAndCertificate } from './certificate.ts';
export { makeAuthority, makeSelfSignedCertificate, makeServerCertificate } from './certificate.ts';
