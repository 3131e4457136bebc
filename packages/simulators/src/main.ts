import { parseArgs } from 'node:util';
import { defaultPrompts } from './bedrock-agent/default-prompts.ts';
import { defaultResources } from './bedrock-control/default-resources.ts';
import { startOidcSimulator } from './oidc/simulator.ts';
import { startOpenaiSimulator } from './openai/simulator.ts';
import { startSagemakerSimulator } from './sagemaker/simulator.ts';
import { startBedrockSimulator } from './simulator.ts';
import type { SimulatorCredentials } from './wire/sigv4.ts';

const USAGE = `usage: node packages/simulators/src/main.ts [--provider bedrock|openai|sagemaker|oidc] [--host 127.0.0.1] [--port 0]
         [--credentials ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]] ... [--model ID] ... [--api-key KEY]
--credentials are for bedrock and sagemaker, --model for bedrock, --api-key for openai.
Without --credentials signatures, without --api-key keys are neither needed nor verified.`;

const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: 'bedrock' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    credentials: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true, default: [] },
    'api-key': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function parseCredentials(text: string): SimulatorCredentials {
  const [accessKeyId = '', secretAccessKey = '', ...rest] = text.split(':');
  if (accessKeyId === '' || secretAccessKey === '') throw new Error('--credentials needs an id, a colon and a secret');
  const sessionToken = rest.join(':');
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

/** What the command needs of any of them. */
interface Started {
  readonly url: string;
  close(): Promise<void>;
}

function start(): Promise<Started> {
  const place = { host: values.host, port: Number(values.port) };
  const credentials = values.credentials === undefined ? {} : { credentials: values.credentials.map(parseCredentials) };
  const apiKey = values['api-key'];
  switch (values.provider) {
    case 'bedrock':
      return startBedrockSimulator({
        ...{ ...place, ...credentials, extraModelIds: values.model },
        ...{ prompts: defaultPrompts, resources: defaultResources },
      });
    case 'openai':
      return startOpenaiSimulator({ ...place, ...(apiKey === undefined ? {} : { apiKey }) });
    case 'sagemaker':
      return startSagemakerSimulator({ ...place, ...credentials });
    case 'oidc':
      return startOidcSimulator(place);
    default:
      throw new Error(`--provider is bedrock, openai, sagemaker or oidc, not '${values.provider}'`);
  }
}

if (values.help) {
  console.log(USAGE);
} else {
  const simulator = await start();
  console.log(JSON.stringify({ url: simulator.url }));
  // With every socket closed nothing keeps the process alive, so it ends by itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
