import type { GatewayConfig } from '@genai-gateway/config';

/** What the keys of logins and the hashes told to Bedrock are made from; undefined: nothing that is secret is configured. */
export function gatewaySecret<Key extends string | undefined>(config: GatewayConfig, masterKey: Key): string | Key {
  return config.GATEWAY_SECRET ?? config.LITELLM_SALT_KEY ?? masterKey;
}
