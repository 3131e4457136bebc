/** What the gateway calls for Bedrock models. */
export type Upstream =
  | { readonly kind: 'simulator' }
  | { readonly kind: 'aws' }
  /** A Bedrock runtime endpoint of the caller's choice. */
  | { readonly kind: 'url'; readonly url: string };

/**
 * AWS's own example credentials, public and worth nothing: the simulator checks signatures made with them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html (as of 2026-11-22)
 */
export const simulatorCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const;

/**
 * Every variable by which an AWS SDK finds credentials or another endpoint.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html (as of 2026-11-22)
 */
const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_BEARER_TOKEN_BEDROCK',
];
const endpointVariables = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_BEDROCK',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  'AWS_ENDPOINT_URL_BEDROCK_AGENT',
  'BEDROCK_AGENT_ENDPOINT_URL',
  'BEDROCK_ENDPOINT_URL',
  'BEDROCK_RUNTIME_ENDPOINT_URL',
];

/**
 * The AWS part of the gateway's environment. Real credentials never go to the simulator; for a URL
 * those of the environment are used when there are any; for AWS nothing is taken away.
 */
export function upstreamEnvironment(
  upstream: Upstream,
  env: NodeJS.ProcessEnv,
  simulatorUrl: string | undefined,
): NodeJS.ProcessEnv {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const dummies = {
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
  };
  switch (upstream.kind) {
    case 'aws':
      return { ...env, AWS_REGION: region };
    case 'url': {
      const hasOwn = credentialVariables.some((name) => env[name] !== undefined && env[name] !== '');
      const base = without(env, endpointVariables);
      return { ...base, ...(hasOwn ? {} : dummies), AWS_REGION: region, ...endpointsAt(upstream.url) };
    }
    case 'simulator': {
      const base = without(env, [...credentialVariables, ...endpointVariables]);
      return {
        ...base,
        ...dummies,
        AWS_REGION: region,
        ...(simulatorUrl === undefined ? {} : endpointsAt(simulatorUrl)),
      };
    }
  }
}

/** The simulator has Bedrock's runtime, its control plane and its prompts at one address. */
function endpointsAt(url: string): NodeJS.ProcessEnv {
  return { BEDROCK_RUNTIME_ENDPOINT_URL: url, BEDROCK_ENDPOINT_URL: url, BEDROCK_AGENT_ENDPOINT_URL: url };
}

/** An environment without some of its variables. */
export function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
