import { ConfigError, type GatewayConfig, readOidcIssuers } from '@genai-gateway/config';
import type { SelfServicePolicy } from '@genai-gateway/governance';
import { type AuthenticatorOptions, type MasterKeys, OidcVerifier } from '@genai-gateway/identity';
import { ManagementApi, OwnManagement, PrincipalKeyring } from '@genai-gateway/litellm';
import { type LitellmProxy, SelfService } from '@genai-gateway/pipeline';
import { gatewaySecret } from './gateway-secret.ts';

/** What takes logins, and what they may manage. */
export interface ComposedLogins {
  /** Undefined: no issuer is configured. */
  readonly logins: AuthenticatorOptions['logins'];
  readonly selfService: SelfService | undefined;
}

/** The two ways to LiteLLM's management. */
interface LoginLitellm {
  /** What is changed here is told to every replica. */
  readonly telling: LitellmProxy;
  /** For the keys of logins that come for the first time: nobody has read those before. */
  readonly plain: LitellmProxy;
}

/**
 * Wires the issuers of tokens to LiteLLM, which has a key for each login. Throws `ConfigError` when the issuers cannot
 * be used, or when there is no LiteLLM to make their keys.
 */
export function composeLogins(
  config: GatewayConfig,
  litellm: LoginLitellm | undefined,
  masterKeys: MasterKeys | undefined,
  now: () => number,
): ComposedLogins {
  const issuers = readOidcIssuers(config);
  if (issuers.length === 0) return { logins: undefined, selfService: undefined };
  if (litellm === undefined || masterKeys === undefined) {
    throw new ConfigError(
      'Issuers of tokens are configured (OIDC_ISSUERS, OIDC_ISSUERS_FILE or OKTA_ISSUER), and each login needs a key at LiteLLM: set LITELLM_URL and LITELLM_MASTER_KEY.',
    );
  }
  const masterKey = () => masterKeys.newest();
  const principalKeys = new PrincipalKeyring({
    api: new ManagementApi({ proxy: litellm.plain, masterKey }),
    secret: gatewaySecret(config, masterKey()),
    missingTeam: config.OIDC_MISSING_TEAM,
    now,
  });
  return {
    logins: { verifier: new OidcVerifier(issuers, { now }), principalKeys },
    selfService: new SelfService({
      management: new OwnManagement(new ManagementApi({ proxy: litellm.telling, masterKey })),
      policy: policyOf(config),
      masterKey,
    }),
  };
}

function policyOf(config: GatewayConfig): SelfServicePolicy {
  return {
    maxKeys: config.SELF_SERVICE_MAX_KEYS,
    maxBudgetUsd: config.SELF_SERVICE_MAX_BUDGET_USD,
    budgetDuration: config.SELF_SERVICE_BUDGET_DURATION,
    maxRequestsPerMinute: config.SELF_SERVICE_MAX_RPM,
    maxTokensPerMinute: config.SELF_SERVICE_MAX_TPM,
    maxParallelRequests: config.SELF_SERVICE_MAX_PARALLEL_REQUESTS,
    maxKeyDuration: config.SELF_SERVICE_MAX_KEY_DURATION,
    keyType: config.SELF_SERVICE_KEY_TYPE,
  };
}
