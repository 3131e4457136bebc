import { inject } from 'vitest';

/** The stack that all tests share, as setup.ts started it. Tests that stop or kill something start their own. */
export interface World {
  readonly http: string;
  readonly https: string;
  /** Path of the PEM file of the authority that signed the HTTPS certificate. */
  readonly ca: string;
  readonly masterKey: string;
  readonly keys: Keys;
  readonly simulator: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly gatewayLog: string;
  readonly stateDir: string;
  /** The Python with boto3 and openai; undefined on a machine without one, never in CI. */
  readonly python: string | undefined;
}

/** Virtual keys, each in the state that its name says. */
export interface Keys {
  readonly good: string;
  readonly blocked: string;
  readonly expired: string;
  /** May call nova-lite and nothing else. */
  readonly novaOnly: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    world: World;
  }
}

/** The shared stack. */
export const world: World = inject('world');

/** An alias of the launcher's configuration, and the model behind it. */
export const ALIAS = 'claude-sonnet';
export const MODEL_ID = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
