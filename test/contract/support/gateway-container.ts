import { Agent, get as httpsGet, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pickPort, simulatorCredentials } from '@genai-gateway/local';
import { type ContainedProgram, imageEnvironment, runContained } from './container.ts';
import { type Deployed, login } from './deployed.ts';
import { world } from './world.ts';

/** The gateway as its container runs it. */
export interface GatewayContainer extends ContainedProgram {
  /** Its TLS port, which the load balancer knows. */
  readonly tls: number;
  /** What health.mjs says. */
  isWell(): Promise<boolean>;
  /** The status of its readiness over TLS. */
  readiness(): Promise<number | undefined>;
  isReady(): Promise<boolean>;
}

/** The gateway with the variables of a deployment, and those that lead it to the simulator in place of AWS. */
export async function startGatewayContainer(
  deployed: Deployed,
  more: Readonly<Record<string, string>> = {},
): Promise<GatewayContainer> {
  const [http, tls] = [await pickPort(), await pickPort()];
  const env = {
    ...imageEnvironment('gateway'),
    GATEWAY_PORT: String(http),
    GATEWAY_TLS_PORT: String(tls),
    GATEWAY_TLS_SELF_SIGNED: 'true',
    AWS_REGION: 'us-east-1',
    BEDROCK_ALLOWED_REGIONS: 'us-west-2',
    DATABASE_POOL_SIZE: '3',
    LITELLM_URL: 'http://litellm:4000',
    LITELLM_MASTER_KEY: 'sk-master-of-the-bundle',
    LITELLM_SALT_KEY: 'sk-salt-of-the-bundle',
    GATEWAY_SECRET: 'a secret of thirty-two characters',
    STORE_MODEL_IN_DB: 'true',
    GATEWAY_DRAIN_DELAY_MS: '500',
    GATEWAY_DRAIN_TIMEOUT_MS: '20000',
    GATEWAY_KEEP_ALIVE_TIMEOUT_MS: '75000',
    GATEWAY_MAX_IN_FLIGHT: '6144',
    GATEWAY_LOAD_LOG_MS: '300',
    ...deployed.environment,
    ...login('DATABASE', deployed.logins.gateway),
    // Of AWS: the role of a task, and the services.
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    BEDROCK_RUNTIME_ENDPOINT_URL: world.simulator,
    BEDROCK_ENDPOINT_URL: world.simulator,
    BEDROCK_AGENT_ENDPOINT_URL: world.simulator,
    S3_ENDPOINT_URL: deployed.s3Endpoint,
    // Node knows the public authorities by which ElastiCache is trusted; of the test's own it is told.
    NODE_EXTRA_CA_CERTS: deployed.authorities,
    ...more,
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const program = runContained({ folder: deployed.folder, command: [process.execPath, 'main.mjs'], env: given });
  const isWell = async () => {
    const health = runContained({
      folder: deployed.folder,
      command: [process.execPath, 'health.mjs'],
      env: { ...imageEnvironment('gateway'), GATEWAY_PORT: String(http) },
    });
    return (await health.exited) === 0;
  };
  return {
    ...program,
    tls,
    isWell,
    readiness: () => readiness(tls),
    isReady: async () => (await readiness(tls)) === 200,
  };
}

/** As the load balancer: over TLS, without looking at the certificate. */
const agent = new Agent({ rejectUnauthorized: false });
const readiness = (port: number) =>
  new Promise<number | undefined>((resolve, reject) => {
    httpsGet({ port, host: '127.0.0.1', path: '/health/readiness', agent }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    }).on('error', reject);
  });

/** The text of the answer to a chat completion. */
export function chatOverTls({ tls: port }: GatewayContainer, key: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const asked = { port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', headers, agent };
    httpsRequest(asked, (reply) => void text(reply).then(resolve, reject))
      .on('error', reject)
      .end(JSON.stringify(body));
  });
}
