import {
  type OpenaiSimulator,
  type SagemakerSimulator,
  startOpenaiSimulator,
  startSagemakerSimulator,
} from '@genai-gateway/simulators';
import { pickPort } from './ports.ts';
import type { StateFolder } from './state-folder.ts';
import { simulatorCredentials, type Upstream } from './upstream.ts';

/** What LiteLLM's models other than Bedrock's are served by. */
export interface Providers {
  /** Undefined: the environment has OPENAI_API_KEY, and OpenAI itself is called. */
  readonly openai: OpenaiSimulator | undefined;
  /** Undefined: the upstream is not the simulator, and AWS's own SageMaker is called. */
  readonly sagemaker: SagemakerSimulator | undefined;
  /** LiteLLM's variables for them, which the default configuration names. */
  readonly environment: NodeJS.ProcessEnv;
  /** Which ones they are, in words for the terminal. */
  readonly label: string;
  close(): Promise<void>;
}

/** The one key that the simulated OpenAI takes. */
const openaiKey = 'sk-simulated-openai';

/**
 * Starts stand-ins for the providers that the environment has no credentials for: OpenAI unless there
 * is an OPENAI_API_KEY, SageMaker where Bedrock is simulated too.
 */
export async function startProviders(
  state: StateFolder,
  upstream: Upstream,
  env: NodeJS.ProcessEnv,
): Promise<Providers> {
  const openai = hasOpenaiKey(env) ? undefined : await startOpenai(state);
  const sagemaker = upstream.kind === 'simulator' ? await startSagemaker(state) : undefined;
  const base = openai === undefined ? undefined : `${openai.url}/v1`;
  return {
    openai,
    sagemaker,
    environment: {
      // Both names: models added in the Admin UI have neither in their parameters.
      ...(base === undefined ? {} : { OPENAI_API_KEY: openaiKey, OPENAI_API_BASE: base, OPENAI_BASE_URL: base }),
      ...(sagemaker === undefined ? {} : { SAGEMAKER_BASE_URL: `${sagemaker.url}/endpoints/simulated/invocations` }),
    },
    label: [
      openai === undefined ? `OpenAI at ${openaiBase(env)} (OPENAI_API_KEY)` : `OpenAI simulator on ${openai.url}`,
      sagemaker === undefined ? 'SageMaker at AWS' : `SageMaker simulator on ${sagemaker.url}`,
    ].join(', '),
    async close() {
      await Promise.all([openai?.close(), sagemaker?.close()]);
    },
  };
}

async function startOpenai(state: StateFolder): Promise<OpenaiSimulator> {
  const port = await pickPort(state.port('openai'));
  const started = await startOpenaiSimulator({ host: '127.0.0.1', port, apiKey: openaiKey });
  state.keepPort('openai', started.port);
  return started;
}

async function startSagemaker(state: StateFolder): Promise<SagemakerSimulator> {
  const port = await pickPort(state.port('sagemaker'));
  const started = await startSagemakerSimulator({ host: '127.0.0.1', port, credentials: [simulatorCredentials] });
  state.keepPort('sagemaker', started.port);
  return started;
}

function hasOpenaiKey(env: NodeJS.ProcessEnv): boolean {
  return env['OPENAI_API_KEY'] !== undefined && env['OPENAI_API_KEY'] !== '';
}

function openaiBase(env: NodeJS.ProcessEnv): string {
  return new URL(env['OPENAI_BASE_URL'] || env['OPENAI_API_BASE'] || 'https://api.openai.com').host;
}
