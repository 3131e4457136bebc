import { type Clock, GatewayError, keepNewest, unlessAborted } from '@genai-gateway/core';
import { type ModelResolver, type ModelsBehind, modelKind, modelsOfId, unknownModels } from '@genai-gateway/routing';
import { ControlPlane } from './control-plane.ts';
import type { RegionClientsOptions } from './region-clients.ts';

export interface ModelResolverOptions extends RegionClientsOptions {
  readonly now: Clock;
  /** The longest wait for Bedrock's answer, its retry included. */
  readonly timeoutMs: number;
  /** Told of each look-up that failed, for operators; of an ARN that does not exist only its caller hears. */
  readonly onFailure: (arn: string, error: unknown) => void;
}

/** An answer is good for this long; then it is asked anew while the old one goes on. */
const FRESH_MS = 10 * 60_000;
/** An older one waits for its renewal: provisioned throughput can be moved to another model. */
const STALE_MS = 60 * 60_000;
/** What failed is not asked again sooner. */
const RETRY_MS = 30_000;
const MAX_KEPT = 1_000;
/** Callers can name as many ARNs as they like; they must not use up the account's rate of look-ups. */
const MAX_UNDER_WAY = 16;

interface Kept<Value> {
  readonly value: Value;
  readonly atMs: number;
}

/**
 * `ModelResolver` over Bedrock's control plane: one look-up at a time per ARN, kept, renewed ahead, the last good
 * answer kept for as long as Bedrock does not say that the ARN is gone. A look-up that failed otherwise is no error
 * but `unknownBecause`: what an unknown model means is for prices and model access to say.
 */
export class BedrockModelResolver implements ModelResolver {
  readonly #options: ModelResolverOptions;
  readonly #controlPlane: ControlPlane;
  readonly #good = new Map<string, Kept<ModelsBehind>>();
  readonly #failed = new Map<string, Kept<ModelsBehind | GatewayError>>();
  readonly #underWay = new Map<string, Promise<ModelsBehind>>();

  constructor(options: ModelResolverOptions) {
    this.#options = options;
    this.#controlPlane = new ControlPlane(options);
  }

  resolve(modelId: string, signal: AbortSignal): ModelsBehind | Promise<ModelsBehind> {
    const known = modelsOfId(modelId);
    if (known !== undefined) return known;
    const good = this.#good.get(modelId);
    const ageMs = good === undefined ? STALE_MS : this.#options.now() - good.atMs;
    if (good !== undefined && ageMs < FRESH_MS) return good.value;

    const failed = this.#failed.get(modelId);
    if (failed !== undefined && this.#options.now() - failed.atMs < RETRY_MS) {
      if (failed.value instanceof GatewayError) throw failed.value;
      return good?.value ?? failed.value;
    }
    signal.throwIfAborted();
    const renewal = this.#lookUp(modelId);
    // A look-up is shared, so one caller who leaves does not end it.
    if (good === undefined || ageMs >= STALE_MS) return unlessAborted(renewal, signal);
    renewal.catch(() => {});
    return good.value;
  }

  /** Closes every connection. */
  close(): void {
    this.#controlPlane.close();
  }

  #lookUp(arn: string): Promise<ModelsBehind> {
    const underWay = this.#underWay.get(arn);
    if (underWay !== undefined) return underWay;
    if (this.#underWay.size >= MAX_UNDER_WAY) return Promise.resolve(this.#lastGood(arn, 'unavailable'));
    const started = this.#ask(arn).finally(() => this.#underWay.delete(arn));
    this.#underWay.set(arn, started);
    return started;
  }

  async #ask(arn: string): Promise<ModelsBehind> {
    const { now, timeoutMs, onFailure } = this.#options;
    try {
      const found = await this.#controlPlane.lookUp(arn, AbortSignal.timeout(timeoutMs));
      keepNewest(this.#good, arn, { value: found, atMs: now() }, MAX_KEPT);
      this.#failed.delete(arn);
      return found;
    } catch (error) {
      const why = reasonOf(error);
      if (why === 'not-found') {
        const refusal = notFound(error);
        this.#good.delete(arn);
        keepNewest(this.#failed, arn, { value: refusal, atMs: now() }, MAX_KEPT);
        throw refusal;
      }
      onFailure(arn, error);
      const instead = this.#lastGood(arn, why);
      keepNewest(this.#failed, arn, { value: instead, atMs: now() }, MAX_KEPT);
      return instead;
    }
  }

  #lastGood(arn: string, because: 'not-permitted' | 'unavailable'): ModelsBehind {
    return this.#good.get(arn)?.value ?? unknownModels(modelKind(arn), because);
  }
}

function reasonOf(error: unknown): 'not-found' | 'not-permitted' | 'unavailable' {
  if (!(error instanceof Error)) return 'unavailable';
  if (error.name === 'ResourceNotFoundException' || error.name === 'ValidationException') return 'not-found';
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 403 ? 'not-permitted' : 'unavailable';
}

function notFound(cause: unknown): GatewayError {
  return new GatewayError(
    'model-not-found',
    'Bedrock knows no inference profile, prompt router or other model by this ARN in its account and region. Check the ARN; GET /v1/models lists the models this key may use.',
    { cause, param: 'model' },
  );
}
