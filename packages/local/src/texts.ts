import { firstRequests } from './first-requests.ts';
import type { Stack, StackLitellm } from './stack-types.ts';

/** What `npm start -- --help` prints. */
export const helpText = `Starts the whole gateway on this machine: Postgres, Redis, a Bedrock simulator, the gateway, and LiteLLM
(Admin UI, keys and budgets, other providers' models) in the background.

  npm start -- [options]

  --port N             port for HTTP (default 3000; 0 takes a free one)
  --tls-port N         port for HTTPS (default 3443; 0 takes a free one)
  --upstream WHAT      what is called for Bedrock models:
                         simulator  a stand-in in this process, no AWS account needed (default)
                         aws        AWS, with the credentials and region of your environment
                         URL        a Bedrock runtime endpoint, signed with the credentials of your
                                    environment, or with the simulator's if there are none
  --key sk-…           make this virtual key instead of a random one (may be given several times)
  --config FILE        LiteLLM configuration with the models (default packages/local/litellm.config.yaml)
  --database-url URL   use this Postgres instead of the embedded one; LiteLLM's tables and the keys
                       are written to it (DATABASE_URL is not read)
  --state DIR          where keys, data, certificates and logs are kept (default .state)
  --reset              delete that state first
  --ready-file FILE    once it serves, write FILE as JSON: http, https, ca, keys, masterKey, functions, litellm,
                       pid; "litellm" is null until LiteLLM serves; it is deleted when the gateway stops
  --log                show the gateway's log here as well
  --no-litellm         without LiteLLM: plain Bedrock models and the virtual keys above work, no more
  --litellm-python P   a Python, or a virtual environment's folder, that holds LiteLLM 1.106.2 already;
                       without it the launcher makes one of its own (once, 750 MB, about a minute)
  --help               print this

Environment: REDIS_URL (a Redis to use), AWS_REGION (default us-east-1), LOG_LEVEL (default info), PYTHON
(the Python to make LiteLLM's environment with), OPENAI_API_KEY (OpenAI in place of its simulator) and the
keys of other providers, which reach LiteLLM only; OIDC_ISSUERS, OIDC_ISSUERS_FILE, or OKTA_ISSUER with
OKTA_AUDIENCE (issuers of login tokens in place of the simulated one).
Ctrl-C stops everything; a second Ctrl-C at once.
`;

/** The addresses, the key and three requests that work as they stand. */
export function readyText(stack: Stack): string {
  const key = stack.keys[0] ?? '';
  return `
  HTTP         ${stack.http}
  HTTPS        ${stack.https}   (certificate authority: ${stack.ca})
  Virtual key  ${stack.keys.join('  ')}
  Master key   ${stack.masterKey}
  ${litellmLine(stack.litellm)}

${firstRequests({ url: stack.http, awsUrl: stack.https, key, model: 'claude-sonnet', region: 'us-east-1', caFile: stack.ca })}
Press Ctrl-C to stop.
`;
}

function litellmLine(litellm: StackLitellm | undefined): string {
  return litellm === undefined ? 'LiteLLM      off' : `LiteLLM      getting ready; log in ${litellm.logFile}`;
}

/** LiteLLM serves now. */
export function litellmReadyText({ adminUi, username, password }: StackLitellm): string {
  return `Admin UI ${adminUi}  user ${username}, password ${password}`;
}

/** How to call with a token of the simulated issuer. */
export function loginText(http: string, issuer: string): string {
  return `Logins by token, as with a company's login:
  TOKEN=$(curl -s ${issuer}/token -d grant_type=password -d username=ann@example.com | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl ${http}/v1/chat/completions -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"model": "claude-sonnet", "messages": [{"role": "user", "content": "Hello!"}]}'`;
}

/** Why there is no chat history, and that the rest is there. */
export function historyOffText(reason: string): string {
  return `Chat history is off: ${reason}. Everything else works; \`npm start -- --reset\` or a new \`npm ci\` may mend it.`;
}

/** Why there is no LiteLLM, what is off for it, and how to get it. */
export function litellmOffText(reason: string): string {
  return (
    `LiteLLM is off: ${reason}\n` +
    'Without it there is no Admin UI, no key, team and budget management, and no model but plain Bedrock ones.\n' +
    'Install Python (https://www.python.org/downloads/) and start again; --no-litellm says this is meant.'
  );
}
