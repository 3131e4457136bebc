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
  const problems = 'problems' in read ? read.problems : unfitForDeployment(read.value);
  return problems.map((says) => ({ about: ['gateway'], says }));
};

/** Metrics, alarms and scaling by open streams are made from lines of this level. */
const COUNTED_LEVELS: readonly GatewayConfig['LOG_LEVEL'][] = ['info', 'debug', 'trace'];

/** The longest that an Application Load Balancer waits, less what it has to wait longer than the gateway. */
const LONGEST_FIRST_BYTE_MS = 3_970_000;

/** What the gateway itself takes, and a deployment of it does not. */
function unfitForDeployment(config: GatewayConfig): string[] {
  const problems = config.CORS_ALLOWED_ORIGINS.map(faultOfOrigin).filter((fault) => fault !== undefined);
  if (!COUNTED_LEVELS.includes(config.LOG_LEVEL)) {
    problems.push(
      `LOG_LEVEL must be ${COUNTED_LEVELS.join(', ')} in a deployment: metrics, alarms and autoscaling are made from the lines of level info.`,
    );
  }
  if (config.UPSTREAM_FIRST_BYTE_TIMEOUT_MS > LONGEST_FIRST_BYTE_MS) {
    problems.push(
      `UPSTREAM_FIRST_BYTE_TIMEOUT_MS must be at most ${LONGEST_FIRST_BYTE_MS} in a deployment: the load balancer cuts what is silent for longer.`,
    );
  }
  return problems;
}

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
