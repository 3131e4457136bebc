// Tries a running gateway with four SDKs, unmodified: boto3, the AWS SDK for JavaScript, and OpenAI's
// libraries for Python and Node. Each asks for an answer, a streamed answer and a tool call, and tries a
// wrong key.
//
//   npm start -- --ready-file ready.json       # in one terminal
//   node examples/smoke.mjs ready.json         # in another
//
// Installs what it needs the first time. Prints a line for each check and `N passed, N failed` last;
// exit code 0 when none failed. GATEWAY_MODEL names the model (default claude-sonnet).
// Plain JavaScript for Node 20, without packages: it runs before any is installed.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from '../scripts/lib/install.mjs';
import { main } from '../scripts/lib/main.mjs';
import { chooseNode, environmentFor } from '../scripts/lib/node-runtime.mjs';
import { ensureVenv } from '../scripts/lib/python.mjs';

/** Every check there is: one that never reports counts as failed. */
const clients = ['boto3', 'aws-sdk-js', 'openai-python', 'openai-node'];
const checks = clients.flatMap((client) => ['answer', 'stream', 'tool', 'bad-key'].map((each) => `${client} ${each}`));

await main(async ([readyFile]) => {
  const ready = readyFile === undefined ? undefined : readReadyFile(readyFile);
  if (ready === undefined) {
    process.stderr.write(
      'Usage: node examples/smoke.mjs READY.json\n' +
        'READY.json is what `npm start -- --ready-file READY.json` writes once the gateway serves.\n',
    );
    return 2;
  }
  await ensureInstalled('examples');
  const python = await ensureVenv(
    'clients',
    fileURLToPath(new URL('./requirements.txt', import.meta.url)),
    console.log,
  );
  const node = chooseNode();
  const env = clientEnvironment(environmentFor(node), ready);

  const results = new Map();
  const note = (line) => {
    const [, verdict, check] = /^(ok|FAIL) (\S+ [a-z-]+)/.exec(line) ?? [];
    if (checks.includes(check)) results.set(check, verdict);
    console.log(line);
  };
  await runChecks(python, [fileURLToPath(new URL('./smoke/checks.py', import.meta.url))], env, note);
  await runChecks(node, [fileURLToPath(new URL('./smoke/checks.mjs', import.meta.url))], env, note);

  for (const check of checks) if (!results.has(check)) note(`FAIL ${check}: it did not run to its end`);
  const passed = [...results.values()].filter((verdict) => verdict === 'ok').length;
  console.log(`${passed} passed, ${results.size - passed} failed`);
  return passed === checks.length ? 0 : 1;
});

function readReadyFile(path) {
  try {
    const { http, https, ca, keys } = JSON.parse(readFileSync(path, 'utf8'));
    if ([http, https, ca, keys?.[0]].every((each) => typeof each === 'string'))
      return { http, https, ca, key: keys[0] };
    process.stderr.write(`${path} is not the ready file of a gateway.\n`);
  } catch (error) {
    process.stderr.write(`${path} cannot be read: ${error.message}\n`);
  }
  return undefined;
}

/** What the SDKs read by themselves, and nothing of the caller's own that would lead them elsewhere. */
function clientEnvironment(base, { http, https, ca, key }) {
  const own = Object.entries(base).filter(([name]) => !/^(AWS_|OPENAI_)|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(own),
    NO_PROXY: '*',
    OPENAI_BASE_URL: `${http}/v1`,
    OPENAI_API_KEY: key,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${https}/bedrock`,
    AWS_BEARER_TOKEN_BEDROCK: key,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CA_BUNDLE: ca,
    NODE_EXTRA_CA_CERTS: ca,
    // No profile of the machine, and no instance metadata, has a say in this.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    GATEWAY_MODEL: process.env.GATEWAY_MODEL ?? 'claude-sonnet',
  };
}

/** Runs one of the two programs and hands on each line it prints. */
function runChecks(command, args, env, onLine) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(onLine);
    });
    child.on('error', (error) => onLine(`FAIL ${command}: ${error.message}`));
    child.on('close', () => {
      if (rest !== '') onLine(rest);
      resolve();
    });
  });
}
