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
  /** Where sessions are kept, and the variables that lead a gateway there; undefined: this machine has no DynamoDB. */
  readonly history:
    | { readonly url: string; readonly environment: Readonly<Record<string, string | undefined>> }
    | undefined;
  /** Where the functions take Lambda's Invoke. */
  readonly functions: string;
  readonly gatewayLog: string;
  readonly stateDir: string;
  /** The Python with all clients but those of the next; undefined on a machine without one, never in CI. */
  readonly python: string | undefined;
  /** The Python with the clients that need openai 2. */
  readonly pythonWithOpenai2: string | undefined;
  /** LiteLLM behind the gateway; undefined where the tests run without it. */
  readonly litellm: LitellmWorld | undefined;
}

/** The real LiteLLM beside the gateway, and the providers it calls. */
export interface LitellmWorld {
  /** Its own address, which no client uses. */
  readonly url: string;
  readonly logFile: string;
  /** The Admin UI, through the gateway. */
  readonly adminUi: string;
  readonly username: string;
  readonly password: string;
  /** The simulated OpenAI. */
  readonly openai: string;
  /** The simulated SageMaker. */
  readonly sagemaker: string;
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

/** LiteLLM in the shared stack, for tests that are skipped where there is none. */
export function litellmWorld(): LitellmWorld {
  if (world.litellm === undefined) throw new Error('This stack runs without LiteLLM.');
  return world.litellm;
}

/** An alias of the launcher's configuration, and the model behind it. */
export const ALIAS = 'claude-sonnet';
export const MODEL_ID = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
