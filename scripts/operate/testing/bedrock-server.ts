import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What Bedrock and Service Quotas answer to the doctor's questions, in the shapes of their SDKs (client-bedrock
 * 3.1164.0, client-service-quotas 3.1138.0), because moto does not know these operations.
 */
export interface BedrockServer {
  /** For a command's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export interface BedrockFacts {
  /** By the id of the model; what is not in it may be called. `denied`: the caller may not ask. */
  readonly models?: Readonly<Record<string, Readonly<Record<string, unknown>> | 'denied'>>;
  /** Ids of inference profiles that are not there. */
  readonly missingProfiles?: readonly string[];
  /** By their names. */
  readonly bedrockQuotas?: Readonly<Record<string, number>>;
  /** By their codes. */
  readonly quotas?: Readonly<Record<string, number>>;
}

const callable = {
  agreementAvailability: { status: 'AVAILABLE' },
  authorizationStatus: 'AUTHORIZED',
  entitlementAvailability: 'AVAILABLE',
  regionAvailability: 'AVAILABLE',
};

export async function startBedrock(facts: BedrockFacts): Promise<BedrockServer> {
  const server = createServer((request, response) => void answer(request, response, facts));
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => new Promise<void>((settle) => void server.close(() => settle()).closeAllConnections());
  return { environment: { AWS_ENDPOINT_URL_BEDROCK: url, AWS_ENDPOINT_URL_SERVICE_QUOTAS: url }, stop };
}

async function answer(request: IncomingMessage, response: ServerResponse, facts: BedrockFacts): Promise<void> {
  const [, kind, id = ''] = decodeURIComponent(request.url ?? '').split('/');
  if (kind === 'foundation-model-availability') return answerModel(response, id, facts.models?.[id]);
  if (kind === 'inference-profiles') {
    const isMissing = facts.missingProfiles?.includes(id) === true;
    return isMissing ? refuse(response, 404, 'ResourceNotFoundException') : send(response, { status: 'ACTIVE' });
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const target = String(request.headers['x-amz-target']);
  const asked = JSON.parse(body || '{}') as { readonly QuotaCode?: string };
  if (target.endsWith('ListServiceQuotas')) {
    const quotas = Object.entries(facts.bedrockQuotas ?? {});
    return send(response, { Quotas: quotas.map(([QuotaName, Value]) => ({ QuotaName, Value, QuotaCode: 'L-1' })) });
  }
  const Value = facts.quotas?.[asked.QuotaCode ?? ''];
  return Value === undefined ? refuse(response, 400, 'NoSuchResourceException') : send(response, { Quota: { Value } });
}

function answerModel(
  response: ServerResponse,
  modelId: string,
  given: Readonly<Record<string, unknown>> | 'denied' = {},
): void {
  if (given === 'denied') refuse(response, 403, 'AccessDeniedException');
  else send(response, { modelId, ...callable, ...given });
}

function send(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, name: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name });
  response.end(JSON.stringify({ __type: name, message: `${name} of the test` }));
}
