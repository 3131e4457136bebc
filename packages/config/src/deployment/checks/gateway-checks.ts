import { ConfigError, type GatewayConfig, readGatewayConfig } from '../../gateway-config.ts';
import { type OidcIssuerConfig, readOidcIssuers } from '../../oidc-issuers.ts';
import { faultOfOrigin } from '../../origins.ts';
import { type Check, type Fault, faultIf } from '../fault.ts';
import { handedThrough, setByTheStacks } from '../gateway-variables.ts';

/** The variables that are handed to the gateway, of those that were given. */
export function gatewayEnvironment(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    handedThrough().flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

export const checkSetByTheStacks: Check = ({ given }) =>
  Object.entries(setByTheStacks).map(([name, reason]) =>
    faultIf(given[name] !== undefined, ['gateway'], `${name} cannot be set for a deployment: ${reason}. Unset it.`),
  );

/** What is handed to the gateway, read as the gateway itself will. */
export const checkGateway: Check = ({ given, region }) => {
  const read = attempt(() => gatewayConfigOf(gatewayEnvironment(given), region));
  const problems =
    'problems' in read
      ? read.problems
      : read.value.CORS_ALLOWED_ORIGINS.map(faultOfOrigin).filter((fault) => fault !== undefined);
  return problems.map((says) => ({ about: ['gateway'], says }));
};

const OF_ISSUERS = ['OIDC_ISSUERS', 'OKTA_ISSUER', 'OKTA_AUDIENCE'];

/** The issuers of tokens, whatever is wrong with other variables. */
export const checkIssuers: Check = ({ given, region, variables }) => {
  const environment = Object.fromEntries(Object.entries(given).filter(([name]) => OF_ISSUERS.includes(name)));
  const read = attempt(() => readOidcIssuers(gatewayConfigOf(environment, region)));
  return 'problems' in read
    ? read.problems.map((says) => ({ about: ['gateway'], says }))
    : read.value.flatMap((issuer) => issuerFaults(issuer, variables.DISABLE_OUTBOUND_NETWORK_ACCESS));
};

/** The stand-ins are what a deployment sets. */
function gatewayConfigOf(environment: Readonly<Record<string, string>>, region: string): GatewayConfig {
  return readGatewayConfig({ ...environment, AWS_REGION: region || 'none', DATABASE_URL: 'postgresql://database' });
}

function attempt<Value>(read: () => Value): { readonly value: Value } | { readonly problems: readonly string[] } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}

function issuerFaults({ name, keys }: OidcIssuerConfig, isClosed: boolean): (Fault | undefined)[] {
  const variable = name === 'okta' ? 'OKTA_ISSUER' : 'OIDC_ISSUERS';
  return [
    faultIf(
      keys.from === 'file',
      ['gateway'],
      `${variable}: the issuer "${name}" has its keys in a file, which is not in the container. Put them into "jwks".`,
    ),
    faultIf(
      isClosed && (keys.from === 'discovery' || keys.from === 'url'),
      ['gateway', 'DISABLE_OUTBOUND_NETWORK_ACCESS'],
      `${variable}: the keys of the issuer "${name}" are fetched from its address, and DISABLE_OUTBOUND_NETWORK_ACCESS is true. Write them into OIDC_ISSUERS as "jwks", or allow outbound access.`,
    ),
  ];
}
