import { jwksFromFile } from './jwks-from-file.ts';
import { jwksOverHttp } from './jwks-over-http.ts';
import type { JwksSource } from './jwks-source.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

/** Where an issuer's keys are read from: where its configuration says. */
export function jwksSourceOf({ issuer, keys }: OidcIssuer): JwksSource {
  switch (keys.from) {
    case 'discovery':
      return jwksOverHttp(issuer, undefined);
    case 'url':
      return jwksOverHttp(issuer, keys.url);
    case 'file':
      return jwksFromFile(keys.file);
    case 'inline':
      return { read: async () => keys.keySet };
  }
}
