import type { AdminSettingKind } from '@genai-gateway/core';
import { type Estimate, estimateGuardrail } from '@genai-gateway/governance';
import { type JsonObject, usageFromGuardrail } from '@genai-gateway/protocol';
import { type Deployment, describeReasons } from '@genai-gateway/routing';
import { authenticate, notOnHotPath } from './admit.ts';
import { booked, openAccount, settled } from './booking.ts';
import type { Call, Named } from './call.ts';
import { collect } from './collect.ts';
import { jsonObject } from './json-object.ts';
import { namedSettings } from './named-settings.ts';
import { passOn } from './native-answer.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';

/** A guardrail, and the caller's headers that may go on. */
export interface GuardrailRequest {
  readonly guardrailId: string;
  readonly guardrailVersion: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves `POST /guardrail/{id}/version/{version}/apply`: any key that may call models may check text, within its limits
 * and budgets, and is booked for the units that Bedrock charges.
 */
export function serveGuardrail(call: Call, services: Services, request: GuardrailRequest): Promise<void> {
  call.record.endpoint = '/bedrock/guardrail/{id}/version/{version}/apply';
  return booked(call, services, () => apply(call, services, request));
}

async function apply(call: Call, services: Services, request: GuardrailRequest): Promise<void> {
  const { guardrailId, guardrailVersion, headers } = request;
  const { record } = call;
  const principal = await authenticate(call, services);
  const region = services.regions.defaultRegion;
  // The last part of an ARN is the id itself.
  const modelId = `guardrail/${guardrailId.slice(guardrailId.lastIndexOf('/') + 1)}`;
  const deployment: Deployment = { provider: 'bedrock', modelId, region, endpoint: undefined };
  record.requestedModel = modelId;
  record.deployment = deployment;
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  const named = await namedSettings(call, services, principal, {});
  const unheld = [...(key?.settings ?? []), ...named.settings, ...services.catalogue().settings];
  const reasons = unheld.filter(({ kind }) => limiting.has(kind));
  if (reasons.length > 0) {
    record.ineligible = describeReasons(reasons);
    throw notOnHotPath(modelId, record.ineligible);
  }
  const body = await call.body();
  await open(call, services, { deployment, named, body: parseJsonObject(body) });
  const target = { kind: 'guardrail', guardrailId, guardrailVersion, region } as const;
  const answer = await collect(call, services, toBedrock(call, services, { target, headers, body }));
  if (answer.status === 200) {
    const usage = usageFromGuardrail(jsonObject(answer.body)?.['usage']);
    if (usage !== undefined) record.usage = usage;
    await settled(call);
  }
  passOn(call, answer);
}

/** What LiteLLM alone holds of limits; LiteLLM does not serve this route, so that nobody would hold it. */
const limiting: ReadonlySet<AdminSettingKind> = new Set([
  'budget',
  'rate-limit',
  'parallel-limit',
  'access-restriction',
]);

function open(
  call: Call,
  services: Services,
  { deployment, named, body }: { readonly deployment: Deployment; readonly named: Named; readonly body: JsonObject },
): Promise<void> {
  const estimate: Estimate = estimateGuardrail(body, services.prices.guardrail(deployment.region));
  return openAccount(call, services, {
    priced: { admission: { deployment, row: undefined, models: [] }, estimate },
    named,
    isFree: false,
    tokensWithin: () => 0,
  });
}
