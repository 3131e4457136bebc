import { LaunchFailure } from './launch-failure.ts';
import type { Upstream } from './upstream.ts';

/** The command line of `npm start`, understood. Paths are as they were given. */
export interface LaunchOptions {
  readonly help: boolean;
  readonly port: number;
  readonly tlsPort: number;
  readonly upstream: Upstream;
  readonly keys: readonly string[];
  readonly config: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Undefined: `.state` in the repository. */
  readonly state: string | undefined;
  readonly reset: boolean;
  readonly readyFile: string | undefined;
  readonly log: boolean;
  readonly litellm: 'on' | 'off';
  /** A Python or the folder of a virtual environment; undefined: the launcher makes one. */
  readonly litellmPython: string | undefined;
}

const flags = ['--help', '--no-litellm', '--reset', '--log'];
const valued = [
  '--port',
  '--tls-port',
  '--upstream',
  '--key',
  '--config',
  '--database-url',
  '--state',
  '--ready-file',
  '--litellm-python',
];

/**
 * Reads the arguments. Throws a {@link LaunchFailure} with exit code 2 that names the option at fault
 * and says what to write instead.
 */
export function parseOptions(args: readonly string[]): LaunchOptions {
  const given = new Map<string, string[]>();
  const queue = [...args];
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    const equals = argument.indexOf('=');
    const name = argument === '-h' ? '--help' : equals > 0 ? argument.slice(0, equals) : argument;
    if (flags.includes(name)) {
      if (equals > 0) throw wrong(`${name} takes no value.`, `Write just ${name}.`);
      given.set(name, []);
    } else if (valued.includes(name)) {
      const value = equals > 0 ? argument.slice(equals + 1) : queue.shift();
      if (value === undefined || value === '' || (equals < 0 && value.startsWith('--'))) {
        throw wrong(`${name} needs a value.`, `Write ${name} VALUE.`);
      }
      const values = given.get(name) ?? [];
      if (values.length > 0 && name !== '--key') throw wrong(`${name} is given twice.`, 'Give it once.');
      given.set(name, [...values, value]);
    } else {
      throw wrong(`There is no option ${name}.`, closest(name));
    }
  }
  const one = (name: string) => given.get(name)?.[0];
  const port = parsePort('--port', one('--port') ?? '3000');
  const tlsPort = parsePort('--tls-port', one('--tls-port') ?? '3443');
  if (port === tlsPort && port !== 0) {
    throw wrong(`--port and --tls-port are both ${port}.`, 'Give them two different ports.');
  }
  if (given.has('--no-litellm') && given.has('--litellm-python')) {
    throw wrong('--no-litellm and --litellm-python exclude each other.', 'Leave one of them out.');
  }
  return {
    help: given.has('--help'),
    port,
    tlsPort,
    upstream: parseUpstream(one('--upstream') ?? 'simulator'),
    keys: (given.get('--key') ?? []).map(parseKey),
    config: one('--config'),
    databaseUrl: parseDatabaseUrl(one('--database-url')),
    state: one('--state'),
    reset: given.has('--reset'),
    readyFile: one('--ready-file'),
    log: given.has('--log'),
    litellm: given.has('--no-litellm') ? 'off' : 'on',
    litellmPython: one('--litellm-python'),
  };
}

function parsePort(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw wrong(`${option} ${text} is not a port.`, 'Give a number from 1 to 65535, or 0 for any free one.');
}

function parseUpstream(text: string): Upstream {
  if (text === 'simulator' || text === 'aws') return { kind: text };
  if (isUrl(text, ['http:', 'https:'])) return { kind: 'url', url: text };
  throw wrong(
    `--upstream ${text} is none of the upstreams.`,
    'Give `simulator`, `aws`, or the URL of a Bedrock runtime endpoint (https://…).',
  );
}

function parseKey(key: string): string {
  // LiteLLM takes nothing else for a virtual key; header values allow no spaces or control characters.
  if (/^sk-[\x21-\x7e]{5,}$/.test(key)) return key;
  throw wrong(
    `--key ${key.slice(0, 6)}… is not a virtual key.`,
    'A key is `sk-` and at least 5 more characters, with no spaces.',
  );
}

function parseDatabaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (isUrl(text, ['postgres:', 'postgresql:']) && new URL(text).pathname.length > 1) return text;
  throw wrong('--database-url is not the URL of a database.', 'Write postgresql://user:password@host:5432/database.');
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function closest(name: string): string {
  const near = [...flags, ...valued].find((option) => distance(option, name) <= 2);
  return near === undefined ? 'See npm start -- --help.' : `Did you mean ${near}? See npm start -- --help.`;
}

/** How many letters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replace));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function wrong(message: string, mend: string): LaunchFailure {
  return new LaunchFailure(message, { mend, exitCode: 2 });
}
