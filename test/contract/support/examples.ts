import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { world } from './world.ts';

/** The folder with a folder for each client. */
export const examplesFolder = resolve(import.meta.dirname, '../../../examples');

/** How a program of the examples is run, and what it prints. */
export interface Example {
  /** Folder and file. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly prints: string | RegExp;
  /** Whether it leaves a stream before its end, as almost all do. */
  readonly leaves: boolean;
}

const { http, https, ca } = world;
const region = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
const trust = { AWS_CA_BUNDLE: ca, NODE_EXTRA_CA_CERTS: ca };

/** Every example, with the variables that its client reads. `key` is what they call with. */
export function examplesFor(key: string): readonly Example[] {
  const openai = { OPENAI_BASE_URL: `${http}/v1`, OPENAI_API_KEY: key };
  const anthropic = { ANTHROPIC_BASE_URL: http, ANTHROPIC_API_KEY: key };
  const gateway = { GATEWAY_URL: http, GATEWAY_KEY: key };
  const secureGateway = { GATEWAY_URL: https, GATEWAY_KEY: key, ...trust };
  const aws = (address: string) => ({
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${address}/bedrock`,
    AWS_BEARER_TOKEN_BEDROCK: key,
    ...region,
    ...trust,
  });
  const call = 'get_weather {"city":"Paris"}';
  const spaced = 'get_weather {"city": "Paris"}';
  const [json, dict] = ['{"city":"Oslo","degrees":1}', "{'city': 'Oslo', 'degrees': 1}"];
  const model = "Weather(city='Oslo', degrees=1)";
  // Strands asks for the form in words of its own, which a simulated model takes for the question.
  const strands = "Weather(city='You must format the previous response as structured output.', degrees=1)";
  return [
    { program: 'curl/main.sh', env: gateway, prints: curlPrints, leaves: true },
    { program: 'curl/main.sh', env: { ...secureGateway, CURL_CA_BUNDLE: ca }, prints: curlPrints, leaves: true },
    { program: 'openai-python/main.py', env: openai, ...steps(call, "city='Oslo' degrees=1") },
    { program: 'openai-python/history.py', env: openai, prints: historyPrints, leaves: false },
    { program: 'openai-node/main.mjs', env: openai, ...steps(call, json) },
    { program: 'boto3/main.py', env: aws(https), ...steps(spaced, dict) },
    { program: 'boto3/prompt.py', env: aws(https), prints: promptPrints, leaves: false },
    { program: 'boto3/http_hook.py', env: gateway, prints: helloPrints, leaves: false },
    { program: 'aws-sdk-js/main.mjs', env: aws(http), ...steps(call, json) },
    { program: 'aws-sdk-js/main.mjs', env: aws(https), ...steps(call, json) },
    { program: 'vercel-ai-openai-compatible/main.mjs', env: gateway, ...steps(call, json) },
    { program: 'vercel-ai-amazon-bedrock/main.mjs', env: gateway, ...steps(call, json) },
    { program: 'langchain-openai/main.py', env: openai, ...steps(spaced, model) },
    { program: 'langchain-aws/main.py', env: aws(https), ...steps(spaced, model) },
    { program: 'anthropic-python/main.py', env: anthropic, ...steps(spaced, dict) },
    { program: 'anthropic-node/main.mjs', env: anthropic, ...steps(call, json) },
    { program: 'pydantic-ai/main.py', args: ['openai'], env: gateway, ...steps('get_weather Paris', model) },
    { program: 'pydantic-ai/main.py', args: ['anthropic'], env: gateway, ...steps('get_weather Paris', model) },
    { program: 'pydantic-ai/main.py', args: ['bedrock'], env: secureGateway, ...steps('get_weather Paris', model) },
    {
      ...{ program: 'strands-agents/main.py', args: ['bedrock'], env: aws(https) },
      ...steps('get_weather Paris', strands),
      // A thread of Strands may read a stream to its end that the agent has left.
      leaves: false,
    },
    { program: 'strands-agents/main.py', args: ['openai'], env: openai, ...steps('get_weather Paris', strands) },
    { program: 'instructor/main.py', env: openai, prints: instructorPrints, leaves: false },
  ];
}

/** What almost every program does, a line for each step. The simulator says what it was told, and what it sees. */
function steps(call: string, structured: string): Pick<Example, 'prints' | 'leaves'> {
  const lines = [
    ...['answer: Say hello.', 'stream: Say hello.', `tool: ${call}`, 'answer to it: It is sunny.'],
    ...[`structured: ${structured}`, 'image: image png 70 bytes', 'left after 5 pieces', ''],
  ];
  return { prints: lines.join('\n'), leaves: true };
}

const curlPrints = new RegExp(
  [
    '^answer: .*"content":"Say hello."',
    'stream: data: .*"content":" hello.".*\\[DONE\\]',
    'tool: .*"name":"get_weather","arguments":"{\\\\"city\\\\":\\\\"Paris\\\\"}"',
    'answer to it: .*"content":"It is sunny."',
    'structured: .*"content":"{\\\\"city\\\\":\\\\"Oslo\\\\",\\\\"degrees\\\\":1}"',
    'image: .*"content":"image png 70 bytes"',
    'left: data: .*"content":"word1"',
  ].join('.*\\n'),
  's',
);
const helloPrints = 'answer: Say hello.\nstream: Say hello.\n';
const historyPrints = [
  ...['answer: Say hello.', 'stream: Say goodbye.'],
  ...['user: Say hello.', 'assistant: Say hello.', 'user: Say goodbye.', 'assistant: Say goodbye.', ''],
].join('\n');
const promptPrints = ['answer', 'stream']
  .map((name) => `${name}: Summarize the text in one sentence.\n\nIt rained. Then it stopped.\n`)
  .join('');
const instructorPrints = [
  ...['tools: Paris', 'schema: Oslo', 'stream: Rome', 'image: A picture.'].map((line) =>
    line.replace(/: (.*)$/, ": Weather(city='$1', degrees=1)"),
  ),
  '',
].join('\n');

/** The name of an example in a list of tests. */
export function nameOf({ program, args = [], env }: Example): string {
  const isSecure = Object.values(env).some((value) => value.startsWith('https:'));
  return [program, ...args, ...(isSecure ? ['over HTTPS'] : [])].join(' ');
}

/** Runs an example as somebody would who has set its variables and nothing else. */
export function runExample(
  { program, args = [], env }: Example,
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  return runProgram(commandFor(program), [join(examplesFolder, program), ...args], { ...env, ...more });
}

function commandFor(program: string): string {
  if (program.endsWith('.sh')) return 'sh';
  if (program.endsWith('.mjs')) return process.execPath;
  const needsOpenai2 = /^(strands-agents|instructor)\//.test(program);
  return (needsOpenai2 ? world.pythonWithOpenai2 : world.python) ?? '';
}

/** Runs a program without what this machine's own variables would tell its client. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|OPENAI_|ANTHROPIC_|GATEWAY_)|_proxy$/i.test(name),
  );
  return new Promise((settle, reject) => {
    const child = spawn(command, args, {
      env: { ...Object.fromEntries(own), NO_PROXY: '*', AWS_EC2_METADATA_DISABLED: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => settle({ code, output }));
  });
}
