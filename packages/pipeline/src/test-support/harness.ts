import { type AdminSetting, type Allowance, type Budget, type GatewayError, noAllowance } from '@genai-gateway/core';
import type {
  Accounts,
  OpenOutcome,
  OpenRequest,
  Price,
  Refusal,
  Standings,
  UsageEvent,
} from '@genai-gateway/governance';
import {
  AccessGroups,
  Authenticator,
  type EndUserLimits,
  EndUsers,
  KeyCache,
  type ModelScope,
  noTags,
  Tags,
  type VirtualKey,
} from '@genai-gateway/identity';
import { MemoryPrompts, type Prompt, PromptBook } from '@genai-gateway/prompts';
import {
  type Catalogue,
  type CatalogueDeployment,
  emptyCatalogue,
  type ModelAlias,
  type ModelsBehind,
  modelsOfId,
} from '@genai-gateway/routing';
import type { Call, CallRecord, Dialect, Outcome, Reply, ReplyHeaders, StreamFailureWords } from '../call.ts';
import { Heartbeats } from '../heartbeats.ts';
import type { LitellmRequest } from '../litellm.ts';
import { serve } from '../serve.ts';
import type { History, Services } from '../services.ts';
import type { HeaderBag, UpstreamListener, UpstreamRequest } from '../upstream.ts';

/** An upstream in the test's own hands: it is told what to say, and remembers what it was asked. */
class HandUpstream<Request> {
  readonly requests: Request[] = [];
  listener: UpstreamListener | undefined;
  signal: AbortSignal | undefined;
  paused = false;
  /** What to do as soon as a request comes; undefined: wait for the test. */
  script: ((upstream: HandUpstream<Request>, request: Request) => void) | undefined;

  send(request: Request, listener: UpstreamListener, signal: AbortSignal): void {
    this.requests.push(request);
    this.listener = listener;
    this.signal = signal;
    queueMicrotask(() => {
      // Of several that came together each gets its own answer.
      this.listener = listener;
      this.script?.(this, request);
    });
  }

  head(status = 200, headers: HeaderBag = {}): this {
    this.listener?.onHead(status, headers, {
      pause: () => {
        this.paused = true;
      },
      resume: () => {
        this.paused = false;
      },
    });
    return this;
  }

  bytes(...chunks: (Buffer | string)[]): this {
    for (const each of chunks) this.listener?.onBytes(typeof each === 'string' ? Buffer.from(each) : each);
    return this;
  }

  end(): void {
    this.listener?.onEnd();
  }

  error(error: GatewayError): void {
    this.listener?.onError(error);
  }
}

/** Books in the test's own hands: they let through whom they are told to, and keep what they were given. */
class HandAccounts implements Accounts {
  readonly opened: OpenRequest[] = [];
  readonly settled: UsageEvent[] = [];
  readonly refused: UsageEvent[] = [];
  /** Set: the next call is refused so. */
  refusal: Refusal | undefined;
  /** Set: a settlement is durable only once this is. */
  durable: Promise<void> = Promise.resolve();
  standings: Standings = { requests: undefined, tokens: undefined };

  async open(request: OpenRequest): Promise<OpenOutcome> {
    this.opened.push(request);
    if (this.refusal !== undefined) return { opened: false, refusal: this.refusal };
    let settling: Promise<void> | undefined;
    const settle = (event: UsageEvent): Promise<void> => {
      if (settling === undefined) {
        this.settled.push(event);
        settling = this.durable;
      }
      return settling;
    };
    return { opened: true, account: { settle }, standings: this.standings };
  }

  bookRefused(event: UsageEvent): void {
    this.refused.push(event);
  }
}

/** One dollar for a million tokens of a prompt, two for those of an answer. */
const price: Price = {
  name: 'price of the tests',
  rates: { input_cost_per_token: 1_000_000_000_000n, output_cost_per_token: 2_000_000_000_000n },
  maxOutputTokens: 4_096,
};

/** A dollar for a thousand units of one policy. */
const guardrailPrice: Price = {
  name: 'price of a guardrail',
  rates: {},
  guardrailRates: { topicPolicyUnits: 1_000_000_000_000_000n },
  maxOutputTokens: undefined,
};

/** A reply that keeps what it was given. */
class KeptReply implements Reply {
  started = false;
  ended = false;
  status = 0;
  headers: ReplyHeaders = {};
  readonly writes: Buffer[] = [];
  failure: GatewayError | undefined;
  failures = 0;
  /** Set to false: the reader is slow. */
  takesMore = true;
  announced: ReplyHeaders = {};
  #resume: (() => void) | undefined;
  #words: StreamFailureWords | undefined;

  announce(headers: ReplyHeaders): void {
    this.announced = { ...this.announced, ...headers };
  }

  get body(): Buffer {
    return Buffer.concat(this.writes);
  }

  send(status: number, headers: ReplyHeaders, body: Uint8Array | string): void {
    this.start(status, headers);
    this.writes.push(Buffer.from(body));
    this.ended = true;
  }

  start(status: number, headers: ReplyHeaders): void {
    if (this.started) throw new Error('started twice');
    this.started = true;
    this.status = status;
    this.headers = headers;
  }

  write(bytes: Uint8Array | string): boolean {
    if (!this.started || this.ended) throw new Error('written outside of the answer');
    this.writes.push(Buffer.from(bytes));
    return this.takesMore;
  }

  onceDrained(resume: () => void): void {
    this.#resume = resume;
  }

  drain(): void {
    this.takesMore = true;
    this.#resume?.();
  }

  end(): void {
    this.ended = true;
  }

  fail(error: GatewayError): void {
    this.failures += 1;
    this.failure = error;
    if (this.started && this.#words !== undefined) {
      const { message, code } = error;
      this.writes.push(Buffer.from(this.#words({ message, type: 'api_error', param: null, code })));
    }
    this.ended = true;
  }

  failStreamWith(words: StreamFailureWords): void {
    this.#words = words;
  }
}

/** A virtual key that may do everything. */
export function virtualKey(change: Partial<VirtualKey> = {}): VirtualKey {
  return {
    keyHash: 'hash',
    keyAlias: undefined,
    userId: undefined,
    userEmail: undefined,
    userRole: undefined,
    teamId: undefined,
    teamAlias: undefined,
    organizationId: undefined,
    projectId: undefined,
    blocked: false,
    teamBlocked: false,
    projectBlocked: false,
    expiresAtMs: undefined,
    allowedRoutes: [],
    modelScopes: [],
    grantedNames: [],
    teamAliases: {},
    keyAliases: {},
    settings: [],
    allowance: noAllowance,
    tags: noTags,
    endUserBudgetId: undefined,
    ...change,
  };
}

export function keyScope(...models: string[]): ModelScope {
  return { scope: 'key', models, groupModels: [] };
}

/** An alias that leads to one model: of Bedrock's, or of another provider where that is named in front (`openai/gpt`). */
export function alias(name: string, model: string, settings: readonly AdminSetting[] = []): ModelAlias {
  const deployment: CatalogueDeployment = /^[a-z]+\//.test(model)
    ? {
        deployment: undefined,
        litellmModel: model,
        settings: [{ scope: 'deployment', kind: 'other-provider', name: model }],
      }
    : {
        deployment: { provider: 'bedrock', modelId: model, region: 'us-east-1', endpoint: undefined },
        litellmModel: `bedrock/${model}`,
        settings: [],
      };
  return { name, deployments: [deployment], accessGroups: [], settings, hidden: false };
}

export function catalogueOf(...aliases: ModelAlias[]): Catalogue {
  return { ...emptyCatalogue, aliases: new Map(aliases.map((each) => [each.name, each])) };
}

export interface Harness {
  readonly bedrock: HandUpstream<UpstreamRequest>;
  readonly litellm: HandUpstream<LitellmRequest>;
  readonly accounts: HandAccounts;
  readonly reply: KeptReply;
  readonly record: CallRecord;
  readonly clock: { nowMs: number };
  readonly heartbeats: Heartbeats;
  readonly abort: AbortController;
  readonly outcomes: Outcome[];
  /** Runs the stage to its settlement. */
  run(stage: (call: Call, services: Services) => Promise<void>): Promise<void>;
}

export interface HarnessOptions {
  readonly dialect?: Dialect;
  readonly body?: unknown;
  readonly key?: VirtualKey;
  readonly catalogue?: Catalogue;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is set for an end user, by name. */
  readonly endUsers?: Readonly<Record<string, Partial<EndUserLimits>>>;
  /** What tags are allowed. */
  readonly tags?: Readonly<Record<string, Allowance>>;
  /** Budgets of access groups. */
  readonly accessGroups?: Readonly<Record<string, readonly Budget[]>>;
  /** What stands behind an ARN that does not say it. */
  readonly behind?: Readonly<Record<string, ModelsBehind>>;
  readonly ceilingPrice?: Price;
  readonly attribute?: Services['attribute'];
  /** Default: no sessions are kept. */
  readonly history?: History;
  readonly prompts?: readonly Prompt[];
  readonly promptCaching?: boolean;
  readonly logsContent?: boolean;
  /** The longest input of every model, or of some by id. */
  readonly contextTokens?: number | Readonly<Record<string, number>>;
  /** Default: `req-1`. */
  readonly requestId?: string;
  /** Default: there is no LiteLLM. */
  readonly withLitellm?: boolean;
}

/** A call with everything around it real but the wire on both sides. */
export function harness(options: HarnessOptions = {}): Harness {
  const clock = { nowMs: 1_000_000 };
  const now = (): number => clock.nowMs;
  const bedrock = new HandUpstream<UpstreamRequest>();
  const litellm = new HandUpstream<LitellmRequest>();
  const accounts = new HandAccounts();
  const reply = new KeptReply();
  const heartbeats = new Heartbeats(15_000, now);
  heartbeats.close(); // tests beat by hand
  const abort = new AbortController();
  const outcomes: Outcome[] = [];
  const key = options.key ?? virtualKey();
  const dialect = options.dialect ?? 'bedrock';
  const requestId = options.requestId ?? 'req-1';
  const record: CallRecord = { requestId, dialect, operation: 'test', startedAtMs: clock.nowMs };
  const catalogue = options.catalogue ?? emptyCatalogue;
  const services: Services = {
    authenticator: new Authenticator({
      keys: new KeyCache({ findByHash: async () => key }, now),
      masterKey: 'sk-master',
      now,
    }),
    endUsers: new EndUsers(
      { limitsOf: async (id) => ({ settings: [], allowance: noAllowance, ...options.endUsers?.[id] }) },
      now,
    ),
    accessGroups: new AccessGroups({ budgetsOf: async (group) => options.accessGroups?.[group] ?? [] }, now),
    tags: new Tags({ allowanceOf: async (tag) => options.tags?.[tag] ?? noAllowance }, now),
    catalogue: () => catalogue,
    regions: { defaultRegion: 'us-east-1', allowedRegions: [] },
    bedrock,
    litellm: options.withLitellm === true ? litellm : undefined,
    selfService: undefined,
    models: {
      resolve: (modelId) =>
        options.behind?.[modelId] ??
        modelsOfId(modelId) ?? { kind: 'endpoint', modelIds: [], unknownBecause: 'not-permitted' },
    },
    prices: {
      find: ({ modelId }) => (modelId.includes('unpriced') ? undefined : price),
      guardrail: () => guardrailPrice,
      contextTokens: (model) =>
        typeof options.contextTokens === 'object' ? options.contextTokens[model] : options.contextTokens,
    },
    history: options.history,
    prompts: new PromptBook({
      source: new MemoryPrompts('us-east-1', options.prompts),
      now,
      timeoutMs: 1_000,
      onFailure: () => {},
    }),
    promptCaching: options.promptCaching === true,
    logsContent: options.logsContent === true,
    ceilingPrice: options.ceilingPrice,
    accounts,
    attribute: options.attribute,
    heartbeats,
    now,
  };
  const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body ?? {});
  const call: Call = {
    requestId,
    dialect,
    credential: () => 'sk-test',
    header: (name) => options.headers?.[name],
    forwardableHeaders: () => ({ 'content-type': 'application/json', ...options.headers }),
    body: async () => Buffer.from(body),
    bodyStream: async function* () {
      yield Buffer.from(body);
    },
    signal: abort.signal,
    abort: (reason) => abort.abort(reason),
    reply,
    record,
  };
  return {
    bedrock,
    litellm,
    accounts,
    reply,
    record,
    clock,
    heartbeats,
    abort,
    outcomes,
    run: (stage) =>
      serve(
        call,
        (each) => stage(each, services),
        (outcome) => outcomes.push(outcome),
      ),
  };
}
