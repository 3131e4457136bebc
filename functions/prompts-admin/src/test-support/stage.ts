import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpFunction } from '@genai-gateway/lambda';
import { temporaryFolder } from '@genai-gateway/local/testing/temporary-state';
import { testDatabase } from '@genai-gateway/local/testing/test-database';
import { testRedis } from '@genai-gateway/local/testing/test-redis';
import { type BedrockSimulator, startBedrockSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { compose } from '../compose.ts';
import { handler } from '../handler.ts';
import { promptRoutes } from '../routes.ts';

export const masterKey = 'sk-master-of-the-test';
const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret' };

/** Models as lists know them, and an alias of a prompt in a group. */
const config = `
model_list:
  - { model_name: gpt-4o-mini, litellm_params: { model: openai/gpt-4o-mini }, model_info: { access_groups: [others] } }
  - { model_name: greeter, litellm_params: { model: "bedrock/arn:aws:bedrock:us-east-1:123456789012:prompt/GREETING01" }, model_info: { access_groups: [greeters] } }
`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  /** As it came. */
  readonly text: string;
}

interface Ask {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The function with everything that it calls: a Postgres, a Redis and Bedrock's prompts, each on the wire. */
export interface Stage {
  readonly bedrock: () => BedrockSimulator;
  readonly database: ReturnType<typeof testDatabase>;
  readonly redis: ReturnType<typeof testRedis>;
  /** A request as the load balancer hands it on; the query stands in the path. The master key asks unless another one is named. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** The same of another process. */
  askAnother(process: number, method: string, path: string, ask?: Ask): Promise<Answer>;
  /** A key of LiteLLM's, whose user has this role where one is named. */
  addKey(key: string, values?: Readonly<Record<string, unknown>>, role?: string): Promise<void>;
  /** What the audit log holds, oldest first. */
  audit(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

type Handler = typeof import('../handler.ts')['handler'];

/** Started before the first test of a file and gone after its last; prompts are as they were before each test. */
export function promptStage(prompts: NonNullable<Parameters<typeof startBedrockSimulator>[0]>['prompts'] = []): Stage {
  const database = testDatabase({ max: 4 });
  const redis = testRedis();
  const folder = temporaryFolder();
  let bedrock: BedrockSimulator | undefined;
  const handlers = new Map<number, Handler>([[0, handler]]);

  beforeAll(async () => {
    bedrock = await startBedrockSimulator({ credentials: [credentials] });
    const configFile = join(folder.path, 'config.yaml');
    writeFileSync(configFile, config);
    const environment: Readonly<Record<string, string>> = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      DATABASE_URL: database.postgres.url,
      ...(redis.url === undefined ? {} : { REDIS_URL: redis.url }),
      LITELLM_MASTER_KEY: masterKey,
      LITELLM_CONFIG_FILE: configFile,
      BEDROCK_AGENT_ENDPOINT_URL: bedrock.url,
      BEDROCK_ENDPOINT_URL: bedrock.url,
      LOG_LEVEL: 'silent',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  }, 60_000);
  beforeEach(async () => {
    const simulator = running();
    simulator.clearScripts();
    simulator.clearRequests();
    for (const { id, ...prompt } of prompts) simulator.prompts.save({ id, ...prompt });
    await database.pool.query('TRUNCATE "LiteLLM_AuditLog"');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await bedrock?.close();
    folder.remove();
  });

  function running(): BedrockSimulator {
    if (bedrock === undefined) throw new Error('the simulator was not started');
    return bedrock;
  }

  /** Each with its own services and connections, as processes of Lambda have. */
  function handlerOf(process: number): Handler {
    const known = handlers.get(process) ?? httpFunction({ name: 'prompts-admin', routes: promptRoutes, compose });
    handlers.set(process, known);
    return known;
  }

  async function askAnother(process: number, method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const event = albEvent(method, path, ask);
    const context = { awsRequestId: 'test', functionName: 'prompts-admin', getRemainingTimeInMillis: () => 30_000 };
    const result = (await handlerOf(process)(event, context as never)) as AlbResult;
    const text = result.isBase64Encoded ? Buffer.from(result.body, 'base64').toString() : result.body;
    return {
      status: result.statusCode,
      headers: headersOf(result),
      body: text === '' ? undefined : JSON.parse(text),
      text,
    };
  }

  return {
    bedrock: running,
    database,
    redis,
    askAnother,
    ask: (method, path, ask) => askAnother(0, method, path, ask),
    addKey: async (key, values = {}, role) => {
      const user = role === undefined ? {} : { user_id: `user-of-${key}` };
      if (role !== undefined) await database.insert('LiteLLM_UserTable', { ...user, user_role: role });
      await database.insert('LiteLLM_VerificationToken', { token: hash('sha256', key, 'hex'), ...user, ...values });
    },
    audit: async () => {
      const { rows } = await database.pool.query<Readonly<Record<string, unknown>>>(
        'SELECT * FROM "LiteLLM_AuditLog" ORDER BY updated_at, id',
      );
      return rows;
    },
  };
}

interface AlbResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

function headersOf({ headers = {}, multiValueHeaders = {} }: AlbResult): Record<string, string> {
  const all = [
    ...Object.entries(headers),
    ...Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(', ')] as const),
  ];
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]));
}

/** As a load balancer makes it of a request, its multi-value headers on. */
function albEvent(method: string, target: string, { key = masterKey, body, headers = {} }: Ask): object {
  const [path = '', query = ''] = target.split('?');
  const parameters: Record<string, string[]> = {};
  for (const pair of query === '' ? [] : query.split('&')) {
    const [name = '', value = ''] = pair.split('=');
    parameters[name] = [...(parameters[name] ?? []), value];
  }
  const all = {
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/b' } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: parameters,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}
