import { type Allowance, GatewayError, type Payer, type RateLimit } from '@genai-gateway/core';
import {
  type Account,
  allowancesFor,
  type CallEnd,
  costOf,
  type Estimate,
  estimateCut,
  estimateRequest,
  isFree,
  isPriced,
  measureRequest,
  type Price,
  type RequestSize,
  rateLimitHeaders,
  refusalError,
  type UsageEvent,
} from '@genai-gateway/governance';
import type { VirtualKey } from '@genai-gateway/identity';
import type { Usage } from '@genai-gateway/protocol';
import type { Deployment } from '@genai-gateway/routing';
import type { HotPathAdmission } from './admit.ts';
import type { Call, CallRecord, Named } from './call.ts';
import { reasonOf } from './serve.ts';
import type { Services } from './services.ts';

/** What a stage knows of a call that the hot path is about to serve. */
export interface BookingRequest {
  readonly admission: HotPathAdmission;
  readonly named: Named;
  /** The request, parsed; undefined where it is no JSON. */
  readonly body: unknown;
}

/**
 * Runs the stage of a model call, and has the call booked however it ends: by its account where it was let through,
 * else as one that was refused. What LiteLLM serves, LiteLLM books.
 */
export async function booked(call: Call, services: Services, stage: () => Promise<void>): Promise<void> {
  const { record } = call;
  try {
    await stage();
  } catch (thrown) {
    const error = reasonOf(call, thrown);
    record.errorCode = error.code;
    record.errorMessage = error.message;
    throw error;
  } finally {
    if (record.booking !== undefined) void record.booking.settle();
    else if (record.errorCode !== undefined && record.principal !== undefined && record.servedBy === undefined) {
      record.booked = refusedEvent(record, services);
      services.accounts.bookRefused(record.booked);
    }
  }
}

/**
 * Asks every limit and budget whether the call may go on, and holds what it may cost until it is settled. Rejects
 * with `rate-limited`, `budget-exceeded`, `price-unknown`, `identity-unavailable` or `accounts-unavailable`.
 */
export async function openBooking(call: Call, services: Services, request: BookingRequest): Promise<void> {
  const { admission, named } = request;
  const prices = pricesOf(admission, services);
  const size = measureRequest(request.body);
  const estimates = prices.map((price) => estimateRequest(size, price));
  const estimate = estimates.reduce((dearest, each) => (each.nanoUsd > dearest.nanoUsd ? each : dearest));
  return openAccount(call, services, {
    priced: { admission, estimate },
    named,
    isFree: prices.every(isFree),
    tokensWithin: (limits) => tokensToHold(size, estimate, limits),
  });
}

/** What is asked for, and what is known of its price. */
export interface AccountRequest {
  readonly priced: Priced;
  readonly named: Named;
  /** No budget matters to what costs nothing. */
  readonly isFree: boolean;
  /** Tokens to hold, where these limits hold. */
  readonly tokensWithin: (limits: readonly RateLimit[]) => number;
}

/** The same for whatever has a price. Rejects as `openBooking` does, but for `price-unknown`. */
export async function openAccount(call: Call, services: Services, request: AccountRequest): Promise<void> {
  const { record } = call;
  const { priced, named, isFree, tokensWithin } = request;
  const key = record.principal?.kind === 'virtual-key' ? record.principal.key : undefined;
  const allowances = key === undefined ? [named.allowance] : [key.allowance, named.allowance];
  if (record.accessGroups !== undefined) allowances.push(await allowanceOfGroups(record.accessGroups, services));
  const allowance = allowancesFor(allowances, priced.admission.models, { isFree });
  record.named = named;
  const outcome = await services.accounts.open(
    {
      ...allowance,
      requestId: record.answerId ?? record.requestId,
      estimatedTokens: tokensWithin(allowance.limits),
      estimatedNanoUsd: priced.estimate.nanoUsd,
      ifLost: usageEvent(record, services, priced, 'cut'),
    },
    call.signal,
  );
  if (!outcome.opened) {
    const { refusal } = outcome;
    if (refusal.kind !== 'budget') call.reply.announce(rateLimitHeaders(refusal.standings));
    throw refusalError(refusal);
  }
  record.booking = new OpenBooking(record, services, priced, outcome.account);
  call.reply.announce(rateLimitHeaders(outcome.standings));
}

async function allowanceOfGroups(groups: readonly string[], { accessGroups }: Services): Promise<Allowance> {
  const budgets = await Promise.all(groups.map((group) => accessGroups.budgetsOf(group)));
  return { limits: [], budgets: budgets.flat() };
}

/**
 * What is counted against tokens per minute until the call has ended. Where the request does not say how long the
 * answer may be, a guess at it takes no more than a quarter of the smallest limit, as in LiteLLM
 * (1.106.2, proxy/hooks/parallel_request_limiter_v3.py, read 2026-11-23).
 */
function tokensToHold(size: RequestSize, { tokens, usage }: Estimate, limits: readonly RateLimit[]): number {
  if (size.maxOutputTokens !== undefined || limits.length === 0) return tokens;
  const outputTokens = usage.outputTokens ?? 0;
  const smallest = Math.min(...limits.map((limit) => limit.tokensPerMinute ?? Number.POSITIVE_INFINITY));
  return tokens - outputTokens + Math.min(outputTokens, Math.floor(smallest / 4));
}

/** What was used is booked, and the turn kept: to be waited for before the caller has the last of the answer. */
export function settled({ record: { booking, turn } }: Call): Promise<void> {
  const booked = booking?.settle() ?? nothing;
  return turn === undefined ? booked : turn.save().then(() => booked);
}

const nothing = Promise.resolve();

/** What a call is priced by. */
interface Priced {
  readonly admission: Pick<HotPathAdmission, 'deployment' | 'row' | 'models'>;
  /** Of the dearest model that may do the work. */
  readonly estimate: Estimate;
}

class OpenBooking {
  readonly #record: CallRecord;
  readonly #services: Services;
  readonly #priced: Priced;
  readonly #account: Account;
  #settling: Promise<void> | undefined;

  constructor(record: CallRecord, services: Services, priced: Priced, account: Account) {
    this.#record = record;
    this.#services = services;
    this.#priced = priced;
    this.#account = account;
  }

  settle(): Promise<void> {
    this.#settling ??= this.#settle();
    return this.#settling;
  }

  #settle(): Promise<void> {
    const event = usageEvent(this.#record, this.#services, this.#priced, endOf(this.#record));
    this.#record.booked = event;
    this.#record.costNanoUsd = event.costNanoUsd;
    this.#record.isEstimate = event.isEstimate;
    return this.#account.settle(event);
  }
}

/** How the call has ended, as far as the model is concerned. */
function endOf({ errorCode, sentAtMs, upstreamStatus }: CallRecord): CallEnd {
  if (sentAtMs === undefined) return 'refused';
  if (upstreamStatus !== undefined && upstreamStatus !== 200) return 'refused';
  if (errorCode === undefined) return 'delivered';
  // Bedrock works for a request that it has taken, whether anybody waits for the answer or not.
  if (upstreamStatus === undefined && notTaken.has(errorCode)) return 'refused';
  return 'cut';
}

const notTaken: ReadonlySet<string> = new Set(['upstream-unavailable', 'credentials-unavailable']);

function usageEvent(record: CallRecord, services: Services, priced: Priced, end: CallEnd): UsageEvent {
  const { admission, estimate } = priced;
  const { deployment, row } = admission;
  const price = priceOf(record.usage, priced, services);
  const used = end === 'refused' ? nothingUsed : usedBy(record, estimate, price, services.now());
  return eventOf(record, services, deployment, row?.id, used, end);
}

/** There is no answer whose id it could have: the caller knows the id of the request. */
function refusedEvent(record: CallRecord, services: Services): UsageEvent {
  const event = eventOf(record, services, record.deployment, undefined, nothingUsed, 'refused');
  return { ...event, requestId: record.requestId };
}

type Used = Pick<UsageEvent, 'usage' | 'isEstimate' | 'costNanoUsd'>;

const nothingUsed: Used = { usage: undefined, isEstimate: false, costNanoUsd: 0n };

/** What the provider reported; where it did not, or not all of it, what the gateway has seen of the call stands in. */
function usedBy(record: CallRecord, estimate: Estimate, price: Price, nowMs: number): Used {
  const reported = record.usage;
  if (reported !== undefined && isPriced(price, reported)) {
    const facts = { serviceTier: reported.serviceTier, durationMs: nowMs - record.startedAtMs };
    return { usage: reported, isEstimate: false, costNanoUsd: costOf(price, reported, facts) };
  }
  const { usage, nanoUsd } = estimateCut(estimate, record.streamedBytes ?? 0, record.usage, price);
  return { usage, isEstimate: true, costNanoUsd: nanoUsd };
}

/** A prompt router's answer tells which of its models did the work; before that it is the dearest. */
function priceOf(usage: Usage | undefined, { admission, estimate }: Priced, services: Services): Price {
  const modelId = usage?.invokedModelId;
  if (modelId === undefined) return estimate.price;
  const { region } = admission.deployment;
  return services.prices.find({ modelId, region, price: admission.row?.price }) ?? estimate.price;
}

/** Throws `price-unknown` where nothing may be called that cannot be priced: it would be free for the caller. */
function pricesOf({ deployment, row, modelIds, models }: HotPathAdmission, services: Services): readonly Price[] {
  const { region, modelId } = deployment;
  const named = row?.price === undefined ? modelIds : [modelId, ...modelIds];
  const found = named.flatMap((id) => services.prices.find({ modelId: id, region, price: row?.price }) ?? []);
  if (found.length > 0) return found;
  const { refusesUnpriced } = services.catalogue();
  if (services.ceilingPrice !== undefined && !refusesUnpriced) return [services.ceilingPrice];
  const ceiling = refusesUnpriced
    ? '; without one it is blocked (block_requests_for_models_without_pricing).'
    : ', or a ceiling for all such models (UNKNOWN_PRICE=ceiling).';
  throw new GatewayError(
    'price-unknown',
    `The price of the model '${models[0]?.requested.slice(0, 200) ?? ''}' is not known, so that no budget could be held. An administrator can give its price in the model list (input_cost_per_token, output_cost_per_token)${ceiling}`,
    { param: 'model' },
  );
}

/** All that is booked of a call, however it ended. In one literal: two are made for each call. */
function eventOf(
  record: CallRecord,
  services: Services,
  deployment: Deployment | undefined,
  deploymentId: string | undefined,
  { usage, isEstimate, costNanoUsd }: Used,
  end: CallEnd,
): UsageEvent {
  return {
    requestId: record.answerId ?? record.requestId,
    payer: payerOf(record),
    operation: record.operation,
    endpoint: record.endpoint ?? '',
    stream: record.stream === true,
    requestedModel: record.requestedModel ?? '',
    modelId: deployment?.modelId,
    region: deployment?.region,
    deploymentId,
    startedAtMs: record.startedAtMs,
    firstByteAtMs: record.firstByteAtMs,
    endedAtMs: services.now(),
    end,
    errorCode: record.errorCode,
    errorMessage: record.errorMessage,
    usage,
    isEstimate,
    costNanoUsd,
  };
}

/** By what a call names and its key: the same objects for nearly all calls of a key. */
const knownPayers = new WeakMap<Named, { readonly key: VirtualKey; readonly payer: Payer }>();

/** Whom the call is booked on. */
export function payerOf(record: CallRecord): Payer {
  const { principal, named, accessGroups } = record;
  if (named === undefined || accessGroups !== undefined) return newPayer(record);
  const key = principal?.kind === 'virtual-key' ? principal.key : undefined;
  const known = knownPayers.get(named);
  if (known !== undefined && known.key === key) return known.payer;
  const payer = newPayer(record);
  if (key !== undefined) knownPayers.set(named, { key, payer });
  return payer;
}

function newPayer({ principal, named, accessGroups }: CallRecord): Payer {
  const key = principal?.kind === 'virtual-key' ? principal.key : undefined;
  return {
    keyHash: key?.keyHash ?? (principal?.kind === 'master' ? principal.keyHash : ''),
    keyAlias: key?.keyAlias,
    userId: key?.userId,
    teamId: key?.teamId,
    teamAlias: key?.teamAlias,
    organizationId: key?.organizationId,
    projectId: key?.projectId,
    endUserId: named?.endUserId,
    tags: named?.tags ?? [],
    accessGroups: accessGroups ?? [],
  };
}
