import { type OidcSimulator, startOidcSimulator } from '@genai-gateway/simulators';
import { pickPort } from './ports.ts';
import type { StateFolder } from './state-folder.ts';

/** What tokens are taken from: the environment's own issuers, or one on this machine. */
export interface Issuer {
  /** Undefined: the environment names issuers of its own. */
  readonly simulator: OidcSimulator | undefined;
  /** The gateway's variables for it. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Logins need LiteLLM, which makes a key for each. */
export const noIssuers: NodeJS.ProcessEnv = {
  OIDC_ISSUERS: '',
  OIDC_ISSUERS_FILE: '',
  OKTA_ISSUER: '',
  OKTA_AUDIENCE: '',
};

const variables = ['OIDC_ISSUERS', 'OIDC_ISSUERS_FILE', 'OKTA_ISSUER'];

/** Starts an issuer of tokens, unless the environment names others. */
export async function startIssuer(state: StateFolder, env: NodeJS.ProcessEnv): Promise<Issuer> {
  if (variables.some((name) => env[name] !== undefined && env[name] !== '')) {
    return { simulator: undefined, environment: {} };
  }
  const port = await pickPort(state.port('issuer'));
  const simulator = await startOidcSimulator({ host: '127.0.0.1', port });
  state.keepPort('issuer', Number(new URL(simulator.url).port));
  const issuer = {
    name: 'local',
    issuer: simulator.issuer,
    audiences: [simulator.audience],
    userIdPrefix: '',
    claims: {
      email: 'sub',
      team: { claim: 'team' },
      role: { claim: 'role', admin: ['admin'] },
    },
  };
  return { simulator, environment: { OIDC_ISSUERS: JSON.stringify([issuer]) } };
}
