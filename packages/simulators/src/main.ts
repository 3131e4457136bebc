import { parseArgs } from 'node:util';
import { startBedrockSimulator } from './simulator.ts';
import type { SimulatorCredentials } from './wire/sigv4.ts';

const USAGE = `usage: node packages/simulators/src/main.ts [--host 127.0.0.1] [--port 0]
         [--credentials ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]] ... [--model ID] ...
Without --credentials signatures are neither needed nor verified.`;

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    credentials: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

function parseCredentials(text: string): SimulatorCredentials {
  const [accessKeyId = '', secretAccessKey = '', ...rest] = text.split(':');
  if (accessKeyId === '' || secretAccessKey === '') throw new Error('--credentials needs an id, a colon and a secret');
  const sessionToken = rest.join(':');
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

if (values.help) {
  console.log(USAGE);
} else {
  const simulator = await startBedrockSimulator({
    host: values.host,
    port: Number(values.port),
    extraModelIds: values.model,
    ...(values.credentials === undefined ? {} : { credentials: values.credentials.map(parseCredentials) }),
  });
  console.log(JSON.stringify({ url: simulator.url }));
  // With every socket closed nothing keeps the process alive, so it ends by itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
